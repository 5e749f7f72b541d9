//! The months after an agreement.
//!
//! A flow answers each change of rates with the elasticity of that change's own age h:
//! X(m) = X₀(m) · Π_i X_h(z_i)/X_h(z_{i−1}), where X_h(z) is the static model at rates z and
//! elasticities σ·ε(h)/ε(∞), z_0 is the status quo, and i runs over the changes until month m. One
//! change gives the static model's own path; long after the last one the product telescopes to its
//! long-run figures, whatever came between. A flow that stood still starts from the data year.

use serde::Serialize;
use tariff::{Agenda, Offer, PartyId};

use crate::models::armington::{Dynamics, Response};
use crate::{ScoringError, Side, TradeBase};

use super::stock::Announced;
use super::{BEYOND, MAX_MONTHS, MONTHS, MeasureKind, Timetable};

/// Basis points in 1.
const BPS: f64 = 1e4;
/// The age, in months, at which the fall of consumption that buyers expect is read.
const A_YEAR: usize = 12;

/// What an offer does month by month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Path {
    /// What the deficit counts.
    pub deficit_concept: String,
    /// A twelfth of the data year.
    pub data_year: Month,
    /// A twelfth of a year at the status quo, all adjusted to it.
    pub status_quo: Month,
    /// The months from the agreement on.
    pub months: Vec<Month>,
}

impl Path {
    /// The month this many years after the agreement; none past the end.
    #[must_use]
    pub fn at(&self, years: f64) -> Option<&Month> {
        let month = (years * MONTHS).floor();
        (month >= 0.0 && month < self.months.len() as f64).then(|| &self.months[month as usize])
    }
}

/// One month; whole US dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Month {
    /// Counted from the agreement, whose first month is 0.
    pub month: u32,
    /// Imports of the home party from the partner.
    #[serde(rename = "imports_usd")]
    pub imports: i64,
    /// Exports of the home party to the partner.
    #[serde(rename = "exports_usd")]
    pub exports: i64,
    /// Imports less exports.
    #[serde(rename = "deficit_usd")]
    pub deficit: i64,
    /// By party: home, then partner.
    pub parties: [PartyMonth; 2],
}

/// One party in one month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartyMonth {
    /// The party.
    #[serde(serialize_with = "crate::json::name")]
    pub party: PartyId,
    /// Duties it collects on the other's goods.
    #[serde(rename = "tariff_revenue_usd")]
    pub tariff_revenue: i64,
    /// Change of the price of the goods it buys from all sources against the data year, basis points.
    #[serde(rename = "price_effect_bps")]
    pub price_effect: f64,
    /// What it has bought ahead and not yet used up, at the end of the month.
    #[serde(rename = "stock_usd")]
    pub stock: i64,
}

/// The path of `offer` over `months` months, as the timetable has it. A pause on the agenda bounds the
/// agreed rates, which then snap back.
///
/// # Errors
/// [`ScoringError::Offer`] for an offer of another agenda, [`ScoringError::NoData`] for an instrument
/// the facts do not cover, [`ScoringError::BadFact`] for a timetable that cannot be, for elasticities
/// that are out of bounds at some age, and for a ban while goods cannot do without each other (σ ≤ 1).
pub fn path(
    base: &TradeBase,
    agenda: &Agenda,
    status_quo: &Offer,
    offer: &Offer,
    timetable: &Timetable,
    months: u32,
) -> Result<Path, ScoringError> {
    timetable.check()?;
    let shown = months.min(MAX_MONTHS) as usize;
    let ages = shown + BEYOND + timetable.standing.unwrap_or(0) as usize;
    let dynamics = Dynamics::new(base, agenda, status_quo, offer, &timetable.adjustment, ages)?;
    let timetable = timetable.paused(dynamics.pause_days);
    let walk = Walk::new(base, &dynamics, &timetable, shown + BEYOND)?;
    let flows = walk.flows()?;
    let facts = base.facts();
    let still = dynamics.response(dynamics.status_quo(), None)?;
    Ok(Path {
        deficit_concept: facts.deficit_concept.clone(),
        data_year: month(base, 0, data_year(base)),
        status_quo: month(base, 0, standing(&walk, still)),
        months: (0..shown).map(|m| month(base, m, flows.iter().map(|flow| flow.at(m)).collect())).collect(),
    })
}

