//! What a talk of Geneva's size costs a strategy: compiling, an offer at a target, a ladder.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use criterion::{Criterion, criterion_group, criterion_main};
use detente_utility::Planner;

fn planner(c: &mut Criterion) {
    let (preferences, prior) = common::geneva_sized(0.5);
    c.bench_function("compile", |b| b.iter(|| Planner::new(&preferences, Some(&prior)).unwrap()));
    c.bench_function("compile and first offer", |b| {
        b.iter(|| Planner::new(&preferences, Some(&prior)).unwrap().at(0.7));
    });
    let planner = Planner::new(&preferences, Some(&prior)).unwrap();
    c.bench_function("offer at a target", |b| b.iter(|| planner.at(0.7)));
    c.bench_function("ladder of 40", |b| b.iter(|| planner.ladder(40)));
    c.bench_function("random offer", |b| b.iter(|| planner.random(0.7, &mut common::draw(7))));
    let offer = planner.at(0.7);
    c.bench_function("value of an offer", |b| b.iter(|| preferences.utility().value(&offer)));
}

criterion_group!(benches, planner);
criterion_main!(benches);
