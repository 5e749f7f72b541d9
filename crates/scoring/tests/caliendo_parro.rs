//! Caliendo & Parro's model where trade all but stops, and what it refuses.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_scoring::caliendo_parro::{Data, Economy};
use proptest::prelude::*;

/// Two regions, one sector.
fn two(theta: f64, [here, out, into, there]: [f64; 4], gamma: f64) -> Economy {
    let data = Data {
        trade: vec![vec![vec![here, out], vec![into, there]]],
        tariff: vec![vec![vec![0.0; 2]; 2]],
        theta: vec![theta],
        gamma_va: vec![vec![gamma]; 2],
        gamma_io: vec![vec![vec![1.0 - gamma]]; 2],
    };
    Economy::new(data).unwrap()
}

proptest! {
    // Where a shock is too large for one go, about one in thousands, smaller ones must lead there.
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// With prices and spending of their own, the balance of what is left of trade sets the wages.
    #[test]
    fn trade_balances_however_little_is_left(
        theta in 2.0..13.0_f64, flows in prop::array::uniform4(20.0..900.0_f64), gamma in 0.3..1.0_f64,
        out in 0.0..14.0_f64, into in 0.0..14.0_f64,
    ) {
        // Without deficits, which would keep trade from stopping.
        let [here, traded, _, there] = flows;
        let economy = two(theta, [here, traded, traded, there], gamma);
        let after = economy.solve(&[vec![vec![0.0, out], vec![into, 0.0]]]).unwrap();
        let (sold, bought) = (after.trade[0][0][1], after.trade[0][1][0]);
        prop_assert!((sold / bought - 1.0).abs() < 1e-8, "{} against {}", sold, bought);
    }
}

/// ŵ1/ŵ2 by bisection on the balance of trade, with one sector and no inputs.
fn terms_of_trade(theta: f64, [here, out, into, there]: [f64; 4], t: [f64; 2]) -> f64 {
    // Shares of what each region buys abroad, at wages (w, 1).
    let excess = |ln_w: f64| {
        let w = ln_w.exp();
        let share = |home: f64, cost: f64, foreign: f64, dear: f64| {
            let (home, foreign) = (home * cost.powf(-theta), foreign * dear.powf(-theta));
            foreign / (home + foreign)
        };
        let to_2 = share(there, 1.0, out, w * (1.0 + t[0]));
        let to_1 = share(here, w, into, 1.0 + t[1]);
        // What duties take comes back as income: X = wL/(1 − share·t/(1 + t)), trade X·share/(1 + t).
        let trade =
            |income: f64, share: f64, t: f64| income * share / (1.0 + t) / (1.0 - share * t / (1.0 + t));
        trade(there + into, to_2, t[0]).ln() - trade(w * (here + out), to_1, t[1]).ln()
    };
    let (mut low, mut high) = (-5.0_f64, 5.0_f64);
    for _ in 0..200 {
        let at = low.midpoint(high);
        if excess(at) > 0.0 { low = at } else { high = at }
    }
    low.midpoint(high).exp()
}

#[test]
fn prohibitive_tariffs_leave_the_terms_of_trade_pinned() {
    for (theta, t) in [(12.4, [12.59, 6.29]), (12.4, [6.29, 12.59]), (8.0, [14.0, 0.5])] {
        let flows = [700.0, 50.0, 50.0, 300.0];
        let after = two(theta, flows, 1.0).solve(&[vec![vec![0.0, t[0]], vec![t[1], 0.0]]]).unwrap();
        let (given, expected) = (after.wage_hat[0] / after.wage_hat[1], terms_of_trade(theta, flows, t));
        assert!((given / expected - 1.0).abs() < 1e-9, "{given} against {expected}");
    }
}

/// A region alone has nothing to balance: its wage is the numéraire.
#[test]
fn a_region_alone_is_solved() {
    let data = Data {
        trade: vec![vec![vec![100.0]], vec![vec![50.0]]],
        tariff: vec![vec![vec![0.0]]; 2],
        theta: vec![4.0, 5.0],
        gamma_va: vec![vec![0.5, 0.5]],
        gamma_io: vec![vec![vec![0.25; 2]; 2]],
    };
    let alone = Economy::new(data).unwrap().solve(&vec![vec![vec![0.0]]; 2]).unwrap();
    assert_eq!(alone.wage_hat, [1.0]);
}

/// A ring of `n` regions and `s` sectors, each region buying a little from the next ones.
fn ring(n: usize, s: usize) -> Data {
    let flow = |k: usize, i: usize, j: usize| {
        if i == j { 500.0 } else { 1.0 + ((3 * k + 5 * i + 7 * j) % 11) as f64 }
    };
    let table = |of: &dyn Fn(usize, usize, usize) -> f64| -> Vec<Vec<Vec<f64>>> {
        (0..s).map(|k| (0..n).map(|i| (0..n).map(|j| of(k, i, j)).collect()).collect()).collect()
    };
    Data {
        trade: table(&flow),
        tariff: table(&|_, _, _| 0.0),
        theta: (0..s).map(|k| 2.0 + (k % 7) as f64).collect(),
        gamma_va: vec![vec![0.5; s]; n],
        gamma_io: vec![vec![vec![0.5 / s as f64; s]; s]; n],
    }
}

#[test]
fn a_system_too_large_to_solve_is_refused() {
    let refused = Economy::new(ring(20, 75)).unwrap_err().to_string();
    let said = "regions: 20 regions and 75 sectors, 3020 unknowns is not valid: \
                expected a system of at most 3000 unknowns";
    assert_eq!(refused, said);
}

#[test]
fn many_regions_and_sectors_are_solved() {
    let economy = Economy::new(ring(8, 10)).unwrap();
    let tariffs: Vec<Vec<Vec<f64>>> = (0..10)
        .map(|_| (0..8).map(|i| (0..8).map(|j| if i == 1 && j == 0 { 0.5 } else { 0.0 }).collect()).collect())
        .collect();
    let after = economy.solve(&tariffs).unwrap();
    assert!(after.residual <= 1e-9 && after.wage_hat[1] < after.wage_hat[0]);
}
