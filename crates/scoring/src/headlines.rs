//! The figures that head a result, apart from how many values each has.

use crate::Impact;

/// One value of every headline figure. With whole dollars and basis points it is the state at an
/// offer ([`Headlines`]); with a [`crate::uncertainty::Band`] of each it says how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeadlinesOf<M, R> {
    /// Imports less exports, US dollars.
    pub bilateral_deficit: M,
    /// Imports of the home party from the partner, US dollars.
    pub imports: M,
    /// Exports of the home party to the partner, US dollars.
    pub exports: M,
    /// Imports plus exports, US dollars.
    pub total_trade: M,
    /// By party: home, then partner.
    pub parties: [PartyHeadlines<M, R>; 2],
}

/// One value of every headline figure of one party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartyHeadlines<M, R> {
    /// Duties it collects on the other party's goods, US dollars.
    pub tariff_revenue: M,
    /// Its average tariff after substitution, basis points.
    pub average_tariff: R,
    /// The same at the trade weights of the data year, basis points.
    pub average_tariff_base_weights: R,
    /// Change of the prices it pays against the data year, basis points.
    pub price_effect: R,
}

/// The headline figures at an offer: whole US dollars and basis points.
pub type Headlines = HeadlinesOf<i64, f64>;

impl Headlines {
    /// The figures of two flows and two parties; deficit and total follow.
    pub(crate) fn new(imports: i64, exports: i64, parties: [PartyHeadlines<i64, f64>; 2]) -> Self {
        let (bilateral_deficit, total_trade) = (imports - exports, imports + exports);
        Self { bilateral_deficit, imports, exports, total_trade, parties }
    }
}

impl Impact {
    /// The headline figures at the offer.
    #[must_use]
    pub fn headlines(&self) -> Headlines {
        let parties = self.parties.each_ref().map(|party| PartyHeadlines {
            tariff_revenue: party.tariff_revenue.after,
            average_tariff: party.average_tariff.after,
            average_tariff_base_weights: party.average_tariff_base_weights.after,
            price_effect: party.price_effect.after,
        });
        Headlines::new(self.imports.after, self.exports.after, parties)
    }
}
