// A talk: where it stands, its dance, its offers, what they do, its record, and a replay of it all.

import { listen, wholeTalk } from './api.js';
import { dance } from './dance.js';
import { framed, h, put, section, unhurried } from './dom.js';
import { bn, bnChange, length, moment } from './format.js';
import { heat } from './heat.js';
import { impact } from './impact.js';
import { say } from './live.js';
import { lastUpTo } from './plot.js';
import { headline, record } from './record.js';
import { replay } from './replay.js';
import { zone } from './zone.js';

/** The talk and the place in it that is looked at. */
class Model {
  constructor({ talk, entries, drawing }) {
    Object.assign(this, { talk, entries, drawing, place: entries.length - 1 });
    this.offers = entries.filter((entry) => entry.values);
  }

  take(entries) {
    const known = this.entries.at(-1)?.seq ?? 0;
    const fresh = entries.filter((entry) => entry.seq > known);
    this.entries.push(...fresh);
    this.offers.push(...fresh.filter((entry) => entry.values));
    return fresh;
  }

  get at() { return this.entries[this.place]; }
  get seq() { return this.at?.seq ?? 0; }
  /** The offer on the table at the cursor: the last one made. */
  get offer() { return lastUpTo(this.offers, this.seq) ?? undefined; }
  get atEnd() { return this.place >= this.entries.length - 1; }
}

export async function showTalk({ main, id, picked, signal }) {
  const model = new Model(await wholeTalk(id, signal));
  const base = `#/talk/${encodeURIComponent(id)}`;
  const open = (seq) => { location.hash = `${base}/seq/${seq}`; };
  let parts = [];
  const missing = h('div');
  const seek = (place) => {
    put(missing);
    model.place = Math.max(0, Math.min(place, model.entries.length - 1));
    moved();
  };
  const moved = framed(() => parts.forEach((part) => part.seek(model.seq)));
  const head = header(model);
  const scrubber = replay(model, seek, signal);
  const landing = zone(model, open);
  const said = changes(model);
  const fixed = [said, impact(model, signal), record(model, open)];
  const [moving, tables] = [h('div'), h('div')];
  // What is drawn from all the offers is drawn again when there are more; the rest only moves.
  const draw = () => {
    const drawn = [dance(model, open), heat(model)];
    put(moving, drawn[0].element);
    put(tables, drawn[1].element);
    parts = [head, scrubber, ...drawn, landing, ...fixed];
    landing.drawing();
    moved();
  };
  put(main, head.element, missing, scrubber.element, moving, landing.element, said.element, tables, fixed[1].element, fixed[2].element);
  draw();
  pick(picked);
  const redraw = framed(draw);
  listen(`/api/events?talk=${encodeURIComponent(id)}&after=${model.entries.at(-1)?.seq ?? 0}`, {
    entries: (news) => {
      const following = model.atEnd;
      const fresh = model.take(news.entries);
      model.talk = news.talk;
      if (following) model.place = model.entries.length - 1;
      redraw();
      if (fresh.length > 0) say(headline(fresh.at(-1)));
    },
    drawing: (drawing) => {
      model.drawing = drawing;
      landing.drawing();
    },
  }, signal);
  // Until then the time to the deadline goes on.
  const tick = setInterval(() => head.tick(), 1000);
  signal.addEventListener('abort', () => clearInterval(tick));

  function pick({ seq }) {
    const place = model.entries.findIndex((entry) => entry.seq === Number(seq));
    if (place >= 0) seek(place);
    else if (seq !== undefined) put(missing, h('p', { class: 'problem', role: 'alert' }, `There is no entry ${seq} in this talk; the last is ${model.entries.at(-1)?.seq ?? 'still to come'}.`));
  }
  return pick;
}

function header(model) {
  const title = h('h1', {}, model.talk.title ?? (model.talk.scenario || 'A talk'));
  const facts = h('dl', { class: 'facts' });
  const left = h('dd', { id: 'left' });
  const tick = () => {
    const text = remaining(model);
    if (left.textContent !== text) left.textContent = text;
  };
  let told = null;
  const seek = () => {
    const { talk } = model;
    tick();
    // A place in the talk changes nothing here but what is left.
    if (told === talk) return;
    told = talk;
    const outcome = talk.reason ? `${talk.state}: ${talk.reason}` : `${talk.state}${talk.turn ? `; ${talk.turn} is to move` : ''}`;
    const pairs = [
      ['talk', talk.id], ['outcome', h('span', { id: 'outcome' }, outcome)],
      ['parties', talk.parties.map((party) => (party.name === party.id ? party.id : `${party.name} (${party.id})`)).join(', ')],
      ['procedure', talk.procedure], ['begun', `${moment(talk.started_us)} UTC, lasted ${length(talk.last_us - talk.started_us)}`],
    ];
    const deal = model.offers.find((offer) => offer.seq === talk.agreed);
    if (deal?.figures && talk.base) {
      pairs.push(['deal', `deficit ${bn(deal.figures.deficit)} bn (${bnChange(deal.figures.deficit - talk.base.deficit[1])} on the status quo), trade ${bn(deal.figures.trade)} bn (${bnChange(deal.figures.trade - talk.base.trade[1])})`]);
    }
    put(facts, pairs.map(([name, of]) => h('div', {}, h('dt', {}, name), h('dd', {}, of))), h('div', {}, h('dt', {}, 'left'), left));
  };
  return { element: h('header', { class: 'talk-head' }, title, facts), seek, tick };
}

function remaining({ talk, at, entries }) {
  const rounds = `${Math.max(0, talk.rounds - (at?.round ?? 0))} of ${talk.rounds} rounds`;
  if (!talk.deadline_us) return rounds;
  const over = talk.state === 'agreed' || talk.state === 'failed';
  const now = over || at !== entries.at(-1) ? at.time_us : Date.now() * 1000;
  return `${rounds}, ${length(Math.max(0, talk.deadline_us - now))} to the deadline`;
}

function changes(model) {
  const list = h('ul');
  const title = h('p', { class: 'faint' });
  let told = null;
  const seek = unhurried(() => {
    const offer = model.offer;
    if (offer && offer === told) return;
    told = offer;
    if (!offer) {
      put(title, 'No offer is on the table yet.');
      put(list);
      return;
    }
    put(title, `Entry ${offer.seq}, round ${offer.round}: ${offer.party} ${offer.words[0]?.startsWith('opens') ? 'opens with' : 'moved'}`);
    put(list, offer.words.map((word) => h('li', {}, word.replace(/^opens: /, ''))));
  });
  return { element: section('What changed in the last offer', title, list), seek };
}
