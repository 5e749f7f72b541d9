//! Ossa's general equilibrium: against numbers from elsewhere, against another method, and what must
//! hold in any world.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod world;

use detente_scoring::ossa::{Economy, Equilibrium, Facts};
use detente_scoring::{Bilateral, ScoringError, study};
use proptest::prelude::*;
use serde_json::Value;
use world::{names, square, world};

const ORACLE: &str = include_str!("oracle/ossa_synthetic_3x2.json");

/// Every number of `expected` to a relative tolerance; nothing may be missing.
fn close(place: &str, given: &Value, expected: &Value, tolerance: f64) {
    match (given, expected) {
        (Value::Array(given), Value::Array(expected)) => {
            assert_eq!(given.len(), expected.len(), "{place}");
            for (i, (g, e)) in given.iter().zip(expected).enumerate() {
                close(&format!("{place}[{i}]"), g, e, tolerance);
            }
        }
        _ => {
            let (given, expected) = (given.as_f64().unwrap(), expected.as_f64().unwrap());
            let apart = (given - expected).abs();
            assert!(apart <= tolerance * expected.abs(), "{place}: {given} is not {expected}");
        }
    }
}

#[test]
fn every_figure_of_the_oracle_is_met_from_its_own_inputs() {
    let oracle: Value = serde_json::from_str(ORACLE).unwrap();
    let solved = study::read("ossa", ORACLE).unwrap().solve().unwrap();
    let cases = oracle["cases"].as_array().unwrap();
    assert_eq!(solved.len(), cases.len());
    for (solved, case) in solved.iter().zip(cases) {
        assert_eq!(case["name"], solved.name.as_str());
        assert!(solved.residual <= 1e-12, "{}", solved.residual);
        let figures = case.as_object().unwrap().iter().filter(|(k, _)| *k != "name" && *k != "residual");
        for (key, expected) in figures {
            // The oracle rounds flows to eight decimals, the smallest being 1.5.
            close(&format!("{} {key}", solved.name), &solved.outputs[key], expected, 4e-9);
        }
    }
}

/// A world in levels: endowments and tastes, from which trade follows.
struct Levels {
    sigma: Vec<f64>,
    /// By region: labour.
    labour: Vec<f64>,
    /// By sector and importer: share of spending.
    budget: Vec<Vec<f64>>,
    /// `[sector][exporter][importer]`: varieties on offer, tastes and trade costs in one number.
    taste: Vec<Vec<Vec<f64>>>,
}

/// What a world in levels comes to.
struct Outturn {
    wage: Vec<f64>,
    expenditure: Vec<f64>,
    price: Vec<f64>,
    trade: Vec<Vec<Vec<f64>>>,
}

impl Levels {
    /// Raises the wage where labour is short and lowers it where it is idle until it is neither; in
    /// between, incomes are recomputed from sales until they stand still.
    fn outturn(&self, tariffs: &[Vec<Vec<f64>>]) -> Outturn {
        let n = self.labour.len();
        let mut wage = vec![1.0; n];
        let mut expenditure = self.labour.clone();
        for _ in 0..200_000 {
            let trade = self.trade(&wage, &expenditure, tariffs);
            let mut moved = 0.0_f64;
            for i in 0..n {
                let sales = |s: usize| trade[s][i].iter().sum::<f64>();
                let wages: f64 = (0..self.sigma.len()).map(|s| sales(s) * (1.0 - 1.0 / self.sigma[s])).sum();
                let profits: f64 = (0..self.sigma.len()).map(|s| sales(s) / self.sigma[s]).sum();
                let duties: f64 = (0..self.sigma.len())
                    .flat_map(|s| (0..n).map(move |k| (s, k)))
                    .map(|(s, k)| trade[s][k][i] * tariffs[s][k][i])
                    .sum();
                let income = wage[i] * self.labour[i] + profits + duties;
                let scarce = wages / (wage[i] * self.labour[i]);
                moved = moved.max((scarce - 1.0).abs()).max((income / expenditure[i] - 1.0).abs());
                wage[i] *= scarce.powf(0.2);
                expenditure[i] = income;
            }
            let world: f64 = (0..n).map(|i| wage[i] * self.labour[i]).sum();
            let scale = self.labour.iter().sum::<f64>() / world;
            wage.iter_mut().for_each(|w| *w *= scale);
            expenditure.iter_mut().for_each(|e| *e *= scale);
            if moved < 1e-14 {
                let price = (0..n).map(|j| self.price(&wage, tariffs, j)).collect();
                return Outturn { trade: self.trade(&wage, &expenditure, tariffs), wage, expenditure, price };
            }
        }
        panic!("wages do not come to rest");
    }

