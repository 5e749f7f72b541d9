// Every page of the observatory over a record of talks that are over, and their traces.

import assert from 'node:assert/strict';

import { accessible, open, until, withBrowser } from './browser.mjs';

const { page: base, otlp, talks, agreed, failed, viewer } = JSON.parse(process.env.DETENTE_CASE);
const SCRIPT = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

await hostileSpan();
await withBrowser(async (browser) => {
  await list(browser);
  await talk(browser);
  await trace(browser);
  await tournaments(browser);
  await unknown(browser);
  await appearances(browser);
});
console.log('pages: all as it should be');

/** A span of the talk's own trace whose attribute and reason are markup. */
async function hostileSpan() {
  const { trace_id: traceId } = await (await fetch(`${base}api/talks/${agreed}/trace`)).json();
  const now = BigInt(Date.now()) * 1_000_000n;
  const attribute = (key, value) => ({ key, value: { stringValue: value } });
  const span = {
    traceId, spanId: 'feedfacefeedface', name: SCRIPT, startTimeUnixNano: String(now), endTimeUnixNano: String(now + 1_000n), kind: 1,
    attributes: [attribute('detente.talk', agreed), attribute('note', SCRIPT)], status: { code: 2, message: SCRIPT },
  };
  const body = { resourceSpans: [{ resource: { attributes: [attribute('service.name', SCRIPT)] }, scopeSpans: [{ spans: [span] }] }] };
  const answer = await fetch(`http://${otlp}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  assert.equal(answer.status, 200);
  for (;;) {
    const { spans } = await (await fetch(`${base}api/talks/${agreed}/trace`)).json();
    if (spans.some((one) => one.id === 'feedfacefeedface')) return;
  }
}

async function list(browser) {
  const page = await open(browser, base);
  await page.goto(base);
  await until(page, '#count', (text, value) => text === value, `${talks} talks`);
  const grid = page.getByRole('grid', { name: 'Talks' });
  assert.equal(await grid.getAttribute('aria-rowcount'), String(talks + 1));
  await until(page, '.talks .rows', (text) => text.includes("agreed") && text.includes("failed") && !text.includes("unread"));
  await page.getByLabel('Search').fill('failed');
  await until(page, '#count', (text, value) => text === value, `1 of ${talks} talks`);
  await until(page, '.talks .rows', (text, value) => text.includes(value), failed);
  await page.getByLabel('Search').fill('geneva agreed usa');
  await until(page, '#count', (text, value) => text === value, `${talks - 1} of ${talks} talks`);
  await page.getByLabel('Search').fill('');
  await page.getByRole('button', { name: 'Moves' }).click();
  await page.locator('[aria-sort="descending"][data-column="moves"]').waitFor();
  // By keyboard: to the list, down, back, and in.
  await grid.focus();
  await page.keyboard.press('End');
  await page.locator(`.talks .row.active[data-place="${talks - 1}"]`).waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.locator('#scrubber').waitFor();
  await page.goBack();
  await page.locator('#count').waitFor();
  await accessible(page, 'the list');
  page.calm();
  await page.context().close();
}

async function talk(browser) {
  const page = await open(browser, base);
  await page.goto(`${base}#/talk/${agreed}`);
  await until(page, '#outcome', (text) => text.startsWith("agreed: all parties accepted"));
  const last = Number((await page.textContent('#scrubbed')).match(/entry (\d+)/)[1]);
  await page.locator('table.sectors').waitFor();
  assert.match(await page.textContent('table.sectors'), /Soybeans/);
  assert.equal(await page.locator('.heat-map').count(), 2);
  assert.match(await page.locator('.heat-map td').first().textContent(), /^\d/);
  assert.equal(await page.locator('figure svg[role=img]').count(), 2, 'no drawing without a run of one\'s own');
  // Replay by keyboard.
  const scrubber = page.getByRole('slider', { name: 'Entry' });
  await scrubber.focus();
  await page.keyboard.press('Home');
  await until(page, '#scrubbed', (text, value) => text.startsWith(`entry 1 of ${value}`), last);
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowRight');
  await until(page, '#scrubbed', (text) => text.startsWith("entry 5 of"));
  await until(page, 'section[aria-labelledby=h-what-changed-in-the-last-offer]', (text) => text.includes("Entry 5, round 2: USA"));
  await until(page, '.record .row.active', (text) => text.startsWith("5"));
  await until(page, '.detail', (text) => text.includes("the one before"));
  await until(page, 'table.sectors caption', (text) => text.includes("entry 5"));
  await page.getByRole('button', { name: 'Play' }).press('Enter');
  await until(page, '#scrubbed', (text) => Number(text.match(/entry (\d+)/)[1]) > 6);
  await page.getByRole('button', { name: 'Pause' }).press('Enter');
  // The tables behind the plots.
  await page.getByText('The same as a table').first().press('Enter');
  await until(page, 'details[open] table', (text) => text.includes("on the status quo"));
  // A click on the dance goes to an entry; from its record to the trace, and back.
  await page.locator('figure svg').first().click({ position: { x: 200, y: 120 } });
  await page.waitForURL(/seq\/\d+$/);
  const seq = Number(page.url().match(/seq\/(\d+)$/)[1]);
  await until(page, '#scrubbed', (text, value) => text.startsWith(`entry ${value} of`), seq);
  await page.locator('a.to-trace').click();
  await until(page, '.detail h3', (text) => text.startsWith("decide"));
  await page.locator('a.to-talk').click();
  await until(page, '#scrubbed', (text, value) => text.startsWith(`entry ${value} of`), seq);
  await page.locator('table.sectors').waitFor();
  await accessible(page, 'a talk');
  page.calm();
  await page.context().close();
}

async function trace(browser) {
  const page = await open(browser, base);
  await page.goto(`${base}#/trace/${agreed}`);
  const grid = page.getByRole('grid', { name: 'Spans of the trace' });
  await grid.waitFor();
  const all = Number(await grid.getAttribute('aria-rowcount'));
  assert.ok(all > 100, `${all} rows`);
  await until(page, '.waterfall .rows', (text) => text.includes("◆ propose USA") && text.includes("until it saw that its turn had come"));
  assert.match(await page.textContent('main'), /The table waited for/);
  const id = await page.locator('.facts code').textContent();
  assert.equal(await page.locator('a.elsewhere').getAttribute('href'), viewer.replace('{trace}', id));
  await page.locator('.gap-name').first().click();
  await until(page, '.detail', (text) => text.startsWith('A gap') && text.includes('USA: '));
  await page.getByLabel('Show', { exact: true }).selectOption('2');
  await page.waitForFunction((before) => Number(document.querySelector('.waterfall').getAttribute('aria-rowcount')) < before / 4, all);
  const before = await page.textContent('#scaled');
  await grid.focus();
  await page.keyboard.press('+');
  await until(page, '#scaled', (text, value) => text !== value, before);
  await page.keyboard.press('0');
  await until(page, '#scaled', (text, value) => text === value, before);
  // A span by keyboard.
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.waitForURL(/span\/[0-9a-f]{16}$/);
  await until(page, '.detail table', (text) => text.includes("service"));
  // What a peer wrote is text.
  await page.goto(`${base}#/trace/${agreed}/span/feedfacefeedface`);
  await until(page, '.detail', (text, value) => text.includes(value), SCRIPT);
  await until(page, '.waterfall .row.active', (text, value) => text.includes(value), `ERROR ${SCRIPT}`);
  assert.equal(await page.locator('main img, main script').count(), 0);
  await accessible(page, 'a trace');
  page.calm();
  await page.context().close();
}

/** Results of the lab: found, read by keyboard, and what is no result told. */
async function tournaments(browser) {
  const page = await open(browser, base);
  await page.goto(base);
  await page.getByRole('link', { name: 'Tournaments' }).press('Enter');
  await until(page, 'table.tournaments', (text) => text.includes('small') && text.includes('is no result of a tournament'));
  await accessible(page, 'the tournaments');
  await page.getByRole('link', { name: 'lab-small' }).press('Enter');
  await until(page, 'h1', (text) => text === 'Tournament small');
  const board = page.getByRole('table', { name: 'Leaderboard' });
  assert.equal(await board.getByRole('row').count(), 4);
  assert.match(await board.textContent(), /µs a decision/);
  assert.match(await board.textContent(), /model ρ/);
  assert.equal(await page.getByRole('img').count(), 2);
  // A strategy by its link and by the choice, and the address that names it.
  await board.getByRole('link', { name: 'micro' }).press('Enter');
  await until(page, '#strategy', (text) => text.includes('micro by scenario') && text.includes('laptop'));
  await page.getByLabel('Strategy', { exact: true }).selectOption('boulware');
  await page.waitForURL(/strategy\/boulware$/);
  await until(page, '#strategy h3', (text) => text.startsWith('boulware, '));
  await page.getByText('All 3 pairs').press('Enter');
  await until(page, 'details[open] table', (text) => text.includes('p corrected'));
  await accessible(page, 'a tournament');
  page.calm();
  await page.context().close();
}

/** What there is not is said, with the way back. */
async function unknown(browser) {
  const page = await open(browser, base);
  // The browser itself notes an answer of 404.
  page.expected = (text) => text.includes('404');
  await page.goto(`${base}#/talk/nobody-knows-this`);
  await until(page, '[role=alert]', (text) => text.includes("there is no talk"));
  await page.goto(`${base}#/trace/${encodeURIComponent('<b>')}`);
  await until(page, '[role=alert]', (text) => text.includes("no trace of this talk"));
  await page.goto(`${base}#/tournaments/nobody-played-this`);
  await until(page, '[role=alert]', (text) => text.includes('there are no results in a folder'));
  for (const none of ['#/foo', '#/talk', '#/none/at/all']) {
    await page.goto(base + none);
    await until(page, '[role=alert]', (text, value) => text === `there is no page ${value}`, none);
  }
  await accessible(page, 'no page');
  await page.getByRole('link', { name: 'All talks' }).press('Enter');
  await page.locator('#count').waitFor();
  // A place in a talk that there is not; one that there is takes the word back.
  await page.goto(`${base}#/talk/${agreed}/seq/9999`);
  await until(page, '[role=alert]', (text) => /^There is no entry 9999 in this talk; the last is \d+\.$/.test(text));
  await page.goto(`${base}#/talk/${agreed}/seq/3`);
  await until(page, '#scrubbed', (text) => text.startsWith('entry 3 of'));
  assert.equal(await page.getByRole('alert').count(), 0);
  await page.goto(`${base}#/trace/${agreed}/span/0000000000000000`);
  await until(page, '.detail [role=alert]', (text) => text.includes('There is no span 0000000000000000'));
  page.calm();
  await page.context().close();
}

/** In light and dark, on a phone, and without motion. */
async function appearances(browser) {
  const paths = ['', `#/talk/${agreed}`, `#/trace/${agreed}`, '#/tournaments', '#/tournaments/lab-small'];
  const ready = ['.talks .rows .row', 'table.sectors', '.waterfall .rows .row', 'table.tournaments', '#proved'];
  for (const options of [
    { colorScheme: 'dark' }, { colorScheme: 'light', viewport: { width: 360, height: 740 } },
    { colorScheme: 'dark', viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' },
  ]) {
    const page = await open(browser, base, options);
    for (const [place, path] of paths.entries()) {
      await page.goto(base + path);
      await page.locator(ready[place]).first().waitFor();
      await accessible(page, `${path || 'the list'} with ${JSON.stringify(options)}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${path} is ${wide} pixels too wide with ${JSON.stringify(options)}`);
      if (options.reducedMotion && place === 1) assert.ok(await page.locator('#play').isDisabled(), 'nothing plays without motion');
    }
    page.calm();
    await page.context().close();
  }
}