/// One flow over all months, US dollars a month.
struct FlowPath {
    consumption: Vec<f64>,
    imports: Vec<f64>,
    paid: Vec<f64>,
    prices: Vec<f64>,
}

/// One flow in one month.
#[derive(Debug, Clone, Copy)]
struct FlowMonth {
    imports: f64,
    duty: f64,
    price: f64,
    stock: f64,
}

impl FlowPath {
    fn at(&self, month: usize) -> FlowMonth {
        let built = |m: usize| self.imports[m] - self.consumption[m];
        let imports = self.imports[month];
        FlowMonth {
            imports,
            duty: imports * self.paid[month],
            price: self.prices[month],
            stock: (0..=month).map(built).sum(),
        }
    }
}

/// A change of what holds.
struct Change {
    month: usize,
    settings: crate::models::armington::Settings,
}

struct Walk<'a> {
    base: &'a TradeBase,
    dynamics: &'a Dynamics,
    timetable: &'a Timetable,
    /// The status quo first, in month 0, then every month in which something else holds.
    changes: Vec<Change>,
    months: usize,
}

impl<'a> Walk<'a> {
    fn new(
        base: &'a TradeBase,
        dynamics: &'a Dynamics,
        timetable: &'a Timetable,
        months: usize,
    ) -> Result<Self, ScoringError> {
        let mut changes = vec![Change { month: 0, settings: dynamics.status_quo().clone() }];
        for month in 0..months {
            let settings = dynamics.settings(timetable, month as u32);
            if changes.last().is_none_or(|last| last.settings != settings) {
                changes.push(Change { month, settings });
            }
        }
        Ok(Self { base, dynamics, timetable, changes, months })
    }

    fn flows(&self) -> Result<Vec<FlowPath>, ScoringError> {
        let count = 2 * self.base.facts().sectors.len();
        let empty = || FlowPath {
            consumption: Vec::with_capacity(self.months),
            imports: Vec::new(),
            paid: Vec::with_capacity(self.months),
            prices: Vec::with_capacity(self.months),
        };
        let mut flows: Vec<FlowPath> = (0..count).map(|_| empty()).collect();
        for month in 0..self.months {
            let level = self.level(month)?;
            for (f, flow) in flows.iter_mut().enumerate() {
                flow.consumption.push(level.values[f] / MONTHS);
                flow.paid.push(level.paid[f]);
                flow.prices.push(level.prices[f]);
            }
        }
        flows.iter_mut().for_each(|flow| flow.imports = flow.consumption.clone());
        self.buy_ahead(&mut flows)?;
        Ok(flows)
    }

    /// What holds in a month and what is bought under it in a year.
    fn level(&self, month: usize) -> Result<Response, ScoringError> {
        let first = &self.changes[0].settings;
        let standing = self.timetable.standing.map(|months| months as usize + month);
        let mut level = self.dynamics.response(first, standing)?;
        let mut holds = first;
        for pair in self.changes.windows(2).take_while(|pair| pair[1].month <= month) {
            let age = Some(month - pair[1].month);
            let from = self.dynamics.response(&pair[0].settings, age)?;
            let to = self.dynamics.response(&pair[1].settings, age)?;
            for f in 0..level.values.len() {
                level.values[f] = moved(level.values[f], from.values[f], to.values[f]);
                level.prices[f] *= to.prices[f] / from.prices[f];
            }
            (level.paid, level.rates) = (to.paid, to.rates);
            holds = &pair[1].settings;
        }
        for f in 0..level.values.len() {
            if let Some(most) = self.dynamics.most(holds, f) {
                level.values[f] = level.values[f].min(most);
            }
        }
        for (f, floor) in &holds.floors {
            let most = self.dynamics.most(holds, *f).unwrap_or(f64::INFINITY);
            level.values[*f] = level.values[*f].max(floor.min(most));
        }
        Ok(level)
    }

