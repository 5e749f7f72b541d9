//! The dated steps of US and Chinese tariffs through the model.

use scoring::{Elasticities, Side, TradeBase, TradeChange, Tranche, trade_under};
use serde::Deserialize;

use crate::ScenarioError;

const FILE: &str = "timeline_us_china.json";
const TIMELINE: &str = include_str!("../../data/timeline_us_china.json");
/// Steps before it are part of the data year.
const FIRST: &str = "2025-01-20";

/// Points of the US total that rest on the fentanyl emergency, from each date on: the texts of the
/// timeline say it, its numbers do not. What is exempt from the reciprocal layer pays these.
const FENTANYL: [(&str, f64); 4] =
    [("2025-02-04", 10.0), ("2025-03-04", 20.0), ("2025-11-10", 10.0), ("2026-02-20", 0.0)];
/// When electronics were exempted from the reciprocal layer.
const ELECTRONICS_EXEMPT: &str = "2025-04-11";
/// When steel and aluminium began to pay 25 points under Section 232: held at that, though later
/// steps doubled it for some.
const SECTION_232: (&str, f64) = ("2025-03-12", 25.0);
/// When China's lists of March 2025 were in force.
const CHINA_LISTS: [&str; 2] = ["2025-03-10", "2025-11-10"];

/// One dated step.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineStep {
    /// The day, year-month-day.
    pub date: String,
    /// What happened.
    pub what: String,
    /// Whether a source says so that was never confirmed.
    pub unverified: bool,
    /// Points the US has added on China since January 2025.
    pub us_total_pct: f64,
    /// Points China has added on the US by its answer to the reciprocal layer.
    pub cn_total_pct: f64,
    /// Trade of a year under these rates before anything but prices has adjusted.
    pub short_run: TradeChange,
    /// The same after everything has.
    pub long_run: TradeChange,
    /// The published average US tariff on China, where there is one, in percent.
    pub published_us_average_pct: Option<f64>,
    /// The published average Chinese tariff on the US.
    pub published_cn_average_pct: Option<f64>,
}

#[derive(Deserialize)]
struct Timeline {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    date: String,
    us: Option<String>,
    cn: Option<String>,
    talks: Option<String>,
    note: Option<String>,
    src: Option<String>,
    us_total: Option<f64>,
    cn_total: Option<f64>,
    avg_us_on_cn: Option<f64>,
    avg_cn_on_us: Option<f64>,
}

impl Event {
    fn what(&self) -> String {
        let said = [&self.us, &self.cn, &self.talks, &self.note].into_iter().flatten();
        said.map(String::as_str).collect::<Vec<_>>().join("; ")
    }

    fn unverified(&self) -> bool {
        self.src.iter().chain(&self.note).any(|text| text.contains("UNVERIFIED"))
    }

    /// Whether a rate, or who pays it, changes, or an average was published.
    fn counts(&self) -> bool {
        let rates = [self.us_total, self.cn_total, self.avg_us_on_cn, self.avg_cn_on_us];
        rates.iter().any(Option::is_some) || self.date == ELECTRONICS_EXEMPT || self.date == CHINA_LISTS[0]
    }
}

/// Every step since January 2025 that changes a rate, in order of date, through the model on `base`:
/// the facts of the United States and China, with the tranches that geneva-2025 names. Rates that a
/// step does not name stay as they were.
///
/// # Errors
/// [`ScenarioError::Unreadable`] if the timeline is not what it was, [`ScenarioError::Scoring`] as
/// [`trade_under`].
pub fn timeline(base: &TradeBase) -> Result<Vec<TimelineStep>, ScenarioError> {
    let timeline: Timeline = serde_json::from_str(TIMELINE)
        .map_err(|e| ScenarioError::Unreadable { path: FILE.to_owned(), reason: e.to_string() })?;
    let mut events = timeline.events;
    events.sort_by(|a, b| a.date.cmp(&b.date));
    let (mut us, mut cn) = (0.0, 0.0);
    let mut steps = Vec::new();
    for event in events.iter().filter(|e| e.date.as_str() >= FIRST && e.counts()) {
        (us, cn) = (event.us_total.unwrap_or(us), event.cn_total.unwrap_or(cn));
        let under = |elasticities: &Elasticities| {
            trade_under(base, elasticities, |side, tranche| match side {
                Side::Home => us_added(&event.date, us, tranche),
                Side::Partner => cn_added(&event.date, cn, tranche),
            })
        };
        steps.push(TimelineStep {
            date: event.date.clone(),
            what: event.what(),
            unverified: event.unverified(),
            us_total_pct: us,
            cn_total_pct: cn,
            short_run: under(&Elasticities::at_horizon(0.0))?,
            long_run: under(&Elasticities::default())?,
            published_us_average_pct: event.avg_us_on_cn,
            published_cn_average_pct: event.avg_cn_on_us,
        });
    }
    Ok(steps)
}

/// What the goods of a US tranche pay over the base rate on a day, as a fraction.
fn us_added(date: &str, total: f64, tranche: &Tranche) -> f64 {
    let since = FENTANYL.iter().rev().find(|(from, _)| date >= *from);
    let fentanyl = since.map_or(0.0, |(_, points)| points.min(total));
    let points = match tranche.name.as_str() {
        "section_232" if date >= SECTION_232.0 => fentanyl + SECTION_232.1,
        "electronics_exempt" if date >= ELECTRONICS_EXEMPT => fentanyl,
        "other_exempt" => fentanyl,
        _ => total,
    };
    points / 100.0
}

/// What US goods pay in China over the base rate on a day, as a fraction.
fn cn_added(date: &str, total: f64, tranche: &Tranche) -> f64 {
    let listed = (CHINA_LISTS[0]..CHINA_LISTS[1]).contains(&date);
    total / 100.0 + if listed { tranche.extra } else { 0.0 }
}
