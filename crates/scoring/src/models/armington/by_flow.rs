//! The compiled model with another market in place of the CES one: what a simpler model says of each
//! flow, counted and rounded as the default model counts.

use tariff::{Agenda, Offer};

use crate::assemble::{Frame, LIMITS_NOT_COUNTED, Snapshot, THIRD_RATES_NOT_COUNTED};
use crate::lines::Beside;
use crate::models::linear::{self, Good, OUT_OF_RANGE, Reading};
use crate::{Flag, Flow, Impact, Model, ScoringError, Side, TradeBase};

use super::levers::Levers;
use super::market::Terms;
use super::settings::Settings;

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
        let frame = Frame::new(base, &flags(base, &levers), Vec::new());
        let still = flows(base).map(|flow| market(flow, &at_rest(flow)).map(|reading| reading.outcome));
        let still = still.collect::<Result<Vec<_>, _>>()?;
        let rest = frame.snapshot(Beside::at_rest(base, 0), &still)?;
        let before = rest.clone();
        let mut model = Self { name, market, frame, agenda: agenda.clone(), levers, base: rest, before };
        model.before = model.snapshot(status_quo)?.0;
        Ok(model)
    }

    /// The figures at an offer, and what a reader must know of them.
    fn snapshot(&self, offer: &Offer) -> Result<(Snapshot, Vec<&'static str>), ScoringError> {
        let mut raised = Vec::new();
        let mut outcomes = Vec::new();
        let Settings { terms, floors, thresholds, services, .. } = self.levers.settings(offer);
        for (flow, terms) in flows(self.frame.base()).zip(&terms) {
            let goods = goods(flow, *terms);
            let Reading { outcome, flag } = (self.market)(flow, &goods)?;
            let far = goods.iter().any(|good| good.far_from(flow.base_rate));
            raised.extend(far.then_some(OUT_OF_RANGE).into_iter().chain(flag));
            outcomes.push(outcome);
        }
        // No commitment is no floor: else one of nothing would lift trade that is below zero.
        for (place, floor) in floors.into_iter().filter(|(_, floor)| *floor > 0.0) {
            let Some(flow) = flows(self.frame.base()).nth(place) else { continue };
            let elsewhere = (1.0 - flow.share()) * flow.spending_usd;
            outcomes[place] = outcomes[place].with_floor(floor, None, elsewhere);
        }
        raised.sort_unstable();
        raised.dedup();
        let beside = Beside { thresholds, services, limits: Vec::new() };
        Ok((self.frame.snapshot(beside, &outcomes)?, raised))
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

/// What results must say of the agenda and the facts: neither quantities nor rates in force on others
/// are part of these models.
fn flags(base: &TradeBase, levers: &Levers) -> Vec<&'static str> {
    let limited = !levers.limits.is_empty();
    let mut countries = base.facts().third_countries.iter().flatten();
    let taxed = countries.any(|country| country.added_rate.iter().any(|rate| *rate != 0.0));
    let left_out = [limited.then_some(LIMITS_NOT_COUNTED), taxed.then_some(THIRD_RATES_NOT_COUNTED)];
    levers.flags().iter().copied().chain(left_out.into_iter().flatten()).collect()
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
