//! The pure partial equilibrium against an independent solver, and its own equations.

#![allow(clippy::unwrap_used)] // only in tests

use detente_scoring::{Equilibrium, Market, ScoringError, Supply, equilibrium};
use proptest::prelude::*;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn close(name: &str, given: &[f64], expected: &Value) {
    let expected = numbers(expected);
    assert_eq!(given.len(), expected.len(), "{name}");
    for (g, e) in given.iter().zip(&expected) {
        assert!((g - e).abs() <= 1e-6 * e.abs(), "{name}: {g} is not {e}");
    }
}

#[test]
fn every_case_of_the_oracle_is_met() {
    let oracle: Value = serde_json::from_str(include_str!("oracle/pe_ces.json")).unwrap();
    let cases = oracle["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let input = &case["inputs"];
        let supply: Vec<Supply> = numbers(&input["eps"]).into_iter().map(Supply::Finite).collect();
        let after = equilibrium(&Market {
            v0: &numbers(&input["v0"]),
            t0: &numbers(&input["t0"]),
            t1: &numbers(&input["t1"]),
            sigma: input["sig"].as_f64().unwrap(),
            eta: input["eta"].as_f64().unwrap(),
            supply: &supply,
        })
        .unwrap();
        compare(&after, &case["output"]);
    }
}

fn compare(after: &Equilibrium, expected: &Value) {
    close("p", &after.producer_price, &expected["producer_price_hat"]);
    close("p tau", &after.consumer_price, &expected["consumer_price_hat"]);
    close("q", &after.quantity, &expected["quantity_hat"]);
    close("P", &[after.price_index], &Value::from(vec![expected["industry_price_hat"].clone()]));
    close("spending", &after.expenditure, &expected["expenditure_new"]);
    close("revenue", &after.exporter_revenue, &expected["exporter_revenue_new"]);
    close("duty before", &after.duty_before, &expected["tariff_revenue_old"]);
    close("duty after", &after.duty_after, &expected["tariff_revenue_new"]);
    let through = expected["tariff_pass_through_to_consumer_price"].as_array().unwrap();
    for (given, expected) in after.pass_through.iter().zip(through) {
        assert_eq!(given.is_none(), expected.is_null());
        if let Some(given) = given {
            close("pass-through", &[*given], &Value::from(vec![expected.clone()]));
        }
    }
}

/// Cases with a tariff before: σ on both sides of 1 and at it.
#[test]
fn the_closed_form_meets_its_published_cases() {
    let cases = [
        (2.85, 1.1257034777, 0.1220486575),
        (1.0, 1.2323363150, 0.4813352156),
        (0.76, 1.2524992529, 0.5618303989),
    ];
    for (sigma, index, quantity) in cases {
        let after = market(sigma, [Supply::Infinite; 3], [0.0, 1.56, 0.03]).unwrap();
        assert!((after.price_index / index - 1.0).abs() < 1e-9, "sigma {sigma}: {}", after.price_index);
        assert!((after.quantity[1] / quantity - 1.0).abs() < 1e-9, "sigma {sigma}: {:?}", after.quantity);
    }
}

fn market(sigma: f64, supply: [Supply; 3], t1: [f64; 3]) -> Result<Equilibrium, ScoringError> {
    equilibrium(&Market {
        v0: &[60.0, 25.0, 15.0],
        t0: &[0.0, 0.11, 0.03],
        t1: &t1,
        sigma,
        eta: -0.5,
        supply: &supply,
    })
}

fn supplies() -> impl Strategy<Value = [Supply; 3]> {
    let one = prop_oneof![Just(Supply::Infinite), (0.0..50.0).prop_map(Supply::Finite)];
    [one.clone(), one.clone(), one]
}

