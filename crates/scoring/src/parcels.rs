//! De minimis parcels: outside the customs statistics, so a line of their own.
//!
//! Ending the exemption of 800 dollars costs buyers in the United States 10.9 to 13.0 bn a year
//! (Fajgelbaum & Khandelwal 2024). How the parcels spread over values below the threshold is not
//! in the data: the cost is taken to fall linearly from a threshold of 0 to that of the data year.

use crate::{DeMinimisImpact, Figure, Parcels, TradeFacts, Usd};

/// The line of one importer at a threshold before and after.
pub(crate) fn impact(facts: &TradeFacts, parcels: &Parcels, before: i64, after: i64) -> DeMinimisImpact {
    let threshold = Figure { base: parcels.base_threshold_usd, before, after };
    let (low, high) = (parcels.ending_cost_low_usd, parcels.ending_cost_high_usd);
    let (importer, exporter) = (parcels.importer.index(), 1 - parcels.importer.index());
    let names = [&facts.home, &facts.partner];
    DeMinimisImpact {
        importer: names[importer].clone(),
        exporter: names[exporter].clone(),
        threshold,
        consumer_cost: cost(low.midpoint(high), threshold),
        consumer_cost_low: cost(low, threshold),
        consumer_cost_high: cost(high, threshold),
    }
}

fn cost(ending: i64, threshold: Usd) -> Usd {
    let at = |now: i64| {
        let lost = 1.0 - now.min(threshold.base) as f64 / threshold.base as f64;
        (ending as f64 * lost).round() as i64
    };
    Figure { base: at(threshold.base), before: at(threshold.before), after: at(threshold.after) }
}
