//! The bounds of what a model may say: past them a number is no answer, and whole dollars would wrap.

use crate::lines::Beside;
use crate::outcome::{Limited, Outcome};
use crate::{ScoringError, Side, ThirdCountry, TradeBase};

use super::{BPS, Frame, usd};

/// Up to here each whole dollar is a number of its own, and a thousand flows add up within `i64`.
const MAX_USD: f64 = 9e15;
/// A price a hundred million times that of the data year.
const MAX_BPS: f64 = 1e12;

impl Frame {
    /// Every outcome against the bounds. They are those of the home party's flows by sector, then the
    /// partner's.
    pub(super) fn check_all(&self, outcomes: &[Outcome]) -> Result<(), ScoringError> {
        outcomes.iter().enumerate().try_for_each(|(place, outcome)| self.check(place, outcome))
    }

    /// The outcome of the flow at a place against the bounds.
    pub(crate) fn check(&self, place: usize, outcome: &Outcome) -> Result<(), ScoringError> {
        bounded(&self.base, place, outcome)
    }

    /// What a side buys from a third country, in whole dollars, if they are within the bounds.
    pub(super) fn bought(&self, side: Side, from: &ThirdCountry, sum: f64) -> Result<i64, ScoringError> {
        if dollars(sum) {
            return Ok(usd(sum));
        }
        Err(beyond(format!("{} imports from {}", self.base.facts().party(side), from.partner), sum))
    }

    /// The rents of every limit against the bounds.
    pub(super) fn check_rents(&self, beside: &Beside) -> Result<(), ScoringError> {
        for (line, Limited { in_quota, quota_rent, control_rent, .. }) in
            self.limits.iter().zip(&beside.limits)
        {
            for amount in [*in_quota, *quota_rent, *control_rent] {
                if !dollars(amount) {
                    return refused(&self.base, line.flow, "rent", amount);
                }
            }
        }
        Ok(())
    }
}

/// The outcome of the flow at a place against the bounds.
#[inline]
pub(crate) fn bounded(base: &TradeBase, place: usize, outcome: &Outcome) -> Result<(), ScoringError> {
    let Outcome { value, duty, rate, price, others, .. } = *outcome;
    if dollars(value) && dollars(duty) && ratio(rate) && ratio(price) && others.is_finite() {
        return Ok(());
    }
    out_of_bounds(base, place, outcome)
}

/// The first figure of an outcome that is past its bound.
#[cold]
fn out_of_bounds(base: &TradeBase, place: usize, outcome: &Outcome) -> Result<(), ScoringError> {
    let Outcome { value, duty, rate, price, others, .. } = *outcome;
    let figures = [
        ("value", value, dollars(value)),
        ("duty", duty, dollars(duty)),
        ("rate", rate, ratio(rate)),
        ("price", price, ratio(price)),
        ("what others sell", others, others.is_finite()),
    ];
    let past = figures.into_iter().find(|(.., sound)| !sound);
    past.map_or(Ok(()), |(figure, given, _)| refused(base, place, figure, given))
}

/// Whether a rate or a price is within the bounds; NaN is not.
fn ratio(ratio: f64) -> bool {
    ratio.abs() * BPS <= MAX_BPS
}

/// Whether an amount is a number of US dollars; NaN is not.
fn dollars(amount: f64) -> bool {
    amount.abs() <= MAX_USD
}

#[cold]
fn refused(base: &TradeBase, place: usize, figure: &str, given: f64) -> Result<(), ScoringError> {
    let facts = base.facts();
    let (side, sector) = match place.checked_sub(facts.sectors.len()) {
        Some(sector) => (Side::Partner, sector),
        None => (Side::Home, place),
    };
    let sector = facts.sectors.get(sector).map_or_else(String::new, |sector| sector.id.to_string());
    Err(beyond(format!("{} imports of {sector}: {figure} in the model", facts.party(side)), given))
}

fn beyond(place: String, given: f64) -> ScoringError {
    ScoringError::BadFact {
        place,
        given: format!("{given:e}"),
        expected: "an outcome within 9e15 US dollars and 1e12 basis points: no figure rather than a wrong one",
    }
}
