//! Broken files: each error names the file, the line, the key, and what was expected.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Geneva, USA};
use detente_mandate::{Mandate, MandateError};
use proptest::prelude::*;
use std::sync::Arc;

const GOOD: &str = r#"party = "USA"
walk_away = 0.4
[[objective]]
name = "sales"
weight = 0.5
figure = "exports"
better = "higher"
[[objective]]
name = "pause"
weight = 0.5
issue = "pause.days"
points = [[0, 0.0], [90, 1.0]]
[[red_line]]
issues = "usa.rate.*"
min = 10
"#;

fn errors(change: &str, to: &str) -> String {
    assert!(GOOD.contains(change), "{change}");
    let text = GOOD.replacen(change, to, 1);
    Mandate::parse("m.toml", &text).unwrap_err().to_string()
}

#[test]
fn the_sample_itself_is_sound() {
    assert!(Mandate::parse("m.toml", GOOD).is_ok());
}

#[test]
fn files_that_are_no_mandates() {
    for (change, to, expected) in [
        (
            "party = \"USA\"",
            "party = \"usa\"",
            "m.toml:1: party: party \"usa\" is not valid: expected 1 to 16 capital letters, digits, '_' or '-'",
        ),
        ("walk_away = 0.4", "walk_away = 1.4", "m.toml:2: walk_away: 1.4: expected a number from 0 to 1"),
        ("walk_away = 0.4", "walk_away = nan", "m.toml:2: walk_away: NaN: expected a number from 0 to 1"),
        (
            "weight = 0.5",
            "weight = 0.6",
            "m.toml:10: objective.weight: the weights sum to 1.100000: expected 1",
        ),
        ("weight = 0.5", "weight = 0", "m.toml:5: objective.weight: 0: expected a number above 0, at most 1"),
        (
            "better = \"higher\"",
            "better = \"more\"",
            "m.toml:7: objective.better: \"more\": expected \"higher\" or \"lower\"",
        ),
        (
            "better = \"higher\"\n",
            "",
            "m.toml:6: objective.better: missing: expected \"higher\" or \"lower\"",
        ),
        (
            "figure = \"exports\"",
            "figure = \"happiness\"",
            "m.toml:6: objective.figure: \"happiness\" is no figure: expected one of deficit, exports, imports, total_trade, revenue, prices, average_tariff, average_tariff_base_weights, retained_leverage",
        ),
        (
            "figure = \"exports\"",
            "issue = \"pause.days\"\nfigure = \"exports\"",
            "m.toml:4: objective: \"sales\": expected either `figure` or `issue`",
        ),
        (
            "[[0, 0.0], [90, 1.0]]",
            "[[90, 0.0], [0, 1.0]]",
            "m.toml:12: objective.points: expected pairs [number, worth] with rising numbers and worth from 0 to 1",
        ),
        ("min = 10\n", "", "m.toml:14: red_line: expected `min`, `max` or `allowed`"),
        ("min = 10", "min = 10\nmax = 5", "m.toml:14: red_line: min 10 is above max 5"),
    ] {
        let found = errors(change, to);
        assert!(found.lines().any(|line| line == expected), "expected\n{expected}\nfound\n{found}");
    }
}

#[test]
fn what_toml_or_its_keys_refuse() {
    let unknown = errors("walk_away = 0.4", "walk_away = 0.4\nwalkaway = 0.3");
    assert!(
        unknown.starts_with("m.toml:3: walkaway: unknown field `walkaway`, expected one of `party`"),
        "{unknown}"
    );
    let kind = errors("weight = 0.5", "weight = \"half\"");
    assert!(kind.starts_with("m.toml:5: weight: invalid type: string \"half\", expected f64"), "{kind}");
    let missing = errors("party = \"USA\"\n", "");
    assert!(missing.contains("missing field `party`"), "{missing}");
    let syntax = errors("walk_away = 0.4", "walk_away 0.4");
    assert!(syntax.starts_with("m.toml:2: "), "{syntax}");
}

#[test]
fn every_problem_is_found_in_one_pass() {
    let text =
        GOOD.replace("walk_away = 0.4", "walk_away = 7").replace("better = \"higher\"", "better = \"\"");
    let Err(MandateError::Broken(problems)) = Mandate::parse("m.toml", &text) else { unreachable!() };
    assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [2, 7]);
}

#[test]
fn names_that_the_scenario_does_not_know() {
    let geneva = Geneva::whole();
    let text = GOOD
        .replace("issue = \"pause.days\"", "issue = \"pause.weeks\"")
        .replace("better = \"higher\"", "better = \"higher\"\nsectors = [\"unobtainium\"]")
        .replace("usa.rate.*", "usa.rates.*");
    let mandate = Mandate::parse("m.toml", &text).unwrap();
    let error =
        mandate.compile(&geneva.agenda, Some(Arc::clone(&geneva.model)), &geneva.status_quo).unwrap_err();
    assert_eq!(
        error.to_string(),
        "m.toml:4: objective.sectors: no trade data on sector unobtainium\n\
         m.toml:10: objective.issue: pause.weeks is not on the agenda\n\
         m.toml:15: red_line.issues: \"usa.rates.*\" matches no issue of the agenda"
    );
}

#[test]
fn what_does_not_fit_the_agenda() {
    let geneva = Geneva::whole();
    let compile = |change: &str, to: &str, model: bool| {
        let mandate = Mandate::parse("m.toml", &GOOD.replacen(change, to, 1)).unwrap();
        let model = model.then(|| Arc::clone(&geneva.model));
        mandate.compile(&geneva.agenda, model, &geneva.status_quo).unwrap_err().to_string()
    };
    assert_eq!(
        compile("party", "party", false),
        "m.toml:4: objective.figure: the scenario has no trade data: expected `issue`"
    );
    assert_eq!(
        compile("better =", "of = \"FRA\"\nbetter =", true),
        "m.toml:4: objective.of: no trade data on FRA: expected USA or CHN"
    );
    assert_eq!(
        compile("min = 10", "min = 130", true),
        "m.toml:14: red_line.issues: leaves no value of usa.rate.livestock"
    );
    assert_eq!(
        compile("min = 10", "allowed = [\"10\", \"ten\"]", true),
        "m.toml:14: red_line.issues: \"ten\" is no value of usa.rate.*"
    );
    assert_eq!(
        compile("points = [[0, 0.0], [90, 1.0]]", "values = { 0 = 0.0, 90 = 1.0 }", true),
        "m.toml:9: objective.values: no worth for \"30\": expected every value of pause.days and nothing else"
    );
    assert_eq!(
        compile("\"pause.days\"\npoints", "\"chn.export_controls_suspended\"\npoints", true),
        "m.toml:9: objective.points: chn.export_controls_suspended takes no numbers: expected `values`"
    );
}

#[test]
fn a_file_too_large_is_not_read() {
    let text = format!("{GOOD}#{}", "x".repeat(300_000));
    let error = Mandate::parse("m.toml", &text).unwrap_err();
    assert_eq!(error.to_string(), format!("m.toml: {} bytes: expected at most 262144", text.len()));
}

proptest! {
    /// Whatever is done to a file, reading it ends in a mandate or an error.
    #[test]
    fn no_file_panics(at in 0..USA.len(), cut in 0_usize..40, put in "[ -~\n]{0,12}") {
        let (mut start, mut end) = (at, (at + cut).min(USA.len()));
        while !USA.is_char_boundary(start) { start -= 1; }
        while !USA.is_char_boundary(end) { end += 1; }
        let text = format!("{}{put}{}", &USA[..start], &USA[end..]);
        let _ = Mandate::parse("m.toml", &text);
    }
}
