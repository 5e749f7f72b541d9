//! Offers near a reference: the figures of the full impact, to the bit.

#![allow(clippy::unwrap_used, reason = "only in tests")]
#![allow(dead_code, reason = "the common world has more than this file needs")]

mod common;

use common::{Levers, MAX_RATE, model, offer};
use detente_scoring::{Headlines, Model, Supply};
use proptest::prelude::*;
use tariff::{IssueKind, Offer, Value};

const SECTORS: usize = 4;

fn levers() -> impl Strategy<Value = Vec<Levers>> {
    let rate = prop_oneof![Just(0), 0..=MAX_RATE];
    let excluded = prop_oneof![Just(0), 0..=10_000_i64];
    let purchase = prop_oneof![3 => Just(0), 1 => (0..=100_i64).prop_map(|n| n * 100_000_000)];
    let one =
        (rate, excluded, purchase).prop_map(|(rate, excluded, purchase)| Levers { rate, excluded, purchase });
    prop::collection::vec(one, 2 * SECTORS)
}

fn world() -> impl Strategy<Value = (f64, Supply)> {
    let supply = prop_oneof![3 => Just(Supply::Infinite), 1 => (0.2..30.0_f64).prop_map(Supply::Finite)];
    (prop_oneof![Just(1.0), Just(0.76), 0.6..8.0_f64], supply)
}

/// The headlines of a full impact as bits, so that not even a sign of zero may differ.
fn bits(headlines: &Headlines) -> Vec<u64> {
    let h = headlines;
    let money = [h.bilateral_deficit, h.imports, h.exports, h.total_trade];
    let parties = h.parties.iter().flat_map(|p| {
        let rates = [p.average_tariff, p.average_tariff_base_weights, p.price_effect];
        rates.map(f64::to_bits).into_iter().chain([p.tariff_revenue as u64])
    });
    money.map(|m| m as u64).into_iter().chain(parties).collect()
}

/// `reference` with the values of `other` at `places`.
fn mixed(reference: &Offer, other: &Offer, places: &[usize]) -> Vec<(usize, Value)> {
    assert_eq!(reference.agenda(), other.agenda());
    places.iter().map(|place| (*place, other.value(*place))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn headlines_are_those_of_the_impact((sigma, supply) in world(), levers in levers()) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let offer = offer(&agenda, &levers, 800);
        let impact = model.impact(&offer).unwrap();
        let headlines = model.headlines(&offer).unwrap();
        prop_assert_eq!(bits(&headlines), bits(&impact.headlines()));
        prop_assert_eq!(headlines.total_trade, impact.total_trade.after);
        prop_assert_eq!(headlines.bilateral_deficit, impact.bilateral_deficit.after);
    }

    #[test]
    fn a_change_of_a_few_places_gives_the_impact_of_the_whole_offer(
        (sigma, supply) in world(), from in levers(), to in levers(),
        places in prop::collection::vec(0..6 * SECTORS + 1, 0..6),
    ) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let (reference, other) = (offer(&agenda, &from, 800), offer(&agenda, &to, 300));
        let near = model.near(&reference).unwrap();
        let changes = mixed(&reference, &other, &places);
        let mut values = reference.values().to_vec();
        changes.iter().for_each(|(place, value)| values[*place] = *value);
        let changed = agenda.offer(values).unwrap();
        let full = bits(&model.impact(&changed).unwrap().headlines());
        prop_assert_eq!(bits(&near.with(&changes).unwrap()), full.clone());
        prop_assert_eq!(bits(&near.headlines(&changed).unwrap()), full);
        prop_assert_eq!(near.reference(), model.impact(&reference).unwrap().headlines());
    }

    #[test]
    fn any_offer_is_near_enough((sigma, supply) in world(), from in levers(), to in levers()) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let near = model.near(&offer(&agenda, &from, 800)).unwrap();
        let other = offer(&agenda, &to, 100);
        prop_assert_eq!(bits(&near.headlines(&other).unwrap()), bits(&model.impact(&other).unwrap().headlines()));
    }
}

#[test]
fn the_last_value_at_a_place_counts() {
    let (model, agenda) = model(SECTORS, 2.7, Supply::Infinite);
    let near = model.near(&offer(&agenda, &[Levers::default(); 2 * SECTORS], 800)).unwrap();
    let twice = [(0, Value::Number(9_000)), (0, Value::Number(2_500))];
    assert_eq!(near.with(&twice).unwrap(), near.with(&twice[1..]).unwrap());
    assert_ne!(near.with(&twice).unwrap(), near.with(&twice[..1]).unwrap());
}

#[test]
fn what_the_agenda_does_not_have_is_refused() {
    let (model, agenda) = model(SECTORS, 2.7, Supply::Infinite);
    let near = model.near(&offer(&agenda, &[Levers::default(); 2 * SECTORS], 800)).unwrap();
    assert!(matches!(agenda.issues()[0].kind(), IssueKind::Number(_)));
    for change in [
        (0, Value::Number(MAX_RATE + 1)),
        (0, Value::Switch(true)),
        (agenda.len(), Value::Number(0)),
        (usize::MAX, Value::Number(0)),
    ] {
        assert!(near.with(&[change]).is_err(), "{change:?}");
    }
}
