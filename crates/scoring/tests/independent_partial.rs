//! Markets of our own, solved a second time by plain bisection and tâtonnement that share no code
//! with the models.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(clippy::needless_range_loop, reason = "sums over sources read as in the papers")]

use detente_scoring::{Market, Supply, equilibrium, gsim, smart};

fn near(given: f64, expected: f64) {
    assert!((given - expected).abs() <= 1e-9 * (1.0 + expected.abs()), "{given} is not {expected}");
}

/// The root of a rising function.
fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// Fish from four partners; the second gets a preference, its exporters supply at a price.
#[test]
fn smart_divides_a_market_as_its_two_elasticities_say() {
    let trade = [80.0, 150.0, 40.0, 30.0];
    let (em, es, ex) = (-1.2, 2.5, 4.0);
    let market = smart::Market::new(smart::Imports {
        trade_value: trade.to_vec(),
        tariff0: vec![0.12; 4],
        import_elasticity: em,
        substitution_elasticity: es,
        export_supply: Supply::Finite(ex),
    })
    .unwrap();
    let effect = market.solve(&[0.12, 0.03, 0.12, 0.12]).unwrap();
    let r = 1.03 / 1.12 - 1.0;

    // Creation: the world price at which added supply is added demand.
    let price = bisect(-1.0, 1.0, |p| ex * p - em * (r + p));
    near(effect.trade_creation[1], trade[1] * ex * price);
    // Diversion: the swap within a given total that changes relative demand by -Es·r.
    let (own, others) = (trade[1], 150.0);
    let moved = bisect(-own, others, |td| (own + td) / (others - td) / (own / others) - 1.0 + es * r);
    near(effect.trade_diversion[1], moved);
    for i in [0, 2, 3] {
        near(effect.trade_creation[i], 0.0);
        near(effect.trade_diversion[i], -moved * trade[i] / others);
    }
    assert!(effect.flags.is_empty());
}

/// Three regions, no two alike in any elasticity; one raises, one lowers a tariff.
#[test]
fn gsim_prices_are_where_trying_prices_out_ends() {
    let trade = [[20.0, 70.0, 45.0], [35.0, 0.0, 60.0], [90.0, 15.0, 30.0]];
    let base = [[1.0, 1.10, 1.25], [1.05, 1.0, 1.08], [1.15, 1.30, 1.0]];
    let after = [[1.0, 1.10, 1.05], [1.20, 1.0, 1.08], [1.15, 1.30, 1.0]];
    let (em, es, ex) = ([-0.9, -1.25, -1.6], [3.0, 5.0, 4.0], [1.5, 0.7, 2.2]);
    let rows = |table: [[f64; 3]; 3]| table.map(|row| row.to_vec()).to_vec();
    let industry = gsim::Industry::new(gsim::World {
        trade: rows(trade),
        tariff_power: rows(base),
        demand: em.to_vec(),
        supply: ex.map(Supply::Finite).to_vec(),
        substitution: es.to_vec(),
    })
    .unwrap();
    let effect = industry.solve(&rows(after)).unwrap();

    let spent = |j: usize| -> f64 { (0..3).map(|i| trade[i][j] * base[i][j]).sum() };
    let theta = |i: usize, j: usize| trade[i][j] * base[i][j] / spent(j);
    let quantity = |i: usize, j: usize, p: &[f64; 3]| {
        let paid = |k: usize| p[k] + after[k][j] / base[k][j] - 1.0;
        let own = (theta(i, j) * em[j] - (1.0 - theta(i, j)) * es[j]) * paid(i);
        let cross: f64 = (0..3).filter(|k| *k != i).map(|k| theta(k, j) * (em[j] + es[j]) * paid(k)).sum();
        own + cross
    };
    let mut p = [0.0; 3];
    for _ in 0..20_000 {
        let excess = |i: usize| {
            let sold: f64 = trade[i].iter().sum();
            (0..3).map(|j| trade[i][j] / sold * quantity(i, j, &p)).sum::<f64>() - ex[i] * p[i]
        };
        p = [0, 1, 2].map(|i| p[i] + 0.05 * excess(i));
    }
    for i in 0..3 {
        near(effect.world_price_change[i], p[i]);
        for j in 0..3 {
            near(effect.new_trade[i][j], trade[i][j] * (1.0 + quantity(i, j, &p)) * (1.0 + p[i]));
        }
    }
}

/// Four sources, one with supply as elastic as can be, tariffs in the base year.
#[test]
fn armington_prices_are_where_trying_prices_out_ends() {
    let (v0, t0, t1) = ([40.0, 30.0, 20.0, 10.0], [0.0, 0.05, 0.12, 0.02], [0.0, 0.80, 0.02, 0.02]);
    let (sigma, eta, eps) = (2.4, -0.7, [3.0, 1.5, f64::INFINITY, 6.0]);
    let after =
        equilibrium(&Market { v0: &v0, t0: &t0, t1: &t1, sigma, eta, supply: &eps.map(Supply::from) })
            .unwrap();

    let mut p: [f64; 4] = [1.0; 4];
    let paid = |j: usize, p: &[f64; 4]| p[j] * (1.0 + t1[j]) / (1.0 + t0[j]);
    let index = |p: &[f64; 4]| -> f64 {
        let sum: f64 = (0..4).map(|j| v0[j] / 100.0 * paid(j, p).powf(1.0 - sigma)).sum();
        sum.powf(1.0 / (1.0 - sigma))
    };
    let demand = |j: usize, p: &[f64; 4]| index(p).powf(eta + sigma) * paid(j, p).powf(-sigma);
    for _ in 0..5_000 {
        p = [0, 1, 2, 3].map(|j| {
            if eps[j].is_infinite() { 1.0 } else { p[j] * (demand(j, &p) / p[j].powf(eps[j])).powf(0.1) }
        });
    }
    near(after.price_index, index(&p));
    for j in 0..4 {
        near(after.producer_price[j], p[j]);
        near(after.quantity[j], demand(j, &p));
    }
}
