//! Offers near a reference: only the markets that a change touches are computed again.

use smallvec::SmallVec;
use tariff::{Offer, Value};

use crate::assemble::Tally;
use crate::outcome::Outcome;
use crate::{Headlines, ScoringError};

use super::levers::floor;
use super::market::Terms;
use super::{ArmingtonCes, finite, limited};

/// How many changes need no memory of their own.
const FEW: usize = 16;

/// A value that stands at a place of the agenda and moves a flow.
#[derive(Debug, Clone, Copy)]
struct Change {
    flow: usize,
    place: usize,
    value: Value,
}

/// Scores offers by what they change in a reference. Headline figures equal those of
/// [`crate::Model::impact`] exactly.
#[derive(Debug, Clone)]
pub struct Nearby<'m> {
    model: &'m ArmingtonCes,
    reference: Offer,
    tally: Tally,
    /// The flows that each place of the agenda moves.
    flows: Vec<SmallVec<[usize; 1]>>,
    /// The place of each flow's purchase commitment.
    floors: Vec<Option<usize>>,
}

impl ArmingtonCes {
    /// Makes `reference` the offer that others are compared with.
    ///
    /// # Errors
    /// As [`crate::Model::impact`].
    pub fn near(&self, reference: &Offer) -> Result<Nearby<'_>, ScoringError> {
        self.agenda.check(reference)?;
        let (outcomes, _) = self.markets.settle(&self.settings(reference)?)?;
        let tally = Tally::new(&self.frame, &outcomes)?;
        Ok(Nearby {
            model: self,
            reference: reference.clone(),
            tally,
            flows: self.levers.flows_by_place(self.agenda.len()),
            floors: self.levers.floor_by_flow(),
        })
    }
}

impl Nearby<'_> {
    /// The headlines of the reference.
    #[must_use]
    pub fn reference(&self) -> Headlines {
        self.tally.headlines()
    }

    /// The headlines of the reference with other values at some places of the agenda. Of two values
    /// at one place the last counts.
    ///
    /// # Errors
    /// [`ScoringError::Offer`] for a place or value that the agenda does not have,
    /// [`ScoringError::NotCleared`] where a market with finite supply does not clear.
    pub fn with(&self, changes: &[(usize, Value)]) -> Result<Headlines, ScoringError> {
        let mut moved = SmallVec::<[Change; FEW]>::new();
        for (place, value) in changes {
            self.model.agenda.check_value(*place, *value)?;
            moved.extend(self.changes(*place, *value));
        }
        // Stable: of two changes at one place the later stays behind.
        moved.sort_by_key(|change| change.flow);
        self.count(&moved)
    }

    /// The headlines of an offer.
    ///
    /// # Errors
    /// [`ScoringError::Offer`] for an offer of another agenda, [`ScoringError::NotCleared`] where a
    /// market with finite supply does not clear.
    pub fn headlines(&self, offer: &Offer) -> Result<Headlines, ScoringError> {
        self.model.agenda.check(offer)?;
        let values = self.reference.values().iter().zip(offer.values()).enumerate();
        let changed = values.filter(|(_, (old, new))| old != new);
        let mut moved: SmallVec<[Change; FEW]> =
            changed.flat_map(|(place, (_, value))| self.changes(place, *value)).collect();
        moved.sort_by_key(|change| change.flow);
        self.count(&moved)
    }

    /// What a value at a place changes: that place in every flow it moves.
    fn changes(&self, place: usize, value: Value) -> impl Iterator<Item = Change> {
        self.flows[place].iter().map(move |flow| Change { flow: *flow, place, value })
    }

    /// The headlines under changes in order of flow.
    fn count(&self, moved: &[Change]) -> Result<Headlines, ScoringError> {
        let mut changed = SmallVec::<[(usize, Outcome); FEW]>::new();
        for group in moved.chunk_by(|a, b| a.flow == b.flow) {
            changed.push((group[0].flow, self.outcome(group)?));
        }
        Ok(self.tally.with(&changed))
    }

    /// One market under changes, at least one, that all move it.
    fn outcome(&self, changes: &[Change]) -> Result<Outcome, ScoringError> {
        let ArmingtonCes { markets, levers, .. } = self.model;
        let flow = changes[0].flow;
        let market = &markets.all[flow];
        let value = |place: usize| {
            let change = changes.iter().rev().find(|change| change.place == place);
            change.map_or_else(|| self.reference.value(place), |change| change.value)
        };
        let terms: Terms = levers.terms_at(flow, &value);
        let free = match market.closed_form() {
            true => markets.closed.outcome(flow, terms),
            false => finite::outcome(market, terms)?,
        };
        let limits = levers.limits_at(flow, &value);
        let (limited, most) = match &limits {
            Some(limits) => (limited::outcome(market, terms, limits, free)?.0, limits.most()),
            None => (free, None),
        };
        let outcome = match self.floors[flow] {
            Some(place) => market.with_floor(limited, floor(value(place)), most),
            None => limited,
        };
        self.model.frame.check(flow, &outcome)?;
        Ok(outcome)
    }
}
