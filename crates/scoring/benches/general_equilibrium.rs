//! A shock to seven regions and 33 sectors beside the bare powers it needs, and the tariffs regions
//! would choose, in one run.

#[path = "../tests/world/mod.rs"]
#[allow(dead_code)]
mod world;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use detente_scoring::ossa::Economy;
use detente_scoring::{Bilateral, Power, bare_powers, policy};

const SEED: u64 = 1;

/// Every tariff moves, so that no power is 1.
fn shock(economy: &Economy) -> Bilateral {
    let mut tariffs = economy.base_tariffs().clone();
    for (s, i, j) in economy.base_tariffs().places().filter(|(_, i, j)| i != j) {
        let war = i + j == 1;
        let added = if war { 1.25 } else { 0.01 * (1 + (s + i + j) % 7) as f64 };
        let base = tariffs.get(s, i, j).unwrap_or_default();
        tariffs.set(s, i, j, base + added);
    }
    tariffs
}

/// One power per tariff that moves, and one per sector and exporter at each look at the wages.
fn powers(economy: &Economy, sigma: &[f64], tariffs: &Bilateral, looks: u32) -> Vec<Power> {
    let abroad = tariffs.places().filter(|(_, i, j)| i != j);
    let tau = abroad.filter_map(|(s, i, j)| {
        let base = economy.base_tariffs().get(s, i, j)?;
        Some(Power { base: (1.0 + tariffs.get(s, i, j)?) / (1.0 + base), exponent: -sigma[s] })
    });
    let wages = (0..looks).flat_map(|look| {
        let wage = 1.0 + 0.01 * f64::from(look + 1);
        let one = move |sigma: &f64| Power { base: wage, exponent: 1.0 - sigma };
        sigma.iter().map(one).cycle().take(sigma.len() * economy.regions().len())
    });
    tau.chain(wages).collect()
}

fn shocks(c: &mut Criterion) {
    let facts = world::world(7, 33, SEED);
    let sigma = facts.sigma.clone();
    let Ok(economy) = Economy::purged(facts) else { return };
    let tariffs = shock(&economy);
    let Ok(solved) = economy.solve(&tariffs) else { return };
    let powers = powers(&economy, &sigma, &tariffs, solved.steps + 1);
    c.bench_function(&format!("ossa 7 x 33, bare powers ({})", powers.len()), |b| {
        b.iter(|| bare_powers(black_box(&powers)))
    });
    c.bench_function("ossa 7 x 33, one shock", |b| b.iter(|| economy.solve(black_box(&tariffs))));
    c.bench_function("ossa 7 x 33, one shock and every slope of welfare", |b| {
        b.iter(|| economy.solve_with_gradient(black_box(&tariffs), |welfare| vec![1.0; welfare.len()]))
    });
    c.bench_function("ossa 7 x 33, optimal tariffs of one region (198)", |b| {
        b.iter(|| policy::unilateral(&economy, 0, black_box(economy.base_tariffs())))
    });
}

fn choices(c: &mut Criterion) {
    let Ok(economy) = Economy::purged(world::world(3, 2, SEED)) else { return };
    let Ok(war) = policy::nash(&economy, economy.base_tariffs()) else { return };
    c.bench_function("ossa 3 x 2, Nash tariffs with every deviation", |b| {
        b.iter(|| policy::nash(&economy, black_box(economy.base_tariffs())))
    });
    c.bench_function("ossa 3 x 2, cooperative tariffs from Nash", |b| {
        b.iter(|| policy::cooperative(&economy, black_box(&war)))
    });
}

criterion_group!(benches, shocks, choices);
criterion_main!(benches);