    fn trade(&self, wage: &[f64], spending: &[f64], tariffs: &[Vec<Vec<f64>>]) -> Vec<Vec<Vec<f64>>> {
        let n = wage.len();
        let appeal = |s: usize, i: usize, j: usize| {
            self.taste[s][i][j] / (wage[i] * (1.0 + tariffs[s][i][j])).powf(self.sigma[s] - 1.0)
        };
        let flow = |s: usize, i: usize, j: usize| {
            let all: f64 = (0..n).map(|k| appeal(s, k, j)).sum();
            self.budget[s][j] * spending[j] * appeal(s, i, j) / all / (1.0 + tariffs[s][i][j])
        };
        (0..self.sigma.len()).map(|s| square(n, |i, j| flow(s, i, j))).collect()
    }

    fn price(&self, wage: &[f64], tariffs: &[Vec<Vec<f64>>], j: usize) -> f64 {
        let sector = |s: usize| {
            let terms = (0..wage.len()).map(|i| {
                self.taste[s][i][j] * (wage[i] * (1.0 + tariffs[s][i][j])).powf(1.0 - self.sigma[s])
            });
            terms.sum::<f64>().powf(self.budget[s][j] / (1.0 - self.sigma[s]))
        };
        (0..self.sigma.len()).map(sector).product()
    }
}

#[test]
fn a_world_in_levels_solved_by_tatonnement_changes_as_the_hats_say() {
    let (n, sectors) = (4, 3);
    let made_up = world(n, sectors, 7);
    let levels = Levels {
        sigma: vec![2.6, 4.1, 6.3],
        labour: vec![120.0, 80.0, 45.0, 260.0],
        budget: vec![vec![0.2, 0.35, 0.3, 0.25], vec![0.5, 0.25, 0.4, 0.45], vec![0.3, 0.4, 0.3, 0.3]],
        taste: made_up.trade,
    };
    let mut after = made_up.tariffs.clone();
    after[0][1][0] = 1.45;
    after[1][0][1] = 1.25;
    after[2][3][2] = -0.1;
    after[2][2] = vec![0.0, 0.6, 0.0, 0.3];
    let (old, new) = (levels.outturn(&made_up.tariffs), levels.outturn(&after));
    let economy = Economy::new(Facts {
        regions: names('r', n),
        sectors: names('s', sectors),
        sigma: levels.sigma,
        trade: old.trade,
        tariffs: made_up.tariffs,
    })
    .unwrap();
    let hats = economy.solve(&Bilateral::from_nested(&after).unwrap()).unwrap();
    for i in 0..n {
        let expected = [
            (hats.wage_hat[i], new.wage[i] / old.wage[i]),
            (hats.expenditure_hat[i], new.expenditure[i] / old.expenditure[i]),
            (hats.price_index_hat[i], new.price[i] / old.price[i]),
            (hats.welfare_hat[i], new.expenditure[i] / old.expenditure[i] / (new.price[i] / old.price[i])),
        ];
        for (given, expected) in expected {
            assert!((given / expected - 1.0).abs() < 1e-10, "region {i}: {given} is not {expected}");
        }
    }
    assert!((hats.welfare_hat[1] - 1.0).abs() > 1e-3, "a shock that does something");
    let flows = hats.trade_counterfactual.nested();
    for (given, expected) in flows.iter().flatten().flatten().zip(new.trade.iter().flatten().flatten()) {
        assert!((given / expected - 1.0).abs() < 1e-9, "{given} is not {expected}");
    }
}

/// Data with trade in balance, and tariffs for them.
fn economies() -> impl Strategy<Value = (Facts, Bilateral)> {
    (2..=4_usize, 1..=3_usize, any::<u64>()).prop_flat_map(|(n, sectors, seed)| {
        let count = sectors * n * n;
        let shocks = prop::collection::vec(prop_oneof![2 => Just(0.0), 3 => -0.25..1.5_f64], count);
        shocks.prop_map(move |shocks| (balanced(n, sectors, seed), moved(n, sectors, seed, &shocks)))
    })
}

