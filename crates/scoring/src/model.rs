use tariff::Offer;

use crate::{Headlines, Impact, ScoringError, TradeBase};

/// A trade model compiled for one trade base, one agenda and one status quo.
///
/// To add a model, add a folder under `models/` whose type implements this; nothing else changes.
pub trait Model: Send + Sync {
    /// Its name, such as `armington_ces`.
    fn name(&self) -> &'static str;

    /// The facts it was compiled for.
    fn base(&self) -> &TradeBase;

    /// What `offer` does. The same offer always gives the same figures, to the bit.
    ///
    /// # Errors
    /// [`ScoringError::Offer`] for an offer of another agenda; [`ScoringError::NotCleared`] where
    /// a market with finite supply does not clear.
    fn impact(&self, offer: &Offer) -> Result<Impact, ScoringError>;

    /// The headline figures of [`Self::impact`] at the offer, for who needs no more: the same values.
    ///
    /// # Errors
    /// As [`Self::impact`].
    fn headlines(&self, offer: &Offer) -> Result<Headlines, ScoringError> {
        self.impact(offer).map(|impact| impact.headlines())
    }

    /// Agenda places that move a figure together, as disjoint groups in agenda order of their
    /// first place, each ascending. Figures that are sums over sectors (dollars exactly, price
    /// effects to rounding) are additive over these groups; averages after substitution are not
    /// additive over anything. A place in no group changes no figure.
    fn interactions(&self) -> &[Vec<usize>];
}
