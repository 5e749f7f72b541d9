//! The models beside what was published.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use detente_scenario::Scenario;
use detente_scenario::backtest::{
    FrontLoading, TimelineStep, front_loading_2025, reciprocal_rates, timeline,
};

#[test]
fn the_formula_of_the_order_meets_every_rate_of_its_annex_within_a_point() {
    let rates = reciprocal_rates().unwrap();
    let published: Vec<_> = rates.iter().filter_map(|r| Some((r, r.difference()?))).collect();
    // 58 partners and the European Union; 16 of them and the Union have a published rate.
    assert_eq!((rates.len(), published.len()), (59, 17));
    for (rate, difference) in &published {
        assert!(difference.abs() <= 1.0, "{}: {difference}", rate.partner);
    }
    let china = &rates[0];
    assert_eq!((china.partner.as_str(), china.published), ("China", Some(0.34)));
    assert!((china.formula - 0.337309).abs() < 1e-6, "the table's own figure");
}

fn steps() -> Vec<TimelineStep> {
    timeline(Scenario::load("geneva-2025").unwrap().trade().unwrap()).unwrap()
}

fn step<'a>(steps: &'a [TimelineStep], date: &str) -> &'a TimelineStep {
    steps.iter().find(|step| step.date == date).unwrap()
}

#[test]
fn the_steps_come_in_order_with_their_marks() {
    let steps = steps();
    assert!(steps.windows(2).all(|pair| pair[0].date < pair[1].date));
    assert_eq!(steps.len(), 14);
    assert!(step(&steps, "2025-04-12").unverified);
    assert_eq!(steps.iter().filter(|step| step.unverified).count(), 1);
    let geneva = step(&steps, "2025-05-12");
    assert_eq!((geneva.us_total_pct, geneva.cn_total_pct), (30.0, 10.0));
    assert_eq!((geneva.published_us_average_pct, geneva.published_cn_average_pct), (Some(51.1), Some(32.6)));
}

#[test]
fn steps_that_the_scenario_knows_give_its_figures() {
    let steps = steps();
    let billion = |usd: f64| (usd / 1e6).round() / 1e3;
    let long_run = |date: &str| {
        let change = &step(&steps, date).long_run;
        [billion(change.imports), billion(change.exports)]
    };
    assert_eq!(long_run("2025-01-20"), [429.426, 143.500]);
    assert_eq!(long_run("2025-04-12"), [127.108, 16.177]);
    assert_eq!(long_run("2025-05-12"), [240.899, 104.787]);
    for step in &steps {
        let (short, long) = (&step.short_run, &step.long_run);
        assert!(short.imports >= long.imports && short.exports >= long.exports, "{}", step.date);
        assert_eq!((short.import_rate, short.export_rate), (long.import_rate, long.export_rate));
    }
}

/// The cut of Geneva in points of the average tariff: published 126.5 − 51.1, and 115 points on what
/// paid the reciprocal layer.
#[test]
fn the_average_tariff_falls_by_what_was_published_within_three_points() {
    let steps = steps();
    let rate = |date: &str| 100.0 * step(&steps, date).long_run.import_rate;
    let fall = rate("2025-04-12") - rate("2025-05-12");
    assert!((fall - (126.5 - 51.1)).abs() < 3.0, "{fall}");
    // From the tariffs of the data year: the published averages start at statutory rates, 10 points
    // above what was collected, so only the rise compares.
    let rise = rate("2025-04-12") - rate("2025-01-20");
    assert!((rise - (126.5 - 20.8)).abs() < 6.0, "{rise}");
}

#[test]
fn imports_rise_ahead_of_april_2025_and_fall_in_it() {
    for FrontLoading { expectation, months, peak, comparisons } in front_loading_2025().unwrap() {
        assert_eq!(peak, "2025-03", "{expectation:?}: the month of the record deficit");
        let change = |m: usize| months[m].change_pct;
        assert!((0..3).all(|m| change(m) > 0.0) && change(3) < 0.0, "{expectation:?}");
        assert!(months[2].deficit_usd > months[3].deficit_usd);
        for comparison in &comparisons {
            assert!(comparison.sign && comparison.within_half, "{expectation:?}: {comparison:?}");
        }
    }
}
