//! What the markets do at each age of a change, and what an agreement sets in each month.

use tariff::{Agenda, Offer, Value};

use crate::assemble::bounded;
use crate::time::{Adjustment, Horizon, MONTHS, MeasureKind, Stage, Timetable};
use crate::{ScoringError, TradeBase};

use super::levers::Levers;
use super::market::Terms;
use super::settings::{Control, Limits, Quota, Settings};
use super::{Elasticities, Markets};

/// The flows and prices of one set of rates at one age: home's by sector, then the partner's.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    /// Value a year, US dollars, without purchase commitments.
    pub(crate) values: Vec<f64>,
    /// P̂.
    pub(crate) prices: Vec<f64>,
    /// p̂ of the partner's goods, without duty and rent.
    pub(crate) supply_prices: Vec<f64>,
    /// Duty over value after substitution; the rate in law where nothing is bought.
    pub(crate) paid: Vec<f64>,
    /// Average rate at base weights.
    pub(crate) rates: Vec<f64>,
}

/// The markets of a trade base at every age, and the two ends of an agreement.
pub(crate) struct Dynamics {
    base: TradeBase,
    /// By age in months.
    aged: Vec<Markets>,
    long_run: Markets,
    status_quo: Settings,
    agreed: Settings,
    lapsed: Settings,
    /// The length of the pause the offer sets, in days.
    pub(crate) pause_days: u32,
}

impl Response {
    /// Moves these yearly figures as a change does: by what the markets do after it over what they do
    /// before it, both at its age. A flow that stood still starts from the data year.
    pub(crate) fn follow(&mut self, from: &Self, to: &Self) {
        for f in 0..self.values.len() {
            let (before, after) = (from.values[f], to.values[f]);
            self.values[f] = if before > 0.0 { self.values[f] * (after / before) } else { after };
            self.prices[f] *= to.prices[f] / from.prices[f];
            self.supply_prices[f] *= to.supply_prices[f] / from.supply_prices[f];
        }
        self.paid.clone_from(&to.paid);
        self.rates.clone_from(&to.rates);
    }
}

impl Dynamics {
    /// For ages up to `ages` months.
    pub(crate) fn new(
        base: &TradeBase,
        agenda: &Agenda,
        status_quo: &Offer,
        offer: &Offer,
        adjustment: &Adjustment,
        ages: usize,
    ) -> Result<Self, ScoringError> {
        agenda.check(status_quo)?;
        agenda.check(offer)?;
        let levers = Levers::find(base, agenda)?;
        let at_age = |age: usize| {
            // The middle of the month.
            let years = (age as f64 + 0.5) / MONTHS;
            let (scale, horizon) = (adjustment.scale(years), Horizon::At(years));
            Markets::new(base, &Elasticities { scale, horizon, ..Elasticities::default() })
        };
        let pause_days = match levers.pause.map(|place| offer.value(place)) {
            Some(Value::Number(days)) => u32::try_from(days).unwrap_or(u32::MAX),
            _ => 0,
        };
        let settings = levers.settings(status_quo);
        Ok(Self {
            base: base.clone(),
            aged: (0..ages).map(at_age).collect::<Result<_, _>>()?,
            long_run: Markets::new(base, &Elasticities::default())?,
            agreed: levers.settings(offer),
            lapsed: lapsed(base, &settings),
            status_quo: settings,
            pause_days,
        })
    }

    /// What the status quo sets.
    pub(crate) fn status_quo(&self) -> &Settings {
        &self.status_quo
    }

    /// What holds in a month.
    pub(crate) fn settings(&self, timetable: &Timetable, month: u32) -> Settings {
        let stage = |kind: MeasureKind| timetable.of(kind).at(month);
        blend(&stage, &self.status_quo, &self.agreed, &self.lapsed)
    }

    /// What the markets do under `settings` at an age in months, or in the long run. Purchases are
    /// left out: they are floors, not answers to a price.
    pub(crate) fn response(&self, settings: &Settings, age: Option<usize>) -> Result<Response, ScoringError> {
        let markets = age.and_then(|age| self.aged.get(age)).unwrap_or(&self.long_run);
        let bare = Settings { floors: Vec::new(), ..settings.clone() };
        let (outcomes, _) = markets.settle(&bare)?;
        outcomes.iter().enumerate().try_for_each(|(place, o)| bounded(&self.base, place, o))?;
        let paid = |o: &crate::outcome::Outcome| if o.value > 0.0 { o.duty / o.value } else { o.rate };
        Ok(Response {
            values: outcomes.iter().map(|o| o.value).collect(),
            prices: outcomes.iter().map(|o| o.price).collect(),
            supply_prices: outcomes.iter().map(|o| o.supply_price).collect(),
            paid: outcomes.iter().map(paid).collect(),
            rates: outcomes.iter().map(|o| o.rate).collect(),
        })
    }

