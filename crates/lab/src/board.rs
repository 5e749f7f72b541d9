use serde::Serialize;

use crate::Scores;
use crate::resample::{bootstrap, holm, interval, sign_flips};
use crate::scores::mean;

/// A strategy's place among the others, and how sure it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// The strategy.
    pub strategy: String,
    /// Its place, from 1, by mean utility.
    pub rank: usize,
    /// Mean utility: over scenarios, each of which counts the same; a failure counts as the walk-away
    /// value.
    pub mean_utility: f64,
    /// The 95% interval of the mean over scenarios like these, series of talks counting as one each.
    /// None where there is one of them.
    pub ci95: Option<[f64; 2]>,
    /// The same by a bootstrap over series, then seeds: for comparison, since it is too narrow where there
    /// are few series.
    pub bootstrap95: Option<[f64; 2]>,
    /// Mean utility less walk-away value, over all its seats.
    pub advantage: f64,
    /// Share of its talks that were agreed.
    pub agreement_rate: f64,
    /// Mean distance of its agreements from the Nash (1950) point: Euclidean, in utilities. None
    /// without agreements.
    pub nash_distance: Option<f64>,
    /// The same from the Kalai–Smorodinsky (1975) point.
    pub kalai_smorodinsky_distance: Option<f64>,
    /// The same from the nearest listed efficient offer.
    pub pareto_distance: Option<f64>,
    /// Mean sum of both sides' utilities.
    pub welfare: f64,
    /// Mean of the lesser advantage over the greater, of agreements. None without agreements.
    pub fairness: Option<f64>,
    /// Mean Spearman rank correlation (1904) of its model of the other side, as of its last decision in a
    /// talk, with what that side truly wants, over a sample of offers. None without a model.
    pub model_spearman: Option<f64>,
    /// The same by Kendall's τ-b (1945).
    pub model_kendall: Option<f64>,
    /// Mean root of the mean squared difference of the same utilities.
    pub model_rmse: Option<f64>,
    /// Turns it had.
    pub turns: u64,
    /// Turns it missed, for want of a usable answer.
    pub missed_turns: u64,
    /// Talks it forfeited, by missing too many in a row.
    pub forfeits: u64,
    /// Why it missed the last turn it missed. None where it missed none.
    pub missed_reason: Option<String>,
    /// Mean rounds of its talks.
    pub rounds: f64,
    /// How many seats it sat in.
    pub seats: u64,
    /// Mean utility in each scenario, in the tournament's order.
    pub by_scenario: Vec<f64>,
}

/// Two strategies compared, scenario by scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The better one.
    pub better: String,
    /// The other.
    pub other: String,
    /// Mean difference in utility over scenarios.
    pub difference: f64,
    /// Paired by scenario, by exchange of signs.
    pub p: f64,
    /// The same, corrected for all pairs (Holm 1979).
    pub p_corrected: f64,
}

/// Who did best, and which differences are more than chance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leaderboard {
    /// The strategies, the best first.
    pub standings: Vec<Standing>,
    /// Every pair.
    pub differences: Vec<Difference>,
}

impl Leaderboard {
    /// The leaderboard of some scores; `seed` makes the resampling repeatable.
    #[must_use]
    pub fn of(scores: &Scores, seed: u64) -> Self {
        let mut order: Vec<usize> = (0..scores.entrants.len()).collect();
        order.sort_by(|a, b| scores.mean(*b).total_cmp(&scores.mean(*a)).then(a.cmp(b)));
        let standings = order.iter().enumerate().map(|(place, at)| standing(scores, *at, place + 1, seed));
        Self { standings: standings.collect(), differences: differences(scores, &order, seed) }
    }
}

fn standing(scores: &Scores, at: usize, rank: usize, seed: u64) -> Standing {
    let total = &scores.totals[at];
    let per_seat = |sum: f64| mean((sum, total.seats));
    let of_some = |sum: (f64, u64)| (sum.1 > 0).then(|| mean(sum));
    Standing {
        strategy: scores.entrants[at].clone(),
        rank,
        mean_utility: scores.mean(at),
        ci95: interval(&scores.by_arena(at), &scores.arenas),
        bootstrap95: bootstrap(&scores.cells[at], &scores.arenas, seed),
        advantage: per_seat(total.advantage),
        agreement_rate: per_seat(total.agreements as f64),
        nash_distance: of_some(total.nash),
        kalai_smorodinsky_distance: of_some(total.kalai_smorodinsky),
        pareto_distance: of_some(total.pareto),
        welfare: per_seat(total.welfare),
        fairness: of_some(total.fairness),
        model_spearman: of_some(total.spearman),
        model_kendall: of_some(total.kendall),
        model_rmse: of_some(total.rmse),
        turns: total.turns,
        missed_turns: total.missed,
        forfeits: total.forfeits,
        missed_reason: total.reason.clone(),
        rounds: per_seat(total.rounds as f64),
        seats: total.seats,
        by_scenario: scores.by_arena(at),
    }
}

fn differences(scores: &Scores, order: &[usize], seed: u64) -> Vec<Difference> {
    let pairs = order.iter().enumerate().flat_map(|(i, a)| order[i + 1..].iter().map(|b| (*a, *b)));
    let mut found: Vec<Difference> = pairs
        .map(|(a, b)| {
            let paired = scores.by_arena(a).into_iter().zip(scores.by_arena(b));
            let by_arena: Vec<f64> = paired.map(|(a, b)| a - b).collect();
            let p = sign_flips(&by_arena, seed);
            Difference {
                better: scores.entrants[a].clone(),
                other: scores.entrants[b].clone(),
                difference: scores.mean(a) - scores.mean(b),
                p,
                p_corrected: p,
            }
        })
        .collect();
    let corrected = holm(&found.iter().map(|d| d.p).collect::<Vec<_>>());
    found.iter_mut().zip(corrected).for_each(|(difference, p)| difference.p_corrected = p);
    found
}
