//! What must hold of every impact, whatever the offer.

#![allow(clippy::unwrap_used)] // only in tests

mod common;

use common::{Levers, MAX_RATE, home, model, offer, partner, sector};
use detente_scoring::{ArmingtonCes, Impact, Model, Supply, Usd};
use proptest::prelude::*;
use tariff::{Agenda, Offer};

const SECTORS: usize = 3;

fn levers() -> impl Strategy<Value = Vec<Levers>> {
    let rate = prop_oneof![Just(0), 0..=MAX_RATE];
    let excluded = prop_oneof![Just(0), Just(10_000), 0..=10_000_i64];
    let purchase = prop_oneof![3 => Just(0), 1 => (0..=100_i64).prop_map(|n| n * 100_000_000)];
    let one =
        (rate, excluded, purchase).prop_map(|(rate, excluded, purchase)| Levers { rate, excluded, purchase });
    prop::collection::vec(one, 2 * SECTORS)
}

fn supply() -> impl Strategy<Value = Supply> {
    prop_oneof![3 => Just(Supply::Infinite), 1 => (0.2..30.0_f64).prop_map(Supply::Finite)]
}

fn sigma() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1.0), Just(0.76), 0.6..8.0_f64]
}

fn world() -> impl Strategy<Value = (f64, Supply)> {
    (sigma(), supply())
}

fn money(impact: &Impact) -> Vec<Usd> {
    let flows = impact.sectors.iter().flat_map(|s| [s.imports, s.exports]);
    let flows = flows.flat_map(|flow| [flow.value, flow.duty]);
    flows.chain(impact.diversion.iter().map(|d| d.imports)).collect()
}

fn score(model: &ArmingtonCes, offer: &Offer) -> Impact {
    model.impact(offer).unwrap()
}

