// A seat whose delegation falls silent, comes back, and is started anew on the same port.

import assert from 'node:assert/strict';

import { PATIENCE_MS, accessible, open, until, withBrowser } from './browser.mjs';
import { lineTo } from './line.mjs';

const { first, second } = JSON.parse(process.env.DETENTE_CASE);
const token = (seat) => new URL(seat).hash;

await withBrowser(async (browser) => {
  const line = await lineTo(first);
  const page = await open(browser, line.base);
  page.expected = (text) => /net::ERR_(CONNECTION_|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)|40[13]/.test(text);
  await page.clock.install();
  await page.goto(`${line.base}/${token(first)}`);
  await yourTurn(page, 1);
  const key = await kept(page);
  assert.ok(line.heard.includes(key));
  await cutOff(page, line, key);
  await falseSilence(page, line, key);
  await anotherStart(page, line, key);
  page.calm();
  line.close();
});
console.log('starts: all as it should be');

async function yourTurn(page, round) {
  await until(page, '.turn', (text, value) => text.startsWith(`Your turnRound ${value} of `), round);
}

/** The key that the browser keeps for this place. */
async function kept(page) {
  const { key } = JSON.parse(await page.evaluate(() => localStorage.getItem('detente-seat')));
  assert.match(key, /^[0-9a-f]{48}$/);
  return key;
}

/** Until the page says that there is no answer; its clock goes on meanwhile, so it may have given up already. */
async function noticed(page) {
  await until(page, '#connection', (text) => text.includes('trying again; your draft stays') || text.includes('does not answer'));
}

/** Lets the page's clock run until it has given up asking. */
async function givesUp(page) {
  const again = page.getByRole('button', { name: 'Try again' });
  const began = Date.now();
  while (!await again.isVisible()) {
    assert.ok(Date.now() - began < PATIENCE_MS, 'the page never gives up');
    await page.clock.fastForward(5_000);
  }
  return again;
}

/** A delegation that is gone is asked some times and then no more, until somebody says so. */
async function cutOff(page, line, key) {
  await page.getByRole('button', { name: /^Status quo/ }).press('Enter');
  await draftIs(page, 'below');
  line.cut();
  await noticed(page);
  let again = await givesUp(page);
  await accessible(page, 'a delegation that does not answer');
  // Somebody else listens there by now. The page tells them nothing, not even when the draft changes.
  line.mute();
  await page.clock.fastForward(600_000);
  await page.getByRole('button', { name: /^My best/ }).press('Enter');
  await page.clock.fastForward(5_000);
  await until(page, '.panel [role=alert]', (text) => text.includes('does not answer'));
  await heard(page, line, '/probe-one');
  assert.ok(!line.heard.includes(key) && !line.heard.includes('/api/'), line.heard);
  // It tries as often as it is told to.
  line.cut();
  await again.press('Enter');
  await noticed(page);
  again = await givesUp(page);
  line.lead(first);
  await again.press('Enter');
  await until(page, '#connection', (text) => text === '● connected');
  assert.equal(await kept(page), key, 'the same start has the same key');
  await page.getByRole('button', { name: /^Status quo/ }).press('Enter');
  await draftIs(page, 'below');
}

/** One that takes calls and says nothing is as good as gone; what it was doing goes on when it is back. */
async function falseSilence(page, line, key) {
  line.mute();
  const again = await givesUp(page);
  line.lead(first);
  await again.press('Enter');
  await until(page, '#connection', (text) => text === '● connected');
  await page.getByRole('button', { name: /^My best/ }).press('Enter');
  await draftIs(page, 'Acceptable');
  await page.getByRole('button', { name: 'Propose this draft' }).press('Enter');
  await yourTurn(page, 2);
  assert.equal(await kept(page), key);
}

/** Another start on the same port is told a key of its own, and never the last. */
async function anotherStart(page, line, key) {
  line.lead(second);
  // The page that is still open does not know of it, and is told.
  await until(page, '[role=alert]', (text) => text.includes('open the address that the delegation printed'));
  line.lead(second);
  await reopened(page, `${line.base}/${token(second)}`);
  await yourTurn(page, 1);
  const fresh = await kept(page);
  assert.notEqual(fresh, key);
  assert.ok(line.heard.includes(fresh) && !line.heard.includes(key), 'the first start\'s key is told to nobody else');
  // An address of the first start opens nothing, and takes no seat away.
  await reopened(page, `${line.base}/${token(first)}`);
  await until(page, '[role=alert]', (text) => text.includes('this address does not open the seat'));
  assert.equal(await kept(page), fresh);
  await page.goto(line.base);
  await yourTurn(page, 1);
  assert.ok(!line.heard.includes(key));
}

/** Opens an address which differs from that of the page behind the # only: the page loads itself anew. */
async function reopened(page, address) {
  await Promise.all([page.waitForEvent('load'), page.goto(address)]);
}

async function draftIs(page, word) {
  await page.locator('.panel [aria-busy=false]').getByText(word).first().waitFor();
}

/** Until a call of the page has come in, and with it every call before. */
async function heard(page, line, path) {
  await page.evaluate((where) => { fetch(where).catch(() => {}); }, path);
  const began = Date.now();
  while (!line.heard.includes(path)) {
    assert.ok(Date.now() - began < PATIENCE_MS, `${path} never came`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}