    /// Adds what is bought ahead of every announced rise, in order of time.
    fn buy_ahead(&self, flows: &mut [FlowPath]) -> Result<(), ScoringError> {
        let Some(stockpiling) = &self.timetable.stockpiling else { return Ok(()) };
        let announced = self.timetable.of(MeasureKind::AddedRate).announced as usize;
        let sectors = self.base.facts().sectors.len();
        for pair in self.changes.windows(2) {
            let response = |change: &Change| self.dynamics.response(&change.settings, Some(A_YEAR));
            let (from, to) = (response(&pair[0])?, response(&pair[1])?);
            let month = pair[1].month;
            for (f, flow) in flows.iter_mut().enumerate() {
                let ln_power = ((1.0 + to.rates[f]) / (1.0 + from.rates[f])).ln();
                let before = flow.consumption[month.saturating_sub(1)];
                if ln_power > 0.0 && from.values[f] > 0.0 {
                    let remains = to.values[f] / from.values[f];
                    let rise = Announced::new(announced, month, ln_power, before, remains);
                    stockpiling.buy_ahead(&mut flow.imports, stockpiling.storable.of(f % sectors), &rise);
                }
            }
        }
        Ok(())
    }
}

/// A value after a change; one that stood still starts from the data year at the new rates.
fn moved(value: f64, from: f64, to: f64) -> f64 {
    if from > 0.0 { value * (to / from) } else { to }
}

fn data_year(base: &TradeBase) -> Vec<FlowMonth> {
    let flows = Side::BOTH.into_iter().flat_map(|side| base.facts().flows(side));
    let month = |flow: &crate::Flow| {
        let imports = flow.value_usd / MONTHS;
        FlowMonth { imports, duty: imports * flow.base_rate, price: 1.0, stock: 0.0 }
    };
    flows.map(month).collect()
}

/// The status quo in the long run, with its purchases.
fn standing(walk: &Walk<'_>, still: Response) -> Vec<FlowMonth> {
    let settings = &walk.changes[0].settings;
    let month = |f: usize| {
        let floor = settings.floors.iter().find(|(flow, _)| *flow == f).map_or(0.0, |(_, floor)| *floor);
        let most = walk.dynamics.most(settings, f).unwrap_or(f64::INFINITY);
        let imports = still.values[f].max(floor.min(most)) / MONTHS;
        FlowMonth { imports, duty: imports * still.paid[f], price: still.prices[f], stock: 0.0 }
    };
    (0..still.values.len()).map(month).collect()
}

fn month(base: &TradeBase, month: usize, flows: Vec<FlowMonth>) -> Month {
    let facts = base.facts();
    let parties = Side::BOTH.map(|side| {
        let bought = flows.chunks_exact(facts.sectors.len()).nth(side.index()).unwrap_or_default();
        party_month(facts.party(side).clone(), facts.flows(side), bought)
    });
    let [imports, exports] = parties.each_ref().map(|(_, value)| *value);
    Month {
        month: month as u32,
        imports,
        exports,
        deficit: imports - exports,
        parties: parties.map(|(party, _)| party),
    }
}

/// A party's month, and the value of what it buys.
fn party_month(party: PartyId, facts: &[crate::Flow], bought: &[FlowMonth]) -> (PartyMonth, i64) {
    let dollars =
        |figure: fn(&FlowMonth) -> f64| bought.iter().map(|f| figure(f).round() as i64).sum::<i64>();
    let spending: f64 = facts.iter().map(|flow| flow.spending_usd).sum();
    let price: f64 = facts.iter().zip(bought).map(|(flow, f)| flow.spending_usd * (f.price - 1.0)).sum();
    let figures = PartyMonth {
        party,
        tariff_revenue: dollars(|f| f.duty),
        price_effect: if spending > 0.0 { BPS * price / spending } else { 0.0 },
        stock: dollars(|f| f.stock),
    };
    (figures, dollars(|f| f.imports))
}
