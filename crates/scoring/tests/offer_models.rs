//! The linear models on offers, beside the default model on the same facts.

#![allow(clippy::unwrap_used)] // only in tests

#[allow(dead_code, reason = "shared with the tests of the default model")]
mod common;

use common::{Levers, agenda, facts, flow, home, offer, sector};
use detente_scoring::{Flag, Impact, Model, ScoringError, Supply, TradeBase, compile_model};
use proptest::prelude::*;
use tariff::Agenda;

const SECTORS: usize = 2;
const LINEAR: [&str; 2] = ["gsim", "smart"];

fn compile(name: &str, sigma: f64, supply: Supply) -> (Box<dyn Model>, Agenda) {
    let flows: Vec<_> = (0..SECTORS).map(|s| flow(s, sigma, supply)).collect();
    let base = TradeBase::new(facts(flows.clone(), flows)).unwrap();
    let agenda = agenda(SECTORS);
    let free = offer(&agenda, &[Levers::default(); 2 * SECTORS], 800);
    (compile_model(name, &base, &agenda, &free).unwrap(), agenda)
}

/// The impact of an added rate in basis points on the first sector of the home party.
fn at(name: &str, sigma: f64, supply: Supply, rate: i64) -> Impact {
    let (model, agenda) = compile(name, sigma, supply);
    let mut levers = [Levers::default(); 2 * SECTORS];
    levers[0].rate = rate;
    model.impact(&offer(&agenda, &levers, 800)).unwrap()
}

fn flagged(impact: &Impact, code: &str) -> bool {
    impact.flags.contains(&Flag::new(code))
}

fn supply() -> impl Strategy<Value = Supply> {
    prop_oneof![Just(Supply::Infinite), (1.0..20.0_f64).prop_map(Supply::Finite)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_added_rate_gives_the_data_year(sigma in 0.6..6.0_f64, supply in supply()) {
        for name in LINEAR {
            let still = at(name, sigma, supply, 0);
            prop_assert_eq!(still.model, name);
            prop_assert_eq!(still.imports.after, still.imports.base);
            prop_assert_eq!(still.exports.after, still.exports.base);
            prop_assert!(still.sectors.iter().all(|s| s.imports.price.after == 0.0));
            prop_assert!(still.diversion.iter().all(|d| d.imports.after == d.imports.base));
        }
    }

    /// GSIM is the tangent of the default model: the gap falls with the square of the rate.
    #[test]
    fn gsim_touches_the_default_model(sigma in 0.6..6.0_f64, supply in supply()) {
        let gap = |rate: i64| {
            let [line, curve] = ["gsim", "armington"].map(|name| at(name, sigma, supply, rate).imports.after);
            (line - curve).abs() as f64
        };
        let (near, far) = (gap(100), gap(800));
        prop_assert!(near <= far / 40.0 + 3.0, "{near} at 1%, {far} at 8%");
        prop_assert!(near <= 2e-3 * 1e9);
    }

    #[test]
    fn a_higher_rate_brings_less_from_the_partner_and_no_less_from_others(
        sigma in 0.6..6.0_f64, supply in supply(), rate in 0..2_000_i64, more in 100..800_i64,
    ) {
        for name in LINEAR {
            let (low, high) = (at(name, sigma, supply, rate), at(name, sigma, supply, rate + more));
            let imports = |impact: &Impact| impact.sector(&sector(0)).unwrap().imports.value.after;
            prop_assert!(imports(&high) < imports(&low));
            prop_assert!(high.diversion[0].imports.after >= low.diversion[0].imports.after);
            let sum: i64 = high.sectors.iter().map(|s| s.imports.value.after).sum();
            prop_assert_eq!(high.imports.after, sum);
            prop_assert_eq!(high.exports.after, low.exports.after);
        }
    }
}

#[test]
fn far_from_the_data_year_the_linear_models_say_so() {
    for name in LINEAR {
        assert!(!flagged(&at(name, 3.0, Supply::Infinite, 2_900), "out_of_range"));
        let far = at(name, 3.0, Supply::Infinite, 14_500);
        assert!(flagged(&far, "out_of_range") && flagged(&far, "negative_trade"), "{name}: {:?}", far.flags);
        assert!(far.sector(&sector(0)).unwrap().imports.value.after < 0);
    }
    assert!(!flagged(&at("armington", 3.0, Supply::Infinite, 14_500), "out_of_range"));
    let (model, _) = compile("gsim", 3.0, Supply::Infinite);
    assert!(model.base().meaning(&Flag::new("out_of_range")).unwrap().contains("30%"));
}

#[test]
fn exclusions_purchases_and_thresholds_count_as_in_the_default_model() {
    for name in LINEAR {
        let (model, agenda) = compile(name, 2.0, Supply::Infinite);
        let score = |first: Levers| {
            let mut levers = [Levers::default(); 2 * SECTORS];
            levers[0] = first;
            model.impact(&offer(&agenda, &levers, 0)).unwrap()
        };
        let taxed = Levers { rate: 2_000, ..Levers::default() };
        let spared = score(Levers { excluded: 10_000, ..taxed });
        assert_eq!(spared.imports.after, spared.imports.base, "{name}: nothing pays the added rate");
        assert!(score(Levers { excluded: 5_000, ..taxed }).imports.after > score(taxed).imports.after);
        let bought = score(Levers { purchase: 5_000_000_000, ..taxed });
        assert_eq!(bought.sector(&sector(0)).unwrap().imports.value.after, 5_000_000_000);
        assert_eq!(bought.de_minimis[0].importer, home());
        assert!(bought.de_minimis[0].consumer_cost.after > 0);
    }
}

#[test]
fn an_unknown_model_lists_the_known_ones() {
    let flows = vec![flow(0, 2.0, Supply::Infinite)];
    let base = TradeBase::new(facts(flows.clone(), flows)).unwrap();
    let agenda = agenda(1);
    let free = offer(&agenda, &[Levers::default(); 2], 800);
    match compile_model("gtap", &base, &agenda, &free).err() {
        Some(ScoringError::BadFact { given, expected, .. }) => {
            assert_eq!(given, "gtap");
            assert!(detente_scoring::OFFER_MODELS.iter().all(|(name, _)| expected.contains(name)));
        }
        other => panic!("{other:?}"),
    }
}
