// The page of a run while its talk goes on, and after it.

import assert from 'node:assert/strict';

import { accessible, open, until, withBrowser } from './browser.mjs';

const { page: base } = JSON.parse(process.env.DETENTE_CASE);

await withBrowser(async (browser) => {
  const page = await open(browser, base);
  await page.goto(base);
  await page.locator('.talks .rows a').first().waitFor();
  await page.locator('.talks .rows a').first().click();
  await page.locator('#scrubber').waitFor();
  await until(page, '#connection', (text) => text.includes("live"));
  // It goes on by itself, to its end.
  await until(page, '#scrubbed', (text) => Number(text.match(/entry (\d+)/)[1]) > 3);
  await until(page, '#outcome', (text) => text.startsWith("agreed"));
  await until(page, '#left', (text) => text.includes("of 30 rounds"));
  // What only who holds every mandate can draw.
  await page.locator('section[aria-labelledby=h-the-landing-zone] svg[role=img]').waitFor();
  await until(page, 'section[aria-labelledby=h-the-landing-zone]', (text) => text.includes("Nash") && text.includes("utilitarian"));
  await page.locator('section[aria-labelledby=h-the-landing-zone] summary').press('Enter');
  await until(page, 'section[aria-labelledby=h-the-landing-zone] table', (text, value) => text.includes("walk-away value") && text.includes("offer of entry 3"));
  await page.getByRole('link', { name: 'Talks', exact: true }).click();
  await until(page, '.talks .rows', (text) => text.includes("agreed"));
  // The trace comes with the last export; the page is asked again until it is there.
  for (;;) {
    const answer = await fetch(`${base}api/talks`);
    const { talks } = await answer.json();
    const trace = await fetch(`${base}api/talks/${talks[0].id}/trace`);
    if (trace.ok && (await trace.json()).spans.filter((span) => span.name === 'decide').length > 50) {
      await page.goto(`${base}#/trace/${talks[0].id}`);
      break;
    }
  }
  await until(page, '.waterfall .rows', (text) => text.includes("propose USA"));
  await accessible(page, 'a trace');
  page.calm();
  const drawing = { parties: ['USA', 'CHN'], walk_away: [0, 0], edge: [], points: [], offers: [] };
  const refused = await fetch(`${base}api/talks/talk-x/drawing`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer guess' }, body: JSON.stringify(drawing) });
  assert.equal(refused.status, 401);
});
console.log('live: all as it should be');
