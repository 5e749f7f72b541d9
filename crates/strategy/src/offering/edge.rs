use super::front::{Front, best_offered};
use super::{Offering, Plan};
use crate::{Estimate, Ledger, ModelKind, OpponentModel, Situation, StrategyError};

/// Offers this far above the target are compared for what they are worth to the other side.
const BAND: f64 = 0.02;
/// The progress from which it may come down further.
const LATE: f64 = 0.9;

/// What can be set about [`Edge`]. Shares are of the way from the walk-away value, 0, to the own
/// utility of the Nash point by the model, 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EdgeParameters {
    /// How the concession bends; the smaller, the later (Faratin, Sierra & Jennings 1998).
    pub e: f64,
    /// The share it comes down to.
    pub floor: f64,
    /// The share it comes down to in the last tenth of the talk, where it was offered nothing worth
    /// `floor`.
    pub last: f64,
    /// The share that will do in its last turn, where the other side still has one.
    pub take: f64,
}

/// Détente's own: a late concession along the efficient edge of own utility against what the other side
/// is found to be after. An offer is a new one where the target leaves one, the best for the other side
/// of those worth as much: who answers new offers with new ones comes closer. It comes down to a
/// share of the way to the Nash point, at which it presumes that no agreement is worth as much of the
/// best to the other side as to itself; further in the last tenth of the talk if the other side holds
/// out, and who has the last word takes whatever beats walking away.
pub struct Edge {
    parameters: EdgeParameters,
    model: OpponentModel,
    front: Front,
}

impl Edge {
    /// With this opponent model.
    #[must_use]
    pub fn new(parameters: EdgeParameters, model: ModelKind) -> Self {
        Self { parameters, model: OpponentModel::new(model), front: Front::default() }
    }

    /// The target at progress `t`, when the most that was offered is worth `most`; `at` gives the own
    /// utility at a share.
    fn target(&self, t: f64, best: f64, most: f64, at: impl Fn(f64) -> f64) -> f64 {
        let EdgeParameters { e, floor, last, .. } = self.parameters;
        let (floor, last) = (at(floor), at(last));
        let late = if most < floor { ((t - LATE) / (1.0 - LATE)).clamp(0.0, 1.0) } else { 0.0 };
        let floor = floor + (last - floor).min(0.0) * late;
        floor + (best - floor) * (1.0 - t.powf(1.0 / e))
    }

    /// The plan of the own last turn, when `next` is what would be proposed: the best offer of the
    /// other side is given back if that is enough, since what it proposed it should take.
    fn at_the_end(&self, situation: &Situation<'_>, next: Plan, enough: f64) -> Plan {
        let worth = situation.offered().map(|standing| situation.value(standing.offer));
        if situation.talk().terms().parties().last() == Some(situation.me()) {
            let walk_away = situation.preferences().walk_away();
            return Plan { verdict: worth.map(|worth| worth >= walk_away), ..next };
        }
        let back = best_offered(situation).filter(|(_, worth)| *worth > enough && *worth < next.aspiration);
        let plan = back.map_or(next, |(offer, _)| Plan::of(situation, offer.clone()));
        let least = plan.aspiration.min(enough);
        Plan { verdict: worth.map(|worth| worth >= least), ..plan }
    }
}

impl Offering for Edge {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (_, best) = situation.brief().best()?;
        let estimate = self.model.follow(situation, ledger).clone();
        self.front.presume(situation.preferences().walk_away() / best);
        self.front.follow(situation, &estimate, self.model.version())?;
        let (walk_away, nash) = (situation.preferences().walk_away(), self.front.nash().0);
        let at = |share: f64| (walk_away + share * (nash - walk_away)).clamp(walk_away, best);
        let most = ledger.others().flat_map(|side| side.heard()).map(|h| h.value).fold(0.0, f64::max);
        let target = self.target(situation.progress(), best, most, at);
        let offer = self.front.new_within(situation, &estimate, ledger, (target, target + BAND));
        let plan = Plan::of(situation, offer);
        let ends = situation.talk().rounds_left() == 0;
        Ok(if ends { self.at_the_end(situation, plan, at(self.parameters.take)) } else { plan })
    }

    fn model(&self) -> Option<&Estimate> {
        self.model.estimate()
    }
}
