// A person's seat at the Geneva talks, played to an agreement by keyboard and accessible names alone.

import assert from 'node:assert/strict';

import { accessible, open, until, withBrowser } from './browser.mjs';

const { seat, party, screenshot, phone } = JSON.parse(process.env.DETENTE_CASE);
const base = new URL(seat).origin;
const MOST_ROUNDS = 30;
const size = phone ? { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true } : { viewport: { width: 1280, height: 1000 } };

await withBrowser(async (browser) => {
  const page = await open(browser, base, size);
  await page.goto(seat);
  assert.ok(await turn(page, 1));
  assert.equal(page.url(), `${base}/`, 'what opened the seat is out of the address');
  if (party === 'USA') {
    await others(browser);
    await weighing(page);
    await hesitating(page);
  }
  const rounds = await play(page);
  await until(page, '#who', (text) => text === 'Agreed');
  await until(page, 'main', (text) => text.includes('all parties accepted') && /The deal is worth 0\.\d{3} to you/.test(text));
  assert.equal(await page.getByRole('button').count(), 0, 'nothing is left to begin');
  await accessible(page, 'the end');
  page.calm();
  console.log(`agreed in round ${rounds}`);
});
console.log('seat: all as it should be');

/** Waits for the person's turn in a round; false if the talk ends before. */
async function turn(page, round) {
  await until(page, '.turn', (text, value) => text.startsWith(`Your turnRound ${value} of `) || /^(Agreed|No agreement)/.test(text), round);
  return await page.locator('#round').count() > 0;
}

/** The address works once: neither it nor the page alone opens the seat for somebody else. */
async function others(browser) {
  for (const [address, words] of [[seat, 'taken by another browser'], [base, 'Open the address']]) {
    const page = await open(browser, base);
    page.expected = (text) => /40[13]/.test(text);
    await page.goto(address);
    await until(page, '[role=alert]', (text, value) => text.includes(value), words);
    assert.doesNotMatch(await page.content(), /walk_away|objective|Propose/);
    page.calm();
    await page.context().close();
  }
}

