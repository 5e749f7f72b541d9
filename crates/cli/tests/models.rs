//! Models on files, and the tariffs theory would choose.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::Place;
use serde_json::Value;

const ORACLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scoring/tests/oracle");

/// Whether every figure of `expected` stands in `found` under the same name and place.
fn agrees(expected: &Value, found: &Value, tolerance: f64, place: &str) {
    match (expected, found) {
        (Value::Number(e), Value::Number(f)) => {
            let (e, f) = (e.as_f64().unwrap(), f.as_f64().unwrap());
            assert!((e - f).abs() <= tolerance * e.abs().max(1.0), "{place}: {f}, expected {e}");
        }
        (Value::Array(e), Value::Array(f)) => {
            assert_eq!(e.len(), f.len(), "{place}");
            e.iter()
                .zip(f)
                .enumerate()
                .for_each(|(k, (e, f))| agrees(e, f, tolerance, &format!("{place}[{k}]")));
        }
        _ => assert_eq!(expected, found, "{place}"),
    }
}

#[test]
fn a_model_on_a_file_gives_every_case_under_the_file_s_own_names() {
    let place = Place::new();
    for (model, file, keys) in [
        ("smart", "smart", &["trade_creation", "trade_diversion", "new_trade", "revenue_change"][..]),
        ("gsim", "gsim_4x4", &["world_price_change", "new_trade", "consumer_surplus", "net_welfare"]),
        (
            "ossa",
            "ossa_synthetic_3x2",
            &["welfare_hat", "wage_hat", "trade_counterfactual_exporter_by_importer"],
        ),
    ] {
        let path = format!("{ORACLES}/{file}.json");
        let document = place.json(&["model", model, &path]);
        assert_eq!(document["model"], model);
        let oracle: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let (expected, found) = (oracle["cases"].as_array().unwrap(), document["cases"].as_array().unwrap());
        assert_eq!(expected.len(), found.len());
        for (expected, found) in expected.iter().zip(found) {
            assert_eq!(expected["name"], found["name"]);
            assert!(found["residual"].as_f64().unwrap() < 1e-9);
            for key in keys {
                agrees(&expected[*key], &found[*key], 1e-6, key);
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_study_is_said_with_line_and_column() {
    let place = Place::new();
    place.write("bad.json", "{\n  \"cases\": [\n    {\"name\": \"x\", \"trade_value\": [1, -2]}\n  ]\n}\n");
    let (exit, error) = place.error(&["model", "smart", "bad.json"]);
    assert_eq!(exit, 64);
    assert_eq!(error["code"], "BAD_STUDY");
    assert!(error["where"].as_str().unwrap().starts_with("bad.json:3:"), "{error}");
    let (exit, error) = place.error(&["model", "astrology", "bad.json"]);
    assert_eq!((exit, &error["code"]), (64, &Value::from("NO_SUCH_MODEL")));
    assert!(error["message"].as_str().unwrap().contains("caliendo-parro"), "{error}");
}

#[test]
fn a_case_without_a_solution_leaves_the_others_theirs() {
    let place = Place::new();
    let case = |name: &str, sigma: &str, eps: &str| {
        format!(
            "{{\"name\": \"{name}\", \"inputs\": {{\"v0\": [60, 40], \"t0\": [0, 0], \"t1\": [0, 0.5], \
             \"sig\": {sigma}, \"eta\": 0, \"eps\": {eps}}}}}"
        )
    };
    // Without any supply response and with demand that nothing moves, no price is determined.
    let study = format!("{{\"cases\": [{}, {}]}}", case("good", "3", "[5, 5]"), case("open", "3", "[0, 0]"));
    place.write("two.json", &study);
    let cases = place.json(&["model", "armington", "two.json"])["cases"].take();
    assert!(cases[0]["industry_price_hat"].is_number() || cases[0]["output"].is_object(), "{cases}");
    assert_eq!(cases[1]["name"], "open");
    assert!(cases[1]["error"].is_string() && cases[1]["residual"].is_null(), "{cases}");
    let text = place.run(&["model", "armington", "two.json"]).ok().out;
    assert!(text.contains("armington: good") && text.contains("\"open\""), "{text}");
}

#[test]
fn a_tariff_war_leaves_nobody_a_gain_and_peace_is_worth_the_same_to_all() {
    let place = Place::new();
    let path = format!("{ORACLES}/ossa_synthetic_3x2.json");
    let oracle: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let found = place.json(&["tariffs", "optimal", &path]);
    let expected = &oracle["optimal_and_nash"]["unilateral_optimal"];
    for (region, best) in expected.as_object().unwrap() {
        let found = &found["unilateral_optimal"][region];
        agrees(&best["tariffs"], &found["tariffs"], 1e-4, region);
        agrees(&best["welfare_hat"], &found["welfare_hat"], 1e-8, region);
    }
    let found = place.json(&["tariffs", "cooperative", &path]);
    for deviation in found["nash"]["deviations"].as_array().unwrap() {
        assert!(deviation["gain"].as_f64().unwrap() < 1e-8, "{deviation}");
    }
    let welfare = |choice: &str, j: usize| found[choice]["welfare_hat"][j].as_f64().unwrap();
    let gains: Vec<f64> = (0..3).map(|j| welfare("cooperative", j) / welfare("nash", j)).collect();
    assert!(gains.iter().all(|gain| (gain - gains[0]).abs() < 1e-6 && *gain > 1.0), "{gains:?}");
}

#[test]
fn the_validation_page_is_what_the_command_prints() {
    let place = Place::new();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/validation.md");
    let printed = place.run(&["backtest", "page"]).ok().out;
    assert_eq!(std::fs::read_to_string(page).unwrap(), printed, "detente backtest page > docs/validation.md");
    let parts = place.json(&["backtest", "page"])["parts"].take();
    let checks = |part: &Value| part["checks"].as_array().unwrap().clone();
    let reciprocal =
        parts.as_array().unwrap().iter().find(|part| part["part"] == "The reciprocal formula").unwrap();
    assert!(checks(reciprocal).len() >= 16 && checks(reciprocal).iter().all(|check| check["hit"] == true));
    // A page without a miss would have been tuned.
    assert!(
        parts.as_array().unwrap().iter().any(|part| checks(part).iter().any(|check| check["hit"] == false))
    );
}
