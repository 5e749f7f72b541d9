// What the offer at the cursor does, sector by sector, beside the status quo.

import { get } from './api.js';
import { h, put, section, svg, table } from './dom.js';
import { bn, bnChange } from './format.js';

const WAIT_MS = 250;
const BAR = 120;

export function impact(model, signal) {
  const body = h('div', { 'aria-busy': 'false' });
  const element = section('What the offer does, by sector', body);
  if (!model.talk.base) element.hidden = true;
  const known = new Map();
  let [wanted, timer] = [null, null];
  const seek = () => {
    if (!model.talk.base) return;
    const seq = model.offer?.seq ?? 0;
    if (seq === wanted) return;
    wanted = seq;
    clearTimeout(timer);
    if (known.has(seq)) show(seq);
    // A scrubber that moves asks for nothing until it rests.
    else timer = setTimeout(() => load(seq), WAIT_MS);
  };
  const load = async (seq) => {
    body.setAttribute('aria-busy', 'true');
    try {
      known.set(seq, await get(`/api/talks/${encodeURIComponent(model.talk.id)}/impact?seq=${seq}`, signal));
      if (known.size > 64) known.delete(known.keys().next().value);
    } catch (error) {
      if (signal.aborted) return;
      if (wanted === seq) put(body, h('p', { class: 'problem' }, error.message));
    }
    if (wanted === seq && known.has(seq)) show(seq);
    body.setAttribute('aria-busy', 'false');
  };
  const show = (seq) => put(body, sheet(known.get(seq), seq === 0 ? 'the status quo' : `the offer of entry ${seq}`));
  return { element, seek };
}

/** An impact as tables: the headlines with their bands, and every sector. */
export function sheet(of, what) {
  const band = (f) => (f.p5 === null || f.p5 === f.p95 ? '' : `${bn(f.p5)} to ${bn(f.p95)}`);
  const headlines = of.headlines.map((f) => [f.name, bn(f.base), bn(f.before), bn(f.after), bnChange(f.after - f.before), band(f)]);
  const most = Math.max(...of.sectors.flatMap((s) => [s.imports, s.exports].flatMap((f) => [f.before, f.after])), 1);
  const flow = (f) => [bars(f, most), bn(f.before), bn(f.after), bnChange(f.after - f.before)];
  const rows = of.sectors.map((s) => [s.name, ...flow(s.imports), ...flow(s.exports)]);
  const header = ['sector', 'imports', 'before', 'after', 'change', 'exports', 'before', 'after', 'change'];
  return [
    table(`${of.home} and ${of.partner} at ${what}, USD bn a year; nine draws in ten of ${of.draws} lie in the band`,
      ['figure', 'data year', 'status quo', 'offer', 'change', 'p5 to p95'], headlines),
    table(`By sector at ${what}, USD bn a year: the outlined bar is the status quo, the filled one the offer`, header, rows, 'sectors'),
  ];
}

function bars(figure, most) {
  const width = (dollars) => Math.max(0, (dollars / most) * BAR);
  return svg('svg', { class: 'bars', width: BAR, height: 14, viewBox: `0 0 ${BAR} 14`, 'aria-hidden': 'true' },
    svg('rect', { class: 'before', x: 0, y: 1, width: width(figure.before), height: 5 }),
    svg('rect', { class: 'after', x: 0, y: 8, width: width(figure.after), height: 5 }));
}
