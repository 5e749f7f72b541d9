//! What cannot be constructed, and how the error reads.

#![allow(clippy::unwrap_used)]

mod common;

use detente_utility::{MAX_COMBINATIONS, Mask, Planner, Preferences, Table, Utility, quantise};

#[test]
fn tables_must_fit_their_group() {
    let agenda = common::agenda(&[2, 3]);
    let text =
        |places: Vec<usize>, values: Vec<f64>| Table::new(&agenda, places, values).unwrap_err().to_string();
    assert_eq!(
        text(vec![1, 0], vec![0.0; 6]),
        "group [1, 0] is not valid: expected ascending places below 2"
    );
    assert_eq!(text(vec![2], vec![]), "group [2] is not valid: expected ascending places below 2");
    assert_eq!(text(vec![1], vec![0.0]), "the table over issues [1] has 1 entries: expected 3");
    assert!(text(vec![0], vec![f64::NAN, 0.0]).contains("holds NaN"));
}

#[test]
fn groups_are_bounded() {
    let agenda = common::agenda(&[1024, 1024, 2]);
    assert!(Mask::new(&agenda, vec![0, 1], |_| true).is_ok());
    let err = Mask::new(&agenda, vec![0, 1, 2], |_| true).unwrap_err().to_string();
    assert_eq!(
        err,
        format!("issues [0, 1, 2] have 2097152 combinations together: expected at most {MAX_COMBINATIONS}")
    );
}

#[test]
fn utilities_stay_in_the_unit_interval() {
    let agenda = common::agenda(&[2, 2]);
    let table = |place, high| Table::new(&agenda, vec![place], vec![0.0, high]).unwrap();
    let err = Utility::additive(&agenda, vec![table(0, 0.7), table(1, 0.7)]).unwrap_err().to_string();
    assert!(err.starts_with("the utility reaches from 0.000000 to 1.400000:"), "{err}");
    let utility = Utility::additive(&agenda, vec![table(0, 0.5)]).unwrap();
    assert!(Preferences::new(utility.clone(), f64::NAN).is_err());
    assert!(Preferences::new(utility, 1.5).is_err());
}

#[test]
fn red_lines_that_leave_nothing_are_refused() {
    let agenda = common::agenda(&[2, 2]);
    let utility = Utility::additive(&agenda, vec![]).unwrap();
    let never = Mask::new(&agenda, vec![1], |_| false).unwrap();
    let preferences = Preferences::new(utility, 0.0).unwrap().with_red_lines(vec![never]);
    let err = Planner::new(&preferences, None).unwrap_err().to_string();
    assert_eq!(err, "the red lines on issues [1] leave no value");
}

#[test]
fn an_offer_for_another_agenda_is_worth_nothing() {
    let (ours, theirs) = (common::agenda(&[2]), common::agenda(&[2]));
    let other = tariff::Agenda::new(theirs.issues().to_vec(), tariff::AgendaDigest::of(b"other")).unwrap();
    let utility =
        Utility::additive(&ours, vec![Table::new(&ours, vec![0], vec![0.5, 1.0]).unwrap()]).unwrap();
    let preferences = Preferences::new(utility, 0.0).unwrap();
    let stranger = other.offer_at(&[1]).unwrap();
    assert_eq!(preferences.utility().value(&stranger), 0.0);
    assert!(!preferences.acceptable(&stranger));
}

#[test]
fn quantised_numbers_add_up_exactly_in_any_order() {
    let parts: Vec<f64> = (1..200).map(|n| quantise(1.0 / f64::from(n * n) / 2.0)).collect();
    let forward: f64 = parts.iter().sum();
    let backward: f64 = parts.iter().rev().sum();
    assert_eq!(forward, backward);
}