/** The draft is weighed as it changes, and stays when the page is loaded again. */
async function weighing(page) {
  await page.getByRole('button', { name: /^My best/ }).press('Enter');
  const panel = page.getByRole('region', { name: 'What your draft is worth' });
  await panel.getByText(/^Acceptable: 0\.283/).waitFor();
  assert.match(await panel.getByRole('row', { name: /soybean purchases/ }).textContent(), /20 bn USD.*\+0\.020/);
  await page.getByText(/→ 39\.9 bn USD/).waitFor();
  await unfold(page, 'By sector, before and after, with bands');
  await page.getByRole('table', { name: /By sector at your draft/ }).getByRole('row', { name: /Soybeans/ }).waitFor();
  const group = await kind(page, 'US added rate');
  const sector = group.getByRole('slider', { name: 'Aluminium' });
  const before = await sector.getAttribute('aria-valuetext');
  await sector.press('ArrowRight');
  assert.notEqual(await sector.getAttribute('aria-valuetext'), before);
  // A red line is named, and nothing can be proposed behind it.
  await group.getByRole('slider', { name: 'All 24' }).press('Home');
  await panel.getByText(/Not allowed: it crosses/).waitFor();
  await panel.getByText(/^US added rate: at least 10% \(broken by US added rate on Animals/).waitFor();
  await panel.getByText(/at home: the 10% baseline duty stays in every sector \(broken by US added rate on Animals/).waitFor();
  await told(page, 'Propose this draft', 'The draft crosses a red line of your mandate.');
  await page.getByRole('button', { name: 'Propose this draft' }).press('Enter');
  await page.reload();
  await panel.getByText(/Not allowed: it crosses/).waitFor();
  await accessible(page, 'a draft behind a red line');
}

/** A button that cannot be used just now is described by what it waits for. */
async function told(page, name, why) {
  const [disabled, described] = await page.getByRole('button', { name }).evaluate((button) => [button.getAttribute('aria-disabled'), document.getElementById(button.getAttribute('aria-describedby')).textContent]);
  assert.deepEqual([disabled, described], ['true', why]);
}

/** What cannot be undone is asked about, and the safe answer is the first. */
async function hesitating(page) {
  await page.getByRole('button', { name: 'Walk away' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Walk away from the talk?' });
  await dialog.waitFor();
  await accessible(page, 'a question');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Walk away' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Keep talking' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  // Less than the walk-away value can be said, after a second look.
  await page.getByRole('button', { name: /^Status quo/ }).press('Enter');
  await page.getByText(/^0\.150 below your walk-away value/).waitFor();
  await page.getByRole('button', { name: 'Propose this draft' }).press('Enter');
  const less = page.getByRole('dialog', { name: 'Propose less than your walk-away value?' });
  await less.getByText(/worth 0\.330 to you; your walk-away value is 0\.480/).waitFor();
  await page.keyboard.press('Escape');
  await less.waitFor({ state: 'detached' });
  await until(page, '#who', (text) => text === 'Your turn');
}

/** Proposes, gives way a little each round, and accepts what may be agreed. */
async function play(page) {
  await page.getByRole('button', { name: /^My best/ }).press('Enter');
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    if (!await turn(page, round)) return round - 1;
    const table = page.getByRole('region', { name: 'On the table' });
    if (round > 1) {
      await table.getByText(/Acceptable|below your walk-away value|Not allowed/).first().waitFor();
      if (round >= 4 || await acceptable(table)) await looks(page, round);
      if (await acceptable(table)) {
        await page.getByRole('button', { name: 'Accept this offer' }).press('Enter');
        const dialog = page.getByRole('dialog', { name: /^Accept the offer, worth 0\.\d+ to you\?$/ });
        await dialog.getByRole('button', { name: 'Accept', exact: true }).press('Enter');
        return round;
      }
      await answer(page, table, round);
    }
    const propose = page.getByRole('button', { name: 'Propose this draft' });
    await propose.press('Enter');
    if (round === 1) await stays(page);
  }
  return assert.fail('no offer could be accepted');
}

/** News of the other side's move leaves the focus where it was. */
async function stays(page) {
  await page.getByRole('button', { name: /^Status quo/ }).focus();
  if (!await turn(page, 2)) return;
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Status quo/);
}

/** In the seat of the USA: their offer, but for what the red lines rule out: if that is worth a deal, it is the next draft. */
async function answer(page, table, round) {
  if (party !== 'USA' || round < 5) return;
  await page.getByRole('button', { name: /^Their last offer/ }).press('Enter');
  const every = (await kind(page, 'US added rate')).getByRole('slider', { name: 'All 24' });
  for (const key of ['Home', 'ArrowRight', 'ArrowRight']) await every.press(key);
  assert.equal(await every.getAttribute('aria-valuetext'), '10%');
  await page.getByRole('slider', { name: /^US duty-free threshold/ }).press('Home');
  await page.getByRole('switch', { name: /^China suspends the export controls/ }).focus();
  await page.keyboard.press('Tab');
  const panel = page.getByRole('region', { name: 'What your draft is worth' });
  await weighed(page);
  await panel.getByText(/^(Acceptable|\d\.\d+ below)/).waitFor();
  if (!await acceptable(panel)) await page.getByRole('button', { name: /^My best/ }).press('Enter');
}

/** Until the verdict is that of the draft as it is. */
async function weighed(page) {
  await page.locator('.panel [aria-busy=false]').waitFor();
}

async function acceptable(table) {
  return await table.getByText(/^Acceptable/).count() > 0;
}

/** The page in the middle of a talk: what it says, that everybody can use it, a picture of it. */
async function looks(page, round) {
  if (page.looked) return;
  page.looked = true;
  const moves = page.getByRole('table', { name: 'Every move, latest first' });
  assert.equal(await moves.getByRole('row').count(), 2 * (round - 1) + (party === 'USA' ? 1 : 2));
  assert.match(await moves.textContent(), /CHN proposes/);

  await page.getByRole('img', { name: /Worth of offers to you by round/ }).waitFor();
  assert.match(await page.locator('#said').textContent(), /Your turn|Your draft is worth/);
  assert.match(await page.title(), /Your turn/);
  await accessible(page, 'the middle of a talk');
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const over = [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > clientWidth && !one.closest('.scroll'));
    return scrollWidth > clientWidth ? over.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)) : [];
  });
  assert.deepEqual(wide, [], 'nothing is wider than the screen');
  if (screenshot) {
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: screenshot });
  }
}

/** A kind of issues, unfolded. */
async function kind(page, name) {
  await unfold(page, name);
  return page.getByRole('group', { name, exact: true });
}

async function unfold(page, name) {
  const summary = page.locator('summary').filter({ hasText: name }).first();
  const folded = await summary.evaluate((element) => !element.parentElement.open);
  if (folded) await summary.press('Enter');
}
