use tariff::Offer;
use utility::Planner;

use super::{Offering, Plan};
use crate::{Ledger, Situation, StrategyError};

/// Time-dependent concession (Faratin, Sierra & Jennings 1998): the target falls from the best
/// offer's utility to the walk-away value as
/// `P_min + (P_max − P_min)·(1 − F)`, `F = k + (1 − k)·t^(1/e)`, t being the progress of the talk.
/// e below 1 holds out (Boulware), 1 concedes evenly, above 1 gives in early (Conceder).
///
/// t runs from 0 at the first round to 1 at the last; [`InsideTime`] has it otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeDependent {
    /// How the concession bends; positive.
    pub e: f64,
    /// What is conceded at the very first offer, from 0 to 1.
    pub k: f64,
}

impl TimeDependent {
    /// The target at progress `t`, between the walk-away value `low` and the best `high`.
    #[must_use]
    pub fn target(&self, t: f64, low: f64, high: f64) -> f64 {
        let conceded = self.k + (1.0 - self.k) * bent(t, 1.0 / self.e);
        low + (high - low) * (1.0 - conceded)
    }
}

/// How much lower the targets of [`InsideTime`] are.
const LOWER: f64 = 1e-4;
/// How far an offer of [`InsideTime`] may fall short of its target.
const SHORT: f64 = 1e-6;

/// t^n, by multiplication where n is a small whole number.
fn bent(t: f64, n: f64) -> f64 {
    let whole = n as i32;
    if f64::from(whole) == n && whole <= 64 { t.powi(whole) } else { t.powf(n) }
}

/// The same as the time-based negotiators of NegMAS 0.16 have it. Time stays inside the talk, t being
/// round/(rounds + 1), which reaches neither 0 nor 1: the very first offer gives way a little, and the
/// last not all. The target is lower by 10⁻⁴, and is itself what an offer must be worth to be accepted,
/// not the own next offer. Of the offers around it the nearest is made, even one that falls short by
/// 10⁻⁶, where offers can be ranked one by one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InsideTime(pub TimeDependent);

impl Offering for TimeDependent {
    fn plan(&mut self, situation: &Situation<'_>, _: &Ledger) -> Result<Plan, StrategyError> {
        let low = situation.preferences().walk_away();
        let (_, high) = situation.brief().best()?;
        Ok(Plan::at(situation, self.target(situation.progress(), low, high)))
    }
}

impl Offering for InsideTime {
    fn plan(&mut self, situation: &Situation<'_>, _: &Ledger) -> Result<Plan, StrategyError> {
        let talk = situation.talk();
        let t = f64::from(talk.round()) / (f64::from(talk.terms().rounds()) + 1.0);
        let low = situation.preferences().walk_away();
        let (_, high) = situation.brief().best()?;
        let target = (self.0.target(t, low, high) - LOWER).max(low);
        let planner = situation.planner();
        let offer = nearest(planner, target).cloned().unwrap_or_else(|| planner.at(target));
        Ok(Plan { offer, aspiration: target, verdict: None })
    }
}

/// The offer right below `target`, if it falls short by no more than [`SHORT`] and by less than the one
/// above lies over it. Otherwise that one, where [`Planner::at`] would find no other.
fn nearest(planner: &Planner, target: f64) -> Option<&Offer> {
    let ranking = planner.ranking()?;
    let below = ranking.worth_at_least(target);
    let above = below.checked_sub(1)?;
    let short = target - ranking.own(below);
    if short <= SHORT && short < ranking.own(above) - target && below < ranking.acceptable() {
        return planner.ranked(below);
    }
    let exact = planner.prior().is_none();
    exact.then(|| ranking.first_equal(above)).and_then(|rank| planner.ranked(rank))
}
