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

/// t^n, by multiplication where n is a small whole number.
fn bent(t: f64, n: f64) -> f64 {
    if n.fract() == 0.0 && n <= 64.0 { t.powi(n as i32) } else { t.powf(n) }
}

/// The same as NegMAS has it: time stays inside the talk, t being round/(rounds + 1), which reaches
/// neither 0 nor 1, so the very first offer gives way a little and the last not all; and an offer
/// that falls short of the target by 10⁻⁵ of what there is to concede will do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InsideTime(pub TimeDependent);

impl Offering for TimeDependent {
    fn plan(&mut self, situation: &Situation<'_>, _: &Ledger) -> Result<Plan, StrategyError> {
        self.plan_at(situation, situation.progress(), 0.0)
    }
}

impl Offering for InsideTime {
    fn plan(&mut self, situation: &Situation<'_>, _: &Ledger) -> Result<Plan, StrategyError> {
        let talk = situation.talk();
        let t = f64::from(talk.round()) / (f64::from(talk.terms().rounds()) + 1.0);
        self.0.plan_at(situation, t, 1e-5)
    }
}

impl TimeDependent {
    /// The plan at progress `t`, where an offer may fall short of the target by so much of the range.
    fn plan_at(&self, situation: &Situation<'_>, t: f64, short: f64) -> Result<Plan, StrategyError> {
        let low = situation.preferences().walk_away();
        let (_, high) = situation.brief().best()?;
        Ok(Plan::at(situation, self.target(t, low, high) - short * (high - low)))
    }
}
