// The page of a seat: takes it, follows its talks, and shows one of them.

import { h, put } from './dom.js';
import { ask, hangUp, takeSeat } from './key.js';
import { say } from './live.js';
import { Table } from './table.js';

const main = document.getElementById('main');
const connection = document.getElementById('connection');
const LONGEST_MS = 5000;
/** So many failures in a row, about half a minute, and the delegation is taken to be gone. */
const MOST_FAILURES = 8;

let [version, shown, watching] = [0, null, new AbortController()];
const page = crypto.getRandomValues(new Uint32Array(1))[0];

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
  const query = new URLSearchParams({ after: version, page });
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
  // What is left to read comes at once.
  if (!news.closing || version === 0) return true;
  connection.textContent = '○ the delegation has gone';
  // The delegation waits for this word, so that nothing is asked of nobody.
  shown?.rest();
  await ask('/api/goodbye', { page }).catch(() => null);
  return false;
}

async function run() {
  try {
    await takeSeat();
  } catch (error) {
    if (error.status) refuse(error);
    else gone();
    return;
  }
  for (let [wait, failures] = [500, 0]; ;) {
    try {
      if (!await follow()) return;
      [wait, failures] = [500, 0];
    } catch (error) {
      if (error.status === 401) {
        refuse(error);
        return;
      }
      if (error.name === 'AbortError') continue;
      failures += 1;
      // Once there is an answer again, it is to come at once.
      version = 0;
      if (failures >= MOST_FAILURES) {
        gone();
        return;
      }
      connection.textContent = '○ not connected, trying again; your draft stays';
      await new Promise((resolve) => { setTimeout(resolve, wait); });
      wait = Math.min(LONGEST_MS, wait * 2);
    }
  }
}

/** Nobody answers. What is shown stays, and so does the draft. */
function gone() {
  if (!shown) put(main, h('h1', {}, 'The delegation does not answer'), h('p', { class: 'problem', role: 'alert' }, 'It may have ended. Look at where it was started.'));
  const again = () => {
    hangUp(false);
    connection.textContent = '○ trying again';
    // Where the button was there is none now.
    main.focus({ preventScroll: true });
    run();
  };
  hangUp(true);
  say('The delegation does not answer. Its page can try again.');
  put(connection, '○ the delegation does not answer ', h('button', { type: 'button', onclick: again }, 'Try again'));
}

function refuse(error) {
  hangUp(true);
  shown?.rest();
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