proptest! {
    #[test]
    fn a_cleared_market_satisfies_its_own_equations(
        sigma in 0.6..20.0_f64, supply in supplies(), t in 0.0..10.0_f64, u in 0.0..10.0_f64,
    ) {
        let after = market(sigma, supply, [0.0, t, u]).unwrap();
        let tau = [1.0, (1.0 + t) / 1.11, (1.0 + u) / 1.03];
        let shares = [0.60, 0.25, 0.15];
        let sum: f64 = (0..3).map(|j| shares[j] * (after.producer_price[j] * tau[j]).powf(1.0 - sigma)).sum();
        if (sigma - 1.0).abs() > 1e-3 {
            prop_assert!((sum.ln() / (1.0 - sigma) - after.price_index.ln()).abs() < 1e-9);
        }
        for j in 0..3 {
            let (p, q) = (after.producer_price[j].ln(), after.quantity[j].ln());
            let demand = (sigma - 0.5) * after.price_index.ln() - sigma * (p + tau[j].ln());
            prop_assert!((demand - q).abs() < 1e-9);
            match supply[j] {
                Supply::Finite(eps) => prop_assert!((eps * p - q).abs() < 1e-9),
                Supply::Infinite => prop_assert_eq!(p, 0.0),
            }
        }
    }

    /// Every market within the bounds clears, however flat: only one in which nothing responds cannot.
    #[test]
    fn every_valid_market_clears(
        sigma in 0.05..100.0_f64, part in prop_oneof![Just(0.0), 0.0..0.999_f64], t in -0.9..100.0_f64, u in -0.9..100.0_f64,
        supply in prop::array::uniform3(prop_oneof![
            Just(Supply::Infinite), Just(Supply::Finite(0.0)), (0.0..1e6_f64).prop_map(Supply::Finite),
        ]),
    ) {
        let after = equilibrium(&Market {
            v0: &[60.0, 25.0, 15.0], t0: &[0.0, 0.11, 0.03], t1: &[0.0, t, u], sigma, eta: -part * sigma, supply: &supply,
        });
        if part == 0.0 && supply == [Supply::Finite(0.0); 3] {
            prop_assert_eq!(after, Err(ScoringError::Singular { unknowns: 3 }));
        } else {
            prop_assert!(after.is_ok(), "{:?}", after);
        }
    }

    #[test]
    fn unchanged_tariffs_change_nothing_to_the_bit(sigma in 0.6..20.0_f64, supply in supplies()) {
        let after = market(sigma, supply, [0.0, 0.11, 0.03]).unwrap();
        prop_assert_eq!(after.price_index, 1.0);
        prop_assert_eq!(&after.quantity, &vec![1.0; 3]);
        prop_assert_eq!(after.residual, 0.0);
    }

    #[test]
    fn the_exporter_bears_part_of_a_tariff_and_less_the_easier_it_turns_elsewhere(
        sigma in 0.6..20.0_f64, t in 0.2..10.0_f64, eps in 0.1..20.0_f64,
    ) {
        let through = |eps: f64| {
            let after = market(sigma, [Supply::Finite(eps); 3], [0.0, t, 0.03]).unwrap();
            after.pass_through[1].unwrap()
        };
        prop_assert!(through(eps) > 0.0 && through(eps) <= through(2.0 * eps) + 1e-9);
        prop_assert!(through(2.0 * eps) < 1.0);
        let free = market(sigma, [Supply::Infinite; 3], [0.0, t, 0.03]).unwrap();
        prop_assert!((free.pass_through[1].unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn sigma_near_one_is_continuous(t in 0.0..10.0_f64, supply in supplies()) {
        let at = |sigma: f64| market(sigma, supply, [0.0, t, 0.03]).unwrap().price_index;
        prop_assert!((at(1.0) / at(1.0 + 2e-6) - 1.0).abs() < 1e-4);
        prop_assert!((at(1.0) / at(1.0 - 2e-6) - 1.0).abs() < 1e-4);
    }
}

/// Demand that does not respond, and a source that supplies what it did whatever it gets: the other one
/// sets the price.
#[test]
fn a_flat_market_clears() {
    let supply = [Supply::Finite(0.0), Supply::Infinite];
    let market = |t1: &[f64]| {
        let market = Market { v0: &[60.0, 40.0], t0: &[0.0; 2], t1, sigma: 17.0, eta: 0.0, supply: &supply };
        equilibrium(&market).unwrap()
    };
    for t1 in [[0.0, 92.6], [92.6, 0.0], [92.6, 92.6], [0.3, 0.1]] {
        let after = market(&t1);
        assert!((after.price_index / (1.0 + t1[1]) - 1.0).abs() < 1e-9, "{after:?}");
        assert!((after.quantity[0] - 1.0).abs() < 1e-9 && after.producer_price[1] == 1.0, "{after:?}");
    }
}

#[test]
fn a_market_in_which_nothing_responds_is_refused() {
    let undetermined = |eta: f64, supply: [Supply; 2], v0: [f64; 2]| {
        let (t0, t1) = ([0.0; 2], [0.0, 0.3]);
        equilibrium(&Market { v0: &v0, t0: &t0, t1: &t1, sigma: 3.0, eta, supply: &supply })
    };
    let fixed = [Supply::Finite(0.0); 2];
    assert_eq!(undetermined(0.0, fixed, [60.0, 40.0]), Err(ScoringError::Singular { unknowns: 2 }));
    // Nobody buys from the one that responds.
    let elsewhere = [Supply::Finite(0.0), Supply::Infinite];
    assert_eq!(undetermined(0.0, elsewhere, [60.0, 0.0]), Err(ScoringError::Singular { unknowns: 2 }));
    assert!((undetermined(-0.5, fixed, [60.0, 40.0]).unwrap().price_index - 1.0).abs() < 1e-12);
}

#[test]
fn impossible_inputs_are_named() {
    let refused = |sigma, supply, t1: [f64; 3]| match market(sigma, supply, t1) {
        Err(ScoringError::BadFact { place, .. }) => place,
        other => panic!("{other:?}"),
    };
    let free = [Supply::Infinite; 3];
    assert_eq!(refused(0.4, free, [0.0; 3]), "market: eta");
    assert_eq!(refused(f64::NAN, free, [0.0; 3]), "market: sigma");
    assert_eq!(refused(2.0, free, [0.0, -1.0, 0.0]), "t1[1]");
    let broken = [Supply::Infinite, Supply::Infinite, Supply::Finite(f64::NAN)];
    assert_eq!(refused(2.0, broken, [0.0; 3]), "supply[2]: supply elasticity");
}
