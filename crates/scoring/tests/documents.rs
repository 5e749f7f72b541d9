//! The examples of docs/scoring run, and give what the pages say.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_scoring::study;
use serde_json::Value;

const PAGES: [(&str, &str); 6] = [
    ("smart", include_str!("../../../docs/scoring/smart.md")),
    ("gsim", include_str!("../../../docs/scoring/gsim.md")),
    ("armington", include_str!("../../../docs/scoring/armington.md")),
    ("ossa", include_str!("../../../docs/scoring/ossa.md")),
    ("caliendo-parro", include_str!("../../../docs/scoring/caliendo-parro.md")),
    ("deficit-ge", include_str!("../../../docs/scoring/deficit-ge.md")),
];

/// Holds what a page prints, rounded to six decimals, against the figure.
fn same(place: &str, given: &Value, printed: &Value) {
    match (given, printed) {
        (Value::Array(given), Value::Array(printed)) => {
            assert_eq!(given.len(), printed.len(), "{place}");
            given.iter().zip(printed).for_each(|(g, p)| same(place, g, p));
        }
        (Value::Number(given), Value::Number(printed)) => {
            let (given, printed) = (given.as_f64().unwrap(), printed.as_f64().unwrap());
            assert!((given - printed).abs() <= 5.1e-7, "{place}: {given}, printed as {printed}");
        }
        _ => assert_eq!(given, printed, "{place}"),
    }
}

#[test]
fn the_pages_show_what_the_models_give() {
    for (model, page) in PAGES {
        let mut blocks = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        let (input, printed) = (blocks.next().unwrap(), blocks.next().unwrap());
        let solved = study::read(model, input).unwrap().solve().unwrap();
        let printed: Value = serde_json::from_str(printed).unwrap();
        let printed = printed.as_object().unwrap();
        assert!(!printed.is_empty(), "{model}: {:#}", Value::from(solved[0].outputs.clone()));
        for (key, value) in printed {
            same(&format!("{model} {key}"), &solved[0].outputs[key], value);
        }
    }
}
