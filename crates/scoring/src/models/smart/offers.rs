//! SMART on offers: each flow is a market, with everybody else, domestic sellers included, as the
//! other source.
//!
//! Em is the flow's η and Es its σ. Goods of one partner that pay different rates share one market:
//! creation is theirs each, diversion follows the average change, and each has its part of both by
//! its own change. Supply of the partner may be finite; that of the others is infinite, as SMART has
//! it.

use crate::models::linear::{DIVERSION_CLIPPED, Good, NEGATIVE_TRADE, Reading};
use crate::outcome::Outcome;
use crate::{Flow, ScoringError, Supply};

/// What SMART says of a flow.
pub(crate) fn outcome(flow: &Flow, goods: &[Good]) -> Result<Reading, ScoringError> {
    let change = |good: &Good| (1.0 + good.rate) / (1.0 + flow.base_rate) - 1.0;
    let own: f64 = goods.iter().map(|good| good.value).sum();
    let others = (1.0 - flow.share()) * flow.spending_usd;
    // Σ M·r: what the formula for one partner has as A·r.
    let taxed: f64 = goods.iter().map(|good| good.value * change(good)).sum();
    let room = own + others - flow.sigma * taxed;
    // Past the pole of the formula there is nothing left to divert.
    let wanted = if room > 0.0 { -others * flow.sigma * taxed / room } else { f64::NEG_INFINITY };
    let diverted = wanted.clamp(-own, others);
    let creation = creation(flow);
    let mut out = Outcome { price: 1.0, others: 1.0, ..Outcome::default() };
    for good in goods {
        let moved = if taxed == 0.0 { 0.0 } else { diverted * (good.value * change(good) / taxed) };
        let value = good.value + good.value * creation * change(good) + moved;
        out.value += value;
        out.duty += value * good.rate;
        out.rate += good.share * good.rate;
        out.price += flow.share() * good.share * change(good);
    }
    if others > 0.0 {
        out.others -= diverted / others;
    }
    let clipped = diverted != wanted && own > 0.0;
    let flag = if out.value < 0.0 { Some(NEGATIVE_TRADE) } else { clipped.then_some(DIVERSION_CLIPPED) };
    Ok(Reading { outcome: out, flag })
}

/// Em/(1 − Em/Ex): imports created per unit of trade and of r.
fn creation(flow: &Flow) -> f64 {
    match flow.supply {
        Supply::Infinite => flow.eta,
        Supply::Finite(0.0) => 0.0,
        Supply::Finite(ex) => flow.eta / (1.0 - flow.eta / ex),
    }
}
