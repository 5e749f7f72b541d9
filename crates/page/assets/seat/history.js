// What was said so far: each side's offers by what they are worth to the own mandate, and in words.

import { h, put, section, svg, table } from './dom.js';
import { utility } from './format.js';
import { heat } from './heat.js';
import { plain } from './offers.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 220, 34, 70, 12, 24];

export function story(talk, told) {
  const body = h('div');
  const folds = { open: false };
  const element = section('The talk so far', body);
  const draw = (start) => {
    const offers = told.filter((move) => move.levels);
    if (told.length === 0) {
      put(body, h('p', { class: 'faint' }, 'Nobody has moved yet.'));
      return;
    }
    put(body, offers.length > 0 && chart(talk, offers), list(talk, told, start), offers.length > 0 && map(talk, offers, folds));
  };
  return { element, draw };
}

/** Worth to you, by round, of your offers and theirs. */
function chart(talk, offers) {
  const rounds = Math.max(2, offers.at(-1).round);
  const x = (round) => LEFT + ((round - 1) / (rounds - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM);
  const lines = talk.parties.map((party, place) => {
    const of = offers.filter((offer) => offer.party === party.id);
    const d = of.map((offer, at) => `${at === 0 ? 'M' : 'L'}${x(offer.round).toFixed(1)} ${y(offer.utility).toFixed(1)}`).join('');
    const last = of.at(-1);
    return svg('g', { class: `side-${Math.min(place, 3)}` }, svg('path', { class: 'trace', d }),
      of.length <= 200 && of.map((offer) => mark(place, x(offer.round), y(offer.utility))),
      last && svg('text', { x: x(last.round) + 9, y: y(last.utility) + 4 }, party.id === talk.party.id ? 'yours' : party.id));
  });
  const said = talk.parties.map((party) => {
    const last = offers.findLast((offer) => offer.party === party.id);
    return last ? `the last of ${party.id} ${utility(last.utility)}` : `none of ${party.id}`;
  });
  const bar = y(talk.walk_away);
  return h('figure', {}, h('figcaption', {}, 'What each offer is worth to you, by round'),
    svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `Worth of offers to you by round: ${said.join(', ')}; your walk-away value is ${utility(talk.walk_away)}` },
      [0, 0.5, 1].map((at) => [svg('line', { class: 'axis', x1: LEFT, x2: WIDTH - RIGHT, y1: y(at), y2: y(at) }), svg('text', { class: 'faint', x: LEFT - 6, y: y(at) + 4, 'text-anchor': 'end' }, String(at))]),
      svg('line', { class: 'reference', x1: LEFT, x2: WIDTH - RIGHT, y1: bar, y2: bar }),
      svg('text', { class: 'faint', x: LEFT + 4, y: bar - 4 }, 'walk-away value'),
      svg('text', { class: 'faint', x: x(1), y: HEIGHT - 6 }, 'round 1'), svg('text', { class: 'faint', x: x(rounds), y: HEIGHT - 6, 'text-anchor': 'end' }, String(rounds)),
      lines));
}

function mark(place, x, y) {
  if (place === 0) return svg('circle', { class: 'dot', cx: x, cy: y, r: 4 });
  return svg('rect', { class: 'dot', x: x - 3.5, y: y - 3.5, width: 7, height: 7 });
}

const ACTS = { propose: 'proposes', accept: 'accepts', 'walk-away': 'walks away', missed: 'misses the turn' };
/** Moves in the table; older ones are in the record. */
const MOST = 60;

function list(talk, told, start) {
  const shown = told.slice(-MOST).reverse();
  const first = new Map(told.filter((move) => move.levels).reverse().map((move) => [move.party, move]));
  const rows = shown.map((move) => [
    String(move.round), `${move.party} ${ACTS[move.act]}`,
    move.utility === null ? '' : `${utility(move.utility)} ${move.acceptable ? 'acceptable' : 'not acceptable'}`,
    move.words.length > 0 ? h('ul', { class: 'words' }, move.words.map((word) => h('li', {}, word))) : move.levels ? (move === first.get(move.party) ? 'opens with this' : 'the same as before') : '',
    move.levels && start ? h('button', { type: 'button', 'data-key': `move-${move.seq}`, 'aria-label': `Start from the offer of ${move.party} in round ${move.round}`, onclick: () => start(move) }, 'Start from') : start && '',
  ].filter((cell) => cell !== null));
  const caption = told.length > shown.length ? `The last ${shown.length} of ${told.length} moves, latest first` : 'Every move, latest first';
  const header = ['round', 'move', 'worth to you', 'what changed', start && h('span', { class: 'unseen' }, 'as a draft')];
  return table(caption, header.filter(Boolean), rows, 'moves');
}

function map(talk, offers, folds) {
  const model = {
    talk: { ...talk, status_quo: plain(talk, talk.status_quo), issues: talk.issues.map((issue) => ({ ...issue, sector_name: issue.title })) },
    offers: offers.map((offer) => ({ ...offer, values: plain(talk, offer.levels) })),
    at: { round: offers.at(-1).round },
    link: () => null,
  };
  const drawn = heat(model);
  drawn.seek();
  return h('details', { open: folds.open, ontoggle: (event) => { folds.open = event.target.open; } }, h('summary', { 'data-key': 'fold-map' }, 'Offers by issue and round, as a map'), drawn.element);
}