    /// The most that is let out of a flow in a year, US dollars at the prices of the data year.
    pub(crate) fn most(&self, settings: &Settings, flow: usize) -> Option<f64> {
        settings.most(flow).map(|cap| cap * self.long_run.all[flow].flow.value_usd)
    }
}

/// What is left where an agreed measure ends and nothing follows.
fn lapsed(base: &TradeBase, settings: &Settings) -> Settings {
    let facts = base.facts();
    let ended = |limits: &Limits| Limits {
        quota: limits.quota.map(|quota| Quota { usd: 0.0, ..quota }),
        control: limits.control.map(|_| Control { cap: None }),
        ..*limits
    };
    Settings {
        terms: vec![Terms::default(); settings.terms.len()],
        limits: settings.limits.iter().map(ended).collect(),
        floors: settings.floors.iter().map(|(flow, _)| (*flow, 0.0)).collect(),
        thresholds: facts.parcels.iter().map(|p| p.base_threshold_usd).collect(),
        services: facts.digital_services.iter().map(|s| s.base_rate).collect(),
    }
}

/// Each measure where its own timing has it. What the agreement leaves as it was does not end either.
fn blend(
    stage: &impl Fn(MeasureKind) -> Stage,
    standing: &Settings,
    agreed: &Settings,
    lapsed: &Settings,
) -> Settings {
    let mix = |kind: MeasureKind, from: f64, to: f64, ended: f64| match stage(kind) {
        _ if from == to => from,
        Stage::Ahead | Stage::Over(crate::time::Ending::Snapback) => from,
        Stage::InForce(share) if share >= 1.0 => to,
        Stage::InForce(share) => from + share * (to - from),
        Stage::Over(crate::time::Ending::Sunset) => ended,
    };
    let terms = standing.terms.iter().zip(&agreed.terms).zip(&lapsed.terms);
    let limits = standing.limits.iter().zip(&agreed.limits).zip(&lapsed.limits);
    let floors = standing.floors.iter().zip(&agreed.floors).zip(&lapsed.floors);
    let thresholds = standing.thresholds.iter().zip(&agreed.thresholds).zip(&lapsed.thresholds);
    let services = standing.services.iter().zip(&agreed.services).zip(&lapsed.services);
    Settings {
        terms: terms
            .map(|((a, b), c)| Terms {
                added: mix(MeasureKind::AddedRate, a.added, b.added, c.added),
                excluded: mix(MeasureKind::ExcludedShare, a.excluded, b.excluded, c.excluded),
            })
            .collect(),
        limits: limits.map(|((a, b), c)| blend_limits(&mix, stage, a, b, c)).collect(),
        floors: floors
            .map(|((a, b), c)| (a.0, mix(MeasureKind::PurchaseCommitment, a.1, b.1, c.1)))
            .collect(),
        thresholds: thresholds
            .map(|((a, b), c)| mix(MeasureKind::DeMinimis, *a as f64, *b as f64, *c as f64).round() as i64)
            .collect(),
        services: services.map(|((a, b), c)| mix(MeasureKind::DigitalServicesTax, *a, *b, *c)).collect(),
    }
}

fn blend_limits(
    mix: &impl Fn(MeasureKind, f64, f64, f64) -> f64,
    stage: &impl Fn(MeasureKind) -> Stage,
    standing: &Limits,
    agreed: &Limits,
    lapsed: &Limits,
) -> Limits {
    let quotas = standing.quota.zip(agreed.quota).zip(lapsed.quota);
    let controls = standing.control.zip(agreed.control).zip(lapsed.control);
    let cap = |((from, to), ended): ((Control, Control), Control)| match (from.cap, to.cap) {
        (Some(from), Some(to)) => match stage(MeasureKind::ExportControl) {
            Stage::Over(crate::time::Ending::Sunset) if from != to => ended.cap,
            _ => Some(mix(MeasureKind::ExportControl, from, to, from)),
        },
        // Relief is a switch: on from its first month, and no way in between.
        (from, to) => match stage(MeasureKind::ExportControlRelief) {
            Stage::InForce(_) => to,
            Stage::Ahead | Stage::Over(_) => from,
        },
    };
    Limits {
        flow: standing.flow,
        quota: quotas.map(|((from, to), ended)| Quota {
            usd: mix(MeasureKind::TariffRateQuota, from.usd, to.usd, ended.usd),
            in_rate: mix(MeasureKind::InQuotaRate, from.in_rate, to.in_rate, from.in_rate),
        }),
        control: controls.map(|each| Control { cap: cap(each) }),
    }
}
