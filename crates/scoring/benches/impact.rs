//! A Geneva-sized scenario (24 sectors both ways) beside the bare powers it needs, in one run: a full
//! impact, its headlines, offers that change a reference in one place and in every sixth, and a
//! thousand draws on one thread.

#[path = "../tests/common/mod.rs"]
#[allow(dead_code, clippy::unwrap_used)]
mod common;

use std::hint::black_box;

use common::Levers;
use criterion::{Criterion, criterion_group, criterion_main};
use detente_scoring::uncertainty::{Distributions, Ensemble};
use detente_scoring::{Elasticities, Model, Power, Supply, bare_powers};
use tariff::{Agenda, Offer, Value};

const SECTORS: usize = 24;
const DRAWS: usize = 1_000;

fn offer_at(agenda: &Agenda, first: i64) -> Offer {
    let rate = |i: i64| Levers { rate: 500 * (1 + (first + i) % 25), ..Levers::default() };
    let levers: Vec<_> = (0..2 * SECTORS as i64).map(rate).collect();
    common::offer(agenda, &levers, 800)
}

fn impact(c: &mut Criterion) {
    let (model, agenda) = common::model(SECTORS, 2.7, Supply::Infinite);
    let offer = offer_at(&agenda, 0);
    let Ok(powers) = model.powers(&offer) else { return };
    assert_eq!(powers.len(), 3 * SECTORS * 2);
    c.bench_function("bare powers, 144", |b| b.iter(|| bare_powers(black_box(&powers))));
    c.bench_function("impact, 24 sectors both ways", |b| b.iter(|| model.impact(black_box(&offer))));
    c.bench_function("headlines, 24 sectors both ways", |b| b.iter(|| model.headlines(black_box(&offer))));
    let (finite, _) = common::model(SECTORS, 2.7, Supply::Finite(5.0));
    c.bench_function("impact, finite supply", |b| b.iter(|| finite.impact(black_box(&offer))));
}

fn delta(c: &mut Criterion) {
    let (model, agenda) = common::model(SECTORS, 2.7, Supply::Infinite);
    let (reference, other) = (offer_at(&agenda, 0), offer_at(&agenda, 7));
    let Ok(near) = model.near(&reference) else { return };
    let Ok(powers) = model.powers(&other) else { return };
    // The common agenda has three issues a flow, the rate first.
    let change = |flow: usize| (3 * flow, other.value(3 * flow));
    for (name, flows) in [("1 place", vec![11]), ("8 places", (0..8).map(|i| 6 * i + 3).collect())] {
        let changes: Vec<(usize, Value)> = flows.iter().map(|flow| change(*flow)).collect();
        // First the quantities of all flows, then two powers for each market.
        let of = |flow: &usize| [powers[*flow], powers[48 + 2 * flow], powers[49 + 2 * flow]];
        let needed: Vec<Power> = flows.iter().flat_map(of).collect();
        c.bench_function(&format!("bare powers, {name}"), |b| b.iter(|| bare_powers(black_box(&needed))));
        c.bench_function(&format!("delta, {name}"), |b| b.iter(|| near.with(black_box(&changes))));
        let mut values = reference.values().to_vec();
        changes.iter().for_each(|(place, value)| values[*place] = *value);
        let Ok(changed) = agenda.offer(values) else { return };
        c.bench_function(&format!("delta found in an offer, {name}"), |b| {
            b.iter(|| near.headlines(black_box(&changed)));
        });
    }
}

fn monte_carlo(c: &mut Criterion) {
    let (model, agenda) = common::model(SECTORS, 2.7, Supply::Infinite);
    let spreads = Distributions::published(model.base());
    let compile = || Ensemble::around(model.clone(), &Elasticities::default(), &spreads, DRAWS, 1);
    let offer = offer_at(&agenda, 0);
    // This thread is the whole pool, for as long as the pool lives.
    let Ok(_pool) = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build() else {
        return;
    };
    let Ok(ensemble) = compile() else { return };
    let Ok(powers) = ensemble.powers(&offer) else { return };
    assert_eq!(powers.len(), DRAWS * 3 * SECTORS * 2);
    let mut group = c.benchmark_group("monte_carlo");
    group.bench_function("bare powers, 144000", |b| b.iter(|| bare_powers(black_box(&powers))));
    group.bench_function("bands, 1000 draws, one thread", |b| b.iter(|| ensemble.bands(black_box(&offer))));
    group.bench_function("tornado, one thread", |b| b.iter(|| ensemble.tornado(black_box(&offer))));
    group.sample_size(10);
    group.bench_function("compile 1000 draws, one thread", |b| b.iter(compile));
}

criterion_group!(benches, impact, delta, monte_carlo);
criterion_main!(benches);
