//! Named baselines: tariffs that a published formula gives.

/// The least that the formula of Executive Order 14257 gives.
const FLOOR: f64 = 0.10;

/// The "reciprocal" rate of Executive Order 14257 (2 April 2025), as a fraction: half the bilateral
/// goods deficit over imports, and at least 10%. Both amounts are of one year, in the same unit.
///
/// The order's annex rounds it up to whole points.
///
/// ```
/// use detente_scoring::reciprocal;
/// // China 2024, USD bn: published as 34%.
/// assert!((reciprocal(440.3194, 143.2717) - 0.34).abs() < 0.01);
/// assert_eq!(reciprocal(68.2, 79.5), 0.10);
/// ```
#[must_use]
pub fn reciprocal(imports: f64, exports: f64) -> f64 {
    // `max` passes over the NaN of no trade at all.
    (0.5 * (imports - exports) / imports).max(FLOOR)
}
