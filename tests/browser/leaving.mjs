// A seat beside one that thinks for long: what cannot be done meanwhile says why, and leaving can.

import assert from 'node:assert/strict';

import { accessible, open, until, withBrowser } from './browser.mjs';

const { seat } = JSON.parse(process.env.DETENTE_CASE);
const base = new URL(seat).origin;

await withBrowser(async (browser) => {
  const page = await open(browser, base);
  await page.goto(seat);
  await until(page, '#who', (text) => text === 'Your turn');
  const propose = page.getByRole('button', { name: 'Propose this draft' });
  // All that is to be said of the draft is said before, for only the latest word is.
  await page.locator('.panel [aria-busy=false]').waitFor();
  await until(page, '#said', (text) => text.startsWith('Your draft is worth'));
  await propose.press('Enter');
  await until(page, '#who', (text) => text === 'China is thinking');
  await lacking(page, propose, 'It is not your turn.');
  await accessible(page, 'a turn of the other side');
  const leave = page.getByRole('button', { name: 'Walk away' });
  assert.deepEqual([await leave.getAttribute('aria-disabled'), await description(leave)], ['false', '']);
  await leave.press('Enter');
  await page.getByRole('dialog', { name: 'Walk away from the talk?' }).getByRole('button', { name: 'Walk away' }).press('Enter');
  await until(page, '#who', (text) => text === 'No agreement');
  await until(page, 'main', (text) => text.includes('USA walked away') && text.includes('your walk-away value was 0.480'));
  page.calm();
});
console.log('leaving: all as it should be');

/** A button that cannot be pressed just now is described by what it waits for, and says it when it is pressed. */
async function lacking(page, button, why) {
  assert.deepEqual([await button.getAttribute('aria-disabled'), await description(button)], ['true', why]);
  await button.press('Enter');
  await until(page, '#said', (text, value) => text === value, why);
}

async function description(button) {
  return button.evaluate((element) => document.getElementById(element.getAttribute('aria-describedby')).textContent);
}
