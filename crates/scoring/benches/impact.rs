//! A full impact of a Geneva-sized scenario beside the bare powers it needs, in one run.

#[path = "../tests/common/mod.rs"]
#[allow(dead_code, clippy::unwrap_used)]
mod common;

use std::hint::black_box;

use common::Levers;
use criterion::{Criterion, criterion_group, criterion_main};
use detente_scoring::{Model, Supply, bare_powers};

fn impact(c: &mut Criterion) {
    let (model, agenda) = common::model(24, 2.7, Supply::Infinite);
    let levers: Vec<_> = (0..48).map(|i| Levers { rate: 500 * (1 + i % 25), ..Levers::default() }).collect();
    let offer = common::offer(&agenda, &levers, 800);
    let Ok(powers) = model.powers(&offer) else { return };
    assert_eq!(powers.len(), 3 * 24 * 2);
    c.bench_function("bare powers, 144", |b| b.iter(|| bare_powers(black_box(&powers))));
    c.bench_function("impact, 24 sectors both ways", |b| b.iter(|| model.impact(black_box(&offer))));
    let (finite, _) = common::model(24, 2.7, Supply::Finite(5.0));
    c.bench_function("impact, finite supply", |b| b.iter(|| finite.impact(black_box(&offer))));
}

criterion_group!(benches, impact);
criterion_main!(benches);
