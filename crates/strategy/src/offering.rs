//! What to propose next, as published; each in its own file.

mod micro;
mod time;
mod tit_for_tat;
mod walker;

pub use micro::Micro;
pub use time::{InsideTime, TimeDependent};
pub use tit_for_tat::RelativeTitForTat;
pub use walker::RandomWalker;

use tariff::Offer;

use crate::{Ledger, Situation, StrategyError};

/// What a party would propose, and what it holds out for.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The offer it would propose.
    pub offer: Offer,
    /// The utility that an acceptance compares with: that of the offer, unless the strategy's
    /// definition says otherwise.
    pub aspiration: f64,
}

impl Plan {
    /// A plan that aspires to what it proposes.
    #[must_use]
    pub fn of(situation: &Situation<'_>, offer: Offer) -> Self {
        Self { aspiration: situation.value(&offer), offer }
    }

    /// The offer at a target utility, never below the walk-away value. Above the best there is the
    /// best.
    pub(crate) fn at(situation: &Situation<'_>, target: f64) -> Self {
        let target = target.max(situation.preferences().walk_away());
        let (offer, aspiration) = situation.planner().worth_at(target);
        Self { offer, aspiration }
    }
}

/// What to propose next: a function of the situation, of which `ledger` is a digest.
pub trait Offering: Send {
    /// The next proposal.
    ///
    /// # Errors
    /// When there is nothing the party could propose.
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError>;
}
