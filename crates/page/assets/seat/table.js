// One talk at the seat: whose turn it is, what is on the table, a draft and what it is worth, the moves.

import { action } from './action.js';
import { confirm } from './dialog.js';
import { framed, h, put, section } from './dom.js';
import { keepFocus } from './focus.js';
import { form, starts } from './form.js';
import { length, utility } from './format.js';
import { story } from './history.js';
import { sheet } from './impact.js';
import { ask } from './key.js';
import { say } from './live.js';
import { same, wired } from './offers.js';
import { brief, head, headlines, terms, verdict } from './worth.js';

const WEIGH_MS = 150;
const IMPACT_MS = 500;
const SPEAK_MS = 1200;

export class Table {
  constructor(talk, main, signal) {
    Object.assign(this, { talk, main, signal, told: [], state: null, explained: null, problem: null, busy: false, folds: {}, resting: new AbortController() });
    this.quiet = AbortSignal.any([signal, this.resting.signal]);
    this.names = new Map(talk.issues.map((issue) => [issue.id, issue.title ?? issue.id]));
    this.path = `/api/talks/${encodeURIComponent(talk.id)}`;
    this.form = form(talk, () => this.drafted());
    this.starts = starts(() => this.sources(), (name, levels) => this.start(name, levels));
    this.story = story(talk, this.told);
    this.parts = Object.fromEntries(['turn', 'late', 'standing', 'worth', 'brief', 'terms', 'effect', 'problem'].map((name) => [name, h('div', { class: name === 'turn' ? 'place' : name })]));
    this.parts.effect.append(h('p', { class: 'faint' }, talk.scored ? 'Reckoning…' : 'The issues of this talk touch no trade.'));
    this.propose = action('propose', 'main', 'Propose this draft', () => this.onPropose());
    this.walk = action('walk', 'grave', 'Walk away', () => this.onWalkAway());
    this.accept = action('accept', 'main', 'Accept this offer', () => this.onAccept());
    this.redraw = framed(() => this.draw());
    this.start('', this.kept() ?? talk.best);
  }

  /** Lays the page out, once. */
  mount() {
    const { talk, parts } = this;
    this.impact = section('What the draft does, by sector', parts.effect);
    this.draft = section('Your draft', this.starts.element, this.form.element);
    this.side = h('section', { class: 'panel', 'aria-label': 'What your draft is worth' },
      h('h2', {}, 'What your draft is worth'), parts.worth, h('div', { class: 'bar act' }, parts.brief, this.propose.all, this.walk.all), parts.problem, parts.terms);
    put(this.main,
      h('header', {}, h('h1', {}, talk.title), h('p', { class: 'lead' }, `Your party: ${talk.party.name}. What this page says of its mandate stays with its delegation.`)),
      parts.turn, parts.late, parts.standing,
      h('div', { class: 'desk' }, this.draft, this.side),
      this.impact, this.story.element);
  }

  /** Takes in what is new. */
  take(state, offset) {
    keepFocus(this.main, () => this.taken(state, offset));
  }

  taken(state, offset) {
    const [before, moves, ended] = [this.state, state.told, this.over];
    this.offset = offset;
    this.told.push(...moves);
    this.state = state;
    if (this.over) this.rest();
    if (this.question && !this.question.still()) this.question.moot.abort(`${this.meanwhile()} Nothing was done.`);
    if (!before || moves.length > 0 || this.over !== ended) this.story.draw(this.over ? null : (move) => this.start('', move.levels));
    this.form.beside(this.theirs?.levels ?? this.talk.status_quo, this.theirs ? 'theirs' : 'now');
    this.starts.show();
    this.speak(before);
    this.drawn();
    if (state.standing && state.standing.seq !== this.offer?.seq && !this.over) this.weighStanding(state.standing);
  }

  get theirs() { return this.told.findLast((move) => move.levels && move.party !== this.talk.party.id); }
  get mine() { return this.told.findLast((move) => move.levels && move.party === this.talk.party.id); }
  get over() { return ['agreed', 'failed', 'left'].includes(this.state?.state); }
  get canMove() { return this.canLeave && this.state.mine; }
  get canLeave() { return this.state && !this.state.sent && !this.busy && !this.over; }

