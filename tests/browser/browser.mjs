// A browser whose every complaint is a failure of the test.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.DETENTE_NODE_MODULES}/`);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** How long a test waits for what must come: far longer than a loaded machine needs, which has a landing zone to find. */
export const PATIENCE_MS = 120_000;

/** Opens Chromium with a fresh profile, works, and closes it. */
export async function withBrowser(work) {
  const browser = await chromium.launch({ executablePath: process.env.DETENTE_CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS, timeout: PATIENCE_MS });
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}

/** A page that notes what its console says, what its policy stopped, and what it asks of other hosts. */
export async function open(browser, base, options = {}) {
  return watched(await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options }), base);
}

/** Such a page beside those that a context has, as another tab. */
export async function watched(context, base) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !page.expected?.(message.text())) complaints.push(`console: ${message.text()} at ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(base)) complaints.push(`asks elsewhere: ${request.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  page.calm = () => assert.deepEqual(complaints, [], 'the page has complaints');
  return page;
}

/** Fails on every finding of axe-core that is serious or critical. */
export async function accessible(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ['violations'] })).violations);
  const grave = found.filter((one) => ['serious', 'critical'].includes(one.impact));
  const told = grave.map((one) => `${one.id}: ${one.help} at ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
  assert.deepEqual(told, [], `accessibility of ${where}`);
}

/** Looks at the text of an element frame by frame until it is as it should be. */
export async function until(page, selector, fits, value) {
  const began = Date.now();
  for (;;) {
    const text = await page.evaluate(
      (where) => new Promise((resolve) => {
        requestAnimationFrame(() => resolve(document.querySelector(where)?.textContent ?? ''));
      }),
      selector,
    );
    if (fits(text, value)) return;
    if (Date.now() - began > PATIENCE_MS) assert.fail(`${selector} is ${JSON.stringify(text)}, which never was ${fits} of ${JSON.stringify(value)}`);
  }
}
