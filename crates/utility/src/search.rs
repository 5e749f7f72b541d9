//! Finding offers where a black box has a say: a bounded search around the answer of the tables.

use tariff::Offer;

use crate::Planner;
use crate::planner::ceil_grains;
use crate::table::Grains;

/// Offers valued per question: a few milliseconds of impacts at most.
const EVALUATIONS: usize = 4096;

/// Rounds in which the tables are solved for the target less the remainder.
const SETTLE: usize = 8;

/// Choices of one group tried in a sweep; larger groups are sampled evenly.
const TRIED: usize = 64;

/// An offer under consideration.
pub(crate) struct Trial {
    pub(crate) permitted: bool,
    pub(crate) own: Grains,
    prior: Grains,
    tables: Grains,
}

impl Trial {
    pub(crate) fn new(planner: &Planner, choices: &[usize]) -> Self {
        let preferences = planner.preferences();
        let levels = planner.levels(choices);
        let prior = planner.prior().map_or(0, |p| p.table_grains(&levels));
        let tables = preferences.utility().table_grains(&levels);
        if preferences.factored() {
            return Self { permitted: true, own: tables, prior, tables };
        }
        let Some(offer) = planner.offer(choices) else {
            return Self { permitted: false, own: Grains::MIN, prior, tables };
        };
        let permitted = preferences.permits_at(&levels, &offer);
        Self { permitted, own: preferences.utility().grains_of(&levels, &offer), prior, tables }
    }

    /// Greater is better: permitted first, then worth the target, then inside the band and best for
    /// the prior, or else as near to the target as can be.
    fn rank(&self, target: Grains, band: Grains) -> (bool, u8, Grains, Grains) {
        if self.own < target {
            (self.permitted, 0, self.own, self.prior)
        } else if self.own - target > band {
            (self.permitted, 1, -self.own, self.prior)
        } else {
            (self.permitted, 2, self.prior, self.own)
        }
    }
}

/// The best permitted offer that the search finds.
pub(crate) fn best(planner: &Planner) -> Offer {
    let start = planner.joints().iter().map(|joint| {
        let top = joint.choices.iter().enumerate().max_by_key(|(at, c)| (c.own, c.prior, usize::MAX - at));
        top.map_or(0, |(at, _)| at)
    });
    let found = climb(planner, start.collect(), Grains::MAX / 2, EVALUATIONS);
    planner.offer(&found).unwrap_or_else(|| planner.best().clone())
}

/// A permitted offer near `target`, as [`Planner::at`] describes.
pub(crate) fn at(planner: &Planner, target: f64) -> Offer {
    let target = ceil_grains(target);
    let start = settle(planner, target);
    let found = climb(planner, start, target, EVALUATIONS - SETTLE);
    let trial = Trial::new(planner, &found);
    if trial.permitted && trial.own >= target {
        return planner.offer(&found).unwrap_or_else(|| planner.best().clone());
    }
    planner.best().clone()
}

/// Solves the tables for what the remainder leaves of the target, a few times; the best answer.
fn settle(planner: &Planner, target: Grains) -> Vec<usize> {
    let band = planner.band();
    let mut aim = target;
    let mut best: Option<(Vec<usize>, Trial)> = None;
    for _ in 0..SETTLE {
        let Some(choices) = planner.choices_at(aim).or_else(|| planner.choices_at(Grains::MIN / 2)) else {
            break;
        };
        let trial = Trial::new(planner, &choices);
        let next = target - (trial.own - trial.tables);
        if best.as_ref().is_none_or(|(_, b)| trial.rank(target, band) > b.rank(target, band)) {
            best = Some((choices, trial));
        }
        if next == aim {
            break;
        }
        aim = next;
    }
    best.map_or_else(|| vec![0; planner.joints().len()], |(choices, _)| choices)
}

/// Changes one group at a time to its best choice, sweep after sweep, while that helps and
/// evaluations last.
fn climb(planner: &Planner, mut choices: Vec<usize>, target: Grains, mut evaluations: usize) -> Vec<usize> {
    let band = planner.band();
    let mut rank = Trial::new(planner, &choices).rank(target, band);
    loop {
        let before = rank;
        for (number, joint) in planner.joints().iter().enumerate() {
            let stride = joint.choices.len().div_ceil(TRIED).max(1);
            let mut kept = choices[number];
            for at in (0..joint.choices.len()).step_by(stride) {
                if evaluations == 0 {
                    choices[number] = kept;
                    return choices;
                }
                evaluations -= 1;
                choices[number] = at;
                let tried = Trial::new(planner, &choices).rank(target, band);
                if tried > rank {
                    (rank, kept) = (tried, at);
                }
            }
            choices[number] = kept;
        }
        if rank == before {
            return choices;
        }
    }
}
