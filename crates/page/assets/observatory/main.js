// Which page is shown, by the part of the address after the hash.

import { get } from './api.js';
import { h, put } from './dom.js';
import { showTalk } from './talk.js';
import { showTalks } from './talks.js';
import { showTournaments } from './tournaments.js';
import { showTrace } from './trace.js';

const PAGES = { talk: showTalk, trace: showTrace, tournaments: showTournaments, none: showNone };
/** Pages that are a list where no id is given. */
const LISTS = ['tournaments'];
const TITLES = { talks: 'Talks', tournaments: 'Tournaments', none: 'No such page' };
let shown = null;

/** `#/talk/ID/seq/7` → page, id, and what is picked in it. */
function route() {
  const [page, id, ...rest] = location.hash.replace(/^#\/?/, '').split('/').map(decode);
  const picked = {};
  for (let place = 0; place + 1 < rest.length; place += 2) picked[rest[place]] = rest[place + 1];
  if (page === '') return { page: 'talks', id: '', picked };
  return PAGES[page] && (id || LISTS.includes(page)) ? { page, id: id ?? '', picked } : { page: 'none', id: '', picked };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function showNone() {
  throw new Error(`there is no page ${location.hash}`);
}

async function show() {
  if (location.hash && !location.hash.startsWith('#/')) return;
  const to = route();
  // A pick in the page that is there already changes that page, not which page.
  if (shown && shown.page === to.page && shown.id === to.id && shown.pick) {
    shown.pick(to.picked);
    return;
  }
  shown?.abort.abort();
  const abort = new AbortController();
  const current = { page: to.page, id: to.id, abort, pick: null };
  shown = current;
  const main = document.getElementById('main');
  trail(to);
  put(main, h('p', { class: 'faint' }, 'Loading…'));
  try {
    const start = PAGES[to.page] ?? showTalks;
    current.pick = await start({ main, id: to.id, picked: to.picked, signal: abort.signal });
  } catch (error) {
    if (abort.signal.aborted) return;
    put(main, h('h1', {}, 'This cannot be shown'), h('p', { class: 'problem', role: 'alert' }, error.message),
      h('p', {}, h('a', { href: '#/' }, 'All talks')));
  }
}

function trail({ page, id }) {
  const here = (name) => (page === name ? { 'aria-current': 'page' } : {});
  const of = encodeURIComponent(id);
  put(document.getElementById('trail'),
    h('a', { href: '#/', ...here('talks') }, 'Talks'),
    ['talk', 'trace'].includes(page) && [
      h('a', { href: `#/talk/${of}`, ...here('talk') }, 'Talk'),
      h('a', { href: `#/trace/${of}`, ...here('trace') }, 'Trace'),
    ],
    h('a', { href: '#/tournaments', ...here('tournaments') }, 'Tournaments'));
  document.title = id ? `${page} ${id} · Détente` : `${TITLES[page]} · Détente`;
}

/** Where persons sit beside this page. The links open no seat: only who took it can read it. */
async function seats() {
  const { seats: taken } = await get('/api/about');
  put(document.getElementById('seats'), taken.map(({ party, page }) => h('a', { href: page, target: '_blank', rel: 'noopener noreferrer' }, `Seat of ${party}`)));
}

addEventListener('hashchange', show);
// A page without them is whole: what else it asks says what is wrong.
seats().catch(() => {});
show();
