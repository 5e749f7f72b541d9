//! What buyers bear, and what a party gains or loses with the duties it collects and without them.

use serde::Serialize;
use tariff::PartyId;

use crate::{Figure, Flow, FlowImpact, Impact, Side, TradeBase, Usd};

/// Basis points in 1.
const BPS: f64 = 1e4;
/// Distance of η from −1 below which the logarithm is used.
const UNIT_ETA: f64 = 1e-6;

/// What an offer costs the buyers of one party, and what is left of that; whole US dollars a year
/// against the data year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Burden {
    /// The party.
    #[serde(serialize_with = "crate::json::name")]
    pub party: PartyId,
    /// What its buyers lose: the area left of their demand curves between the old price index of each
    /// sector and the new one, all sources. Positive where prices rise.
    #[serde(rename = "consumer_cost_usd")]
    pub consumer_cost: Usd,
    /// The same for each household, where the facts say how many there are; whole dollars.
    #[serde(rename = "consumer_cost_per_household_usd")]
    pub per_household: Option<Usd>,
    /// Change of the duties it collects less what its buyers lose: the gain or loss of the party where
    /// revenue is handed back. Without revenue it is the cost to buyers with the other sign. What its
    /// exporters lose is not in it: with infinite supply they earn no rent.
    #[serde(rename = "welfare_usd")]
    pub welfare: Usd,
}

impl Impact {
    /// What this impact, on the facts it was computed from, costs the buyers of each party.
    ///
    /// Per sector spending·(P̂^(1+η) − 1)/(1+η), or spending·ln P̂ at η = −1: demand of constant
    /// elasticity η, as in the model, with P̂ the price index over all sources.
    #[must_use]
    pub fn burden(&self, base: &TradeBase) -> [Burden; 2] {
        Side::BOTH.map(|side| {
            let facts = base.facts();
            let flows = self.sectors.iter().zip(facts.flows(side)).map(|(sector, flow)| match side {
                Side::Home => (&sector.imports, flow),
                Side::Partner => (&sector.exports, flow),
            });
            let consumer_cost = cost(flows);
            let revenue = self.parties[side.index()].tariff_revenue;
            let households = facts.households[side.index()].filter(|households| *households > 0);
            let each = |usd: i64, households: u64| (usd as f64 / households as f64).round() as i64;
            Burden {
                party: facts.party(side).clone(),
                per_household: households
                    .map(|households| consumer_cost.zip(consumer_cost, |usd, _| each(usd, households))),
                welfare: revenue.zip(consumer_cost, |duty, cost| duty - revenue.base - cost),
                consumer_cost,
            }
        })
    }
}

/// The cost to the buyers of some markets.
fn cost<'a>(flows: impl Iterator<Item = (&'a FlowImpact, &'a Flow)> + Clone) -> Usd {
    let sum = |at: fn(&Figure<f64>) -> f64| {
        let costs = flows
            .clone()
            .map(|(found, flow)| flow.spending_usd * share(1.0 + at(&found.price) / BPS, flow.eta));
        costs.sum::<f64>().round() as i64
    };
    Figure {
        base: sum(|price| price.base),
        before: sum(|price| price.before),
        after: sum(|price| price.after),
    }
}

/// What buyers lose as a share of their spending where the price index goes from 1 to `price`.
fn share(price: f64, eta: f64) -> f64 {
    let power = 1.0 + eta;
    if power.abs() < UNIT_ETA { price.ln() } else { (power * price.ln()).exp_m1() / power }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn the_area_left_of_a_demand_curve() {
        // By the trapezoid rule under P^η from 1 to 1.3.
        for eta in [-0.5, -1.0, -2.3, 0.0] {
            let steps = 30_000;
            let at = |k: i32| (1.0 + 0.3 * f64::from(k) / f64::from(steps)).powf(eta);
            let area: f64 = (0..steps).map(|k| (at(k) + at(k + 1)) / 2.0 * 0.3 / f64::from(steps)).sum();
            assert!((share(1.3, eta) - area).abs() < 1e-9, "{eta}");
        }
        assert_eq!(share(1.0, -0.5), 0.0);
        assert!(share(0.9, -0.5) < 0.0);
    }
}
