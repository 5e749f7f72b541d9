// The plots of a tournament: means with their intervals, and shares of a population over time.

import { h, svg } from './dom.js';
import { utility } from './format.js';
import { scale, side, ticks } from './plot.js';

const [WIDTH, LEFT, RIGHT, ROW] = [720, 170, 60, 24];

/** One row for each strategy, the best first. */
export function intervals(standings) {
  const height = ROW * (standings.length + 2);
  const ends = (s) => s.ci95 ?? [s.mean_utility, s.mean_utility];
  const x = scale(standings.flatMap(ends), LEFT, WIDTH - RIGHT);
  const rows = standings.map((s, place) => {
    const [y, [from, to]] = [ROW * (place + 0.8), ends(s).map(x.at)];
    return [
      svg('text', { x: LEFT - 12, y: y + 4, 'text-anchor': 'end' }, s.strategy),
      svg('path', { class: 'line', d: `M${from} ${y - 5}v10M${from} ${y}H${to}M${to} ${y - 5}v10` }),
      svg('circle', { class: 'after', cx: x.at(s.mean_utility), cy: y, r: 4 }),
      svg('text', { x: WIDTH - RIGHT + 12, y: y + 4 }, utility(s.mean_utility)),
    ];
  });
  const foot = height - ROW;
  const axis = ticks(x.low, x.high, 6).map((at) => [
    svg('line', { class: 'axis', x1: x.at(at), x2: x.at(at), y1: 4, y2: foot - 8 }),
    svg('text', { class: 'faint', x: x.at(at), y: foot + 8, 'text-anchor': 'middle' }, String(at)),
  ]);
  const root = svg('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': 'Mean utility of each strategy with its 95% interval; the table below has the same figures' },
    axis.flat(), rows.flat());
  return h('figure', { class: 'still' }, h('figcaption', {}, 'Mean utility with its 95% interval'), root);
}

/** Shares step by step; whoever ever has a tenth is named where its share is greatest. */
export function shares(strategies, trajectory) {
  const [height, top, bottom, left, right] = [260, 16, 34, 48, 16];
  const moving = trajectory.findLastIndex((row) => row.some((share, of) => Math.abs(share - trajectory.at(-1)[of]) > 0.005));
  const last = Math.max(1, Math.min(trajectory.length - 1, Math.ceil(moving * 1.25) + 2));
  const labels = [];
  const at = (step) => left + (step / last) * (720 - left - right);
  const y = (share) => height - bottom - share * (height - bottom - top);
  const lines = strategies.map((name, of) => {
    const d = trajectory.slice(0, last + 1).map((row, step) => `${step === 0 ? 'M' : 'L'}${at(step).toFixed(1)} ${y(row[of]).toFixed(1)}`).join('');
    const most = trajectory.slice(0, last + 1).reduce((best, row, step) => (row[of] > trajectory[best][of] ? step : best), 0);
    const share = trajectory[most]?.[of] ?? 0;
    const late = most > last / 2;
    if (share >= 0.15) labels.push({ name, x: at(most) + (late ? -6 : 6), y: y(share) + (share > 0.9 ? 16 : -6), anchor: late ? 'end' : 'start' });
    return svg('g', { class: side(of) }, svg('path', { class: 'trace', d }));
  });
  labels.sort((a, b) => a.y - b.y);
  labels.forEach((label, place) => {
    const above = labels.slice(0, place).filter((other) => Math.abs(other.x - label.x) < 120).at(-1);
    if (above) label.y = Math.max(label.y, above.y + 14);
  });
  const names = labels.map((label) => svg('text', { x: label.x, y: label.y, 'text-anchor': label.anchor }, label.name));
  const axis = [0, 0.25, 0.5, 0.75, 1].map((share) => [
    svg('line', { class: 'axis', x1: left, x2: 720 - right, y1: y(share), y2: y(share) }),
    svg('text', { class: 'faint', x: left - 8, y: y(share) + 4, 'text-anchor': 'end' }, `${100 * share}%`),
  ]);
  const root = svg('svg', { viewBox: `0 0 720 ${height}`, role: 'img', 'aria-label': 'Shares of strategies in a population that imitates who does well, step by step; the table below has the same figures' },
    axis.flat(), lines, names, svg('text', { class: 'faint', x: 384, y: height - 6, 'text-anchor': 'middle' }, 'steps of the replicator dynamics'));
  return h('figure', { class: 'still' }, h('figcaption', {}, `Shares of a population that imitates who does well, from equal ones${last < trajectory.length - 1 ? `; the first ${last} of ${trajectory.length - 1} steps, after which nothing moves` : ''}`), root);
}
