//! What a mandate costs a delegation: compiling it once, explaining an offer.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Geneva, USA};
use criterion::{Criterion, criterion_group, criterion_main};
use utility::Planner;

fn mandate(c: &mut Criterion) {
    let geneva = Geneva::whole();
    c.bench_function("impact", |b| b.iter(|| geneva.model.impact(&geneva.status_quo).unwrap()));
    c.bench_function("compile", |b| b.iter(|| geneva.compile(USA)));
    let compiled = geneva.compile(USA);
    let deal = geneva.real_deal();
    c.bench_function("explain", |b| b.iter(|| compiled.explain(&deal).unwrap()));
    let plan = || Planner::new(compiled.preferences(), compiled.prior()).unwrap();
    c.bench_function("plan and first offer", |b| b.iter(|| plan().at(0.7)));
    c.bench_function("plan and ladder of 40", |b| b.iter(|| plan().ladder(40)));
}

criterion_group!(benches, mandate);
criterion_main!(benches);
