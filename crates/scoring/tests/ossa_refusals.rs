//! What Ossa's model says of bad data: one clear error each, with line and column.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_scoring::ossa::{self, Choice, Economy, Facts};
use detente_scoring::study;

const GOOD: &str = r#"{
  "regions": ["US", "CN"],
  "sectors": ["A"],
  "sigma": [4],
  "trade_exporter_by_importer": [[[50, 10], [10, 60]]],
  "tariff_base": [[[0, 0.1], [0.2, 0]]],
  "cases": [{"name": "war",
    "tariff_counterfactual": [[[0, 1.25], [1.45, 0]]]}]
}"#;

/// The refusal of the good file with one passage replaced.
fn refusal(passage: &str, instead: &str) -> String {
    assert!(GOOD.contains(passage));
    let text = GOOD.replace(passage, instead);
    match study::read("ossa", &text) {
        Err(error) => error.to_string(),
        Ok(study) => study.solve().unwrap_err().to_string(),
    }
}

#[test]
fn the_good_file_is_solved() {
    assert_eq!(study::read("ossa", GOOD).unwrap().solve().unwrap().len(), 1);
}

#[test]
fn each_fault_is_named_where_it_stands() {
    let faults = [
        (
            "[10, 60]",
            "[-10, 60]",
            "line 5, column 46: trade_exporter_by_importer[0][1][0]: found -10, expected",
        ),
        (
            "[10, 60]",
            "[NaN, 60]",
            "line 5, column 46: trade_exporter_by_importer[0][1][0]: found NaN, expected",
        ),
        ("[10, 60]", "[10]", "line 5, column 45: trade_exporter_by_importer[0][1]: found a list of 1 entry"),
        ("[4]", "[1]", "line 4, column 13: sigma[0]: found 1, expected an elasticity of substitution"),
        ("[4]", "[4, 3]", "line 4, column 12: sigma: found a list of 2 entries"),
        ("\"CN\"]", "\"US\"]", "line 2, column 21: regions[1]: found \"US\", expected each name once"),
        ("0.2, 0]", "-1, 0]", "line 6, column 31: tariff_base[0][1][0]: found -1, expected"),
        (
            "[0.2, 0]",
            "[0.2, 0.3]",
            "line 6, column 36: tariff_base[0][1][1]: found 0.3, expected 0: domestic",
        ),
        (
            "1.45, 0]",
            "-1.45, 0]",
            "line 8, column 44: cases[0].tariff_counterfactual[0][1][0]: found -1.45, ",
        ),
        ("tariff_base", "tariffs", "line 1, column 1: the file: missing key \"tariff_base\""),
        ("[50, 10], [10, 60]", "[0, 0], [10, 60]", "found labour income of US: 0, expected"),
        ("[50, 10], [10, 60]", "[0, 10], [0, 60]", "found spending of US: 0, expected"),
        ("[50, 10], [10, 60]", "[50, 0], [0, 60]", "found exports of US: 0, expected"),
        ("[50, 10], [10, 60]", "[50, 10], [0, 60]", "found imports of US: 0, expected"),
        (
            "[50, 10]",
            "[50, 13]",
            "line 5, column 33: trade_exporter_by_importer: found net exports of US of 3 (23.08% of its exports), \
             expected balanced trade, or imbalances purged (\"imbalances\": \"purge\")",
        ),
        (
            "\"sigma\"",
            "\"imbalance\": \"purge\", \"sigma\"",
            "imbalance: unknown key \"imbalance\": did you mean",
        ),
        (
            "\"sigma\"",
            "\"imbalances\": \"drop\", \"sigma\"",
            "line 4, column 17: imbalances: found \"drop\", expected",
        ),
    ];
    for (passage, instead, said) in faults {
        let refusal = refusal(passage, instead);
        assert!(refusal.contains(said), "{refusal}\nis not\n{said}");
    }
}

#[test]
fn imbalances_are_purged_where_the_file_asks_for_it() {
    let text =
        GOOD.replace("[50, 10]", "[50, 13]").replace("\"sigma\"", "\"imbalances\": \"purge\", \"sigma\"");
    let solved = study::read("ossa", &text).unwrap().solve().unwrap();
    let flow = |i: usize, j: usize| {
        solved[0].outputs["trade_counterfactual_exporter_by_importer"][0][i][j].as_f64().unwrap()
    };
    assert!((flow(0, 1) / flow(1, 0) - 1.0).abs() < 1e-12, "balanced after as before");
}

#[test]
fn choices_refuse_bad_data_as_cases_do() {
    let refused = ossa::policy(&GOOD.replace("[4]", "[0.5]"), Choice::Nash).unwrap_err().to_string();
    assert!(refused.starts_with("line 4, column 13: sigma[0]: found 0.5, expected"), "{refused}");
}

#[test]
fn choices_say_which_study_they_need() {
    let other = include_str!("oracle/caliendo_parro_synthetic_3x2.json");
    let refused = ossa::policy(other, Choice::Optimal).unwrap_err().to_string();
    assert_eq!(
        refused,
        "line 1, column 1: the file: missing key \"sigma\": tariffs are chosen on a study for ossa, with the \
         keys sigma, trade_exporter_by_importer and tariff_base"
    );
}

/// What JSON cannot hold but a caller in Rust can.
#[test]
fn infinities_are_refused() {
    let facts = |flow: f64, sigma: f64| Facts {
        regions: vec!["US".into(), "CN".into()],
        sectors: vec!["A".into()],
        sigma: vec![sigma],
        trade: vec![vec![vec![50.0, flow], vec![flow, 60.0]]],
        tariffs: vec![vec![vec![0.0; 2]; 2]],
    };
    for (flow, sigma) in [(f64::INFINITY, 4.0), (f64::NAN, 4.0), (10.0, f64::INFINITY)] {
        Economy::new(facts(flow, sigma)).unwrap_err();
    }
    let huge = vec![vec![vec![1e308; 2]; 2]];
    Economy::new(Facts { trade: huge, ..facts(10.0, 4.0) }).unwrap_err();
    Economy::new(Facts { regions: Vec::new(), ..facts(10.0, 4.0) }).unwrap_err();
    Economy::new(Facts { sectors: Vec::new(), ..facts(10.0, 4.0) }).unwrap_err();
}
