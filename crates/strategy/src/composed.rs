use crate::{Acceptance, Decision, Estimate, Ledger, Offering, Plan, Situation, Strategy, StrategyError};

/// A strategy put together from an offering and an acceptance (the BOA framework, Baarslag 2013).
/// It never walks away: none of the built-in definitions does.
pub struct Composed {
    name: String,
    offering: Box<dyn Offering>,
    acceptance: Acceptance,
    ledger: Ledger,
}

impl Composed {
    /// A strategy that proposes by `offering` and accepts by `acceptance`.
    #[must_use]
    pub fn new(name: impl Into<String>, offering: Box<dyn Offering>, acceptance: Acceptance) -> Self {
        Self { name: name.into(), offering, acceptance, ledger: Ledger::default() }
    }

    fn takes(&self, situation: &Situation<'_>, aspiration: f64, verdict: Option<bool>) -> bool {
        situation.offered().is_some_and(|standing| {
            let offered = self.ledger.judge(situation, standing.offer);
            let accepts = || self.acceptance.accepts(offered.value, aspiration, situation, &self.ledger);
            offered.acceptable && verdict.unwrap_or_else(accepts)
        })
    }
}

impl Strategy for Composed {
    fn name(&self) -> &str {
        &self.name
    }

    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        self.ledger.follow(situation);
        let (best, _) = situation.brief().best()?;
        let Plan { offer, aspiration, verdict } = self.offering.plan(situation, &self.ledger)?;
        if self.takes(situation, aspiration, verdict) {
            return Ok(Decision::Accept);
        }
        // A search over a black-box utility may come back with less than it was asked for.
        let fits = self.ledger.judge_next(situation, &offer).acceptable;
        Ok(Decision::Propose(if fits { offer } else { best.clone() }))
    }

    fn model(&self) -> Option<&Estimate> {
        self.offering.model()
    }
}