  sources() {
    const { talk } = this;
    const worth = (of) => (of ? utility(of) : '');
    return [
      { name: 'My best', levels: talk.best, worth: worth(talk.best_utility) },
      { name: 'My last offer', levels: this.mine?.levels, worth: worth(this.mine?.utility) },
      { name: 'Their last offer', levels: this.theirs?.levels, worth: worth(this.theirs?.utility) },
      { name: 'Status quo', levels: talk.status_quo, worth: worth(talk.status_quo_utility) },
    ];
  }

  start(name, levels) {
    this.form.start(levels);
    this.drafted();
  }

  // The draft outlives a page that is loaded again.
  kept() {
    try {
      const levels = JSON.parse(sessionStorage.getItem(this.talk.agenda + this.talk.id));
      const fits = Array.isArray(levels) && levels.length === this.talk.issues.length;
      return fits && levels.every((level, place) => Number.isInteger(level) && level >= 0 && level < this.talk.issues[place].levels) ? levels : null;
    } catch {
      return null;
    }
  }

  drafted() {
    sessionStorage.setItem(this.talk.agenda + this.talk.id, JSON.stringify(this.form.levels));
    this.problem = null;
    this.weighed = false;
    this.parts.worth.setAttribute('aria-busy', 'true');
    clearTimeout(this.weighing);
    clearTimeout(this.reckoning);
    this.weighing = setTimeout(() => this.weigh(), WEIGH_MS);
    if (this.talk.scored) this.reckoning = setTimeout(() => this.reckon(), IMPACT_MS);
  }

  /** Nothing is weighed any more. */
  rest() {
    clearTimeout(this.weighing);
    clearTimeout(this.reckoning);
    clearTimeout(this.speaking);
    this.resting.abort();
  }

