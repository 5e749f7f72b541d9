//! Offers near a reference: only the markets that a change touches are computed again.

use tariff::{Offer, Value};

use crate::assemble::Tally;
use crate::outcome::Outcome;
use crate::{Headlines, ScoringError};

use super::market::Terms;
use super::{ArmingtonCes, finite};

/// Scores offers by what they change in a reference. Headline figures equal those of
/// [`crate::Model::impact`] exactly.
#[derive(Debug, Clone)]
pub struct Nearby<'m> {
    model: &'m ArmingtonCes,
    reference: Offer,
    tally: Tally,
    /// The flow that each place of the agenda moves.
    flows: Vec<Option<usize>>,
}

impl ArmingtonCes {
    /// Makes `reference` the offer that others are compared with.
    ///
    /// # Errors
    /// As [`crate::Model::impact`].
    pub fn near(&self, reference: &Offer) -> Result<Nearby<'_>, ScoringError> {
        self.agenda.check(reference)?;
        let tally = Tally::new(&self.frame, &self.markets.under(&self.settings(reference)?)?);
        let flows = self.levers.flow_by_place(self.agenda.len());
        Ok(Nearby { model: self, reference: reference.clone(), tally, flows })
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
        let mut touched = Vec::with_capacity(changes.len());
        for (place, value) in changes {
            self.model.agenda.check_value(*place, *value)?;
            touched.extend(self.flows[*place]);
        }
        touched.sort_unstable();
        touched.dedup();
        let value = |place: usize| {
            let changed = changes.iter().rev().find(|(at, _)| *at == place);
            changed.map_or_else(|| self.reference.value(place), |(_, value)| *value)
        };
        self.count(touched, value)
    }

    /// The headlines of an offer.
    ///
    /// # Errors
    /// [`ScoringError::Offer`] for an offer of another agenda, [`ScoringError::NotCleared`] where a
    /// market with finite supply does not clear.
    pub fn headlines(&self, offer: &Offer) -> Result<Headlines, ScoringError> {
        self.model.agenda.check(offer)?;
        let values = self.flows.iter().zip(self.reference.values().iter().zip(offer.values()));
        let mut touched: Vec<usize> =
            values.filter(|(_, (old, new))| old != new).filter_map(|(flow, _)| *flow).collect();
        touched.sort_unstable();
        touched.dedup();
        self.count(touched, |place| offer.value(place))
    }

    fn count(
        &self,
        touched: Vec<usize>,
        value: impl Fn(usize) -> Value + Copy,
    ) -> Result<Headlines, ScoringError> {
        let outcome = |flow| Ok((flow, self.outcome(flow, value)?));
        let changed = touched.into_iter().map(outcome).collect::<Result<Vec<_>, ScoringError>>()?;
        Ok(self.tally.with(&changed))
    }

    /// One market under the values at the places of the agenda.
    fn outcome(&self, flow: usize, value: impl Fn(usize) -> Value) -> Result<Outcome, ScoringError> {
        let ArmingtonCes { markets, levers, .. } = self.model;
        let market = &markets.all[flow];
        let terms: Terms = levers.terms_at(flow, &value);
        let free = match market.closed_form() {
            true => markets.closed.outcome(flow, terms),
            false => finite::outcome(market, terms)?,
        };
        let floors = levers.floors_at(value).filter(|(of, _)| *of == flow);
        Ok(floors.fold(free, |outcome, (_, floor)| outcome.with_floor(floor, &market.flow)))
    }
}
