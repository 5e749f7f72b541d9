// What an offer is worth to the own mandate, term by term, and which red lines it keeps.

import { h, svg, table } from './dom.js';
import { bn, bnChange, utility } from './format.js';
import { meter } from './meter.js';

const BAR = 90;

/** The verdict in words: what a person needs to know before anything else. */
export function verdict(of) {
  const broken = of.red_lines.filter((line) => !line.kept);
  if (broken.length > 0) return { kind: 'forbidden', text: `Not allowed: it crosses ${broken.length === 1 ? 'a red line' : `${broken.length} red lines`} of your mandate` };
  const margin = of.utility - of.walk_away;
  if (margin < 0) return { kind: 'short', text: `${utility(-margin)} below your walk-away value` };
  return { kind: 'fine', text: `Acceptable: ${utility(margin)} above your walk-away value` };
}

/** The verdict, the meter, the red lines that are crossed. */
export function head(of, marks, what, names) {
  const { kind, text } = verdict(of);
  const broken = of.red_lines.filter((line) => !line.kept);
  return h('div', { class: 'worth' },
    h('p', { class: `verdict ${kind}` }, h('strong', { class: 'figure' }, utility(of.utility)), ' ', h('span', {}, text)),
    meter(of.utility, of.walk_away, marks, what, kind),
    broken.length > 0 && h('ul', { class: 'broken' }, broken.map((line) => h('li', {}, `${line.title} (broken by ${some(line.broken_by, names)})`))));
}

function some(issues, names) {
  const first = issues.slice(0, 2).map((id) => names.get(id) ?? id).join('; ');
  return issues.length > 2 ? `${first}; and ${issues.length - 2} more` : first;
}

/** Objective by objective: the figure, and how much of the worth it makes, beside the status quo. */
export function terms(of, what) {
  const most = Math.max(...of.objectives.map((one) => one.weight), 0.01);
  const rows = of.objectives.map((one) => [one.name, raw(one, one.offer), share(one.offer.contribution, one.weight, most), utility(one.offer.contribution), change(one)]);
  return table(`${what}: each objective's part of its worth; the outline is the most it could be`, ['objective', 'figure', 'part', 'worth', 'on the status quo'], rows, 'terms');
}

function change(one) {
  const by = one.offer.contribution - one.status_quo.contribution;
  if (Math.abs(by) < 0.0005) return '±0';
  return `${by < 0 ? '−' : '+'}${utility(Math.abs(by))}`;
}

function raw(objective, reading) {
  if (reading.value !== undefined) return spoken(reading.value);
  if (objective.unit === 'usd') return `${bn(reading.raw)} bn USD`;
  if (objective.unit === 'bps') return `${(reading.raw / 100).toFixed(2)}%`;
  return reading.raw.toFixed(3);
}

/** A value with its unit as people say it. */
function spoken(text) {
  const [, number, unit] = text.match(/^(-?[\d.]+) (usd|day|percent)$/) ?? [];
  if (!unit) return text;
  if (unit === 'usd') return Math.abs(number) >= 1e9 ? `${number / 1e9} bn USD` : `${number} USD`;
  return unit === 'day' ? `${number} days` : `${number}%`;
}

function share(part, weight, most) {
  const width = (value) => Math.max(0, (value / most) * (BAR - 2));
  return svg('svg', { class: 'bars', width: BAR, height: 12, viewBox: `0 0 ${BAR} 12`, 'aria-hidden': 'true' },
    svg('rect', { class: 'most', x: 1, y: 1, width: width(weight), height: 10 }),
    svg('rect', { class: 'after', x: 1, y: 1, width: width(part), height: 10 }));
}

/** The same in a few letters, for a bar at the foot of a small screen. */
export const brief = (of) => ({ forbidden: 'a red line', short: 'below your walk-away value', fine: 'acceptable' })[verdict(of).kind];

/** The headlines of an impact in a few lines. */
export function headlines(of) {
  return h('dl', { class: 'headlines' }, of.headlines.map((one) => h('div', {}, h('dt', {}, one.name),
    h('dd', {}, `${bn(one.before)} → ${bn(one.after)} bn USD`, ' ', h('span', { class: 'faint' }, `(${bnChange(one.after - one.before)}${band(one)})`)))));
}

const band = (one) => (one.p5 === null || one.p5 === one.p95 ? '' : `; nine in ten ${bn(one.p5)} to ${bn(one.p95)}`);
