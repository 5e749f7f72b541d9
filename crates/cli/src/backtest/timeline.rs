//! The dated steps of the tariff war through the model, beside the averages that were published.

use scenario::ScenarioError;
use scenario::backtest::{TimelineStep, timeline};
use scoring::{TradeBase, TradeChange};
use serde_json::{Value as Json, json};

use crate::output::line;
use crate::tables::Sheet;

/// The longest note on a step that a table shows.
const NOTE: usize = 60;

pub(super) fn run(base: &TradeBase) -> Result<Vec<TimelineStep>, ScenarioError> {
    timeline(base)
}

pub(super) fn document(steps: &[TimelineStep]) -> Json {
    let change = |change: &TradeChange| {
        json!({
            "imports_usd": change.imports.round(),
            "exports_usd": change.exports.round(),
            "deficit_usd": (change.imports - change.exports).round(),
            "trade_percent": change.percent(),
        })
    };
    let step = |step: &TimelineStep| {
        json!({
            "date": step.date,
            "what": step.what,
            "unverified": step.unverified,
            "us_total_pct": step.us_total_pct,
            "cn_total_pct": step.cn_total_pct,
            "short_run": change(&step.short_run),
            "long_run": change(&step.long_run),
            "us_average_pct": 100.0 * step.long_run.import_rate,
            "cn_average_pct": 100.0 * step.long_run.export_rate,
            "published_us_average_pct": step.published_us_average_pct,
            "published_cn_average_pct": step.published_cn_average_pct,
        })
    };
    json!({ "steps": steps.iter().map(step).collect::<Vec<_>>() })
}

pub(super) fn show(steps: &[TimelineStep]) {
    let header = [
        "date",
        "what",
        "US +",
        "China +",
        "deficit, short run",
        "long run",
        "trade",
        "US average",
        "published",
        "China average",
        "published",
    ];
    let mut sheet = Sheet::new(2, &header);
    for step in steps {
        let mark = if step.unverified { "? " } else { "" };
        let what: String = step.what.chars().take(NOTE).collect();
        let deficit = |change: &TradeChange| format!("{:.1}", (change.imports - change.exports) / 1e9);
        let average = |rate: f64| format!("{:.1}%", 100.0 * rate);
        let published = |average: Option<f64>| average.map_or_else(String::new, |a| format!("{a:.1}%"));
        sheet.row([
            step.date.clone(),
            format!("{mark}{what}"),
            format!("{:.1}", step.us_total_pct),
            format!("{:.1}", step.cn_total_pct),
            deficit(&step.short_run),
            deficit(&step.long_run),
            format!("{:+.1}%", step.long_run.percent()),
            average(step.long_run.import_rate),
            published(step.published_us_average_pct),
            average(step.long_run.export_rate),
            published(step.published_cn_average_pct),
        ]);
    }
    line(&sheet.to_string());
    line("deficits are of a year at these rates, USD bn; trade is the long run against the data year;");
    line("average tariffs are at the trade weights of the data year, as the published ones");
    line("a question mark: a source says so that was never confirmed");
}
