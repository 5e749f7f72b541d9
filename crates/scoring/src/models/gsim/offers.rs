//! GSIM on offers: each flow is an industry with one importer, whose sources are the partner's goods
//! by the rate they pay, and everybody else, domestic sellers included.
//!
//! Em is the flow's η, Es its σ, Ex the supply elasticities of the flow: this is the straight line
//! that touches the default model at the data year.

use crate::models::linear::{Good, NEGATIVE_TRADE, Reading};
use crate::outcome::Outcome;
use crate::{Flow, ScoringError};

use super::{Effect, Industry, World};

/// What GSIM says of a flow.
pub(crate) fn outcome(flow: &Flow, goods: &[Good]) -> Result<Reading, ScoringError> {
    let sources = goods.len() + 1;
    let others = (1.0 - flow.share()) * flow.spending_usd;
    let first_column = |values: Vec<f64>, elsewhere: f64| -> Vec<Vec<f64>> {
        let row = |value: f64| {
            let mut row = vec![elsewhere; sources];
            row[0] = value;
            row
        };
        values.into_iter().map(row).collect()
    };
    let with = |last: f64, f: &dyn Fn(&Good) -> f64| goods.iter().map(f).chain([last]).collect::<Vec<f64>>();
    let mut supply = vec![flow.supply; goods.len()];
    supply.push(flow.others_supply);
    let world = World {
        trade: first_column(with(others, &|good| good.value), 0.0),
        tariff_power: first_column(with(1.0, &|_| 1.0 + flow.base_rate), 1.0),
        demand: vec![flow.eta; sources],
        substitution: vec![flow.sigma; sources],
        supply,
    };
    let effect = Industry::new(world)?.solve(&first_column(with(1.0, &|good| 1.0 + good.rate), 1.0))?;
    Ok(reading(goods, others, &effect))
}

fn reading(goods: &[Good], others: f64, effect: &Effect) -> Reading {
    let mut out =
        Outcome { price: 1.0 + effect.composite_price_change[0], others: 1.0, ..Outcome::default() };
    for (good, row) in goods.iter().zip(&effect.new_trade) {
        out.value += row[0];
        out.duty += row[0] * good.rate;
        out.rate += good.share * good.rate;
    }
    if others > 0.0 {
        out.others = effect.new_trade[goods.len()][0] / others;
    }
    let negative = effect.new_trade.iter().any(|row| row[0] < 0.0);
    Reading { outcome: out, flag: negative.then_some(NEGATIVE_TRADE) }
}
