// Tariffs as they were offered: sector by round, one map for each side; each cell says its number.

import { h, put, section } from './dom.js';
import { value } from './format.js';

/** Rounds that are shown at once. */
const WINDOW = 24;
const STEPS = 6;
/** Between two windows: a scrubber that moves fast draws no table on its way. */
const REST_MS = 120;

export function heat(model) {
  const { talk } = model;
  const maps = talk.parties.map((party) => new HeatMap(model, party)).filter((map) => map.issues.length > 0);
  const title = talk.issues.some((issue) => issue.rate) ? 'Tariffs by sector and round' : 'Offers by issue and round';
  return {
    element: section(title, maps.map((map) => map.element)),
    seek: () => maps.forEach((map) => map.seek()),
  };
}

/** The tariffs that one side imposes; without tariffs on the agenda, all that it offers. */
class HeatMap {
  constructor(model, party) {
    this.model = model;
    const rates = model.talk.issues.map((issue, place) => ({ ...issue, place })).filter((issue) => issue.rate);
    this.rates = rates.length > 0;
    this.issues = this.rates ? rates.filter((issue) => issue.by === party.id) : model.talk.issues.map((issue, place) => ({ ...issue, place }));
    this.by = party.id;
    const choice = h('select', { id: `heat-${party.id}`, onchange: (event) => { this.by = event.target.value; this.first = -1; this.seek(); } },
      model.talk.parties.map((other) => h('option', { value: other.id, selected: other.id === party.id }, `offers of ${other.id}`)));
    this.name = this.rates ? `Added tariffs of ${party.name}, percent` : `What ${party.name} offers`;
    this.table = h('table', { class: 'heat' });
    this.scroll = h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': this.name }, this.table);
    const label = h('label', { for: `heat-${party.id}` }, 'as in');
    this.element = h('div', { class: 'heat-map' }, h('h3', {}, this.name), this.rates && h('p', { class: 'bar' }, label, choice), this.scroll);
    const numbers = this.issues.flatMap((issue) => model.offers.map((offer) => offer.values[issue.place])).filter((v) => typeof v === 'number');
    this.top = this.rates ? Math.max(1, ...numbers.slice(0, 100_000)) : null;
    this.first = -1;
    this.offers = 0;
  }

  /** Brings the round at the cursor into the window; only a new window or offer draws anew. */
  seek() {
    const round = this.model.at?.round ?? 0;
    const last = this.model.offers.at(-1)?.round ?? 0;
    const first = Math.max(1, Math.min(round - WINDOW / 2, last - WINDOW + 1));
    if (first !== this.first || this.offers !== this.model.offers.length) {
      clearTimeout(this.resting);
      if (this.first === -1) this.draw(first, Math.min(last, first + WINDOW - 1));
      else {
        this.resting = setTimeout(() => {
          this.draw(first, Math.min(last, first + WINDOW - 1));
          this.mark(round);
        }, REST_MS);
        return;
      }
    }
    this.mark(round);
  }

  mark(round) {
    if (this.marked === round) return;
    for (const cell of this.table.querySelectorAll('.now')) cell.classList.remove('now');
    for (const cell of this.table.querySelectorAll(`[data-round="${round}"]`)) cell.classList.add('now');
    this.marked = round;
  }

  draw(first, last) {
    [this.first, this.offers, this.marked] = [first, this.model.offers.length, null];
    const by = new Map(this.model.offers.filter((offer) => offer.party === this.by).map((offer) => [offer.round, offer]));
    const rounds = [];
    for (let round = first; round <= last; round += 1) rounds.push(round);
    const quo = this.model.talk.status_quo;
    put(this.table,
      h('caption', {}, `${this.name}: columns are rounds ${first} to ${last}; s.q. is the status quo`),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, this.rates ? 'sector' : 'issue'), quo && h('th', { scope: 'col' }, 's.q.'),
        rounds.map((round) => h('th', { scope: 'col', 'data-round': round }, h('a', { href: this.link(by.get(round)) }, String(round)))))),
      h('tbody', {}, this.issues.map((issue) => h('tr', {},
        h('th', { scope: 'row' }, this.rates ? issue.sector_name ?? issue.sector : issue.title ?? issue.id),
        quo && this.cell(issue, quo[issue.place], null),
        rounds.map((round) => this.cell(issue, by.get(round)?.values[issue.place], round))))));
  }

  link(offer) {
    if (this.model.link) return this.model.link(offer);
    return offer ? `#/talk/${encodeURIComponent(this.model.talk.id)}/seq/${offer.seq}` : null;
  }

  cell(issue, of, round) {
    const warm = this.top && typeof of === 'number' ? Math.ceil((STEPS * of) / this.top) : 0;
    return h('td', { class: `warm-${warm}`, 'data-round': round }, value(issue, of));
  }
}
