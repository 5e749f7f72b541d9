// Worth on a line from 0 to 1, with the walk-away value, below which no deal is better.

import { svg } from './dom.js';
import { utility } from './format.js';

const [WIDTH, HEIGHT, LEFT, TOP, BAR] = [420, 60, 6, 22, 16];
const at = (value) => LEFT + Math.max(0, Math.min(1, value)) * (WIDTH - 2 * LEFT);

/** A bar for one worth; marks with names for others. */
export function meter(value, walkAway, marks, what, kind) {
  const said = [`${what} is worth ${utility(value)}`, `your walk-away value ${utility(walkAway)}`, ...marks.map((mark) => `${mark.name} ${utility(mark.at)}`)];
  return svg('svg', { class: `meter ${kind}`, viewBox: `0 0 ${WIDTH} ${marks.length > 0 ? HEIGHT : TOP + BAR + 8}`, role: 'img', 'aria-label': said.join(', ') },
    svg('rect', { class: 'lane', x: LEFT, y: TOP, width: WIDTH - 2 * LEFT, height: BAR, rx: 3 }),
    svg('rect', { class: 'fill', x: LEFT, y: TOP, width: at(value) - LEFT, height: BAR, rx: 3 }),
    svg('line', { class: 'bar-line', x1: at(walkAway), x2: at(walkAway), y1: TOP - 5, y2: TOP + BAR + 5 }),
    svg('text', { class: 'faint', x: at(walkAway), y: TOP - 10, 'text-anchor': 'middle' }, 'walk-away value'),
    labels(marks));
}

/** Marks below the line, the most telling first; a name that would cover another is left to the text for readers. */
function labels(marks) {
  const taken = [];
  return marks.map((mark) => {
    const x = at(mark.at);
    const width = mark.name.length * 6.6;
    const from = Math.max(0, Math.min(WIDTH - width, x - width / 2));
    const shown = taken.every(([a, b]) => from > b || from + width < a);
    if (shown) taken.push([from - 4, from + width + 4]);
    return svg('g', {}, svg('path', { class: 'mark', d: `M${x} ${TOP + BAR + 1}l-4 7h8z` }),
      shown && svg('text', { class: 'faint', x: from + width / 2, y: HEIGHT - 4, 'text-anchor': 'middle' }, mark.name));
  });
}
