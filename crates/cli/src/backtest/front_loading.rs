//! The first quarter of 2025: goods bought ahead of tariffs that were seen coming.

use scenario::ScenarioError;
use scenario::backtest::{Expectation, FrontLoading, front_loading_2025};

use super::Check;
use crate::output::line;
use crate::tables::Sheet;

const SOURCE: &str = "US Census Bureau and BEA, trade of January to April 2025; the deficit counts \
                      services and all partners, the model goods with the partners of its table";
/// When buying ahead was at its height.
const PEAK: &str = "2025-03";

pub(super) fn run() -> Result<[FrontLoading; 2], ScenarioError> {
    front_loading_2025()
}

fn expectation(run: &FrontLoading) -> &'static str {
    match run.expectation {
        Expectation::AsAnnounced => "buyers expect the rates announced on 2 April",
        Expectation::AsInForce => "buyers expect the 10 points that came",
    }
}

pub(super) fn show(runs: &[FrontLoading]) {
    for run in runs {
        let mut sheet = Sheet::new(1, &["month", "imports, USD bn", "on a month of 2024", "deficit, USD bn"]);
        for month in &run.months {
            let billions = |usd: f64| format!("{:.1}", usd / 1e9);
            let change = format!("{:+.1}%", month.change_pct);
            sheet.row([
                month.month.clone(),
                billions(month.imports_usd),
                change,
                billions(month.deficit_usd),
            ]);
        }
        line(&format!("{}\n\n{sheet}\n", expectation(run)));
    }
    let mut sheet = Sheet::new(1, &["figure", "published", "as announced", "as in force"]);
    let [announced, in_force] = [&runs[0], &runs[runs.len() - 1]];
    for (a, b) in announced.comparisons.iter().zip(&in_force.comparisons) {
        let figure = |value: f64| format!("{value:+.1} {}", a.unit);
        sheet.row([a.figure.to_owned(), figure(a.published), figure(a.model), figure(b.model)]);
    }
    line(&format!("{sheet}\npublished: {SOURCE}"));
}

/// The sign and the timing are what a model of stocks must meet; sizes within half count as met.
pub(super) fn checks(runs: &[FrontLoading]) -> Vec<Check> {
    runs.iter().flat_map(checks_of).collect()
}

fn checks_of(run: &FrontLoading) -> Vec<Check> {
    let who = expectation(run);
    let mut checks = vec![Check {
        target: format!("month with the most imports; {who}"),
        source: SOURCE,
        published: PEAK.to_owned(),
        model: run.peak.clone(),
        tolerance: "the same".to_owned(),
        hit: run.peak == PEAK,
    }];
    for c in &run.comparisons {
        let figure = |value: f64| format!("{value:+.1} {}", c.unit);
        let (published, model) = (figure(c.published), figure(c.model));
        let check = |what: &str, tolerance: &str, hit: bool| Check {
            target: format!("{}, {what}; {who}", c.figure),
            source: SOURCE,
            published: published.clone(),
            model: model.clone(),
            tolerance: tolerance.to_owned(),
            hit,
        };
        checks.push(check("sign", "the same", c.sign));
        checks.push(check("size", "±50%", c.within_half));
    }
    checks
}
