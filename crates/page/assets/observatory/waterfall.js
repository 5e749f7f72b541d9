// Every span as a bar on one scale of time: only the rows in view exist, and the scale can be zoomed.

import { h, put } from './dom.js';
import { length } from './format.js';
import { Rows } from './virtual.js';

const COLUMNS = [
  { name: 'span', label: 'Span' }, { name: 'service', label: 'Service' }, { name: 'offset', label: 'At' },
  { name: 'took', label: 'Took' }, { name: 'lane', label: 'When' },
];

export class Waterfall {
  constructor(trace, open) {
    this.trace = trace;
    this.from = 0;
    this.to = Math.max(trace.length_us, 1);
    this.all = mingled(trace);
    this.grid = new Rows({ label: 'Spans of the trace', columns: COLUMNS, className: 'waterfall', open, cells: (row) => this.cells(row) });
    this.scaled = h('span', { class: 'faint', id: 'scaled' });
    const button = (name, label, act) => h('button', { type: 'button', 'aria-label': label, onclick: act }, name);
    const rounds = [...new Set(trace.spans.map((span) => span.round).filter((round) => round !== null))];
    this.choice = h('select', { id: 'round', onchange: () => this.pickRound(this.choice.value) },
      h('option', { value: '' }, 'all rounds'), rounds.map((round) => h('option', { value: round }, `round ${round}`)));
    this.bar = h('div', { class: 'bar', role: 'group', 'aria-label': 'Scale of time' },
      h('label', { for: 'round' }, 'Show'), this.choice,
      button('+', 'Zoom in', () => this.zoom(0.5)), button('−', 'Zoom out', () => this.zoom(2)),
      button('‹', 'Earlier', () => this.pan(-0.4)), button('›', 'Later', () => this.pan(0.4)),
      button('Fit', 'Fit the whole time', () => this.fit()), this.scaled);
    this.grid.element.addEventListener('keydown', (event) => this.key(event));
    this.element = h('div', {}, this.bar, this.grid.element);
    this.pickRound('');
  }

  pickRound(round) {
    this.rows = round === '' ? this.all : this.all.filter((row) => String(row.round) === round);
    this.grid.show(this.rows);
    this.fit();
  }

  /** The scale that has all rows that are shown. */
  fit() {
    const timed = this.rows.filter((row) => row.start_us !== undefined);
    const [from, to] = timed.reduce(([a, b], row) => [Math.min(a, row.start_us), Math.max(b, row.start_us + row.took_us)], [Infinity, 0]);
    this.window(Number.isFinite(from) ? from : 0, to);
  }

  window(from, to) {
    const least = 1;
    this.from = Math.max(0, from);
    this.to = Math.max(this.from + least, Math.min(to, this.trace.length_us || least));
    put(this.scaled, `${length(this.from)} to ${length(this.to)}`);
    this.grid.redraw();
  }

  zoom(by) {
    const active = this.rows[this.grid.active];
    const middle = active && by < 1 ? active.start_us + active.took_us / 2 : (this.from + this.to) / 2;
    const half = ((this.to - this.from) * by) / 2;
    this.window(middle - half, middle + half);
  }

  pan(by) {
    const span = this.to - this.from;
    const from = Math.max(0, Math.min(this.from + by * span, this.trace.length_us - span));
    this.window(from, from + span);
  }

  key(event) {
    const acts = { '+': () => this.zoom(0.5), '=': () => this.zoom(0.5), '-': () => this.zoom(2), 0: () => this.fit(), ArrowLeft: () => this.pan(-0.2), ArrowRight: () => this.pan(0.2) };
    if (!acts[event.key] || event.ctrlKey || event.metaKey) return;
    acts[event.key]();
    event.preventDefault();
  }

  /** Makes a span the active row, whatever round is shown. */
  pick(id) {
    let place = this.rows.findIndex((row) => row.id === id);
    if (place < 0 && this.all.some((row) => row.id === id)) {
      this.choice.value = '';
      this.pickRound('');
      place = this.rows.findIndex((row) => row.id === id);
    }
    if (place >= 0) this.grid.go(place, true);
    return place >= 0 ? this.rows[place] : null;
  }

  cells(row) {
    const lane = h('span', { class: 'bar-lane' }, this.drawn(row));
    if (row.gap) return [h('em', { class: 'gap-name' }, `${row.party || 'somebody'}: ${row.why}`), '', length(row.start_us), length(row.took_us), lane];
    const words = [row.critical ? '◆' : '', row.name, row.name === 'round' ? row.round : row.party, row.act].filter(Boolean).join(' ');
    const name = h('span', { class: `name${row.critical ? ' critical' : ''}` }, words);
    name.style.paddingLeft = `${Math.min(row.depth, 8) * 0.8}rem`;
    const error = row.error && h('strong', { class: 'error' }, ` ERROR ${row.reason}`);
    return [[name, error], row.service.replace(/^detente-/, ''), length(row.start_us), length(row.took_us), lane];
  }

  drawn(row) {
    const whole = this.to - this.from;
    const [start, end] = [(row.start_us - this.from) / whole, (row.start_us + row.took_us - this.from) / whole];
    if (end < 0 || start > 1) return null;
    const kind = row.gap ? 'gap' : `${row.error ? 'bad ' : ''}${row.critical ? 'critical ' : ''}${row.took_us === 0 ? 'point' : ''}`;
    const bar = h('span', { class: `span-bar ${kind}` });
    const left = Math.max(0, start);
    bar.style.left = `${left * 100}%`;
    bar.style.width = `${Math.max(0, Math.min(1, end) - left) * 100}%`;
    return bar;
  }
}

/** Spans in the order of their tree, each gap before what it ended with. */
function mingled(trace) {
  const before = new Map();
  for (const gap of trace.gaps) before.set(gap.before, [...(before.get(gap.before) ?? []), gap]);
  return trace.spans.flatMap((span) => [
    ...(before.get(span.id) ?? []).map((gap) => ({ ...gap, gap: true, depth: span.depth, id: `gap-${span.id}`, round: span.round })), span,
  ]);
}
