//! Explanations add up, to the last bit, and say what the files say.

#![allow(clippy::unwrap_used)]

mod common;

use common::{CHN, Geneva, USA};
use proptest::prelude::*;
use tariff::Offer;

fn random_offer(geneva: &Geneva, picks: &[u32]) -> Offer {
    let level = |(issue, pick): (&tariff::Issue, &u32)| pick % issue.levels();
    let levels: Vec<u32> = geneva.agenda.issues().iter().zip(picks).map(level).collect();
    geneva.agenda.offer_at(&levels).unwrap()
}

fn picks() -> impl Strategy<Value = Vec<Vec<u32>>> {
    proptest::collection::vec(proptest::collection::vec(0_u32..1000, 64), 24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn contributions_sum_to_the_utility_exactly(picks in picks()) {
        let geneva = Geneva::whole();
        for text in [USA, CHN] {
            let compiled = geneva.compile(text);
            for pick in &picks {
                let offer = random_offer(&geneva, pick);
                let explained = compiled.explain(&offer).unwrap();
                prop_assert_eq!(explained.utility, compiled.preferences().utility().value(&offer));
                let forward: f64 = explained.objectives.iter().map(|o| o.offer.contribution).sum();
                let backward: f64 = explained.objectives.iter().rev().map(|o| o.offer.contribution).sum();
                prop_assert_eq!((forward, backward), (explained.utility, explained.utility));
                prop_assert_eq!(explained.acceptable, compiled.preferences().acceptable(&offer));
                let kept = explained.red_lines.iter().all(|r| r.kept);
                prop_assert_eq!(kept, compiled.preferences().permits(&offer));
            }
        }
    }

    /// Tables are filled one group at a time from the status quo. That they say what the model says
    /// of an offer far from it is the additivity on which everything rests.
    #[test]
    fn tables_agree_with_the_model_on_any_offer(picks in picks()) {
        let geneva = Geneva::whole();
        let compiled = geneva.compile(USA);
        let ends: Vec<(f64, f64)> = two_points(&geneva, &compiled);
        for pick in &picks {
            let explained = compiled.explain(&random_offer(&geneva, pick)).unwrap();
            for (objective, (raw, slope)) in explained.objectives.iter().zip(&ends) {
                if objective.unit == "worth" {
                    continue;
                }
                let expected = objective.status_quo.scaled + (objective.offer.raw - raw) * slope;
                prop_assert!((objective.offer.scaled - expected).abs() < 1e-8, "{}", objective.name);
            }
        }
    }
}

/// Of each objective: its raw figure at the status quo, and scaled worth per unit of it, from the
/// status quo and the offer without any added rate.
fn two_points(geneva: &Geneva, compiled: &detente_mandate::Compiled) -> Vec<(f64, f64)> {
    let explained = compiled.explain(&geneva.uniform(0, 0)).unwrap();
    let line = |o: &detente_mandate::Contribution| {
        let run = o.offer.raw - o.status_quo.raw;
        (o.status_quo.raw, (o.offer.scaled - o.status_quo.scaled) / run)
    };
    explained.objectives.iter().map(line).collect()
}

#[test]
fn an_explanation_reads_as_the_file_does() {
    let geneva = Geneva::whole();
    let explained = geneva.compile(USA).explain(&geneva.uniform(5, 10)).unwrap();
    assert_eq!(explained.party, "USA");
    let exports = &explained.objectives[0];
    assert_eq!((exports.name.as_str(), exports.unit, exports.weight), ("US exports to China", "usd", 0.22));
    assert!(exports.offer.raw > exports.status_quo.raw);
    let pause = explained.objectives.last().unwrap();
    assert_eq!(pause.offer.value.as_deref(), Some("0 day"));
    let line = &explained.red_lines[0];
    assert_eq!((line.red_line.as_str(), line.kept), ("usa.rate.* at least 10", false));
    assert_eq!(line.broken_by.len(), 24);
    let json = serde_json::to_value(&explained).unwrap();
    assert_eq!(json["objectives"][0]["offer"]["contribution"], exports.offer.contribution);
    assert!(json["objectives"][0]["offer"].get("value").is_none());
}

#[test]
fn a_figure_that_is_no_sum_goes_through_the_remainder() {
    let geneva = Geneva::rates_only();
    let compiled = geneva.compile(
        r#"
        party = "CHN"
        walk_away = 0.0
        [[objective]]
        name = "what our goods pay"
        weight = 0.6
        figure = "average_tariff"
        of = "USA"
        better = "lower"
        [[objective]]
        name = "our sales of two kinds"
        weight = 0.4
        figure = "exports"
        sectors = ["electronics", "machinery"]
        better = "higher"
        "#,
    );
    assert!(!compiled.preferences().utility().is_additive());
    for offer in [geneva.status_quo.clone(), geneva.uniform(30, 0), geneva.uniform(0, 125)] {
        let explained = compiled.explain(&offer).unwrap();
        assert_eq!(explained.utility, compiled.preferences().utility().value(&offer));
        assert!(explained.objectives.iter().all(|o| (0.0..=1.0).contains(&o.offer.scaled)));
    }
    let free = compiled.explain(&geneva.uniform(0, 125)).unwrap();
    assert!(free.utility > 0.99, "{}", free.utility);
}
