// The list of talks: live, searched, sorted, thousands of rows.

import { get, listen } from './api.js';
import { framed, h, put } from './dom.js';
import { bn, bnChange, moment } from './format.js';
import { say } from './live.js';
import { Rows } from './virtual.js';

const COLUMNS = [
  { name: 'talk', label: 'Talk' },
  { name: 'scenario', label: 'Scenario', sort: (t) => t.scenario },
  { name: 'parties', label: 'Parties' },
  { name: 'procedure', label: 'Procedure', sort: (t) => t.procedure },
  { name: 'state', label: 'Outcome', sort: (t) => t.state },
  { name: 'rounds', label: 'Rounds', sort: (t) => t.rounds },
  { name: 'moves', label: 'Moves', sort: (t) => t.moves },
  { name: 'deficit', label: 'Deficit, bn', sort: (t) => (t.deficit_after === null ? -Infinity : t.deficit_after - t.deficit_before) },
  { name: 'started', label: 'Begun (UTC)', sort: (t) => t.started_us },
];

const MARKS = { agreed: '✓', failed: '✗', open: '▶', convened: '…', adjourned: '‖', unreadable: '!', unread: '·' };

const text = (talk) => `${talk.id} ${talk.scenario} ${talk.procedure} ${talk.parties.join(' ')} ${talk.state} ${talk.reason ?? ''}`.toLowerCase();

function cells(talk) {
  const change = talk.deficit_after === null ? '' : `${bnChange(talk.deficit_after - talk.deficit_before)} to ${bn(talk.deficit_after)}`;
  return [
    h('a', { href: `#/talk/${encodeURIComponent(talk.id)}`, tabindex: -1 }, talk.id),
    talk.scenario, talk.parties.join(', '), talk.procedure,
    h('span', { class: `state ${talk.state}`, title: talk.reason ?? '' }, `${MARKS[talk.state] ?? ''} ${talk.state}`),
    talk.rounds_limit ? `${talk.rounds} of ${talk.rounds_limit}` : '', String(talk.moves || ''), change, moment(talk.started_us),
  ];
}

/** All talks by name, in the order they are known: the newest first. */
class Known {
  constructor() {
    this.newest = [];
    this.older = [];
    this.by = new Map();
  }

  /** A page of the list goes below what is there; what came live goes above. */
  take(talks, live) {
    for (const talk of talks) {
      const there = this.by.get(talk.id);
      if (there) Object.assign(there, talk);
      else {
        this.by.set(talk.id, talk);
        (live ? this.newest : this.older).push(talk);
      }
    }
  }

  list() {
    return [...this.newest.toReversed(), ...this.older];
  }
}

export async function showTalks({ main, signal }) {
  const known = new Known();
  const state = { words: [], sort: null, descending: true };
  const count = h('p', { class: 'faint', id: 'count' });
  const search = h('input', { type: 'search', id: 'search', autocomplete: 'off', placeholder: 'name, scenario, party, outcome' });
  const rows = new Rows({
    label: 'Talks', columns: COLUMNS, cells, className: 'talks',
    open: (talk) => { location.hash = `#/talk/${encodeURIComponent(talk.id)}`; },
    onsort: (column) => {
      state.descending = state.sort === column ? !state.descending : true;
      state.sort = column;
      rows.sorted(column.name, state.descending);
      refresh();
    },
  });
  const refresh = framed(() => {
    let list = known.list();
    if (state.words.length > 0) list = list.filter((talk) => state.words.every((word) => text(talk).includes(word)));
    if (state.sort) {
      const of = state.sort.sort;
      const sign = state.descending ? -1 : 1;
      list.sort((a, b) => sign * (of(a) < of(b) ? -1 : Number(of(a) > of(b))));
    }
    rows.show(list);
    const all = known.by.size === 1 ? '1 talk' : `${known.by.size} talks`;
    put(count, state.words.length > 0 ? `${list.length} of ${all}` : all);
  });
  search.addEventListener('input', () => {
    state.words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.element.scrollTop = 0;
    refresh();
    say(`${search.value ? 'searching' : 'all talks'}`);
  });

  const first = await get('/api/talks?limit=200', signal);
  known.take(first.talks, false);
  put(main, h('h1', {}, 'Talks'),
    h('div', { class: 'bar' }, h('label', { for: 'search' }, 'Search'), search, count),
    known.by.size === 0 && h('p', { class: 'faint', id: 'nothing' }, 'No talk yet. detente run geneva-2025 makes one; detente observe --record FILE shows those of a record.'),
    rows.element);
  refresh();
  listen(`/api/events?after=${first.revision}`, {
    talks: (talks) => {
      known.take(talks, true);
      document.getElementById('nothing')?.remove();
      refresh();
      const ended = talks.filter((talk) => talk.ended_us && Date.now() - talk.ended_us / 1000 < 60_000);
      if (ended.length > 0) say(`talk ${ended.at(-1).id} ${ended.at(-1).state}`);
    },
  }, signal);
  rest(first.next, known, refresh, signal);
  return null;
}

/** The further pages, one after the other, while the first is shown. */
async function rest(next, known, refresh, signal) {
  try {
    for (let after = next; after !== null;) {
      const page = await get(`/api/talks?limit=1000&after=${after}`, signal);
      known.take(page.talks, false);
      refresh();
      after = page.next;
    }
  } catch (error) {
    if (!signal.aborted) say(`the list is not whole: ${error.message}`);
  }
}
