// Tournaments that were played in the lab, the newest first, and one of them in full.

import { get } from './api.js';
import { h, put, table } from './dom.js';
import { moment } from './format.js';
import { showResults } from './tournament.js';

export async function showTournaments({ main, id, picked, signal }) {
  if (id) {
    const found = await get(`/api/tournaments/${encodeURIComponent(id)}`, signal);
    return showResults(main, found, picked);
  }
  const { tournaments } = await get('/api/tournaments', signal);
  const row = (one) => {
    const link = h('a', { href: `#/tournaments/${encodeURIComponent(one.id)}` }, one.id);
    if (one.problem) return [one.id, h('span', { class: 'problem' }, one.problem), '', '', '', '', moment(one.written_us)];
    return [link, one.name, one.first ?? '–', String(one.strategies), String(one.scenarios), one.talks.toLocaleString('en'), moment(one.written_us)];
  };
  const header = ['results', 'tournament', 'first', 'strategies', 'scenarios', 'talks', 'written (UTC)'];
  put(main, h('h1', {}, 'Strategies and tournaments'),
    tournaments.length === 0
      ? h('p', { class: 'faint', id: 'nothing' }, 'No results here yet. detente lab run standard makes some; detente observe --results DIR shows those of a folder.')
      : table('Tournaments played in the lab, the newest first', header, tournaments.map(row), 'tournaments'));
  return null;
}
