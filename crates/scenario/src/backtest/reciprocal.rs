//! The formula of Executive Order 14257 beside the rates its Annex I published.

use scoring::reciprocal;
use serde::{Deserialize, Serialize};

use crate::ScenarioError;

const FILE: &str = "us_trade_2024_totals_by_partner.csv";
const TABLE: &str = include_str!("../../data/us_trade_2024_totals_by_partner.csv");

/// US goods trade with one partner in 2024 and its rate under Executive Order 14257.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReciprocalRate {
    /// The partner's name.
    pub partner: String,
    /// General imports, US dollars.
    pub imports_usd: f64,
    /// Exports, US dollars.
    pub exports_usd: f64,
    /// Imports that Annex II exempts, US dollars.
    pub exempt_usd: f64,
    /// What the formula gives, as a fraction.
    pub formula: f64,
    /// What Annex I published, as a fraction; none where the data do not have it.
    pub published: Option<f64>,
}

impl ReciprocalRate {
    /// Formula less published, in points.
    #[must_use]
    pub fn difference(&self) -> Option<f64> {
        self.published.map(|published| 100.0 * (self.formula - published))
    }
}

#[derive(Deserialize)]
struct Row {
    partner: String,
    imports_2024_busd: f64,
    exports_2024_busd: f64,
    annex2_exempt_imports_busd: f64,
    #[serde(rename = "annex_I_published_rate")]
    published: Option<f64>,
}

/// Every partner of the table, in its order.
///
/// # Errors
/// [`ScenarioError::Unreadable`] if the table is not what it was.
pub fn reciprocal_rates() -> Result<Vec<ReciprocalRate>, ScenarioError> {
    const BILLION: f64 = 1e9;
    let read = |row: Result<Row, csv::Error>| {
        let row =
            row.map_err(|e| ScenarioError::Unreadable { path: FILE.to_owned(), reason: e.to_string() })?;
        Ok(ReciprocalRate {
            formula: reciprocal(row.imports_2024_busd, row.exports_2024_busd),
            partner: row.partner,
            imports_usd: row.imports_2024_busd * BILLION,
            exports_usd: row.exports_2024_busd * BILLION,
            exempt_usd: row.annex2_exempt_imports_busd * BILLION,
            published: row.published,
        })
    };
    csv::Reader::from_reader(TABLE.as_bytes()).deserialize().map(read).collect()
}
