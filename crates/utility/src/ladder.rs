use tariff::Offer;

use crate::Planner;

/// One rung of a ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// The offer.
    pub offer: Offer,
    /// What it is worth to the holder.
    pub own: f64,
}

/// Distinct acceptable offers from the best for the holder down to the walk-away value, each the
/// best for the opponent prior at its utility: the order in which MiCRO (de Jonge 2022) concedes,
/// coarsened to a given number of equal steps of own utility.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ladder {
    rungs: Vec<Rung>,
}

impl Ladder {
    pub(crate) fn new(planner: &Planner, rungs: usize) -> Self {
        let preferences = planner.preferences();
        let (top, bottom) = (preferences.utility().value(planner.best()), preferences.walk_away());
        let mut ladder = Self::default();
        for number in 0..rungs {
            let fraction = if rungs > 1 { number as f64 / (rungs - 1) as f64 } else { 0.0 };
            let target = (top - (top - bottom) * fraction).max(bottom);
            ladder.push(planner, planner.at(target));
        }
        ladder
    }

    /// Adds an offer unless it is not acceptable, a repeat, or a step back up.
    fn push(&mut self, planner: &Planner, offer: Offer) {
        let own = planner.preferences().utility().value(&offer);
        let below = self.rungs.last().is_none_or(|last| own <= last.own);
        let fresh = self.rungs.iter().rev().all(|rung| rung.offer != offer);
        if below && fresh && planner.preferences().acceptable(&offer) {
            self.rungs.push(Rung { offer, own });
        }
    }

    /// The rungs, the best for the holder first; empty when no offer is acceptable.
    #[must_use]
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }
}
