//! One importer's market for one sector, under the elasticities chosen.

use crate::{Flow, ScoringError, Side, Supply, TradeBase};

use crate::ces::{check_elasticities, check_supply};
use crate::outcome::Outcome;
use crate::third::{self, Moved};
use crate::time::Horizon;

use super::Elasticities;

/// What an offer says about one flow.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Terms {
    /// The negotiated layer, as a fraction.
    pub(crate) added: f64,
    /// Share of the negotiated tranche that does not pay it.
    pub(crate) excluded: f64,
}

/// A flow with its place and the elasticities that count.
#[derive(Debug, Clone)]
pub(super) struct Market {
    pub(super) flow: Flow,
    /// The partner's share of the importer's spending.
    pub(super) share: f64,
    /// Other suppliers that pay another rate now than in the data year.
    pub(super) moved: Vec<Moved>,
    /// The least σ that a ban is worked out with: above 0 in draws alone.
    pub(super) least_ban_sigma: f64,
}

impl Market {
    /// `place` says which market it is, for who reads an error.
    fn new(
        known: &Flow,
        moved: Vec<Moved>,
        choice: &Elasticities,
        place: impl Fn() -> String,
    ) -> Result<Self, ScoringError> {
        let mut flow = known.clone();
        flow.sigma = choice.sigma_of(known);
        flow.eta = choice.eta_of(known);
        flow.supply = choice.supply.unwrap_or(flow.supply);
        flow.others_supply = choice.supply.unwrap_or(flow.others_supply);
        if let Err(unnamed) = check_elasticities("", flow.sigma, flow.eta) {
            let place = format!("{} at sigma {:.4}{}", place(), flow.sigma, age(choice.horizon));
            return check_elasticities(&place, flow.sigma, flow.eta).and(Err(unnamed));
        }
        check_supply("elasticities", flow.supply)?;
        let share = flow.share();
        Ok(Self { flow, share, moved, least_ban_sigma: 0.0 })
    }

    /// The share of spending on other suppliers whose rate stands, the importer's own included.
    pub(super) fn resting(&self) -> f64 {
        self.moved.iter().fold(1.0 - self.share, |rest, m| rest - m.share).max(0.0)
    }

    /// What the other suppliers' sales come to where those at rest sell what they did, as a share of
    /// spending in the data year.
    pub(super) fn others(&self) -> f64 {
        let drift = |m: &Moved| m.share * third::drift(m.tau, self.flow.sigma, self.flow.others_supply);
        self.resting() + self.moved.iter().map(drift).sum::<f64>()
    }

    /// What the market does under a purchase commitment of `floor` dollars, of which an export control
    /// lets out no more than `most`, as a share of the data year's quantity.
    pub(super) fn with_floor(&self, outcome: Outcome, floor: f64, most: Option<f64>) -> Outcome {
        // The cap is a quantity, the commitment an amount of money.
        let most = most.map(|cap| outcome.supply_price * cap * self.flow.value_usd);
        outcome.with_floor(floor, most, self.others() * self.flow.spending_usd)
    }

    /// Whether every source sells any quantity at its price.
    pub(super) fn closed_form(&self) -> bool {
        self.flow.supply == Supply::Infinite && self.flow.others_supply == Supply::Infinite
    }

    /// τ̂ of goods at a rate.
    pub(super) fn tau(&self, rate: f64) -> f64 {
        (1.0 + rate) / (1.0 + self.flow.base_rate)
    }
}

fn age(horizon: Horizon) -> String {
    horizon.years().map_or_else(String::new, |years| format!(", {years:.2} years on"))
}

/// Every market of a trade base: the home party's by sector, then the partner's.
pub(super) fn markets(base: &TradeBase, choice: &Elasticities) -> Result<Vec<Market>, ScoringError> {
    let sectors = 0..base.facts().sectors.len();
    let places = Side::BOTH.into_iter().flat_map(|side| sectors.clone().map(move |s| (side, s)));
    let market = |(side, sector): (Side, usize)| {
        let flow = &base.facts().flows(side)[sector];
        let facts = base.facts();
        let place = || format!("{} imports of {}", facts.party(side), facts.sectors[sector].id);
        Market::new(flow, third::moved(base, side, sector), choice, place)
    };
    places.map(market).collect()
}