  async weigh() {
    const levels = [...this.form.levels];
    const explained = await this.quietly(ask(`${this.path}/explain`, { offer: wired(this.talk, levels) }, this.quiet));
    if (!explained || !same(levels, this.form.levels)) return;
    this.explained = explained;
    this.weighed = true;
    this.parts.worth.setAttribute('aria-busy', 'false');
    this.redraw();
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => say(`Your draft is worth ${utility(explained.utility)}. ${verdict(explained).text}`), SPEAK_MS);
  }

  async reckon() {
    const levels = [...this.form.levels];
    const impact = await this.quietly(ask(`${this.path}/impact`, { offer: wired(this.talk, levels) }, this.quiet));
    if (!impact || !same(levels, this.form.levels)) return;
    keepFocus(this.main, () => put(this.parts.effect, headlines(impact), this.fold('sectors', 'By sector, before and after, with bands', sheet(impact, 'your draft'))));
  }

  /** What the offer on the table is worth, once: it does not change. */
  async weighStanding(standing) {
    const offer = { seq: standing.seq, explained: null };
    this.offer = offer;
    const of = await this.quietly(ask(`${this.path}/explain`, { offer: wired(this.talk, standing.levels) }, this.quiet));
    if (!of) {
      // The next news asks again.
      if (this.offer === offer) this.offer = null;
      return;
    }
    offer.explained = of;
    this.redraw();
  }

  /** Nothing, where the answer no longer matters or the delegation cannot be reached just now. */
  async quietly(asked) {
    try {
      return await asked;
    } catch (error) {
      if (!this.quiet.aborted && error.code && error.name !== 'AbortError') this.fail(error);
      return null;
    }
  }

  fail(error) {
    this.problem = error;
    this.draw();
  }

  draw() {
    if (this.state) keepFocus(this.main, () => this.drawn());
  }

  drawn() {
    const { talk, state, parts, explained } = this;
    put(parts.turn, this.turn());
    put(parts.late, state.late && h('p', { class: 'problem', role: 'alert' }, late(state.late)));
    put(parts.standing, this.standing());
    const marks = [{ name: 'status quo', at: talk.status_quo_utility }, { name: 'my best', at: talk.best_utility }];
    if (this.theirs) marks.unshift({ name: 'their last', at: this.theirs.utility });
    put(parts.worth, explained ? head(explained, marks, 'Your draft', this.names) : h('p', { class: 'faint' }, 'Reckoning…'));
    put(parts.brief, explained && [h('strong', {}, utility(explained.utility)), ' ', brief(explained)]);
    put(parts.terms, explained && terms(explained, 'Your draft'));
    put(parts.problem, this.said());
    this.propose.lacks(this.waits() ?? this.drafts());
    this.walk.lacks(this.leaves());
    this.accept.lacks(this.accepts());
    this.draft.hidden = this.side.hidden = this.impact.hidden = this.over;
    document.title = `${this.over ? `${state.state} · ` : state.mine ? '● Your turn · ' : ''}${talk.party.id} · Détente`;
  }

  /** What a move in turn waits for, if anything. */
  waits() {
    const { state } = this;
    if (!state) return 'The talk is not here yet.';
    if (this.over) return 'The talk is over.';
    if (state.sent || this.busy) return 'Your move is on its way.';
    if (state.state === 'adjourned') return 'The talk is paused.';
    if (!state.turn) return 'The talk has not begun.';
    return state.mine ? null : 'It is not your turn.';
  }

  /** What keeps the draft from being proposed. */
  drafts() {
    if (!this.explained) return 'The draft is being weighed.';
    return this.explained.permitted ? null : 'The draft crosses a red line of your mandate.';
  }

  /** The rules let a party walk away at any time, once nothing of its own is on its way. */
  leaves() { return this.canLeave ? null : this.waits(); }

  /** What keeps the offer on the table from being accepted. */
  accepts() { return this.waits() ?? (this.state.standing?.permitted ? null : 'The offer crosses a red line of your mandate.'); }

  /** What made a question moot. */
  meanwhile() {
    if (this.over) return 'The talk has ended meanwhile.';
    return this.state.sent ? 'A move of yours is on its way already.' : 'Something was said meanwhile, and this was asked before it.';
  }

  said() {
    const message = this.problem?.message ?? this.state.refused;
    return message && h('p', { class: 'problem', role: 'alert' }, message);
  }

  turn() {
    const { state, talk } = this;
    const name = (id) => talk.parties.find((party) => party.id === id)?.name ?? id;
    if (this.over) return this.ending();
    let text = `${name(state.turn)} is thinking`;
    if (state.sent) text = 'Your move is on its way';
    else if (state.state === 'adjourned') text = 'The talk is paused';
    else if (!state.turn) text = 'The talk has not begun';
    else if (state.mine) text = 'Your turn';
    return h('div', { class: `turn ${state.mine && !state.sent ? 'mine' : ''}` }, h('p', { class: 'who', id: 'who' }, text),
      h('p', { id: 'round' }, `Round ${state.round} of ${talk.rounds}`), h('p', { id: 'left' }, this.left()));
  }

  left() {
    const { state, talk } = this;
    const rounds = talk.rounds - state.round;
    const after = rounds === 0 ? 'the last round' : `${rounds} more after it`;
    if (!state.wakeup_us) return `${after}, no time limit`;
    const left = length(Math.max(0, state.wakeup_us - (Date.now() + this.offset) * 1000));
    return `${after}, ${left} left for ${talk.deadline_us === state.wakeup_us ? 'the talk' : 'this turn'}`;
  }

  tick() {
    const left = document.getElementById('left');
    if (left && !this.over) left.textContent = this.left();
  }

  ending() {
    const { state, talk } = this;
    if (state.state === 'left') return h('div', { class: 'turn' }, h('p', { class: 'who', id: 'who' }, 'Your delegation has left the talk'), h('p', {}, 'Its log says why.'));
    const deal = this.told.findLast((move) => move.levels);
    const worth = state.state === 'agreed' && deal ? deal.utility : talk.status_quo_utility;
    return h('div', { class: `turn ${state.state}` }, h('p', { class: 'who', id: 'who' }, state.state === 'agreed' ? 'Agreed' : 'No agreement'),
      h('p', {}, state.reason), h('p', {}, `${state.state === 'agreed' ? 'The deal is' : 'The status quo is'} worth ${utility(worth)} to you; your walk-away value was ${utility(talk.walk_away)}.`));
  }

  standing() {
    const { state, talk } = this;
    const offer = state.standing;
    if (this.over) return null;
    if (!offer) return null;
    const explained = this.offer?.seq === offer.seq ? this.offer.explained : null;
    const own = offer.party === talk.party.id;
    const who = talk.parties.find((party) => party.id === offer.party)?.name ?? offer.party;
    const words = this.told.find((move) => move.seq === offer.seq)?.words ?? [];
    return section('On the table', h('p', {}, own ? 'Your own offer stands; the other side has the word.' : `The offer of ${who}, entry ${offer.seq}.`),
      h('div', { class: 'pair' },
        h('div', {}, explained && head(explained, [], 'It', this.names), !own && h('div', { class: 'bar' }, this.accept.all)),
        h('div', {}, words.length > 0 && [h('h3', {}, 'What changed in it'), h('ul', { class: 'words' }, words.map((word) => h('li', {}, word)))])),
      explained && this.fold('terms', 'Why it is worth that', terms(explained, 'The offer on the table')));
  }

  /** A fold that stays as it was when what is in it is drawn anew. */
  fold(name, title, of) {
    const toggled = (event) => { this.folds[name] = event.target.open; };
    return h('details', { open: this.folds[name] ?? false, ontoggle: toggled }, h('summary', { 'data-key': `fold-${name}` }, title), of);
  }

  speak(before) {
    const { state, talk } = this;
    if (this.over) {
      if (before?.state !== state.state) say(`The talk is over: ${state.reason ?? 'your delegation has left it'}`);
    } else if (state.mine && !(before?.mine && before.round === state.round)) {
      const offer = state.standing;
      const worth = offer ? `The offer on the table is worth ${utility(offer.utility)} to you, ${offer.acceptable ? 'acceptable' : 'not acceptable'}.` : '';
      say(`Your turn, round ${state.round} of ${talk.rounds}. ${worth}`);
    }
  }

  /** Asks before what cannot be undone. A question may be open for long: it is about what it was asked of. */
  async sure(question, still) {
    const moot = new AbortController();
    this.question = { moot, still };
    const yes = await confirm({ ...question, moot: moot.signal, gone: this.signal });
    this.question = null;
    if (yes && !still()) this.fail({ message: `${this.meanwhile()} Nothing was done.` });
    return yes && still();
  }

  async onPropose() {
    if (this.propose.refuses(this.waits())) return;
    // A draft that has just changed is weighed first; what is behind a red line, the delegation refuses too.
    if (!this.weighed) await this.weigh();
    // What could not be weighed is not proposed on the strength of what an earlier draft was worth.
    if (this.propose.refuses(this.weighed ? this.waits() ?? this.drafts() : 'The draft could not be weighed.')) return;
    const { utility: worth, walk_away: bar } = this.explained;
    const [round, offer] = [this.state.round, wired(this.talk, [...this.form.levels])];
    const lines = [`The draft is worth ${utility(worth)} to you; your walk-away value is ${utility(bar)}. Without a deal the status quo stays, worth ${utility(this.talk.status_quo_utility)}.`];
    const question = { title: 'Propose less than your walk-away value?', lines, yes: 'Propose it anyway', no: 'Change the draft', grave: true };
    if (worth < bar && !await this.sure(question, () => this.canMove && this.state.round === round)) return;
    await this.move({ act: 'propose', round, offer, confirmed: worth < bar });
  }

  async onAccept() {
    if (this.accept.refuses(this.accepts())) return;
    const { round, standing } = this.state;
    const explained = this.offer?.seq === standing.seq ? this.offer.explained : null;
    const lines = [explained ? `${verdict(explained).text}.` : '', 'The talk ends with this deal, and it binds you.'];
    const question = { title: `Accept the offer, worth ${utility(standing.utility)} to you?`, lines, yes: 'Accept', no: 'Keep talking' };
    if (!await this.sure(question, () => this.canMove && this.state.round === round && this.state.standing?.entry === standing.entry)) return;
    await this.move({ act: 'accept', round, entry: standing.entry, confirmed: standing.utility < this.talk.walk_away });
  }

  async onWalkAway() {
    if (this.walk.refuses(this.leaves())) return;
    const told = this.told.length;
    const lines = ['The talk ends for everybody, and nobody can take it up again.', `Without a deal the status quo stays. It is worth ${utility(this.talk.status_quo_utility)} to you; your walk-away value is ${utility(this.talk.walk_away)}.`];
    const question = { title: 'Walk away from the talk?', lines, yes: 'Walk away', no: 'Keep talking', grave: true };
    if (!await this.sure(question, () => this.canLeave && this.told.length === told)) return;
    await this.move({ act: 'walk-away', told });
  }

  async move(move) {
    this.busy = true;
    this.problem = null;
    // By the time of the answer there may be another turn.
    const at = this.state;
    try {
      await ask(`${this.path}/move`, move, this.signal);
      at.sent = true;
    } catch (error) {
      if (this.signal.aborted) return;
      this.problem = error;
    } finally {
      this.busy = false;
    }
    this.draw();
  }
}

/** What became of a decision that came too late. */
function late(of) {
  if (of.leaving) return 'You did not walk away: something was said before you were heard.';
  return `Your move for round ${of.round} was not made: the turn had passed before it was taken.`;
}
