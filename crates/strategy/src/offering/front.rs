//! Offers that are good for the other side too, as a model has it.

use talks::What;
use tariff::Offer;
use utility::{Planner, RankedLevels, Ranking};

use crate::{Estimate, Ledger, Situation, StrategyError};

/// The most offers of a band that are compared.
const COMPARED: usize = 1_024;

/// Steps of a band that are tried on larger agendas.
const STEPS: u32 = 8;

/// The efficient edge of own utility against a model, for agendas of any size. What is costly is
/// kept as long as the model stands.
#[derive(Default)]
pub(super) struct Front {
    version: Option<u64>,
    planner: Option<Planner>,
    /// What no agreement is presumed to be worth to the other side.
    disagreement: f64,
    /// The greatest product of gains on the edge: its own utility, and the model's.
    nash: (f64, f64),
}

impl Front {
    /// Presumes that no agreement is worth so much to the other side; 0 unless this is said.
    pub(super) fn presume(&mut self, disagreement: f64) {
        if disagreement != self.disagreement {
            (self.disagreement, self.version) = (disagreement, None);
        }
    }

    /// Brings the edge up to date with a model whose version is `version`.
    pub(super) fn follow(
        &mut self,
        situation: &Situation<'_>,
        model: &Estimate,
        version: u64,
    ) -> Result<(), StrategyError> {
        if self.version == Some(version) {
            return Ok(());
        }
        self.version = Some(version);
        let preferences = situation.preferences();
        let failed = |error: utility::UtilityError| StrategyError::Failed {
            strategy: "the opponent model".to_owned(),
            message: error.to_string(),
        };
        let walk_away = preferences.walk_away();
        let disagreement = self.disagreement;
        let product = |own: f64, other: f64| (own - walk_away).max(0.0) * (other - disagreement).max(0.0);
        if let Some((ranking, listed)) = listed(situation.planner()) {
            let top = ranking.acceptable().max(1);
            let stride = top.div_ceil(COMPARED);
            let at = |rank: usize| (ranking.own(rank), model.score(listed.at(rank)));
            let points = (0..top).step_by(stride).map(at);
            self.nash =
                points.max_by(|a, b| product(a.0, a.1).total_cmp(&product(b.0, b.1))).unwrap_or((1.0, 0.0));
            return Ok(());
        }
        let prior = model.utility(preferences.agenda()).map_err(failed)?;
        let planner = Planner::new(preferences, Some(&prior)).map_err(failed)?;
        let points = planner.curve().map(|point| (point.own, point.prior));
        self.nash =
            points.max_by(|a, b| product(a.0, a.1).total_cmp(&product(b.0, b.1))).unwrap_or((1.0, 0.0));
        self.planner = Some(planner);
        Ok(())
    }

    /// Own utility and the model's at the greatest product of gains.
    pub(super) fn nash(&self) -> (f64, f64) {
        self.nash
    }

    /// The offer worth from `low` to `high` that the model ranks best for the other side; where the
    /// agenda has none there, the nearest above.
    pub(super) fn best_within(
        &self,
        situation: &Situation<'_>,
        model: &Estimate,
        low: f64,
        high: f64,
    ) -> Offer {
        let planner = situation.planner();
        let Some((ranking, listed)) = listed(planner) else {
            let found = self.planner.as_ref().and_then(|planner| planner.on_curve(low));
            return found.unwrap_or_else(|| planner.at(low));
        };
        let (from, to) = (ranking.worth_at_least(high + 1e-12), ranking.worth_at_least(low));
        let stride = to.saturating_sub(from).div_ceil(COMPARED).max(1);
        let score = |rank: &usize| model.score(listed.at(*rank));
        let best =
            (from..to).rev().step_by(stride).max_by(|a, b| score(a).total_cmp(&score(b)).then(b.cmp(a)));
        let rank = best.or_else(|| to.checked_sub(1)).unwrap_or(0);
        planner.ranked(rank).cloned().unwrap_or_else(|| planner.best().clone())
    }

    /// [`Front::best_within`] among what the party has not yet proposed, where the band has that: an
    /// offer that is made again moves nobody.
    pub(super) fn new_within(
        &self,
        situation: &Situation<'_>,
        model: &Estimate,
        ledger: &Ledger,
        (low, high): (f64, f64),
    ) -> Offer {
        let best = self.best_within(situation, model, low, high);
        let agenda = situation.preferences().agenda();
        let made = |offer: &Offer| agenda.levels_of(offer).map_or(true, |levels| ledger.made(offer, levels));
        if !made(&best) {
            return best;
        }
        let planner = situation.planner();
        let Some((ranking, listed)) = listed(planner) else {
            let on_edge = self.planner.as_ref().unwrap_or(planner);
            let steps = (1..=STEPS).map(|step| low + (high - low) * f64::from(step) / f64::from(STEPS));
            return steps.map(|target| on_edge.at(target)).find(|offer| !made(offer)).unwrap_or(best);
        };
        let (from, to) = (ranking.worth_at_least(high + 1e-12), ranking.worth_at_least(low));
        let score = |rank: usize| model.score(listed.at(rank));
        let new = |rank: &usize| planner.ranked(*rank).is_some_and(|offer| !made(offer));
        let fresh = (from..to).rev().take(COMPARED).filter(new);
        let chosen = fresh.max_by(|a, b| score(*a).total_cmp(&score(*b)).then(b.cmp(a)));
        chosen.and_then(|rank| planner.ranked(rank).cloned()).unwrap_or(best)
    }
}

/// The ranking of a small agenda with the levels of its offers.
fn listed(planner: &Planner) -> Option<(&Ranking, &RankedLevels)> {
    Some((planner.ranking()?, planner.ranked_levels()?))
}

/// What others offered that is worth most, and its worth.
pub(super) fn best_offered<'a>(situation: &Situation<'a>) -> Option<(&'a Offer, f64)> {
    let others = situation.talk().history().iter().filter(|past| past.party != *situation.me());
    let offers =
        others.filter_map(|past| if let What::Proposed(offer) = &past.what { Some(offer) } else { None });
    offers.map(|offer| (offer, situation.value(offer))).max_by(|a, b| a.1.total_cmp(&b.1))
}