/// The same offer with other levers on one flow.
fn with(agenda: &Agenda, base: &[Levers], flow: usize, levers: Levers) -> Offer {
    let mut changed = base.to_vec();
    changed[flow] = levers;
    offer(agenda, &changed, 800)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_flow_is_negative_or_absent_up_to_a_thousand_percent((sigma, supply) in world(), levers in levers()) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let impact = score(&model, &offer(&agenda, &levers, 0));
        prop_assert_eq!(impact.sectors.len(), SECTORS);
        for figure in money(&impact) {
            prop_assert!(figure.base >= 0 && figure.before >= 0 && figure.after >= 0, "{:?}", figure);
            prop_assert!(figure.after < 1_000_000_000_000);
        }
        for party in &impact.parties {
            let all = [party.average_tariff, party.average_tariff_base_weights, party.price_effect];
            prop_assert!(all.iter().all(|f| f.after.is_finite() && f.after >= -1e-9), "{:?}", party);
        }
    }

    #[test]
    fn totals_are_the_sums_of_the_sectors_to_the_dollar((sigma, supply) in world(), levers in levers()) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let impact = score(&model, &offer(&agenda, &levers, 0));
        let sum = |f: fn(&detente_scoring::SectorImpact) -> i64| impact.sectors.iter().map(f).sum::<i64>();
        prop_assert_eq!(impact.imports.after, sum(|s| s.imports.value.after));
        prop_assert_eq!(impact.exports.after, sum(|s| s.exports.value.after));
        prop_assert_eq!(impact.bilateral_deficit.after, impact.imports.after - impact.exports.after);
        prop_assert_eq!(impact.total_trade.after, impact.imports.after + impact.exports.after);
        prop_assert_eq!(impact.party(&home()).unwrap().tariff_revenue.after, sum(|s| s.imports.duty.after));
        prop_assert_eq!(impact.party(&partner()).unwrap().tariff_revenue.after, sum(|s| s.exports.duty.after));
    }

    #[test]
    fn the_schedule_of_the_data_year_gives_the_data_year_exactly(
        (sigma, supply) in world(), status_quo in levers(), excluded in 0..=10_000_i64,
    ) {
        let (free, agenda) = model(SECTORS, sigma, supply);
        let status_quo = offer(&agenda, &status_quo, 0);
        let model = ArmingtonCes::compile(free.base(), &agenda, &status_quo).unwrap();
        // Exclusions from a layer of nothing are nothing.
        let levers = [Levers { excluded, ..Levers::default() }; 2 * SECTORS];
        let impact = score(&model, &offer(&agenda, &levers, 800));
        for figure in money(&impact) {
            prop_assert_eq!(figure.base, figure.after);
        }
        for party in &impact.parties {
            for figure in [party.average_tariff, party.average_tariff_base_weights, party.price_effect] {
                prop_assert_eq!(figure.base.to_bits(), figure.after.to_bits());
            }
            prop_assert_eq!(party.price_effect.base, 0.0);
        }
        prop_assert_eq!(impact.de_minimis[0].consumer_cost.after, 0);
    }

    #[test]
    fn the_status_quo_gives_the_status_quo_exactly((sigma, supply) in world(), levers in levers()) {
        let (free, agenda) = model(SECTORS, sigma, supply);
        let status_quo = offer(&agenda, &levers, 200);
        let model = ArmingtonCes::compile(free.base(), &agenda, &status_quo).unwrap();
        let impact = score(&model, &status_quo);
        for figure in money(&impact) {
            prop_assert_eq!(figure.before, figure.after);
        }
        for (party, sector) in impact.parties.iter().zip(&impact.sectors) {
            for figure in [party.average_tariff, party.price_effect, sector.imports.rate, sector.exports.price] {
                prop_assert_eq!(figure.before.to_bits(), figure.after.to_bits());
            }
        }
        prop_assert_eq!(impact, score(&model, &status_quo));
    }

    #[test]
    fn a_higher_rate_never_brings_more_trade_nor_lower_prices_nor_less_diversion(
        (sigma, supply) in world(), levers in levers(), flow in 0..2 * SECTORS, (low, high) in (0..=MAX_RATE, 0..=MAX_RATE),
    ) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let at = |rate: i64| {
            let terms = Levers { rate, purchase: 0, ..levers[flow] };
            score(&model, &with(&agenda, &levers, flow, terms))
        };
        let (below, above) = (at(low.min(high)), at(low.max(high)));
        let pick = |impact: &Impact| {
            let sector = &impact.sectors[flow % SECTORS];
            if flow < SECTORS { sector.imports } else { sector.exports }
        };
        // Where part of the goods is exempt, a higher rate on the rest can raise the sum: buyers turn
        // to the exempt part too.
        if flow % SECTORS == 0 && levers[flow].excluded == 0 {
            prop_assert!(pick(&above).value.after <= pick(&below).value.after + 1);
        }
        prop_assert!(pick(&above).price.after >= pick(&below).price.after - 1e-6);
        prop_assert!(pick(&above).rate.after >= pick(&below).rate.after);
        for (before, after) in below.diversion.iter().zip(&above.diversion) {
            prop_assert!(after.imports.after >= before.imports.after - 1, "{:?} {:?}", before, after);
        }
    }

    #[test]
    fn more_exclusions_never_bring_less_trade(
        (sigma, supply) in world(), rate in 0..=MAX_RATE, (few, many) in (0..=10_000_i64, 0..=10_000_i64),
    ) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let at = |excluded: i64| {
            let terms = Levers { rate, excluded, purchase: 0 };
            score(&model, &with(&agenda, &[Levers::default(); 2 * SECTORS], 0, terms)).imports.after
        };
        prop_assert!(at(few.max(many)) >= at(few.min(many)) - 1);
        prop_assert_eq!(at(10_000), at_rate(&model, &agenda, 0), "all excluded pay the old rate");
    }

    #[test]
    fn figures_that_are_sums_are_additive_over_the_groups_exactly(
        (sigma, supply) in world(), levers in levers(), threshold in 0..=10_i64,
    ) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let free = offer(&agenda, &[Levers::default(); 2 * SECTORS], 800);
        let target = offer(&agenda, &levers, threshold * 100);
        let sums = |impact: &Impact| {
            let duty = impact.parties.each_ref().map(|p| p.tariff_revenue.after);
            [impact.imports.after, impact.exports.after, duty[0], duty[1], impact.de_minimis[0].consumer_cost.after]
        };
        let start = sums(&score(&model, &free));
        let mut total = start;
        for group in model.interactions() {
            let mut values = free.values().to_vec();
            group.iter().for_each(|place| values[*place] = target.value(*place));
            let moved = sums(&score(&model, &agenda.offer(values).unwrap()));
            for i in 0..total.len() {
                total[i] += moved[i] - start[i];
            }
        }
        prop_assert_eq!(total, sums(&score(&model, &target)));
    }

    #[test]
    fn a_purchase_commitment_is_met_and_taken_from_the_others(
        (sigma, supply) in world(), levers in levers(), purchase in 0..=100_i64,
    ) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let levers: Vec<_> = levers.into_iter().map(|l| Levers { purchase: 0, ..l }).collect();
        let floor = purchase * 100_000_000;
        let at = |purchase: i64| {
            score(&model, &with(&agenda, &levers, 0, Levers { purchase, ..levers[0] }))
        };
        let (without, with) = (at(0), at(floor));
        let value = with.sectors[0].imports.value.after;
        prop_assert_eq!(value, without.sectors[0].imports.value.after.max(floor));
        for (before, after) in without.diversion.iter().zip(&with.diversion) {
            prop_assert!(after.imports.after <= before.imports.after);
        }
        let exceeds = with.flags.iter().any(|f| f.as_str() == "purchase_exceeds_market");
        prop_assert!(!exceeds || floor > 3_000_000_000);
    }
}

