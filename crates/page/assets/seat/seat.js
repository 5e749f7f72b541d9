// The page of a seat: takes it, follows its talks, and shows one of them.

import { h, put } from './dom.js';
import { ask, takeSeat } from './key.js';
import { Table } from './table.js';

const main = document.getElementById('main');
const connection = document.getElementById('connection');
const LONGEST_MS = 5000;

let [version, shown, watching] = [0, null, new AbortController()];

/** The talk that is looked at, or the one that needs the person most. */
function pick(talks) {
  const wanted = talks.find((talk) => `#/talk/${encodeURIComponent(talk.id)}` === location.hash);
  const open = talks.filter((talk) => ['open', 'convened', 'adjourned'].includes(talk.state));
  return wanted ?? talks.find((talk) => talk.id === shown?.talk.id) ?? open.find((talk) => talk.mine) ?? open[0] ?? talks.at(-1);
}

async function show(id) {
  shown?.leave.abort();
  const leave = new AbortController();
  const table = new Table(await ask(`/api/talks/${encodeURIComponent(id)}`), main, leave.signal);
  table.leave = leave;
  shown = table;
  table.mount();
}

function list(talks) {
  const word = (talk) => (talk.mine ? 'your turn' : talk.state === 'open' ? `round ${talk.round}` : talk.state);
  const several = talks.length > 1 ? talks : [];
  put(document.getElementById('trail'), several.map((talk) => h('a', { href: `#/talk/${encodeURIComponent(talk.id)}`, 'aria-current': talk.id === shown?.talk.id ? 'page' : null }, `${talk.title.split(':')[0]} (${word(talk)})`)));
}

async function follow() {
  const query = new URLSearchParams({ after: version });
  if (shown) {
    query.set('talk', shown.talk.id);
    query.set('told', shown.told.length);
  }
  const news = await ask(`/api/seat?${query}`, undefined, watching.signal);
  const offset = news.now_us / 1000 - Date.now();
  // A long talk comes in parts.
  const more = news.talk && shown && shown.told.length + news.talk.told.length < news.talk.known;
  version = more ? 0 : news.version;
  connection.textContent = '● connected';
  const wanted = pick(news.talks);
  if (!wanted) put(main, h('h1', {}, `The seat of ${news.party}`), h('p', {}, 'No talk has a seat for you yet. This page shows the first that does.'));
  else if (wanted.id !== shown?.talk.id) {
    await show(wanted.id);
    version = 0;
  } else if (news.talk) shown.take(news.talk, offset);
  list(news.talks);
  if (!news.closing) return true;
  connection.textContent = '○ the delegation has gone';
  return false;
}

async function run() {
  try {
    await takeSeat();
  } catch (error) {
    refuse(error);
    return;
  }
  for (let wait = 500; ;) {
    try {
      if (!await follow()) return;
      wait = 500;
    } catch (error) {
      if (error.status === 401) {
        refuse(error);
        return;
      }
      if (error.name === 'AbortError') continue;
      connection.textContent = '○ not connected, trying again; your draft stays';
      await new Promise((resolve) => { setTimeout(resolve, wait); });
      wait = Math.min(LONGEST_MS, wait * 2);
    }
  }
}

function refuse(error) {
  put(main, h('h1', {}, 'This seat is not yours'), h('p', { class: 'problem', role: 'alert' }, error.message));
  connection.textContent = '';
}

addEventListener('hashchange', () => {
  if (location.hash.startsWith('#take=')) location.reload();
  if (!location.hash.startsWith('#/')) return;
  version = 0;
  watching.abort();
  watching = new AbortController();
});
setInterval(() => shown?.tick(), 1000);
run();
