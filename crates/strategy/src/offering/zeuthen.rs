use super::front::Front;
use super::{Offering, Plan};
use crate::{Estimate, Ledger, ModelKind, OpponentModel, Situation, StrategyError};

/// Steps down from the best offer that are tried for a concession.
const STEPS: usize = 200;

/// Monotonic concession by Zeuthen's rule (Zeuthen 1930; Rosenschein & Zlotkin 1994), between two. With
/// v = u − r, the risk a party can bear is (vᵢ(own) − vᵢ(other's))/vᵢ(own), 1 where vᵢ(own) is 0. Who bears less
/// concedes, as little as turns the order; on equal risk a coin of the seed decides. It accepts what
/// is worth its own standing proposal. The other side's utility is a model's, its walk-away value
/// 0 unless the brief has the truth.
pub struct Zeuthen {
    model: OpponentModel,
    front: Front,
}

impl Zeuthen {
    /// With this opponent model.
    #[must_use]
    pub fn new(model: ModelKind) -> Self {
        Self { model: OpponentModel::new(model), front: Front::default() }
    }

    /// The risk a party can bear, from the gains of its own proposal and of the other's.
    #[must_use]
    pub fn risk(own: f64, others: f64) -> f64 {
        if own <= 0.0 { 1.0 } else { ((own - others) / own).clamp(0.0, 1.0) }
    }
}

impl Offering for Zeuthen {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (best, top) = situation.brief().best()?;
        let estimate = self.model.follow(situation, ledger).clone();
        self.front.follow(situation, &estimate, self.model.version())?;
        let Some(mine) = ledger.own().last() else { return Ok(Plan::of(situation, best.clone())) };
        let Some(theirs) = ledger.others().filter_map(crate::Side::last).next() else {
            return Ok(Plan::of(situation, mine.clone()));
        };
        let agenda = situation.talk().terms().agenda();
        let truth = situation.brief().opponent();
        let their_walk_away = truth.map_or(0.0, utility::Preferences::walk_away);
        let their_gain = |offer: &tariff::Offer| {
            let modelled = || agenda.levels_of(offer).map_or(0.0, |levels| estimate.score(levels));
            truth.map_or_else(modelled, |truth| truth.utility().value(offer)) - their_walk_away
        };
        let walk_away = situation.preferences().walk_away();
        let my_gain = |offer: &tariff::Offer| situation.value(offer) - walk_away;
        let my_risk = Self::risk(my_gain(mine), my_gain(theirs));
        let their_risk = Self::risk(their_gain(theirs), their_gain(mine));
        let coin = situation.rng().next_u64() & 1 == 0;
        if my_risk > their_risk || (my_risk == their_risk && coin) {
            return Ok(Plan::of(situation, mine.clone()));
        }
        let from = situation.value(mine);
        let turned = |offer: &tariff::Offer| {
            Self::risk(my_gain(offer), my_gain(theirs)) > Self::risk(their_gain(theirs), their_gain(offer))
        };
        let mut next = mine.clone();
        for step in 1..=STEPS {
            let target = from - (top - walk_away) * step as f64 / STEPS as f64;
            let low = target.max(walk_away);
            let offer = self.front.best_within(situation, &estimate, low, low + 1.0 / STEPS as f64);
            let gives = situation.value(&offer) < from || their_gain(&offer) > their_gain(mine);
            if gives && situation.value(&offer) <= from {
                next = offer;
                if turned(&next) || target <= walk_away {
                    break;
                }
            }
            if target <= walk_away {
                break;
            }
        }
        Ok(Plan::of(situation, next))
    }

    fn model(&self) -> Option<&Estimate> {
        self.model.estimate()
    }
}
