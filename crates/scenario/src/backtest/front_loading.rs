//! The first quarter of 2025: imports of the United States ahead of tariffs that were seen coming.
//!
//! Every partner of the table is a flow of its own with the elasticity of each rise's age. What took
//! effect is taken from the timeline: 10 points on China in February and in March, 10 on everybody in
//! April, and China's rise to 145 in the same month. Only April's layer was in sight early enough to be
//! bought ahead of: the memorandum of 20 January ordered the reports it rests on by 1 April. The other
//! three took effect within days of being signed. What buyers expected for April is not known, so two
//! answers are given: the rates that Executive Order 14257 announced, and the 10 points that came.
//! Trend, seasons, gold and pharmaceuticals are in the published figures and not in these.

use scoring::time::{Adjustment, Aggregate, AggregateMonth, Rise, Stockpiling, aggregate};
use serde::Serialize;

use crate::ScenarioError;

use super::reciprocal::{ReciprocalRate, reciprocal_rates};

/// Months shown, from January 2025: in May the rates changed again.
const MONTHS: u32 = 4;
const JANUARY: u32 = 0;
const FEBRUARY: u32 = 1;
const MARCH: u32 = 2;
const APRIL: u32 = 3;
/// The average US tariff of January 2025, and the duty collected on China's goods in 2024.
const AVERAGE_RATE: f64 = 0.023;
const CHINA_RATE: f64 = 0.1087;
const BASELINE: f64 = 0.10;
/// China's rise of April beyond the baseline: from 30 points to 145.
const ESCALATION: f64 = 1.15;
const CHINA: &str = "China";
/// Partners that stand in the table a second time, within the sum over the EU.
const MEMBERS: [&str; 25] = [
    "Germany",
    "Italy",
    "France",
    "Ireland",
    "Netherlands",
    "Spain",
    "Belgium",
    "Poland",
    "Austria",
    "Sweden",
    "Czech Republic",
    "Denmark",
    "Hungary",
    "Finland",
    "Portugal",
    "Romania",
    "Greece",
    "Slovakia",
    "Lithuania",
    "Bulgaria",
    "Estonia",
    "Slovenia",
    "Croatia",
    "Latvia",
    "Luxembourg",
];
const BILLION: f64 = 1e9;

/// What buyers expected of April 2025 when the quarter began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// The rates of Executive Order 14257: Annex I, or its formula where the data have no rate.
    AsAnnounced,
    /// The 10 points on everybody that took effect.
    AsInForce,
}

/// One month of US goods trade with the partners of the table, US dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthOfTrade {
    /// Year-month.
    pub month: String,
    /// Imports.
    pub imports_usd: f64,
    /// Imports over those of an average month of 2024, in percent.
    pub change_pct: f64,
    /// Imports less exports, which stand at their average of 2024.
    pub deficit_usd: f64,
}

/// The model's figure beside the published one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// What it counts.
    pub figure: &'static str,
    /// What the model gives.
    pub model: f64,
    /// What was published.
    pub published: f64,
    /// Its unit.
    pub unit: &'static str,
    /// Whether the sign is met.
    pub sign: bool,
    /// Whether the size is met within half of it.
    pub within_half: bool,
}

/// The experiment under one expectation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrontLoading {
    /// What buyers expected.
    pub expectation: Expectation,
    /// January to April 2025.
    pub months: Vec<MonthOfTrade>,
    /// The month with the most imports.
    pub peak: String,
    /// Figures beside the published ones: the rise of the quarter on the year, and the fall of the
    /// deficit from March to April.
    pub comparisons: Vec<Comparison>,
}

/// Runs the experiment under both expectations.
///
/// # Errors
/// [`ScenarioError::Unreadable`] if the table is not what it was.
pub fn front_loading_2025() -> Result<[FrontLoading; 2], ScenarioError> {
    let rates = reciprocal_rates()?;
    let partners: Vec<&ReciprocalRate> =
        rates.iter().filter(|rate| !MEMBERS.contains(&rate.partner.as_str())).collect();
    Ok([run(&partners, Expectation::AsAnnounced)?, run(&partners, Expectation::AsInForce)?])
}

fn run(partners: &[&ReciprocalRate], expectation: Expectation) -> Result<FrontLoading, ScenarioError> {
    let mut imports = vec![0.0; MONTHS as usize];
    for partner in partners {
        for flow in flows(partner, expectation) {
            let months = aggregate(&flow, &Adjustment::default(), &Stockpiling::default(), MONTHS)?;
            let bought = |month: &AggregateMonth| month.imports_usd;
            imports.iter_mut().zip(months.iter().map(bought)).for_each(|(sum, usd)| *sum += usd);
        }
    }
    let year = |figure: fn(&ReciprocalRate) -> f64| partners.iter().map(|p| figure(p)).sum::<f64>();
    let (usual, exports) = (year(|p| p.imports_usd) / 12.0, year(|p| p.exports_usd) / 12.0);
    let months: Vec<MonthOfTrade> =
        imports.iter().enumerate().map(|(m, usd)| month(m, *usd, usual, exports)).collect();
    let peak = months.iter().fold(&months[0], |top, m| if m.imports_usd > top.imports_usd { m } else { top });
    let quarter = 100.0 * (imports[..3].iter().sum::<f64>() / (3.0 * usual) - 1.0);
    let fall = (imports[3] - imports[2]) / BILLION;
    let comparisons = vec![
        comparison("imports of the first quarter on the year", quarter, 25.6, "percent"),
        comparison("change of the deficit from March to April", fall, 61.6 - 140.5, "bn USD"),
    ];
    Ok(FrontLoading { expectation, peak: peak.month.clone(), comparisons, months })
}

/// The goods of a partner that pay, and those Annex II exempts from April's layer.
fn flows(partner: &ReciprocalRate, expectation: Expectation) -> [Aggregate; 2] {
    let china = partner.partner == CHINA;
    let sudden = |effective: u32, by: f64| Rise { announced: effective, effective, by, expected: by };
    let expected = match expectation {
        Expectation::AsAnnounced => partner.published.unwrap_or(partner.formula),
        Expectation::AsInForce => BASELINE,
    };
    let mut early = Vec::new();
    if china {
        early.extend([sudden(FEBRUARY, 0.10), sudden(MARCH, 0.10)]);
    }
    let mut all = early.clone();
    all.push(Rise { announced: JANUARY, effective: APRIL, by: BASELINE, expected });
    if china {
        all.push(sudden(APRIL, ESCALATION));
    }
    let base_rate = if china { CHINA_RATE } else { AVERAGE_RATE };
    [
        Aggregate { annual_usd: partner.imports_usd - partner.exempt_usd, base_rate, rises: all },
        Aggregate { annual_usd: partner.exempt_usd, base_rate, rises: early },
    ]
}

fn month(m: usize, imports_usd: f64, usual: f64, exports: f64) -> MonthOfTrade {
    MonthOfTrade {
        month: format!("2025-{:02}", m + 1),
        imports_usd,
        change_pct: 100.0 * (imports_usd / usual - 1.0),
        deficit_usd: imports_usd - exports,
    }
}

fn comparison(figure: &'static str, model: f64, published: f64, unit: &'static str) -> Comparison {
    let sign = model.signum() == published.signum();
    Comparison { figure, model, published, unit, sign, within_half: (model / published - 1.0).abs() <= 0.5 }
}
