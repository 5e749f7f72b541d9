//! A market where supply is not infinite: solved, not computed.

use crate::ScoringError;
use crate::ces::{Source, clear};
use crate::outcome::Outcome;

use super::market::{Market, Terms};

/// A source of the market: goods of the partner at one rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goods {
    /// Value in the data year, US dollars.
    pub(super) value: f64,
    /// Share of the flow.
    pub(super) share: f64,
    /// The whole duty.
    pub(super) rate: f64,
    /// Whether they pay the negotiated layer.
    pub(super) negotiated: bool,
    pub(super) source: Source,
}

/// Clears the market: each tranche is a source, so is each other supplier whose duty has changed since
/// the data year; all the rest are one.
pub(super) fn outcome(market: &Market, terms: Terms) -> Result<Outcome, ScoringError> {
    let goods = goods(market, terms);
    let others = others(market);
    let sources: Vec<Source> = goods.iter().map(|g| g.source).chain(others.iter().copied()).collect();
    let cleared = clear(&sources, market.flow.sigma, market.flow.eta)?;
    let hat = |source: &Source| (cleared.ln_producer_price(source) + cleared.ln_quantity(source)).exp();
    let mut quantity = 0.0;
    let mut out = Outcome { price: cleared.ln_index.exp(), others: hat(&others[0]), ..Outcome::default() };
    for good in &goods {
        let value = good.value * hat(&good.source);
        out.value += value;
        out.duty += value * good.rate;
        out.rate += good.share * good.rate;
        quantity += good.value * cleared.ln_quantity(&good.source).exp();
    }
    out.supply_price = unit_value(out.value, quantity);
    Ok(out)
}

/// p̂ of goods on average; that of the data year where there are none.
pub(super) fn unit_value(value: f64, quantity: f64) -> f64 {
    if quantity > 0.0 { value / quantity } else { 1.0 }
}

/// Every other supplier. The first source is those whose tariffs stand.
pub(super) fn others(market: &Market) -> Vec<Source> {
    let supply = market.flow.others_supply;
    let resting = Source { weight: market.resting(), ln_tau: 0.0, supply };
    let moved = market.moved.iter().map(|m| Source { weight: m.share, ln_tau: m.tau.ln(), supply });
    std::iter::once(resting).chain(moved).collect()
}

/// The goods of the partner at the rates of an offer.
pub(super) fn goods(market: &Market, terms: Terms) -> Vec<Goods> {
    let flow = &market.flow;
    let mut goods = Vec::with_capacity(2 * flow.tranches.len());
    let mut push = |share: f64, rate: f64, negotiated: bool| {
        let source =
            Source { weight: market.share * share, ln_tau: market.tau(rate).ln(), supply: flow.supply };
        goods.push(Goods { value: flow.value_usd * share, share, rate, negotiated, source });
    };
    // Fixed before negotiated, as the closed form sums them.
    for tranche in flow.tranches.iter().filter(|t| !t.negotiated) {
        push(tranche.share, flow.base_rate + tranche.extra, false);
    }
    for tranche in flow.tranches.iter().filter(|t| t.negotiated) {
        let old = flow.base_rate + tranche.extra;
        push(tranche.share * (1.0 - terms.excluded), old + terms.added, true);
        if terms.excluded > 0.0 {
            push(tranche.share * terms.excluded, old, false);
        }
    }
    goods
}
