// One tournament: who did how well, where, against whom, and what a population would come to.

import { folded, h, put, section, table } from './dom.js';
import { known, utility } from './format.js';
import { intervals, shares } from './standings.js';

const STEPS = 6;

export function showResults(main, { id, results, decision_us: times }, picked) {
  const base = `#/tournaments/${encodeURIComponent(id)}`;
  const link = (name) => h('a', { href: `${base}/strategy/${encodeURIComponent(name)}` }, name);
  const one = h('div', { id: 'strategy' });
  const choice = h('select', { id: 'chosen', onchange: (event) => { location.hash = `${base}/strategy/${encodeURIComponent(event.target.value)}`; } },
    results.leaderboard.map((standing) => h('option', { value: standing.strategy }, standing.strategy)));
  put(main, h('h1', {}, `Tournament ${results.name}`),
    h('p', { class: 'faint' }, `${results.talks.toLocaleString('en')} talks between ${results.strategies.length} strategies over ${results.scenarios.length} scenarios, both profiles and both orders of moving, seed ${results.seed}. A talk that fails counts as the walk-away value.${results.repetitions_identical ? ' All repetitions came out the same, and count once.' : ''}`),
    section('Leaderboard', intervals(results.leaderboard), board(results, times, link), absences(results)),
    section('Scenario by scenario', matrix('Mean utility in each scenario', 'strategy', results.scenarios,
      results.leaderboard.map((standing) => [standing.strategy, standing.by_scenario]), link)),
    section('Who does how well against whom', matrix("Mean utility of the row's strategy against the column's", 'row against column', results.strategies,
      results.strategies.map((name, place) => [name, results.payoffs[place]]), link)),
    section('One strategy', h('p', { class: 'bar' }, h('label', { for: 'chosen' }, 'Strategy'), choice), one),
    differences(results), population(results));
  const pick = ({ strategy }) => {
    const chosen = results.leaderboard.find((standing) => standing.strategy === strategy);
    const shown = chosen ?? results.leaderboard[0];
    if (!shown) return;
    choice.value = shown.strategy;
    put(one, profile(results, shown));
    if (chosen) choice.closest('section').scrollIntoView({ block: 'start' });
  };
  pick(picked);
  return pick;
}

function board(results, times, link) {
  const timed = times.some((us) => us !== null && us !== undefined);
  const modelled = results.leaderboard.some((s) => known(s.model_spearman));
  const header = ['strategy', 'utility', '95% interval', 'u − r', 'agreed', 'to Nash', 'to KS', 'to edge', 'welfare', 'fairness', ...(modelled ? ['model ρ'] : []), 'rounds', ...(timed ? ['µs a decision'] : [])];
  const rows = results.leaderboard.map((s) => [
    link(s.strategy), utility(s.mean_utility), s.ci95 ? `${utility(s.ci95[0])} to ${utility(s.ci95[1])}` : '–', utility(s.advantage),
    `${(100 * s.agreement_rate).toFixed(1)}%`, utility(s.nash_distance), utility(s.kalai_smorodinsky_distance), utility(s.pareto_distance),
    utility(s.welfare), utility(s.fairness), ...(modelled ? [utility(s.model_spearman)] : []), s.rounds === null ? '–' : s.rounds.toFixed(1),
    ...(timed ? [times[results.strategies.indexOf(s.strategy)]?.toFixed(1) ?? '–'] : []),
  ]);
  const note = h('p', { class: 'faint' }, 'The interval is that of Student’s t over scenarios, and of few of them may reach past 0 or 1. Distances are Euclidean in utilities, of agreements alone: to the Nash and Kalai–Smorodinsky points, and to the efficient edge. Model ρ is the rank correlation of a strategy’s model of the other side with the truth, over a sample of offers.');
  return [table('Leaderboard', header, rows), note];
}

function absences({ leaderboard }) {
  const told = leaderboard.filter((s) => s.missed_turns > 0 || s.forfeits > 0);
  return told.length > 0 && h('ul', { class: 'notes' }, told.map((s) => h('li', {},
    `${s.strategy} missed ${s.missed_turns} of ${s.turns} turns and forfeited ${s.forfeits} talks${s.missed_reason ? `: ${s.missed_reason}` : ''}.`)));
}

