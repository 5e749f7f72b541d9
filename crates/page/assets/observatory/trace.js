// The trace of a talk: where its time went, and who was waited for.

import { get, viewer, wholeTalk } from './api.js';
import { folded, h, put, section, table } from './dom.js';
import { length } from './format.js';
import { Waterfall } from './waterfall.js';

export async function showTrace({ main, id, picked, signal }) {
  const of = encodeURIComponent(id);
  // A trace may have come without its record, and a record without its trace.
  const [trace, talk] = await Promise.all([get(`/api/talks/${of}/trace`, signal).catch((error) => error), wholeTalk(id, signal).catch(() => null)]);
  const elsewhere = await viewer(trace.trace_id ?? talk?.talk.trace_id, signal);
  if (trace instanceof Error) {
    if (!elsewhere) throw trace;
    put(main, h('h1', {}, 'Trace of the talk'), h('p', {}, `Not here: ${trace.message}.`), h('p', {}, linked(elsewhere)));
    return null;
  }
  const moves = new Map((talk?.entries ?? []).filter((entry) => entry.client_seq !== null).map((entry) => [`${entry.party} ${entry.client_seq}`, entry.seq]));
  const seqOf = (span) => (span.name === 'decide' ? moves.get(`${span.party} ${span.client_seq}`) : undefined);
  const detail = h('div', { class: 'detail', 'aria-live': 'off' });
  const happened = new Map();
  for (const event of trace.events) happened.set(event.span, [...(happened.get(event.span) ?? []), event]);
  const waterfall = new Waterfall(trace, (row) => {
    location.hash = `#/trace/${of}/span/${row.id}`;
  });
  const pick = ({ seq, span }) => {
    const decided = seq && trace.spans.find((one) => seqOf(one) === Number(seq));
    const row = waterfall.pick(span ?? decided?.id);
    put(detail, row ? describe(row, seqOf(row), happened.get(row.id) ?? [], of, trace.spans) : hint(seq, span));
  };
  put(main, h('h1', {}, 'Trace of the talk'), summary(trace, id, elsewhere), notes(trace), waiting(trace),
    section('Waterfall', h('p', { class: 'faint' }, '◆ marks the critical path, walked back over causes from the last move; striped bars are gaps. Arrows move, + and − zoom, 0 shows all.'),
      waterfall.element, detail),
    happenings(trace));
  pick(picked);
  return pick;
}

function hint(seq, span) {
  if (span) return h('p', { class: 'problem', role: 'alert' }, `There is no span ${span} in this trace.`);
  return h('p', { class: 'faint' }, seq ? `Entry ${seq} is no move of its own span; pick a span above.` : 'Pick a span to see what is known of it.');
}

const linked = (address) => h('a', { href: address, rel: 'noreferrer', class: 'elsewhere' }, 'The same trace in your own viewer');

function summary(trace, id, elsewhere) {
  const services = [...new Set(trace.spans.map((span) => span.service))];
  const pairs = [
    ['talk', h('a', { href: `#/talk/${encodeURIComponent(id)}` }, id)], ['trace', h('code', {}, trace.trace_id ?? '')],
    ['length', length(trace.length_us)], ['spans', `${trace.spans.length}${trace.whole ? '' : ' and more, not shown'}, ${trace.errors} with errors`],
    ['services', services.join(', ')], ...(elsewhere ? [['elsewhere', linked(elsewhere)]] : []),
  ];
  return h('dl', { class: 'facts' }, pairs.map(([name, of]) => h('div', {}, h('dt', {}, name), h('dd', {}, of))));
}

function notes(trace) {
  const skews = trace.skew.map((skew) => h('li', { class: 'skew' },
    `The clock of ${skew.party}'s host is ahead by about ${length(skew.ahead_us)}, by ${skew.pairs} pairs of messages: its spans are shown that much earlier. Nothing stored was changed.`));
  const orphans = trace.orphans > 0 && h('li', {}, `${trace.orphans} spans lie below one that did not arrive.`);
  return skews.length > 0 || orphans ? h('ul', { class: 'notes' }, skews, orphans) : h('p', { class: 'faint', id: 'clocks' }, 'The clocks of all hosts agree as far as the messages between them can tell.');
}

function waiting(trace) {
  const waits = Object.entries(trace.waits_us).map(([party, us]) => [party, length(us)]);
  const sums = new Map();
  for (const span of trace.spans.filter((one) => one.critical)) {
    const name = [span.name, span.party].filter(Boolean).join(' ');
    const sum = sums.get(name) ?? [0, 0];
    sums.set(name, [sum[0] + 1, sum[1] + span.took_us]);
  }
  const steps = [...sums].map(([name, [count, us]]) => [name, String(count), length(us)]);
  const gaps = () => table('Gaps in the order of time', ['waited for', 'why', 'at', 'for'],
    trace.gaps.map((gap) => [gap.party || '–', gap.why, length(gap.start_us), length(gap.took_us)]));
  return section('What it waited for', h('div', { class: 'pair' },
    table('The table waited for', ['party', 'in all'], waits), table('Critical path', ['what', 'steps', 'took'], steps)),
  trace.gaps.length > 0 && folded(`${trace.gaps.length} gaps, the longest`, gaps));
}

function describe(span, seq, events, of, spans) {
  const about = Object.entries(span.attributes ?? {}).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
  const cause = span.cause && spans.find((one) => one.id === span.cause);
  return [
    h('h3', {}, span.gap ? 'A gap' : `${span.name} ${span.party ?? ''}`),
    span.gap ? h('p', {}, `${span.party}: ${span.why}, ${length(span.took_us)}`) : table('What is known of the span', ['attribute', 'value'], [
      ['service', span.service], ['at', length(span.start_us)], ['took', length(span.took_us)],
      ...(span.error ? [['error', span.reason]] : []), ...about, ...events.map((event) => [event.name, event.text]),
    ], 'wrap'),
    seq !== undefined && h('p', {}, h('a', { href: `#/talk/${of}/seq/${seq}`, class: 'to-talk' }, `Entry ${seq} in the record and the dance`)),
    cause && h('p', {}, h('a', { href: `#/trace/${of}/span/${cause.id}` }, `Caused by ${cause.name} ${cause.party ?? ''}`)),
  ];
}

function happenings(trace) {
  if (trace.events.length === 0) return null;
  const rows = () => table('What happened beside the moves', ['at', 'what', 'text', 'service'],
    trace.events.map((event) => [length(event.at_us), event.name, event.text, event.service]), 'wrap');
  return section('Events', folded(`${trace.events.length} events`, rows));
}
