//! The "reciprocal" formula of Executive Order 14257 beside the rates its annex has.

use scenario::ScenarioError;
use scenario::backtest::{ReciprocalRate, reciprocal_rates};
use serde_json::{Value as Json, json};

use super::Check;
use crate::output::line;
use crate::tables::Sheet;

const SOURCE: &str = "Executive Order 14257, 2 April 2025, Annex I";
/// Percentage points the formula may differ: the annex rounds up to whole points.
const TOLERANCE: f64 = 1.0;

pub(crate) fn run() -> Result<Vec<ReciprocalRate>, ScenarioError> {
    reciprocal_rates()
}

pub(crate) fn document(rates: &[ReciprocalRate]) -> Json {
    let rate = |rate: &ReciprocalRate| {
        json!({
            "partner": rate.partner,
            "imports_usd": rate.imports_usd.round(),
            "exports_usd": rate.exports_usd.round(),
            "formula_pct": 100.0 * rate.formula,
            "published_pct": rate.published.map(|p| 100.0 * p),
        })
    };
    json!({ "source": SOURCE, "rates": rates.iter().map(rate).collect::<Vec<_>>() })
}

pub(crate) fn show(rates: &[ReciprocalRate]) {
    let mut sheet =
        Sheet::new(1, &["partner", "imports, USD bn", "exports", "formula", "Annex I", "points apart"]);
    for rate in rates {
        let billions = |usd: f64| format!("{:.1}", usd / 1e9);
        let points = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{:.1}", 100.0 * v));
        sheet.row([
            rate.partner.clone(),
            billions(rate.imports_usd),
            billions(rate.exports_usd),
            points(Some(rate.formula)),
            points(rate.published),
            rate.difference().map_or_else(String::new, |d| format!("{d:+.1}")),
        ]);
    }
    line(&format!("{sheet}\npublished: {SOURCE}; the formula is max(10%, half the deficit over imports)"));
}

pub(super) fn checks(rates: &[ReciprocalRate]) -> Vec<Check> {
    let check = |rate: &ReciprocalRate| {
        let (published, difference) = (rate.published?, rate.difference()?);
        Some(Check {
            target: rate.partner.clone(),
            source: SOURCE,
            published: format!("{:.0}%", 100.0 * published),
            model: format!("{:.1}%", 100.0 * rate.formula),
            tolerance: format!("±{TOLERANCE:.0} point"),
            hit: difference.abs() <= TOLERANCE,
        })
    };
    rates.iter().filter_map(check).collect()
}
