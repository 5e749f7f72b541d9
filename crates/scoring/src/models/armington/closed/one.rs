//! One market in closed form: what the passes over all markets do, for a market that changes alone.

use crate::models::armington::market::Terms;
use crate::outcome::Outcome;

use super::{ClosedForm, Point};

impl ClosedForm {
    /// The market at a place under `terms`: equal to the bit to its outcome among all.
    ///
    /// # Panics
    /// If there is no such place.
    #[inline]
    pub(in crate::models::armington) fn outcome(&self, place: usize, terms: Terms) -> Outcome {
        let market = &self.markets[place];
        let mut sum = market.fixed;
        let first = self.moved.partition_point(|m| m.market < place);
        for moved in self.moved[first..].iter().take_while(|m| m.market == place) {
            let rate = moved.rate(terms.added);
            let tau = market.tau(rate);
            let quantity = (-market.sigma * tau.ln()).exp();
            let new = Point { rate, quantity, index: market.shape.index_term(tau, quantity) };
            sum.add(moved.weights, new.mixed_with(moved.old, terms.excluded));
        }
        market.outcome(&sum, market.ln_index(&sum))
    }
}
