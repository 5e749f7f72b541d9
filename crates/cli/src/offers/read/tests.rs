use std::sync::{Arc, LazyLock};

use scenario::Scenario;
use scoring_server::Bench;

use super::offer;
use crate::offers::to_json;

fn bench() -> &'static Bench {
    static BENCH: LazyLock<Bench> =
        LazyLock::new(|| Bench::new(Arc::new(Scenario::load("geneva-2025").unwrap())).unwrap());
    &BENCH
}

/// What the file with `text` is refused for.
fn refused(text: &str) -> String {
    let bench = bench();
    let failure = offer("offer.toml", text, bench.agenda(), Some(bench.status_quo())).unwrap_err();
    assert_eq!((failure.code.as_str(), failure.exit), ("BAD_OFFER", 64));
    assert!(failure.place.is_some_and(|place| place.starts_with("offer.toml")));
    failure.message
}

#[test]
fn what_is_printed_can_be_read_back() {
    let bench = bench();
    let mut levels = bench.agenda().levels_of(bench.status_quo()).unwrap().to_vec();
    for (turn, level) in levels.iter_mut().enumerate() {
        *level = turn as u32 % bench.agenda().issues()[turn].levels();
    }
    let any = bench.agenda().offer_at(&levels).unwrap();
    let json = to_json(bench.agenda(), &any);
    assert_eq!(offer("-", &json.to_string(), bench.agenda(), None).unwrap(), any);
    let document = serde_json::json!({ "outcome": "agreed", "offer": json });
    assert_eq!(offer("-", &document.to_string(), bench.agenda(), None).unwrap(), any);
    let toml = toml::to_string(&json).unwrap();
    assert_eq!(offer("-", &toml, bench.agenda(), None).unwrap(), any);
}

#[test]
fn toml_keys_may_be_quoted_or_dotted() {
    let bench = bench();
    let read = |text: &str| offer("-", text, bench.agenda(), Some(bench.status_quo())).unwrap();
    assert_eq!(read("usa.rate.steel = 10"), read("\"usa.rate.steel\" = 10.0"));
    assert_eq!(read("[usa.rate]\nsteel = 10"), read("usa.rate.steel = 10"));
    assert_eq!(read(""), *bench.status_quo());
}

#[test]
fn what_is_wrong_is_said_with_what_was_expected() {
    let rate = "expected a number from 0 to 125 in steps of 5 (percent)";
    for (text, found) in [
        ("usa.rate.steel = 1_000_000_000", "1000000000"),
        ("usa.rate.steel = nan", "NaN"),
        ("usa.rate.steel = inf", "inf"),
        ("usa.rate.steel = -5", "-5"),
        ("usa.rate.steel = 12", "12"),
        ("usa.rate.steel = 10.001", "10.001"),
        ("usa.rate.steel = 9223372036854775807", "9223372036854775807"),
        ("usa.rate.steel = \"10\"", "\"10\""),
        ("usa.rate.steel = [10]", "a list"),
        ("usa.rate.steel = true", "true"),
    ] {
        assert_eq!(refused(text), format!("usa.rate.steel: found {found}, {rate}"), "{text}");
    }
    assert_eq!(
        refused("chn.export_controls_suspended = 1"),
        "chn.export_controls_suspended: found 1, expected true or false"
    );
    assert_eq!(refused("usa.rate.cheese = 10"), "usa.rate.cheese: not on the agenda");
    assert_eq!(refused("[1, 2]"), "not an offer: expected a table of issue and value");
    assert!(refused("usa.rate.steel = ").starts_with("neither JSON nor TOML: line 1: "));
    assert!(refused("{\"usa.rate.steel\": }").starts_with("not JSON: "));
    assert_eq!(refused("{\"offer\": null}"), "the document holds no offer: that talk failed");
}

#[test]
fn an_offer_is_complete_unless_it_is_to_be_filled() {
    let bench = bench();
    let failure = offer("offer.toml", "usa.rate.steel = 10", bench.agenda(), None).unwrap_err();
    let message = "no value for usa.rate.livestock and 57 more: an offer gives one for every issue";
    assert_eq!(failure.message, message);
    let failure = offer("offer.toml", "usa.rate.steel = 1\nx = 2", bench.agenda(), None).unwrap_err();
    assert_eq!(failure.problems.len(), 3);
    assert!(failure.hint.is_some_and(|hint| hint.contains("--fill-status-quo")));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[\\PC\n]{0,200}") {
        let bench = bench();
        let _ = offer("-", &text, bench.agenda(), Some(bench.status_quo()));
    }
}
