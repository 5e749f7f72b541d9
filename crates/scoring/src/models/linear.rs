//! What the linear models share: the bound past which a straight line is no answer.

/// |ΔT/T| past which a linear model is out of range: it is flagged, never bent.
const RANGE: f64 = 0.3;
/// The flag of such a result.
pub(crate) const OUT_OF_RANGE: &str = "out_of_range";

/// Whether a tariff change, given as T1/T0, is beyond what a linear model can say.
pub(crate) fn out_of_range(power_ratio: f64) -> bool {
    (power_ratio - 1.0).abs() > RANGE
}
