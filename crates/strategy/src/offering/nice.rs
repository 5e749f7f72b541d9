use super::front::Front;
use super::{Offering, Plan};
use crate::{Estimate, Ledger, ModelKind, OpponentModel, Situation, StrategyError};

/// Nice tit-for-tat (Baarslag, Hindriks & Jonker 2013): gives way in own utility as far towards the
/// Nash point as the other side has come, c = (best offered − first)/(own Nash − first) from 0 to 1;
/// target = best − c·(best − own Nash). The Nash point is estimated with an opponent model. Of the offers
/// in a band above the target it proposes the one the model ranks best, and never one worth less
/// than what it was offered.
pub struct NiceTitForTat {
    band: f64,
    model: OpponentModel,
    front: Front,
}

impl NiceTitForTat {
    /// With offers up to `band` above the target.
    #[must_use]
    pub fn new(band: f64, model: ModelKind) -> Self {
        Self { band, model: OpponentModel::new(model), front: Front::default() }
    }

    /// The target, from what the offers of others are worth, oldest first.
    #[must_use]
    pub fn target(heard: &[f64], nash: f64, best: f64) -> f64 {
        let Some(first) = heard.first() else { return best };
        let most = heard.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let way = nash - first;
        let conceded = if way > 0.0 { ((most - first) / way).clamp(0.0, 1.0) } else { 1.0 };
        best - conceded * (best - nash)
    }
}

impl Offering for NiceTitForTat {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (_, best) = situation.brief().best()?;
        let estimate = self.model.follow(situation, ledger).clone();
        self.front.follow(situation, &estimate, self.model.version())?;
        let (nash, _) = self.front.nash();
        // Towards several, who conceded least counts.
        let target = |side: &crate::Side| {
            let heard: Vec<f64> = side.heard().iter().map(|h| h.value).collect();
            Self::target(&heard, nash, best)
        };
        let target = ledger.others().map(target).fold(f64::NEG_INFINITY, f64::max);
        let offered = ledger.others().flat_map(|s| s.heard()).map(|h| h.value).fold(0.0, f64::max);
        let low = target.max(offered.min(best)).max(situation.preferences().walk_away());
        Ok(Plan::of(situation, self.front.best_within(situation, &estimate, low, low + self.band)))
    }

    fn model(&self) -> Option<&Estimate> {
        self.model.estimate()
    }
}
