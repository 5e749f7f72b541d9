// The landing zone: what each offer is worth to both sides. Only a run, whose mandates one person
// holds, has it; the command computed it and the page draws it.

import { folded, h, put, section, svg, table } from './dom.js';
import { utility } from './format.js';
import { lastUpTo, mark, outline, route, scale, side, ticks } from './plot.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 430, 56, 170, 16, 40];

export function zone(model, open) {
  const body = h('div');
  const element = section('The landing zone', body);
  element.hidden = true;
  let seek = () => {};
  const draw = () => {
    const drawing = model.drawing;
    if (!drawing || drawing.parties.length < 2) return;
    element.hidden = false;
    const made = picture(model, drawing, open);
    seek = made.seek;
    put(body, made.element, folded('The same as a table', () => numbers(model, drawing)));
    seek(model.seq);
  };
  draw();
  return { element, seek: (seq) => seek(seq), drawing: draw };
}

function picture(model, drawing, open) {
  const offers = new Map(model.offers.map((offer) => [offer.seq, offer]));
  const placed = drawing.offers.filter((offer) => offers.has(offer.seq));
  const every = [...drawing.edge, ...drawing.points.map((p) => p.at), ...placed.map((p) => p.at), drawing.walk_away];
  const x = scale(every.map((at) => at[0]), LEFT, WIDTH - RIGHT);
  const y = scale(every.map((at) => at[1]), HEIGHT - BOTTOM, TOP);
  const [a, b] = drawing.parties;
  const paths = drawing.parties.slice(0, 2).map((party, place) => {
    const points = placed.filter((p) => offers.get(p.seq).party === party);
    const line = route(points.map((p) => [x.at(p.at[0]), y.at(p.at[1])]), place);
    const seek = (seq) => {
      const at = lastUpTo(points, seq);
      line.show(at ? points.indexOf(at) + 1 : 0);
      return at;
    };
    return { element: line.element, seek };
  });
  const here = paths.map((path, place) => svg('path', { class: `here ${side(place)}` }));
  const said = drawing.points.map((p) => `${p.name} at ${utility(p.at[0])} and ${utility(p.at[1])}`).join('; ');
  const root = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img',
    'aria-label': `What offers are worth to ${a} across and to ${b} up. ${said}`,
  }, axes(x, y, a, b), ground(drawing, x, y), paths.map((path) => path.element), here, names(drawing, x, y), key(drawing));
  root.addEventListener('click', (event) => {
    const box = root.getBoundingClientRect();
    const [px, py] = [(event.clientX - box.left) * (WIDTH / box.width), (event.clientY - box.top) * (HEIGHT / box.height)];
    const far = (p) => (x.at(p.at[0]) - px) ** 2 + (y.at(p.at[1]) - py) ** 2;
    const nearest = placed.reduce((best, p) => (best === null || far(p) < far(best) ? p : best), null);
    if (nearest) open(nearest.seq);
  });
  const seek = (seq) => paths.forEach((path, place) => {
    const at = path.seek(seq);
    here[place].setAttribute('d', at ? outline(place, x.at(at.at[0]), y.at(at.at[1])) : '');
  });
  return { element: h('figure', {}, h('figcaption', {}, `Worth of each offer to ${a} and ${b}, between 0 and 1; the curve is the edge of what keeps to every red line`), root), seek };
}

function axes(x, y, a, b) {
  return [
    ticks(x.low, x.high, 5).map((at) => svg('text', { class: 'faint', x: x.at(at), y: HEIGHT - 22, 'text-anchor': 'middle' }, String(at))),
    ticks(y.low, y.high, 5).map((at) => [
      svg('line', { class: 'axis', x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(at), y2: y.at(at) }),
      svg('text', { class: 'faint', x: LEFT - 8, y: y.at(at) + 4, 'text-anchor': 'end' }, String(at)),
    ]),
    svg('text', { class: 'faint', x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 4, 'text-anchor': 'middle' }, `worth to ${a}`),
    svg('text', { class: 'faint', x: 4, y: 12 }, `worth to ${b}`),
  ].flat(3);
}

function ground(drawing, x, y) {
  const [wx, wy] = [x.at(drawing.walk_away[0]), y.at(drawing.walk_away[1])];
  const edge = drawing.edge.map((at, place) => `${place === 0 ? 'M' : 'L'}${x.at(at[0]).toFixed(1)} ${y.at(at[1]).toFixed(1)}`).join('');
  return [
    svg('rect', { class: 'ground', x: wx, y: TOP, width: Math.max(0, WIDTH - RIGHT - wx), height: Math.max(0, wy - TOP) }),
    svg('line', { class: 'reference', x1: wx, x2: wx, y1: TOP, y2: HEIGHT - BOTTOM }),
    svg('line', { class: 'reference', x1: LEFT, x2: WIDTH - RIGHT, y1: wy, y2: wy }),
    svg('path', { class: 'edge', d: edge }),
  ];
}

/** Names in the margin, apart from each other, each with a line to its point. */
function names(drawing, x, y) {
  const points = drawing.points.map((p) => ({ name: p.name, px: x.at(p.at[0]), py: y.at(p.at[1]) })).sort((p, q) => p.py - q.py);
  let free = TOP + 10;
  for (const p of points) {
    p.at = Math.max(free, p.py);
    free = p.at + 18;
  }
  // The key stands below them.
  let most = HEIGHT - 94;
  for (const p of points.toReversed()) {
    p.at = Math.min(p.at, most);
    most = p.at - 18;
  }
  return points.map((p) => {
    const { at } = p;
    return [
      svg('path', { class: 'lead', d: `M${p.px.toFixed(1)} ${p.py.toFixed(1)} L${WIDTH - RIGHT + 8} ${(at - 4).toFixed(1)}` }),
      mark(3, p.px, p.py, 'named'),
      svg('text', { x: WIDTH - RIGHT + 12, y: at }, p.name),
    ];
  }).flat();
}

function key(drawing) {
  const entries = drawing.parties.slice(0, 2).map((party, place) =>
    svg('g', { class: side(place), transform: `translate(${WIDTH - RIGHT + 16} ${HEIGHT - 70 + 18 * place})` },
      mark(place, 0, 0, 'dot'), svg('text', { x: 10, y: 4 }, `${party} offers`)));
  return [...entries, svg('text', { class: 'faint', x: WIDTH - RIGHT + 8, y: HEIGHT - 30 }, 'dashed: walk-away'),
    svg('text', { class: 'faint', x: WIDTH - RIGHT + 8, y: HEIGHT - 14 }, 'curve: efficient edge')];
}

function numbers(model, drawing) {
  const by = new Map(model.offers.map((offer) => [offer.seq, offer]));
  const rows = [
    ['walk-away value', '', '', ...drawing.walk_away.map(utility)],
    ...drawing.points.map((p) => [p.name, '', '', ...p.at.map(utility)]),
    ...drawing.offers.filter((p) => by.has(p.seq)).map((p) => [`offer of entry ${p.seq}`, String(by.get(p.seq).round), by.get(p.seq).party, ...p.at.map(utility)]),
  ];
  return table('What each point is worth', ['point', 'round', 'by', ...drawing.parties.map((party) => `to ${party}`)], rows);
}
