// The record: every entry with its hash, each naming the one before.

import { h, put, section, unhurried } from './dom.js';
import { clock, moment } from './format.js';
import { Rows } from './virtual.js';

const COLUMNS = [
  { name: 'seq', label: 'Entry' }, { name: 'time', label: 'Time (UTC)' }, { name: 'round', label: 'Round' },
  { name: 'what', label: 'What happened' }, { name: 'hash', label: 'Hash' },
];

export const headline = (entry) => {
  if (entry.act === 'propose') return `${entry.party} proposes: ${entry.words.join('; ')}`;
  const said = entry.said ? `: ${entry.said}` : '';
  return `${entry.words.join('; ')}${said}`;
};

export function record(model, open) {
  const rows = new Rows({
    label: 'Entries of the record', columns: COLUMNS, className: 'record', open: (entry) => open(entry.seq),
    cells: (entry) => [String(entry.seq), clock(entry.time_us), String(entry.round || ''), headline(entry), h('code', {}, entry.hash.slice(0, 12))],
  });
  const detail = h('div', { class: 'detail' });
  let shown = 0;
  const seek = unhurried(() => {
    if (shown !== model.entries.length) {
      shown = model.entries.length;
      rows.show(model.entries);
    }
    rows.go(model.place, true);
    put(detail, describe(model, model.entries[model.place]));
  });
  return { element: section('The record', rows.element, detail), seek };
}

function describe(model, entry) {
  if (!entry) return [];
  const trace = `#/trace/${encodeURIComponent(model.talk.id)}/seq/${entry.seq}`;
  const pairs = [
    ['entry', `${entry.seq}, ${entry.kind}, epoch ${entry.epoch}`], ['written', `${moment(entry.time_us)} UTC`],
    ['hash', h('code', {}, entry.hash)], ['the one before', h('code', {}, entry.prev_hash)],
    ['signatures', String(entry.signatures)],
  ];
  return [
    h('dl', {}, pairs.map(([name, of]) => [h('dt', {}, name), h('dd', {}, of)])),
    h('p', {}, h('a', { href: trace, class: 'to-trace' }, 'This entry in the trace')),
  ];
}
