use super::front::{Front, best_offered};
use super::{Offering, Plan};
use crate::{Estimate, Ledger, ModelKind, OpponentModel, Situation, StrategyError};

/// α₁: how the threshold bends.
const ALPHA: f64 = 2.0;
/// The progress from which it gives back what the other side offered best.
const LATE: f64 = 0.97;

/// Like CUHKAgent (Hao & Leung 2014), winner of ANAC 2012: the threshold is M − (M − θ)·(t/t*)^α₁ with
/// α₁ = 2 until t*, then θ; near the end it proposes the best offer it was made. Where the paper leaves
/// it open: θ is the mean of the best offer's worth and of the best it was offered, not below the
/// walk-away value; t* is 1 less the share of the other side's offers that were new, halved, so that
/// it waits for those who still move; and its proposals are those a frequency model ranks best.
pub struct CuhkLike {
    model: OpponentModel,
    front: Front,
}

impl CuhkLike {
    /// With this opponent model.
    #[must_use]
    pub fn new(model: ModelKind) -> Self {
        Self { model: OpponentModel::new(model), front: Front::default() }
    }

    /// The threshold at progress `t`, falling from `best` to `theta` at `end`.
    #[must_use]
    pub fn threshold(t: f64, end: f64, theta: f64, best: f64) -> f64 {
        best - (best - theta) * (t / end).min(1.0).powf(ALPHA)
    }
}

impl Offering for CuhkLike {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (_, best) = situation.brief().best()?;
        let walk_away = situation.preferences().walk_away();
        let estimate = self.model.follow(situation, ledger).clone();
        self.front.follow(situation, &estimate, self.model.version())?;
        let most = ledger.others().flat_map(|side| side.heard()).map(|h| h.value).fold(0.0, f64::max);
        let (made, new) = ledger.others().fold((0, 0), |n, s| (n.0 + s.heard().len(), n.1 + s.distinct()));
        let moving = if made == 0 { 1.0 } else { new as f64 / made as f64 };
        let theta = f64::midpoint(best, most).max(walk_away);
        let (t, end) = (situation.progress(), 1.0 - moving / 2.0);
        let threshold = Self::threshold(t, end.max(0.5), theta.min(best), best).max(walk_away);
        if t >= LATE
            && let Some((offer, _)) = best_offered(situation)
            && situation.preferences().acceptable(offer)
        {
            return Ok(Plan::of(situation, offer.clone()));
        }
        Ok(Plan::of(situation, self.front.best_within(situation, &estimate, threshold, threshold + 0.02)))
    }

    fn model(&self) -> Option<&Estimate> {
        self.model.estimate()
    }
}