fn balanced(n: usize, sectors: usize, seed: u64) -> Facts {
    let facts = world(n, sectors, seed);
    let trade = Economy::purged(facts.clone()).unwrap().trade().nested();
    Facts { trade, ..facts }
}

/// The tariffs of the world with `shocks` on top.
fn moved(n: usize, sectors: usize, seed: u64, shocks: &[f64]) -> Bilateral {
    let mut tariffs = Bilateral::from_nested(&world(n, sectors, seed).tariffs).unwrap();
    for ((s, i, j), shock) in tariffs.clone().places().zip(shocks) {
        if i != j {
            tariffs.set(s, i, j, tariffs.get(s, i, j).unwrap() + shock);
        }
    }
    tariffs
}

fn same(one: &[f64], other: &[f64], tolerance: f64) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| (a / b - 1.0).abs() <= tolerance)
}

fn hats(equilibrium: &Equilibrium) -> Vec<f64> {
    let lists = [
        &equilibrium.wage_hat,
        &equilibrium.expenditure_hat,
        &equilibrium.price_index_hat,
        &equilibrium.welfare_hat,
    ];
    lists.into_iter().flatten().chain(equilibrium.profit_hat.iter().flatten()).copied().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn tariffs_that_stand_change_nothing_to_the_bit((facts, _) in economies()) {
        let economy = Economy::new(facts.clone()).unwrap();
        let still = economy.solve(economy.base_tariffs()).unwrap();
        prop_assert!(hats(&still).iter().all(|hat| *hat == 1.0));
        prop_assert_eq!(still.trade_counterfactual.nested(), facts.trade);
    }

    #[test]
    fn tariffs_of_thousands_of_percent_have_an_equilibrium((facts, tariffs) in economies(), factor in 1.0..50.0_f64) {
        let economy = Economy::new(facts).unwrap();
        let mut high = tariffs.clone();
        for (s, i, j) in tariffs.places() {
            high.set(s, i, j, tariffs.get(s, i, j).unwrap().max(0.0) * factor);
        }
        let solved = economy.solve(&high).unwrap();
        prop_assert!(solved.residual <= 1e-12);
    }

    #[test]
    fn only_proportions_of_trade_count((facts, tariffs) in economies(), scale in 1e-6..1e6_f64) {
        let mut scaled = facts.clone();
        scaled.trade.iter_mut().flatten().flatten().for_each(|flow| *flow *= scale);
        let one = Economy::new(facts).unwrap().solve(&tariffs).unwrap();
        let other = Economy::new(scaled).unwrap().solve(&tariffs).unwrap();
        prop_assert!(same(&hats(&one), &hats(&other), 1e-11));
    }

    #[test]
    fn flows_add_up((facts, tariffs) in economies()) {
        let economy = Economy::new(facts.clone()).unwrap();
        let after = economy.solve(&tariffs).unwrap();
        let flow = |s: usize, i: usize, j: usize| after.trade_counterfactual.get(s, i, j).unwrap();
        let (n, sectors) = (facts.regions.len(), facts.sectors.len());
        let sum = |of: &dyn Fn(usize, usize) -> f64| -> f64 {
            (0..sectors).flat_map(|s| (0..n).map(move |k| (s, k))).map(|(s, k)| of(s, k)).sum()
        };
        let mut wages = [0.0, 0.0];
        for j in 0..n {
            let base = sum(&|s, i| facts.trade[s][i][j] * (1.0 + facts.tariffs[s][i][j]));
            let spent = sum(&|s, i| flow(s, i, j) * (1.0 + tariffs.get(s, i, j).unwrap()));
            let duties = sum(&|s, i| flow(s, i, j) * tariffs.get(s, i, j).unwrap());
            let (sold, bought) = (sum(&|s, k| flow(s, j, k)), sum(&|s, i| flow(s, i, j)));
            let labour = |of: &dyn Fn(usize, usize) -> f64| sum(&|s, k| of(s, k) * (1.0 - 1.0 / facts.sigma[s]));
            let (before, now) = (labour(&|s, k| facts.trade[s][j][k]), labour(&|s, k| flow(s, j, k)));
            wages = [wages[0] + before, wages[1] + before * after.wage_hat[j]];
            prop_assert!((spent / (base * after.expenditure_hat[j]) - 1.0).abs() < 1e-11, "spending");
            prop_assert!((spent / (sold + duties) - 1.0).abs() < 1e-11, "income");
            prop_assert!((sold / bought - 1.0).abs() < 1e-11, "balanced trade");
            prop_assert!((now / (before * after.wage_hat[j]) - 1.0).abs() < 1e-11, "labour");
        }
        prop_assert!((wages[1] / wages[0] - 1.0).abs() < 1e-12, "numeraire");
    }

    #[test]
    fn the_order_of_regions_and_sectors_does_not_matter((facts, tariffs) in economies(), turn in 1..3_usize) {
        let (n, sectors) = (facts.regions.len(), facts.sectors.len());
        let (region, sector) = (|i: usize| (i + turn) % n, |s: usize| (s + turn) % sectors);
        let turned = |nested: &[Vec<Vec<f64>>]| -> Vec<Vec<Vec<f64>>> {
            (0..sectors).map(|s| square(n, |i, j| nested[sector(s)][region(i)][region(j)])).collect()
        };
        let other = Facts {
            sigma: (0..sectors).map(|s| facts.sigma[sector(s)]).collect(),
            trade: turned(&facts.trade),
            tariffs: turned(&facts.tariffs),
            ..facts.clone()
        };
        let other = Economy::new(other).unwrap();
        let one = Economy::new(facts).unwrap().solve(&tariffs).unwrap();
        let other = other.solve(&Bilateral::from_nested(&turned(&tariffs.nested())).unwrap()).unwrap();
        for i in 0..n {
            prop_assert!((other.welfare_hat[i] / one.welfare_hat[region(i)] - 1.0).abs() < 1e-12);
            prop_assert!((other.wage_hat[i] / one.wage_hat[region(i)] - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_higher_tariff_lowers_imports_of_what_it_is_on(
        (facts, tariffs) in economies(), rise in 0.01..1.0_f64, at in any::<(usize, usize, usize)>(),
    ) {
        let economy = Economy::new(facts).unwrap();
        let n = economy.regions().len();
        let (s, i) = (at.0 % economy.sectors().len(), at.1 % n);
        let j = (i + 1 + at.2 % (n - 1)) % n;
        let mut higher = tariffs.clone();
        higher.set(s, i, j, tariffs.get(s, i, j).unwrap() + rise);
        let flow = |tariffs| economy.solve(tariffs).unwrap().trade_counterfactual.get(s, i, j).unwrap();
        prop_assert!(flow(&higher) < flow(&tariffs));
    }

    #[test]
    fn regions_alike_fare_alike(
        n in 2..=4_usize, sigma in 1.3..9.0_f64, abroad in 0.01..0.9_f64,
        base in 0.0..0.3_f64, after in -0.2..1.5_f64,
    ) {
        let everywhere = |at_home: f64, abroad: f64| {
            vec![square(n, |i, j| if i == j { at_home } else { abroad }); 2]
        };
        let economy = Economy::new(Facts {
            regions: names('r', n),
            sectors: names('s', 2),
            sigma: vec![sigma, sigma + 1.0],
            trade: everywhere(1.0, abroad),
            tariffs: everywhere(0.0, base),
        }).unwrap();
        let equal = economy.solve(&Bilateral::from_nested(&everywhere(0.0, after)).unwrap()).unwrap();
        for hats in [&equal.wage_hat, &equal.expenditure_hat, &equal.welfare_hat] {
            prop_assert!(hats.iter().all(|hat| (hat / hats[0] - 1.0).abs() < 1e-12));
        }
        prop_assert!((equal.wage_hat[0] - 1.0).abs() < 1e-12, "{}", equal.wage_hat[0]);
    }

    #[test]
    fn slopes_of_welfare_are_those_of_small_steps(
        (facts, tariffs) in economies(), weights in prop::collection::vec(-1.0..1.0_f64, 4),
    ) {
        let economy = Economy::new(facts).unwrap();
        let weights = &weights[..economy.regions().len()];
        let (_, gradient) = economy.solve_with_gradient(&tariffs, |_| weights.to_vec()).unwrap();
        let value = |tariffs: &Bilateral| -> f64 {
            let welfare = economy.solve(tariffs).unwrap().welfare_hat;
            welfare.iter().zip(weights).map(|(hat, weight)| hat.ln() * weight).sum()
        };
        let step = 1e-5;
        for (s, i, j) in tariffs.places().filter(|(_, i, j)| i != j) {
            let at = |by: f64| {
                let mut near = tariffs.clone();
                near.set(s, i, j, (tariffs.get(s, i, j).unwrap().ln_1p() + by).exp_m1());
                value(&near)
            };
            let measured = (at(step) - at(-step)) / (2.0 * step);
            let given = gradient.get(s, i, j).unwrap();
            prop_assert!((given - measured).abs() < 1e-8, "[{s}][{i}][{j}]: {given}, measured {measured}");
        }
    }
}

/// Arkolakis, Costinot & Rodríguez-Clare (2012): with one sector and no tariffs, a region cut off from
/// trade keeps λ^(1/(σ−1)) of its real income, λ being its domestic share.
#[test]
fn prohibitive_tariffs_cost_what_the_formula_says() {
    let facts = Facts { tariffs: vec![square(4, |_, _| 0.0)], ..world(4, 1, 21) };
    let economy = Economy::purged(facts).unwrap();
    let walls = Bilateral::from_nested(&[square(4, |i, j| if i == j { 0.0 } else { 1e4 })]).unwrap();
    let cut_off = economy.solve(&walls).unwrap();
    let sigma = world(4, 1, 21).sigma[0];
    for j in 0..4 {
        let bought: f64 = (0..4).map(|i| economy.trade().get(0, i, j).unwrap()).sum();
        let domestic = economy.trade().get(0, j, j).unwrap() / bought;
        let formula = domestic.powf(1.0 / (sigma - 1.0));
        assert!(
            (cut_off.welfare_hat[j] / formula - 1.0).abs() < 1e-9,
            "{} {formula}",
            cut_off.welfare_hat[j]
        );
    }
}

/// A world where trade does not balance, with its imbalances purged.
#[test]
fn purged_data_are_balanced_and_keep_their_tariffs() {
    let facts = world(5, 4, 11);
    let refused = Economy::new(facts.clone()).unwrap_err().to_string();
    assert!(refused.starts_with("trade_exporter_by_importer: net exports of r"), "{refused}");
    assert!(refused.contains("balanced trade"), "{refused}");
    let purged = Economy::purged(facts.clone()).unwrap();
    assert_eq!(purged.base_tariffs().nested(), facts.tariffs);
    for i in 0..5 {
        let sum = |of: &dyn Fn(usize, usize) -> f64| -> f64 {
            (0..4).flat_map(|s| (0..5).map(move |k| (s, k))).map(|(s, k)| of(s, k)).sum()
        };
        let flow = |s: usize, i: usize, j: usize| purged.trade().get(s, i, j).unwrap();
        let (sold, bought) = (sum(&|s, k| flow(s, i, k)), sum(&|s, k| flow(s, k, i)));
        assert!((sold / bought - 1.0).abs() < 1e-12, "{sold} {bought}");
    }
    let again = Economy::purged(Facts { trade: purged.trade().nested(), ..facts }).unwrap();
    assert!(same(again.trade().values(), purged.trade().values(), 1e-12));
}

#[test]
fn data_balanced_to_rounding_pass_and_stand_still() {
    let rounded: Vec<Vec<Vec<f64>>> = balanced(4, 3, 2)
        .trade
        .iter()
        .map(|sector| square(4, |i, j| (sector[i][j] * 1e6).round() / 1e6))
        .collect();
    let economy = Economy::new(Facts { trade: rounded.clone(), ..world(4, 3, 2) }).unwrap();
    let given: Vec<f64> = rounded.into_iter().flatten().flatten().collect();
    assert!(same(economy.trade().values(), &given, 1e-6));
    let still = economy.solve(economy.base_tariffs()).unwrap();
    assert!(hats(&still).iter().all(|hat| *hat == 1.0));
    assert_eq!(still.trade_counterfactual, *economy.trade());
}

#[test]
fn regions_that_do_not_trade_leave_wages_open_and_that_is_said() {
    let apart = |i: usize, j: usize| match i == j {
        true => 10.0,
        false => f64::from(u8::from(i / 2 == j / 2)),
    };
    let economy = Economy::new(Facts {
        regions: names('r', 4),
        sectors: names('s', 1),
        sigma: vec![4.0],
        trade: vec![square(4, apart)],
        tariffs: vec![square(4, |_, _| 0.0)],
    })
    .unwrap();
    let mut tariffs = economy.base_tariffs().clone();
    tariffs.set(0, 0, 1, 0.5);
    let failed = economy.solve(&tariffs).unwrap_err();
    assert!(matches!(failed, ScoringError::Singular { unknowns: 8 }), "{failed:?}");
}
