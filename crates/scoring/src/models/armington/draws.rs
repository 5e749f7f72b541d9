//! The same model under other parameters: what Monte Carlo compiles once for every draw.

use tariff::Offer;

use crate::uncertainty::Draw;
use crate::{Flow, Headlines, Power, ScoringError, Side, TradeBase, TradeFacts};

use super::settings::Settings;
use super::{ArmingtonCes, Elasticities, MOST_ETA, Markets};

/// The least σ of a draw for goods under a ban: at σ ≤ 1 no price replaces them.
const LEAST_BAN_SIGMA: f64 = 1.05;
/// The largest σ of a draw.
const MOST_SIGMA: f64 = 100.0;

/// Compiles markets for draws, one after the other, in the same facts.
#[derive(Debug)]
pub(crate) struct Redrawer<'m> {
    model: &'m ArmingtonCes,
    elasticities: &'m Elasticities,
    scratch: TradeBase,
    /// How much the share of each flow in spending may grow before it leaves the others nothing.
    room: [Vec<f64>; 2],
}

impl ArmingtonCes {
    pub(crate) fn redrawer<'m>(&'m self, elasticities: &'m Elasticities) -> Redrawer<'m> {
        let base = self.frame.base();
        let mut scratch = base.clone();
        // The names of tranches play no part in a market, and would be copied into each.
        let facts = scratch.facts_mut();
        let flows = facts.imports.iter_mut().chain(&mut facts.exports);
        flows.flat_map(|flow| &mut flow.tranches).for_each(|tranche| tranche.name = String::new());
        Redrawer { model: self, elasticities, scratch, room: Side::BOTH.map(|side| room(base.facts(), side)) }
    }

    pub(crate) fn settings(&self, offer: &Offer) -> Result<Settings, ScoringError> {
        self.agenda.check(offer)?;
        Ok(self.levers.settings(offer))
    }

    /// The headline figures under other markets.
    pub(crate) fn headlines_under(
        &self,
        markets: &Markets,
        settings: &Settings,
    ) -> Result<Headlines, ScoringError> {
        self.frame.headlines(&markets.settle(settings)?.0)
    }
}

/// The powers that markets need for an offer.
pub(crate) fn bare(markets: &Markets, settings: &Settings) -> Vec<Power> {
    markets.closed.powers(&settings.terms)
}

impl Redrawer<'_> {
    /// The markets of one draw.
    pub(crate) fn markets(&mut self, draw: &Draw) -> Result<Markets, ScoringError> {
        let facts = self.model.frame.base().facts();
        let drawn = self.scratch.facts_mut();
        for side in Side::BOTH {
            let wanted = draw.penetration[side.index()];
            let pairs = facts.flows(side).iter().zip(drawn.flows_mut(side)).zip(&draw.sigma);
            for (((known, flow), factor), room) in pairs.zip(&self.room[side.index()]) {
                flow.spending_usd = known.spending_usd / wanted.min(*room);
                self.elasticities.redraw(known, flow, *factor, draw);
            }
        }
        // What was chosen is in the flows now.
        let mut markets = Markets::new(&self.scratch, &Elasticities::default())?;
        let known = facts.imports.iter().chain(&facts.exports);
        for (market, known) in markets.all.iter_mut().zip(known) {
            market.least_ban_sigma = least_ban_sigma(self.elasticities.sigma_of(known));
        }
        Ok(markets)
    }

    /// The factor on the share of all flows of a side in their spending where `wanted` is drawn: less
    /// than that where some flow has no room for it.
    pub(crate) fn growth(&self, side: Side, wanted: f64) -> f64 {
        let room = &self.room[side.index()];
        if room.iter().all(|room| wanted <= *room) {
            return wanted;
        }
        let spending = || self.model.frame.base().facts().flows(side).iter().map(|flow| flow.spending_usd);
        let left: f64 = spending().zip(room).map(|(usd, room)| usd / wanted.min(*room)).sum();
        spending().sum::<f64>() / left
    }
}

impl Elasticities {
    /// Sets the elasticities of `flow` to those of a draw around those chosen for `known`.
    fn redraw(&self, known: &Flow, flow: &mut Flow, sigma_factor: f64, draw: &Draw) {
        let moved = sigma_factor != 1.0 || draw.eta != 1.0;
        flow.sigma = (self.sigma_of(known) * sigma_factor).min(MOST_SIGMA);
        flow.eta = self.eta_of(known) * draw.eta;
        if moved {
            flow.eta = flow.eta.max(-MOST_ETA * flow.sigma);
        }
        let supply = draw.supply.or(self.supply);
        flow.supply = supply.unwrap_or(known.supply);
        flow.others_supply = supply.unwrap_or(known.others_supply);
    }
}

/// The least σ that a draw works a ban out with, where the model at the medians can: one draw at or
/// below 1 would leave an offer with a ban without any band.
fn least_ban_sigma(chosen: f64) -> f64 {
    if chosen > 1.0 { LEAST_BAN_SIGMA.min(chosen) } else { 0.0 }
}

/// By what factor the share of each flow of a side can grow, that of third countries along with it.
fn room(facts: &TradeFacts, side: Side) -> Vec<f64> {
    let others = |sector: usize| -> f64 {
        let countries = facts.third_countries[side.index()].iter();
        countries.map(|c| c.imports_usd[sector] * (1.0 + c.base_rate[sector])).sum()
    };
    let room = |(sector, flow): (usize, &Flow)| match flow.value_usd > 0.0 {
        true => flow.spending_usd / (flow.value_usd * (1.0 + flow.base_rate) + others(sector)),
        false => f64::INFINITY,
    };
    facts.flows(side).iter().enumerate().map(|flow| room(flow).max(1.0)).collect()
}
