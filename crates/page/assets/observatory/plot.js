// Lines over rounds as inline SVG, each series with a mark of its own shape, and a cursor.

import { h, svg } from './dom.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 260, 64, 16, 34, 34];
/** With more points than this, only the one at the cursor is marked. */
const MARKED = 400;
/** A line is drawn in pieces of so many steps, so that what changes in it is small. */
const PIECE = 64;

/** Round steps that cover a range in about `count` of them. */
export function ticks(low, high, count) {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((of) => of * power >= raw) ?? 10);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) found.push(Number(at.toPrecision(12)));
  return found;
}

/** A scale with some air at both ends. */
export function scale(values, from, to, air = 0.06) {
  let [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  if (!Number.isFinite(low)) [low, high] = [0, 1];
  const pad = (high - low) * air || Math.abs(high) * 0.05 || 1;
  if (air > 0) [low, high] = [low - pad, high + pad];
  const at = (value) => from + ((value - low) / (high - low || 1)) * (to - from);
  return { at, low, high };
}

/** The mark of the nth series: disc, square, triangle, diamond. */
export function mark(place, x, y, className) {
  const shapes = [
    () => svg('circle', { r: 4 }), () => svg('rect', { x: -3.5, y: -3.5, width: 7, height: 7 }),
    () => svg('path', { d: 'M0 -5 L5 4 L-5 4 Z' }), () => svg('path', { d: 'M0 -5 L5 0 L0 5 L-5 0 Z' }),
  ];
  const shape = shapes[place % shapes.length]();
  shape.setAttribute('class', className);
  shape.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  return shape;
}

/** The same mark as one path at its place. A `transform` that changes makes the browser sort all layers anew. */
export function outline(place, x, y) {
  const shapes = ['m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z', 'm-3.5 -3.5h7v7h-7Z', 'm0 -5l5 9h-10Z', 'm0 -5l5 5l-5 5l-5 -5Z'];
  return `M${x.toFixed(1)} ${y.toFixed(1)}${shapes[place % shapes.length]}`;
}

export const side = (place) => `side-${place % 4}`;

/**
 * `series` are {name, points: [{x, y, seq}]}, `lines` {y, name}. Returns the figure and `seek(seq)`,
 * which costs the same however long the series are.
 */
export function plot({ title, description, unit, series, lines, open }) {
  const all = series.flatMap((one) => one.points);
  const x = scale(all.map((p) => p.x), LEFT, WIDTH - RIGHT, 0.02);
  const y = scale([...all.map((p) => p.y), ...lines.map((l) => l.y)], HEIGHT - BOTTOM, TOP);
  const cursor = svg('line', { class: 'cursor', y1: TOP, y2: HEIGHT - BOTTOM });
  const here = series.map((one, place) => svg('path', { class: `here ${side(place)}` }));
  const drawn = series.map((one, place) => route(one.points.map((p) => [x.at(p.x), y.at(p.y)]), place));
  const root = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${title}. ${description}` },
    axes(x, y, unit), references(lines, y), drawn.map((one) => one.element), cursor, here, key(series));
  root.addEventListener('click', (event) => {
    const box = root.getBoundingClientRect();
    const [px, py] = [(event.clientX - box.left) * (WIDTH / box.width), (event.clientY - box.top) * (HEIGHT / box.height)];
    const far = (p) => (x.at(p.x) - px) ** 2 + (y.at(p.y) - py) ** 2;
    const nearest = all.reduce((best, p) => (best === null || far(p) < far(best) ? p : best), null);
    if (nearest) open(nearest.seq);
  });
  const seek = (seq) => {
    let latest = x.low;
    series.forEach((one, place) => {
      const count = countUpTo(one.points, seq);
      const at = one.points[count - 1];
      if (at) latest = Math.max(latest, at.x);
      drawn[place].show(count);
      here[place].setAttribute('d', at ? outline(place, x.at(at.x), y.at(at.y)) : '');
    });
    const to = x.at(latest);
    cursor.setAttribute('x1', to);
    cursor.setAttribute('x2', to);
  };
  return { element: h('figure', {}, h('figcaption', {}, title), root), seek };
}

/** How many points are at or before an entry, by halving. */
function countUpTo(points, seq) {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle].seq <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last point at or before an entry. */
export const lastUpTo = (points, seq) => points[countUpTo(points, seq) - 1] ?? null;

/**
 * One side's line through its spots: faint as a whole, and in full as far as `show(count)` says. Each
 * side has its own, for they move in turn, and what one has not offered yet must not show.
 */
export function route(spots, place) {
  const line = (from, to) => spots.slice(from, to).map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');
  const marked = spots.length <= MARKED;
  const pieces = [];
  for (let from = 0; from < Math.max(1, spots.length - 1); from += PIECE) {
    const to = Math.min(from + PIECE, spots.length - 1);
    pieces.push({ from, to, shown: -1, path: svg('path', { class: 'trace' }) });
  }
  const marks = (extra) => (marked ? spots.map(([px, py]) => mark(place, px, py, extra)) : []);
  const dots = marks('dot');
  const faded = svg('g', { class: `${side(place)} faded` }, pieces.map(({ from, to }) => svg('path', { class: 'trace', d: line(from, to + 1) })), marks('dot'));
  const past = svg('g', { class: side(place) }, pieces.map((piece) => piece.path), dots);
  let shown = -1;
  const show = (count) => {
    if (count === shown) return;
    for (const piece of pieces) {
      const upTo = Math.max(piece.from, Math.min(piece.to, count - 1));
      if (upTo === piece.shown) continue;
      piece.shown = upTo;
      piece.path.setAttribute('d', upTo > piece.from ? line(piece.from, upTo + 1) : '');
    }
    const [low, high] = shown < 0 ? [0, dots.length] : [Math.min(shown, count), Math.max(shown, count)];
    for (const [at, dot] of dots.slice(low, high).entries()) dot.setAttribute('visibility', low + at < count ? 'visible' : 'hidden');
    shown = count;
  };
  show(0);
  return { element: svg('g', {}, faded, past), show };
}

function axes(x, y, unit) {
  const across = ticks(x.low, x.high, 8).filter((at) => Number.isInteger(at));
  return [
    ticks(y.low, y.high, 5).map((at) => [
      svg('line', { class: 'axis', x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(at), y2: y.at(at) }),
      svg('text', { class: 'faint', x: LEFT - 8, y: y.at(at) + 4, 'text-anchor': 'end' }, String(at)),
    ]),
    across.map((at) => svg('text', { class: 'faint', x: x.at(at), y: HEIGHT - 16, 'text-anchor': 'middle' }, String(at))),
    svg('text', { class: 'faint', x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 2, 'text-anchor': 'middle' }, 'round'),
    svg('text', { class: 'faint', x: 4, y: 16 }, unit),
  ].flat(3);
}

function references(lines, y) {
  return lines.map((line) => [
    svg('line', { class: 'reference', x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(line.y), y2: y.at(line.y) }),
    svg('text', { class: 'faint', x: LEFT + 4, y: y.at(line.y) - 4 }, line.name),
  ]).flat();
}

function key(series) {
  return series.map((one, place) => svg('g', { class: side(place), transform: `translate(${LEFT + 90 + 110 * place} 12)` },
    mark(place, 0, 0, 'dot'), svg('text', { x: 10, y: 4 }, one.name)));
}