/** A table of utilities; the darker a cell the more, and each says its number. */
function matrix(caption, corner, columns, rows, link) {
  const every = rows.flatMap(([, values]) => values).filter((of) => of !== null);
  const [low, high] = every.reduce(([least, most], of) => [Math.min(least, of), Math.max(most, of)], [Infinity, -Infinity]);
  const cell = (of) => {
    const warm = of === null ? 0 : Math.ceil((STEPS * (of - low)) / (high - low || 1));
    return h('td', { class: `warm-${warm}` }, utility(of));
  };
  return h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': caption },
    h('table', { class: 'heat' }, h('caption', {}, `${caption}; from ${utility(low)} to ${utility(high)}`),
      h('thead', {}, h('tr', {}, [corner, ...columns].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, rows.map(([name, values]) => h('tr', {}, h('th', { scope: 'row' }, link(name)), values.map(cell))))));
}

/** What is known of one strategy: where it did well, against whom, and whom it is better than. */
function profile(results, standing) {
  const name = standing.strategy;
  const ranked = (place) => 1 + results.leaderboard.filter((other) => (other.by_scenario[place] ?? -1) > (standing.by_scenario[place] ?? -1)).length;
  const scenarios = results.scenarios.map((scenario, place) => [scenario, utility(standing.by_scenario[place]), `${ranked(place)} of ${results.leaderboard.length}`]);
  const own = results.strategies.indexOf(name);
  const others = results.strategies.map((other, place) => [other, utility(results.payoffs[own]?.[place] ?? null), utility(results.payoffs[place][own] ?? null)]);
  const proved = results.differences.filter((d) => d.p_corrected !== null && d.p_corrected < 0.05 && [d.better, d.other].includes(name));
  const words = proved.length === 0
    ? `No difference between ${name} and another is more than chance may do, with all pairs tested (Holm, 5%).`
    : `More than chance (Holm, 5%): ${proved.map((d) => (d.better === name ? `better than ${d.other} by ${utility(d.difference)}` : `worse than ${d.better} by ${utility(d.difference)}`)).join('; ')}.`;
  return [
    h('h3', {}, `${name}, ${standing.rank === 1 ? 'first' : `rank ${standing.rank}`} of ${results.leaderboard.length}`),
    h('p', { id: 'proved' }, words),
    h('div', { class: 'pair' }, table(`${name} by scenario`, ['scenario', 'utility', 'rank'], scenarios),
      table(`${name} against each`, ['against', 'its own utility', "the other's"], others)),
  ];
}

function differences({ differences: all }) {
  const rows = () => table('Pairs, the greatest difference first', ['better', 'than', 'by', 'p', 'p corrected'],
    all.toSorted((a, b) => b.difference - a.difference).map((d) => [d.better, d.other, utility(d.difference), utility(d.p), utility(d.p_corrected)]));
  return section('Differences between strategies', h('p', { class: 'faint' }, 'Paired by scenario, tested by exchange of signs, corrected for all pairs (Holm 1979): few scenarios prove little.'), folded(`All ${all.length} pairs`, rows));
}

function population(results) {
  const { population: of, strategies } = results;
  if (!of) return null;
  const mixture = (parts) => parts.map(([name, share]) => `${name} ${(100 * share).toFixed(0)}%`).join(', ') || 'nobody';
  const steps = () => table('Shares of the population over the dynamics', ['step', ...strategies],
    of.trajectory.map((row, step) => [String(step), ...row.map((share) => `${(100 * share).toFixed(1)}%`)]).filter((_, step) => step % 10 === 0 || step === of.trajectory.length - 1));
  const answers = of.best_responses.map(([to, is, gains]) => [to, is, utility(gains)]);
  return section('If everybody chose a strategy',
    of.equilibria.map((one) => h('p', {}, `Nash equilibrium: ${mixture(one.mixture)}, worth ${utility(one.value)}.`)),
    h('p', {}, `Replicator dynamics from equal shares end at ${mixture(of.replicator.mixture)}; the best deviation from that gains ${utility(of.regret)}.`),
    shares(strategies, of.trajectory), folded('The same as a table', steps),
    table('The best answer to everybody playing a strategy', ['to', 'is', 'which gains'], answers));
}
