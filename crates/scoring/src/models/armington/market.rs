//! One importer's market for one sector, under the elasticities chosen.

use crate::{Flow, ScoringError, Side, Supply, TradeBase};

use crate::ces::{check_elasticities, check_supply};

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
}

impl Market {
    fn new(flow: &Flow, choice: &Elasticities) -> Result<Self, ScoringError> {
        let mut flow = flow.clone();
        flow.sigma = choice.sigma_of(&flow);
        flow.eta = choice.eta.unwrap_or(flow.eta);
        flow.supply = choice.supply.unwrap_or(flow.supply);
        flow.others_supply = choice.supply.unwrap_or(flow.others_supply);
        check_elasticities("elasticities", flow.sigma, flow.eta)?;
        check_supply("elasticities", flow.supply)?;
        let share = flow.share();
        Ok(Self { flow, share })
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

/// Every market of a trade base: the home party's by sector, then the partner's.
pub(super) fn markets(base: &TradeBase, choice: &Elasticities) -> Result<Vec<Market>, ScoringError> {
    let flows = Side::BOTH.into_iter().flat_map(|side| base.facts().flows(side));
    flows.map(|flow| Market::new(flow, choice)).collect()
}
