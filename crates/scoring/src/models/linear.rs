//! What the linear models share: the bound past which a straight line is no answer, and one flow of
//! an offer as they see it.

use crate::Flag;
use crate::outcome::Outcome;

/// |ΔT/T| past which a linear model is out of range: it is flagged, never bent.
const RANGE: f64 = 0.3;
/// The flag of such a result.
pub(crate) const OUT_OF_RANGE: &str = "out_of_range";
/// The flag of a diversion that reached its bound: all of the partner's trade, or all of the others'.
pub(crate) const DIVERSION_CLIPPED: &str = "diversion_clipped";
/// The flag of trade below zero.
pub(crate) const NEGATIVE_TRADE: &str = "negative_trade";

/// What these flags mean.
const MEANINGS: [(&str, &str); 3] = [
    (
        OUT_OF_RANGE,
        "some tariff moves by more than 30% of its power, 1 + t: a straight line is no answer there",
    ),
    (DIVERSION_CLIPPED, "diversion reached all of somebody's trade and was kept there"),
    (NEGATIVE_TRADE, "the straight line takes some trade below zero: the tariff is far out of range"),
];

/// What a flag of a linear model means.
pub(crate) fn meaning(flag: &Flag) -> Option<&'static str> {
    MEANINGS.iter().find(|(code, _)| *code == flag.as_str()).map(|(_, meaning)| *meaning)
}

/// Whether a tariff change, given as T1/T0, is beyond what a linear model can say.
pub(crate) fn out_of_range(power_ratio: f64) -> bool {
    (power_ratio - 1.0).abs() > RANGE
}

/// Goods of a flow that pay one rate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Good {
    /// Value without duty in the data year, US dollars.
    pub(crate) value: f64,
    /// Share of the flow.
    pub(crate) share: f64,
    /// What they pay, as a fraction.
    pub(crate) rate: f64,
}

/// What a linear model says of one flow.
pub(crate) struct Reading {
    pub(crate) outcome: Outcome,
    /// What a reader must know of it, besides its range.
    pub(crate) flag: Option<&'static str>,
}
