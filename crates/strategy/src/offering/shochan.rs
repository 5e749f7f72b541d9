use super::front::{Front, best_offered};
use super::{Offering, Plan};
use crate::{Estimate, Ledger, ModelKind, OpponentModel, Situation, StrategyError};

/// How late the aspiration falls.
const E: f64 = 17.5;

/// Like Shochan, winner of the Automated Negotiation League of 2024: a steep aspiration,
/// 1 − t^17.5 of the way from the best offer down to the Nash point, over offers that are good for the other
/// side, and a settlement at the very end. Differences: the Nash point is taken with the other side's
/// walk-away value at 0 unless the brief has the truth; candidates are the offers that the model ranks
/// best within 0.02 of the aspiration, not a list ranked once by closeness to the Nash point; in its last
/// turn it proposes the Nash point, or what it was offered best if that is worth more, and accepts
/// whatever beats walking away.
pub struct ShochanLike {
    model: OpponentModel,
    front: Front,
}

impl ShochanLike {
    /// With this opponent model; the league gave its agents the truth.
    #[must_use]
    pub fn new(model: ModelKind) -> Self {
        Self { model: OpponentModel::new(model), front: Front::default() }
    }

    /// The aspiration at progress `t`.
    #[must_use]
    pub fn aspiration(t: f64, low: f64, best: f64) -> f64 {
        low + (best - low) * (1.0 - t.powf(E))
    }
}

impl Offering for ShochanLike {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (_, best) = situation.brief().best()?;
        let walk_away = situation.preferences().walk_away();
        let estimate = self.model.follow(situation, ledger).clone();
        self.front.follow(situation, &estimate, self.model.version())?;
        let low = self.front.nash().0.max(walk_away).min(best);
        let target = Self::aspiration(situation.progress(), low, best);
        let mut plan =
            Plan::of(situation, self.front.best_within(situation, &estimate, target, target + 0.02));
        if situation.talk().rounds_left() == 0 {
            if let Some((offer, _)) = best_offered(situation).filter(|(_, worth)| *worth > plan.aspiration) {
                plan = Plan::of(situation, offer.clone());
            }
            plan.verdict = situation.offered().map(|s| situation.value(s.offer) >= walk_away);
        }
        Ok(plan)
    }

    fn model(&self) -> Option<&Estimate> {
        self.model.estimate()
    }
}
