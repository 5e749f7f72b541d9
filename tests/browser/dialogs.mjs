// Questions that are open for longer than what they were asked about, in a browser with two pages of one seat.

import assert from 'node:assert/strict';

import { PATIENCE_MS, accessible, open, until, watched, withBrowser } from './browser.mjs';

const { seat } = JSON.parse(process.env.DETENTE_CASE);
const base = new URL(seat).origin;
/** The button, and the name of what it asks. */
const QUESTIONS = [['Walk away', 'Walk away from the talk?'], ['Accept this offer', /^Accept the offer, worth 0\.\d+ to you\?$/]];
/** Whichever of the two the page hears of first. */
const MEANWHILE = /^(A move of yours is on its way already|Something was said meanwhile, and this was asked before it)\. Nothing was done\.$/;

await withBrowser(async (browser) => {
  const page = await open(browser, base);
  page.expected = (text) => text.includes('409 (Conflict)');
  const news = await delayed(page);
  await page.goto(seat);
  await yourTurn(page, 1);
  const other = await watched(page.context(), base);
  await other.goto(base);
  await yourTurn(other, 1);
  await moot(page, other);
  await unheard(page, other, news);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  page.calm();
  other.calm();
});
console.log('dialogs: all as it should be');

async function yourTurn(page, round) {
  await until(page, '.turn', (text, value) => text.startsWith(`Your turnRound ${value} of `), round);
}

/** Lets the test hold back what a page is told. */
async function delayed(page) {
  const news = { held: null };
  news.hold = () => { news.held = new Promise((resolve) => { news.release = () => { news.held = null; resolve(); }; }); };
  await page.route('**/api/seat?*', async (route) => {
    const response = await route.fetch({ timeout: PATIENCE_MS }).catch(() => null);
    await news.held;
    // A question that the page has given up wants no answer.
    await (response ? route.fulfill({ response }) : route.abort()).catch(() => {});
  });
  return news;
}

/** The other page makes the move of this round: the next is there when the other side has answered. */
async function moveOn(other, round) {
  await yourTurn(other, round);
  await other.getByRole('button', { name: /^My best/ }).press('Enter');
  await other.getByRole('button', { name: 'Propose this draft' }).press('Enter');
  await yourTurn(other, round + 1);
}

async function ask(page, button, name) {
  await page.getByRole('button', { name: button }).press('Enter');
  const dialog = page.getByRole('dialog', { name });
  await dialog.waitFor();
  return dialog;
}

/** A question that is still open says that it is moot, and has nothing left to confirm. */
async function moot(page, other) {
  for (const [place, [button, name]] of QUESTIONS.entries()) {
    const dialog = await ask(page, button, name);
    await moveOn(other, place + 1);
    await dialog.getByRole('alert').getByText(MEANWHILE).waitFor();
    assert.deepEqual(await dialog.getByRole('button').allTextContents(), ['Close']);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Close', 'the focus stays in the question');
    await accessible(page, 'a question that is moot');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await yourTurn(page, place + 2);
  }
}

/** What is confirmed before the page has heard of it is refused by the delegation, and the page says so. */
async function unheard(page, other, news) {
  const first = QUESTIONS.length + 1;
  for (const [place, [button, name]] of QUESTIONS.entries()) {
    const dialog = await ask(page, button, name);
    news.hold();
    await moveOn(other, first + place);
    await dialog.getByRole('button', { name: button.split(' this')[0], exact: true }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await until(page, '.panel .problem', (text) => /something was said meanwhile|the move is meant for round/.test(text));
    news.release();
    await yourTurn(page, first + place + 1);
  }
}
