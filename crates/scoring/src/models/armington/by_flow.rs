//! The compiled model with another market in place of the CES one: what a simpler model says of each
//! flow, counted and rounded as the default model counts.

use tariff::{Agenda, Offer};

use crate::assemble::{Frame, Snapshot};
use crate::models::linear::{self, Good, OUT_OF_RANGE, Reading};
use crate::{Flag, Flow, Impact, Model, ScoringError, Side, TradeBase};

use super::levers::{self, Levers};
use super::market::Terms;

/// What a market model says of one flow, given the partner's goods by the rate they pay.
pub(crate) type MarketModel = fn(&Flow, &[Good]) -> Result<Reading, ScoringError>;

/// A model that takes each flow by itself, compiled.
#[derive(Debug, Clone)]
pub(crate) struct ByFlow {
    name: &'static str,
    market: MarketModel,
    frame: Frame,
    agenda: Agenda,
    levers: Levers,
    base: Snapshot,
    before: Snapshot,
}

impl ByFlow {
    pub(crate) fn compile(
        name: &'static str,
        market: MarketModel,
        base: &TradeBase,
        agenda: &Agenda,
        status_quo: &Offer,
    ) -> Result<Self, ScoringError> {
        agenda.check(status_quo)?;
        let levers = Levers::find(base, agenda)?;
        let frame = Frame::new(base, levers.flags());
        let still = flows(base).map(|flow| market(flow, &at_rest(flow)).map(|reading| reading.outcome));
        let still = still.collect::<Result<Vec<_>, _>>()?;
        let rest = frame.snapshot(levers::base_thresholds(base), &still);
        let before = rest.clone();
        let mut model = Self { name, market, frame, agenda: agenda.clone(), levers, base: rest, before };
        model.before = model.snapshot(status_quo)?.0;
        Ok(model)
    }

    /// The figures at an offer, and what a reader must know of them.
    fn snapshot(&self, offer: &Offer) -> Result<(Snapshot, Vec<&'static str>), ScoringError> {
        let mut raised = Vec::new();
        let mut outcomes = Vec::new();
        for (flow, terms) in flows(self.frame.base()).zip(self.levers.terms(offer)) {
            let goods = goods(flow, terms);
            let Reading { outcome, flag } = (self.market)(flow, &goods)?;
            let far = goods.iter().any(|good| good.far_from(flow.base_rate));
            raised.extend(far.then_some(OUT_OF_RANGE).into_iter().chain(flag));
            outcomes.push(outcome);
        }
        // No commitment is no floor: else one of nothing would lift trade that is below zero.
        for (place, floor) in self.levers.floors(offer).filter(|(_, floor)| *floor > 0.0) {
            let flow = flows(self.frame.base()).nth(place);
            outcomes[place] = flow.map_or(outcomes[place], |flow| outcomes[place].with_floor(floor, flow));
        }
        raised.sort_unstable();
        raised.dedup();
        Ok((self.frame.snapshot(self.levers.thresholds(offer), &outcomes), raised))
    }
}

impl Model for ByFlow {
    fn name(&self) -> &'static str {
        self.name
    }

    fn base(&self) -> &TradeBase {
        self.frame.base()
    }

    fn impact(&self, offer: &Offer) -> Result<Impact, ScoringError> {
        self.agenda.check(offer)?;
        let (after, raised) = self.snapshot(offer)?;
        let mut impact = self.frame.impact(self.name, &self.base, &self.before, &after);
        impact.flags.extend(raised.into_iter().map(Flag::new));
        Ok(impact)
    }

    fn interactions(&self) -> &[Vec<usize>] {
        self.levers.groups()
    }
}

/// The home party's flows by sector, then the partner's.
fn flows(base: &TradeBase) -> impl Iterator<Item = &Flow> {
    Side::BOTH.into_iter().flat_map(|side| base.facts().flows(side))
}

/// The goods of a flow in the data year.
fn at_rest(flow: &Flow) -> Vec<Good> {
    let goods = |share: f64| Good { value: flow.value_usd * share, share, rate: flow.base_rate };
    flow.tranches.iter().map(|tranche| goods(tranche.share)).collect()
}

/// The goods of a flow by the rate that an offer has them pay.
fn goods(flow: &Flow, terms: Terms) -> Vec<Good> {
    let mut goods = Vec::with_capacity(2 * flow.tranches.len());
    for tranche in &flow.tranches {
        let old = flow.base_rate + tranche.extra;
        let mut push = |part: f64, rate: f64| {
            let share = tranche.share * part;
            goods.push(Good { value: flow.value_usd * share, share, rate });
        };
        if tranche.negotiated && terms.excluded > 0.0 {
            push(1.0 - terms.excluded, old + terms.added);
            push(terms.excluded, old);
        } else {
            push(1.0, if tranche.negotiated { old + terms.added } else { old });
        }
    }
    goods
}

impl Good {
    fn far_from(&self, base_rate: f64) -> bool {
        self.value > 0.0 && linear::out_of_range((1.0 + self.rate) / (1.0 + base_rate))
    }
}
