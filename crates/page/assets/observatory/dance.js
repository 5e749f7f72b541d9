// The negotiation dance: what each side's offers would do, round by round.

import { folded, h, section, table } from './dom.js';
import { bn, bnChange } from './format.js';
import { plot } from './plot.js';

const PLOTS = [
  { of: 'deficit', title: 'Deficit that each offer implies', unit: 'USD bn a year' },
  { of: 'trade', title: 'Volume of trade that each offer implies', unit: 'USD bn a year' },
];

export function dance(model, open) {
  const { talk } = model;
  const scored = model.offers.filter((offer) => offer.figures);
  if (!talk.base || scored.length === 0) {
    const why = talk.base ? 'No offer has been made yet.' : 'This talk has no trade data here, so no deficit or volume is shown.';
    return { element: section('The dance', h('p', { class: 'faint' }, why)), seek() {} };
  }
  const plots = PLOTS.map(({ of, title, unit }) => {
    const series = talk.parties.map((party) => ({
      name: party.id,
      points: scored.filter((offer) => offer.party === party.id).map((offer) => ({ x: offer.round, y: offer.figures[of] / 1e9, seq: offer.seq })),
    }));
    const [base, before] = talk.base[of];
    const lines = [{ y: base / 1e9, name: `data year ${bn(base)}` }, { y: before / 1e9, name: `status quo ${bn(before)}` }];
    const last = series.filter((one) => one.points.length > 0).map((one) => `${one.name} at ${one.points.at(-1).y.toFixed(1)}`);
    return plot({ title, unit, series, lines, open, description: `USD bn by round; last ${last.join(', ')}` });
  });
  const rows = () => table('Each offer, USD bn a year', ['entry', 'round', 'by', 'deficit', 'on the status quo', 'volume', 'on the status quo'],
    scored.map((offer) => [
      String(offer.seq), String(offer.round), offer.party,
      bn(offer.figures.deficit), bnChange(offer.figures.deficit - talk.base.deficit[1]),
      bn(offer.figures.trade), bnChange(offer.figures.trade - talk.base.trade[1]),
    ]));
  const element = section('The dance', h('div', { class: 'pair' }, plots.map((one) => one.element)), folded('The same as a table', rows));
  return { element, seek: (seq) => plots.forEach((one) => one.seek(seq)) };
}