fn at_rate(model: &ArmingtonCes, agenda: &Agenda, rate: i64) -> i64 {
    let levers = Levers { rate, ..Levers::default() };
    score(model, &with(agenda, &[Levers::default(); 2 * SECTORS], 0, levers)).imports.after
}

#[test]
fn the_issues_of_one_flow_form_one_group() {
    let (model, _) = model(2, 3.0, Supply::Infinite);
    let groups = model.interactions();
    let flows: Vec<Vec<usize>> = (0..4).map(|flow| (3 * flow..3 * flow + 3).collect()).collect();
    assert_eq!(groups, [flows, vec![vec![12]]].concat());
}

#[test]
fn large_and_infinite_supply_agree() {
    let levers = [Levers { rate: 14_500, excluded: 2_500, purchase: 0 }; 2 * SECTORS];
    let at = |supply| {
        let (model, agenda) = model(SECTORS, 2.7, supply);
        score(&model, &offer(&agenda, &levers, 800))
    };
    let (free, steep) = (at(Supply::Infinite), at(Supply::Finite(1e9)));
    assert!((free.imports.after - steep.imports.after).abs() < 100, "{free:?} {steep:?}");
    assert!((free.sectors[1].imports.price.after - steep.sectors[1].imports.price.after).abs() < 1e-3);
}

#[test]
fn parcels_cost_most_without_a_threshold_and_nothing_at_that_of_the_data_year() {
    let (model, agenda) = model(1, 2.0, Supply::Infinite);
    let at = |usd| score(&model, &offer(&agenda, &[Levers::default(); 2], usd)).de_minimis[0].clone();
    assert_eq!(at(0).consumer_cost.after, 11_950_000_000);
    assert_eq!(
        (at(0).consumer_cost_low.after, at(0).consumer_cost_high.after),
        (10_900_000_000, 13_000_000_000)
    );
    assert_eq!(at(400).consumer_cost.after, 5_975_000_000);
    assert_eq!((at(800).consumer_cost.after, at(1_000).consumer_cost.after), (0, 0));
}

#[test]
fn an_offer_of_another_agenda_is_refused() {
    let (model, _) = model(1, 2.0, Supply::Infinite);
    let other =
        tariff::Agenda::new(common::agenda(1).issues().to_vec(), tariff::AgendaDigest::of(b"other")).unwrap();
    let stray = offer(&other, &[Levers::default(); 2], 0);
    assert!(model.impact(&stray).unwrap_err().to_string().contains("bound to agenda"));
}

#[test]
fn the_powers_listed_are_those_of_the_closed_form() {
    let (model, agenda) = model(SECTORS, 2.7, Supply::Infinite);
    let powers = model.powers(&offer(&agenda, &[Levers { rate: 3_000, ..Levers::default() }; 6], 0)).unwrap();
    assert_eq!(powers.len(), 3 * 2 * SECTORS);
    let impact = score(&model, &offer(&agenda, &[Levers { rate: 3_000, ..Levers::default() }; 6], 0));
    let price = |place: usize| powers[place].base.powf(powers[place].exponent);
    assert!((impact.sectors[0].imports.price.after - 1e4 * (price(2 * SECTORS) - 1.0)).abs() < 1e-6);
}

#[test]
fn json_has_the_contracted_names() {
    let (model, agenda) = model(1, 2.0, Supply::Infinite);
    let impact = score(&model, &offer(&agenda, &[Levers { rate: 3_000, ..Levers::default() }; 2], 0));
    let json = serde_json::to_value(&impact).unwrap();
    for key in ["bilateral_deficit_usd", "imports_usd", "exports_usd", "total_trade_usd"] {
        for moment in ["base", "before", "after"] {
            assert!(json[key][moment].is_i64(), "{key}.{moment}");
        }
    }
    assert!(json["tariff_revenue_usd"]["NOR"]["after"].is_i64());
    assert_eq!(json["average_tariff_bps"]["SWE"]["before"], 0.0);
    assert_eq!(json["average_tariff_base_weights_bps"]["NOR"]["after"], 3_000.0);
    assert_eq!(json["deficit_concept"], "imports_minus_exports");
    assert_eq!(json["sectors"][0]["sector"], sector(0).as_str());
    assert!(json["sectors"][0]["import_rate_bps"]["after"].is_f64());
    assert_eq!(json["flags"], serde_json::json!(["estimated_de_minimis"]));
}
