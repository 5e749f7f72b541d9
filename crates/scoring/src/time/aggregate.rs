//! One flow of imports as a whole, month by month under announced rises: for facts that know no
//! sectors, such as all imports of a country.

use crate::ScoringError;

use super::stock::{Announced, Bounds};
use super::{Adjustment, BEYOND, MAX_MONTHS, MONTHS, Stockpiling};

/// A flow with a demand of constant elasticity.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Imports of a year before any rise, US dollars.
    pub annual_usd: f64,
    /// Tariff before, as a fraction.
    pub base_rate: f64,
    /// The rises, in order of month.
    pub rises: Vec<Rise>,
}

/// A rise of the tariff.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rise {
    /// The month from which it is known.
    pub announced: u32,
    /// The first month in effect.
    pub effective: u32,
    /// By how much the rate rises, as a fraction.
    pub by: f64,
    /// By how much buyers expect it to rise, as a fraction: the same as `by` where they know.
    pub expected: f64,
}

/// One month of the flow, US dollars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AggregateMonth {
    /// What is imported.
    pub imports_usd: f64,
    /// What is used up: imports less what goes into stock.
    pub consumption_usd: f64,
    /// The stock at the end of the month.
    pub stock_usd: f64,
}

/// The flow over `months` months. Each rise lowers consumption with the elasticity of its own age.
///
/// # Errors
/// [`ScoringError::BadFact`] for values, rates or months that cannot be.
pub fn aggregate(
    flow: &Aggregate,
    adjustment: &Adjustment,
    stockpiling: &Stockpiling,
    months: u32,
) -> Result<Vec<AggregateMonth>, ScoringError> {
    check(flow)?;
    adjustment.check()?;
    stockpiling.check()?;
    let shown = months.min(MAX_MONTHS) as usize;
    let effective = |rise: &Rise| rise.effective as usize;
    let all = shown + BEYOND;
    let monthly = flow.annual_usd / MONTHS;
    let mut consumption = vec![monthly; all];
    let mut rises = Vec::with_capacity(flow.rises.len());
    let mut rate = flow.base_rate;
    for rise in flow.rises.iter().filter(|rise| effective(rise) < all) {
        let ln_power = |by: f64| ((1.0 + rate + by) / (1.0 + rate)).ln();
        let remains = |years: f64, by: f64| (-adjustment.elasticity(years) * ln_power(by)).exp();
        let before = consumption[effective(rise).saturating_sub(1)];
        let (announced, expected) = (rise.announced as usize, rise.expected);
        let fall = remains(1.0, expected);
        rises.push(Announced::new(announced, effective(rise), ln_power(expected), before, fall));
        for (age, month) in consumption[effective(rise)..].iter_mut().enumerate() {
            *month *= remains((age as f64 + 0.5) / MONTHS, rise.by);
        }
        rate += rise.by;
    }
    let mut imports = consumption.clone();
    let storable = stockpiling.storable.of(0);
    rises.iter().for_each(|rise| stockpiling.buy_ahead(&mut imports, storable, rise, &|_| Bounds::NONE));
    let mut stock_usd = 0.0;
    let month = |(imports_usd, consumption_usd): (f64, f64)| {
        stock_usd += imports_usd - consumption_usd;
        AggregateMonth { imports_usd, consumption_usd, stock_usd }
    };
    Ok(imports.into_iter().zip(consumption).take(shown).map(month).collect())
}

fn check(flow: &Aggregate) -> Result<(), ScoringError> {
    let bad = |place: &str, given: f64, expected| {
        Err(ScoringError::BadFact {
            place: format!("aggregate: {place}"),
            given: given.to_string(),
            expected,
        })
    };
    if !(flow.annual_usd.is_finite() && flow.annual_usd >= 0.0) {
        return bad("imports of a year", flow.annual_usd, "US dollars from 0");
    }
    if !(0.0..=100.0).contains(&flow.base_rate) {
        return bad("base rate", flow.base_rate, "a fraction from 0 to 100");
    }
    for by in flow.rises.iter().flat_map(|rise| [rise.by, rise.expected]) {
        if !(0.0..=100.0).contains(&by) {
            return bad("rise", by, "a fraction from 0 to 100");
        }
    }
    Ok(())
}
