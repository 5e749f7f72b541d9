//! Every oracle file, run as a user would run it, against the figures it carries.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_scoring::deficit_ge;
use detente_scoring::study::{self, Solved};
use serde_json::Value;

fn solve(model: &str, text: &str) -> Vec<Solved> {
    let study = study::read(model, text).unwrap();
    assert_eq!(study.model(), model);
    study.solve().unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Every number of `expected` to a relative tolerance; nothing may be missing.
fn close(place: &str, given: &Value, expected: &Value, tolerance: f64) {
    match (given, expected) {
        (Value::Array(given), Value::Array(expected)) => {
            assert_eq!(given.len(), expected.len(), "{place}");
            for (i, (g, e)) in given.iter().zip(expected).enumerate() {
                close(&format!("{place}[{i}]"), g, e, tolerance);
            }
        }
        (Value::Number(given), Value::Number(expected)) => {
            let (given, expected) = (given.as_f64().unwrap(), expected.as_f64().unwrap());
            assert!(
                (given - expected).abs() <= tolerance * expected.abs(),
                "{place}: {given} is not {expected}"
            );
        }
        _ => assert_eq!(given, expected, "{place}"),
    }
}

/// The cases of a file beside those of its oracle, under the same names.
fn pairs(cases: &[Solved], oracle: &Value) -> Vec<(Solved, Value)> {
    let expected = oracle["cases"].as_array().unwrap();
    assert_eq!(cases.len(), expected.len());
    let pairs = cases.iter().cloned().zip(expected.iter().cloned());
    pairs.inspect(|(solved, case)| assert_eq!(case["name"], solved.name.as_str())).collect()
}

/// Compares all keys of each oracle case but its inputs.
fn every_output(model: &str, text: &str, inputs: &[&str], outputs: usize, tolerance: f64) {
    for (solved, case) in pairs(&solve(model, text), &json(text)) {
        let expected = case.as_object().unwrap().iter().filter(|(key, _)| !inputs.contains(&key.as_str()));
        let mut compared = 0;
        for (key, expected) in expected {
            close(&format!("{} {key}", solved.name), &solved.outputs[key], expected, tolerance);
            compared += 1;
        }
        assert_eq!(compared, outputs);
    }
}

#[test]
fn smart_meets_its_oracle() {
    let inputs =
        ["name", "trade_value", "tariff0", "tariff1", "import_elasticity", "substitution_elasticity"];
    let text = include_str!("oracle/smart.json");
    every_output("smart", text, &inputs, 6, 1e-12);
    let flags: Vec<Value> = solve("smart", text).into_iter().map(|s| s.outputs["flags"].clone()).collect();
    let absurd = json(r#"["out_of_range", "diversion_clipped", "negative_trade"]"#);
    assert_eq!(flags, [json("[]"), json("[]"), absurd]);
}

#[test]
fn gsim_meets_its_oracle() {
    every_output("gsim", include_str!("oracle/gsim_4x4.json"), &["name", "tariff_power"], 7, 1e-9);
}

#[test]
fn gsim_meets_the_published_world_prices() {
    let text = include_str!("oracle/gsim_4x4.json");
    let published = json(text)["published_world_price_change_US_EU_FTA"].clone();
    let prices = solve("gsim", text)[0].outputs["world_price_change"].clone();
    for (given, published) in prices.as_array().unwrap().iter().zip(published.as_array().unwrap()) {
        assert!((given.as_f64().unwrap() - published.as_f64().unwrap()).abs() < 1e-4);
    }
}

/// The oracle's numéraire is its solver's; ours is world value added.
#[test]
fn caliendo_parro_meets_its_oracle() {
    let text = include_str!("oracle/caliendo_parro_synthetic_3x2.json");
    let oracle = json(text);
    let value_added = numbers(&oracle["wL"]);
    let factors = [1.0, 1.0001003754, 1.0000836329, 1.0000645205, 0.9999997347];
    for ((solved, case), factor) in pairs(&solve("caliendo-parro", text), &oracle).iter().zip(factors) {
        let wages = numbers(&case["wage_hat"]);
        let earned: f64 = wages.iter().zip(&value_added).map(|(w, va)| w * va).sum();
        let numeraire = earned / value_added.iter().sum::<f64>();
        assert!((numeraire - factor).abs() < 1e-9, "{}: {numeraire}", solved.name);
        let compare = |key: &str, by: f64| {
            close(&format!("{} {key}", solved.name), &solved.outputs[key], &divided(&case[key], by), 1e-7);
        };
        ["welfare_hat", "real_wage_hat"].iter().for_each(|key| compare(key, 1.0));
        let nominal =
            ["wage_hat", "price_index_hat", "sector_price_hat", "trade_counterfactual_exporter_by_importer"];
        nominal.iter().for_each(|key| compare(key, numeraire));
        assert!(solved.residual < 1e-9);
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Every number of a table over `by`.
fn divided(value: &Value, by: f64) -> Value {
    match value {
        Value::Array(entries) => entries.iter().map(|entry| divided(entry, by)).collect(),
        number => Value::from(number.as_f64().unwrap() / by),
    }
}

/// The table of results is given to eight decimals, and held to half of the last one.
#[test]
fn deficit_ge_meets_its_oracle() {
    let text = include_str!("oracle/deficit_ge_5region.json");
    let oracle = json(text);
    for (solved, case) in pairs(&solve("deficit-ge", text), &oracle) {
        let key = "trade_counterfactual_exporter_by_importer_musd";
        close(&format!("{} {key}", solved.name), &solved.outputs[key], &case[key], 1e-9);
        assert_eq!(solved.outputs["result_columns"], oracle["result_columns"]);
        let rows = solved.outputs["results"].as_array().unwrap().iter();
        for (given, expected) in rows.zip(case["results"].as_array().unwrap()) {
            for (given, expected) in numbers(given).into_iter().zip(numbers(expected)) {
                let allowed = f64::max(1e-9 * expected.abs(), 5.1e-9);
                assert!((given - expected).abs() <= allowed, "{}: {given} is not {expected}", solved.name);
            }
        }
    }
}

/// What follows from trade, GDP and the share of services, to half of the last digit given.
#[test]
fn deficit_ge_derives_what_its_oracle_derives() {
    let oracle = json(include_str!("oracle/deficit_ge_5region.json"));
    let trade = oracle["trade_2023_musd_exporter_by_importer_offdiag"].as_array().unwrap();
    let economy = deficit_ge::Economy::new(deficit_ge::Data {
        trade: trade.iter().map(numbers).collect(),
        gdp: numbers(&oracle["gdp_musd"]),
        nu: numbers(&oracle["nu"]),
        parameters: deficit_ge::Parameters::default(),
    })
    .unwrap();
    let domestic: Vec<f64> = economy.trade().iter().enumerate().map(|(i, row)| row[i]).collect();
    let derived = [
        ("E", economy.expenditure(), 5.1e-7),
        ("Y", economy.income(), 5.1e-7),
        ("T", economy.transfer(), 5.1e-7),
        ("domestic_sales", &domestic, 5.1e-7),
        ("phi", economy.pass_through(), 5.1e-11),
    ];
    for (key, given, digit) in derived {
        for (given, expected) in given.iter().zip(numbers(&oracle["derived"][key])) {
            assert!((given - expected).abs() <= digit, "{key}: {given} is not {expected}");
        }
    }
}

#[test]
fn armington_meets_its_oracle() {
    let text = include_str!("oracle/pe_ces.json");
    for (solved, case) in pairs(&solve("armington", text), &json(text)) {
        assert!(solved.residual < 1e-9);
        let expected = case["output"].as_object().unwrap();
        for (key, expected) in expected.iter().filter(|(key, _)| *key != "residual") {
            close(&format!("{} {key}", solved.name), &solved.outputs[key], expected, 1e-9);
        }
    }
}

/// Tariffs in the base year, and infinite supply in each way a file may write it.
#[test]
fn armington_meets_the_cases_with_tariffs_in_the_base_year() {
    let published = [
        (2.85, 1.1257034777, 0.1220486575),
        (1.0, 1.2323363150, 0.4813352156),
        (0.76, 1.2524992529, 0.5618303989),
    ];
    let supply = ["", r#", "eps": "inf""#, r#", "eps": ["Infinity", "inf", Infinity]"#];
    for ((sigma, index, quantity), eps) in published.into_iter().zip(supply) {
        let case = format!(
            r#"{{"cases": [{{"name": "a", "inputs": {{"v0": [60, 25, 15], "t0": [0, 0.11, 0.03],
                "t1": [0, 1.56, 0.03], "sig": {sigma}, "eta": -0.5{eps}}}}}]}}"#
        );
        let outputs = &solve("armington", &case)[0].outputs;
        close("P", &outputs["industry_price_hat"], &Value::from(index), 1e-9);
        close("q", &outputs["quantity_hat"][1], &Value::from(quantity), 1e-9);
    }
}
