//! What a party presumes of the other side.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use common::Geneva;
use detente_mandate::Mandate;

const OWN: &str = r#"
party = "USA"
walk_away = 0.3
[[objective]]
name = "sales"
weight = 1.0
figure = "exports"
better = "higher"
"#;

const SPELLED_OUT: &str = r#"
[opponent_prior]
party = "CHN"
[[opponent_prior.objective]]
name = "their sales"
weight = 0.5
figure = "exports"
better = "higher"
[[opponent_prior.objective]]
name = "their leverage"
weight = 0.5
figure = "retained_leverage"
better = "higher"
"#;

#[test]
fn by_default_the_other_side_wants_exports_and_leverage() {
    let geneva = Geneva::rates_only();
    let silent = geneva.compile(OWN);
    let spelled_out = geneva.compile(&format!("{OWN}{SPELLED_OUT}"));
    let (silent, spelled_out) = (silent.prior().unwrap(), spelled_out.prior().unwrap());
    for offer in [geneva.uniform(0, 0), geneva.uniform(10, 10), geneva.uniform(30, 125)] {
        assert_eq!(silent.value(&offer), spelled_out.value(&offer));
    }
    assert!(silent.value(&geneva.uniform(0, 125)) > 1.0 - 1e-9);
    assert!(silent.value(&geneva.uniform(125, 0)) < 1e-9);
}

#[test]
fn a_party_without_trade_presumes_nothing_unless_it_says_so() {
    let geneva = Geneva::whole();
    let text = r#"
        party = "CHE"
        walk_away = 0.0
        [[objective]]
        name = "a long pause"
        weight = 1.0
        issue = "pause.days"
        points = [[0, 0.0], [180, 1.0]]
    "#;
    assert!(geneva.compile(text).prior().is_none());
    assert!(geneva.compile(&format!("{text}{SPELLED_OUT}")).prior().is_some());
}

#[test]
fn priors_are_sums_over_issues() {
    let geneva = Geneva::rates_only();
    let text = format!("{OWN}{}", SPELLED_OUT.replace("retained_leverage", "average_tariff"));
    let mandate = Mandate::parse("m.toml", &text).unwrap();
    let error = mandate.compile(&geneva.agenda, Some(Arc::clone(&geneva.model)), &geneva.status_quo);
    assert_eq!(
        error.unwrap_err().to_string(),
        "m.toml:18: opponent_prior.objective.figure: \"their leverage\" is no sum over issues: expected another figure"
    );
}

#[test]
fn a_figure_that_no_offer_changes_is_an_error() {
    let geneva = Geneva::keeping(|issue| issue.id().as_str().starts_with("usa.rate."));
    let mandate = Mandate::parse("m.toml", OWN).unwrap();
    let error = mandate.compile(&geneva.agenda, Some(Arc::clone(&geneva.model)), &geneva.status_quo);
    assert_eq!(
        error.unwrap_err().to_string(),
        "m.toml:5: objective.figure: no offer on the agenda changes the figure of \"sales\""
    );
}
