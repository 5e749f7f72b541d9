use super::front::Front;
use super::{Offering, Plan};
use crate::{Estimate, Ledger, ModelKind, OpponentModel, Situation, StrategyError};

/// Ka, and e: how HardHeaded's concession begins and bends.
const KA_E: f64 = 0.05;
/// The least share of the best offer that it goes down to, where the pie does not shrink.
const LOWEST: f64 = 0.585;

/// HardHeaded (van Krimpen, Looije & Hajizadeh 2013), winner of ANAC 2011: the target is
/// m + (1 − F)(M − m), F = Ka + (1 − Ka)·t^(1/e) with Ka = e = 0.05, m = 0.585·M (without discount), or the
/// walk-away value if that is more. Of the offers between the target and its last one it proposes
/// the one its frequency model ranks best. It also accepts what is worth its lowest proposal.
pub struct HardHeaded {
    model: OpponentModel,
    front: Front,
}

impl HardHeaded {
    /// With this opponent model; its own is [`ModelKind::HardHeaded`].
    #[must_use]
    pub fn new(model: ModelKind) -> Self {
        Self { model: OpponentModel::new(model), front: Front::default() }
    }

    /// The target at progress `t` between `low` and the best offer's worth.
    #[must_use]
    pub fn target(t: f64, low: f64, best: f64) -> f64 {
        let conceded = KA_E + (1.0 - KA_E) * t.powf(1.0 / KA_E);
        low + (1.0 - conceded) * (best - low)
    }
}

impl Offering for HardHeaded {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (_, best) = situation.brief().best()?;
        let low = (LOWEST * best).max(situation.preferences().walk_away()).min(best);
        let target = Self::target(situation.progress(), low, best);
        let estimate = self.model.follow(situation, ledger).clone();
        self.front.follow(situation, &estimate, self.model.version())?;
        let own = ledger.own().heard().iter().map(|h| h.value);
        let lowest = own.fold(best, f64::min);
        let offer = self.front.best_within(situation, &estimate, target, lowest.max(target));
        let mut plan = Plan::of(situation, offer);
        plan.aspiration = plan.aspiration.min(lowest);
        Ok(plan)
    }

    fn model(&self) -> Option<&Estimate> {
        self.model.estimate()
    }
}
