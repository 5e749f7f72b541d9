//! The months after an agreement.
//!
//! A flow answers each change of rates with the elasticity of that change's own age h:
//! X(m) = X₀(m) · Π_i X_h(z_i)/X_h(z_{i−1}), where X_h(z) is the static model at rates z and
//! elasticities σ·ε(h)/ε(∞), z_0 is the status quo, and i runs over the changes until month m. One
//! change gives the static model's own path; long after the last one the product telescopes to its
//! long-run figures, whatever came between. A flow that stood still starts from the data year.

use serde::Serialize;
use tariff::{Agenda, Offer, PartyId};

use crate::assemble::bounded;
use crate::models::armington::{Dynamics, Response, Settings};
use crate::outcome::Outcome;
use crate::{ScoringError, Side, TradeBase};

use super::stock::{Announced, Bounds};
use super::{BEYOND, MAX_MONTHS, MONTHS, Timetable};

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
    /// What purchase commitments and export controls leave open.
    bounds: Vec<Bounds>,
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
    /// A purchase commitment of this many dollars in a month, as far as the control lets it out.
    fn buy_at_least(&mut self, month: usize, floor: f64) {
        let bounds = Bounds::new(floor, self.bounds[month].most);
        self.bounds[month] = bounds;
        self.consumption[month] = bounds.clip(self.consumption[month]);
    }

    /// Every month within the bounds of what a model may say.
    fn check(&self, base: &TradeBase, flow: usize) -> Result<(), ScoringError> {
        (0..self.imports.len()).try_for_each(|m| {
            let (value, rate) = (self.imports[m], self.paid[m]);
            let outcome =
                Outcome { value, duty: value * rate, rate, price: self.prices[m], ..Outcome::default() };
            bounded(base, flow, &outcome)
        })
    }

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
    settings: Settings,
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
            bounds: Vec::with_capacity(self.months),
            paid: Vec::with_capacity(self.months),
            prices: Vec::with_capacity(self.months),
        };
        let mut flows: Vec<FlowPath> = (0..count).map(|_| empty()).collect();
        for (month, level) in self.levels()?.iter().enumerate() {
            let holds = self.holds(month);
            for (f, flow) in flows.iter_mut().enumerate() {
                let most = self.dynamics.most(holds, f).map_or(f64::INFINITY, |m| m * level.supply_prices[f]);
                let bounds = Bounds::new(0.0, most / MONTHS);
                flow.consumption.push(bounds.clip(level.values[f] / MONTHS));
                flow.bounds.push(bounds);
                flow.paid.push(level.paid[f]);
                flow.prices.push(level.prices[f]);
            }
            for (f, floor) in &holds.floors {
                flows[*f].buy_at_least(month, floor / MONTHS);
            }
        }
        flows.iter_mut().for_each(|flow| flow.imports = flow.consumption.clone());
        self.buy_ahead(&mut flows)?;
        flows.iter().enumerate().try_for_each(|(f, flow)| flow.check(self.base, f))?;
        Ok(flows)
    }

    /// What holds in a month.
    fn holds(&self, month: usize) -> &Settings {
        let later = self.changes.iter().skip(1).take_while(|change| change.month <= month);
        later.last().map_or(&self.changes[0].settings, |change| &change.settings)
    }

    /// What is bought in each month, at yearly rates, without limits: changes in order of time, each
    /// with what the markets do before and after it at its age. What they do after one change is what
    /// they do before the next, so each is worked out once.
    fn levels(&self) -> Result<Vec<Response>, ScoringError> {
        let first = &self.changes[0].settings;
        let mut levels = match self.timetable.standing {
            Some(stood) => self.aged(first, stood as usize, self.months)?,
            None => vec![self.dynamics.response(first, None)?; self.months],
        };
        let still = if self.changes.len() > 1 { self.aged(first, 0, self.months)? } else { Vec::new() };
        let mut from = still.clone();
        for Change { month, settings } in &self.changes[1..] {
            let to = match settings == first {
                true => still[..self.months - month].to_vec(),
                false => self.aged(settings, 0, self.months - month)?,
            };
            let months = levels[*month..].iter_mut();
            months.zip(&from).zip(&to).for_each(|((level, from), to)| level.follow(from, to));
            from = to;
        }
        Ok(levels)
    }

    /// What the markets do under `settings` in each of `months` months, the first at age `age`.
    fn aged(&self, settings: &Settings, age: usize, months: usize) -> Result<Vec<Response>, ScoringError> {
        (age..age + months).map(|age| self.dynamics.response(settings, Some(age))).collect()
    }

    /// Adds what is bought ahead of every announced rise, in order of time.
    fn buy_ahead(&self, flows: &mut [FlowPath]) -> Result<(), ScoringError> {
        let Some(stockpiling) = &self.timetable.stockpiling else { return Ok(()) };
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
                    let announced = self.announced(pair, f);
                    let rise = Announced::new(announced, month, ln_power, before, remains);
                    let storable = stockpiling.storable.of(f % sectors);
                    stockpiling.buy_ahead(&mut flow.imports, storable, &rise, &|m| flow.bounds[m]);
                }
            }
        }
        Ok(())
    }

    /// The month from which a change of a flow's rate is known: that of the last known of the measures
    /// that make it.
    fn announced(&self, pair: &[Change], flow: usize) -> usize {
        let kinds = pair[0].settings.kinds_changed(&pair[1].settings, flow);
        let months = kinds.into_iter().map(|kind| self.timetable.of(kind).announced as usize);
        months.max().unwrap_or(pair[1].month)
    }
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
        let most = walk.dynamics.most(settings, f).map_or(f64::INFINITY, |m| m * still.supply_prices[f]);
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
