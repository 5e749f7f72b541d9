//! What to propose next, as published; each in its own file.

mod agent_k;
mod cuhk;
mod edge;
mod front;
mod hard_headed;
mod micro;
mod nice;
mod reply;
mod shochan;
mod time;
mod tit_for_tat;
mod walker;
mod zeuthen;

pub use agent_k::AgentK;
pub use cuhk::CuhkLike;
pub use edge::{Edge, EdgeParameters};
pub use hard_headed::HardHeaded;
pub use micro::Micro;
pub use nice::NiceTitForTat;
pub use reply::{Reply, TitForTat};
pub use shochan::ShochanLike;
pub use time::{InsideTime, TimeDependent};
pub use tit_for_tat::RelativeTitForTat;
pub use walker::RandomWalker;
pub use zeuthen::Zeuthen;

use tariff::Offer;

use crate::{Estimate, Ledger, Situation, StrategyError};

/// What a party would propose, and what it holds out for.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The offer it would propose.
    pub offer: Offer,
    /// The utility that an acceptance compares with: that of the offer, unless the strategy's
    /// definition says otherwise.
    pub aspiration: f64,
    /// Whether to take what is on the table, where the strategy's definition has a rule of its own;
    /// none leaves it to the [`crate::Acceptance`].
    pub verdict: Option<bool>,
}

impl Plan {
    /// A plan that aspires to what it proposes.
    #[must_use]
    pub fn of(situation: &Situation<'_>, offer: Offer) -> Self {
        Self { aspiration: situation.value(&offer), offer, verdict: None }
    }

    /// The offer at a target utility, never below the walk-away value. Above the best there is the
    /// best.
    pub(crate) fn at(situation: &Situation<'_>, target: f64) -> Self {
        let target = target.max(situation.preferences().walk_away());
        let (offer, aspiration) = situation.planner().worth_at(target);
        Self { offer, aspiration, verdict: None }
    }
}

/// What to propose next: a function of the situation, of which `ledger` is a digest.
pub trait Offering: Send {
    /// The next proposal.
    ///
    /// # Errors
    /// When there is nothing the party could propose.
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError>;

    /// What it makes of the other side; none where it has no model, or was asked for no plan yet.
    fn model(&self) -> Option<&Estimate> {
        None
    }
}
