//! A walk-away value that is what an offer is worth: a state of affairs without a deal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use common::{Geneva, USA};
use detente_mandate::Mandate;
use tariff::{Instrument, Value};

/// The shipped mandate with another walk-away value.
fn usa(walk_away: &str) -> String {
    let line = USA.lines().find(|line| line.starts_with("walk_away = ")).unwrap();
    USA.replacen(line, walk_away, 1)
}

#[test]
fn the_tariffs_of_a_war_are_what_a_party_falls_back_on() {
    let geneva = Geneva::whole();
    let asked = "walk_away = { at = { \"usa.rate.*\" = 39.3, \"chn.rate.*\" = 34, \"pause.days\" = 0 }, plus = 0.05 }";
    let compiled = geneva.compile(&usa(asked));
    let at = |(issue, standing): (&tariff::Issue, &Value)| match issue.instrument() {
        // The nearest step counts: 39.3 is 40, 34 is 35.
        Some(Instrument::AddedRate { by, .. }) => {
            Value::Number(if by.as_str() == "USA" { 4_000 } else { 3_500 })
        }
        _ => *standing,
    };
    let values = geneva.agenda.issues().iter().zip(geneva.status_quo.values()).map(at).collect();
    let war = geneva.agenda.offer(values).unwrap();
    let preferences = compiled.preferences();
    assert_eq!(preferences.walk_away(), preferences.utility().value(&war) + 0.05);
    let nothing = geneva.compile(&usa("walk_away = { at = {} }"));
    let worth = nothing.preferences().utility().value(&geneva.status_quo);
    assert_eq!(nothing.preferences().walk_away(), worth);
}

#[test]
fn what_does_not_fit_is_said_with_its_line() {
    let geneva = Geneva::whole();
    for (walk_away, expected) in [
        ("walk_away = { at = { \"gbr.rate.*\" = 10 } }", "matches no issue of the agenda"),
        ("walk_away = { at = { \"chn.export_controls_suspended\" = 1 } }", "takes no numbers"),
        ("walk_away = { at = { \"chn.export_controls_suspended\" = \"yes\" } }", "is no value of"),
        ("walk_away = { at = {}, plus = 0.9 }", "expected a utility from 0 to 1"),
    ] {
        let mandate = Mandate::parse("m.toml", &usa(walk_away)).unwrap();
        let model = Some(geneva.model.clone());
        let error = mandate.compile(&geneva.agenda, model, &geneva.status_quo).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains("m.toml:"), "{error}");
    }
    for (walk_away, expected) in [
        ("walk_away = { at = {}, plus = 2 }", "expected a number from -1 to 1"),
        ("walk_away = { at = {}, extra = 0.1 }", "expected a number from 0 to 1, or"),
        ("walk_away = \"much\"", "expected a number from 0 to 1, or"),
    ] {
        let error = Mandate::parse("m.toml", &usa(walk_away)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_discount_is_read_and_bounded() {
    let geneva = Geneva::whole();
    let compiled = geneva.compile(&usa("walk_away = 0.48\ndiscount = 0.9"));
    assert_eq!(compiled.preferences().discount(), 0.9);
    assert_eq!(geneva.compile(USA).preferences().discount(), 1.0, "none if left out");
    let error = Mandate::parse("USA.toml", &usa("walk_away = 0.48\ndiscount = 1.5")).unwrap_err();
    assert!(error.to_string().contains("discount: 1.5: expected a number above 0, at most 1"), "{error}");
}
