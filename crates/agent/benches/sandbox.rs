//! What the sandbox costs: an empty call, one that hears of an offer and answers one, a fresh instance;
//! and a decision of a whole strategy on a large agenda, where DETENTE_GUEST names its component.
#![allow(missing_docs, clippy::unwrap_used, reason = "criterion's macros; a bench may")]

#[path = "../tests/guests/mod.rs"]
mod guests;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use detente_agent::sandbox::{Limits, Sandbox};
use guests::{PROPOSE, brief, guest, large, opened, opened_over};
use strategy::{Factory, Situation};

fn empty(criterion: &mut Criterion) {
    let (talk, brief) = (opened(5), brief(0));
    let situation = Situation::new(&talk, &brief).unwrap();
    let sandbox = guest("", PROPOSE, Limits::default());
    let mut strategy = sandbox.open().unwrap();
    criterion.bench_function("empty call", |b| {
        b.iter(|| black_box(strategy.decide(&situation)).unwrap());
    });
    criterion.bench_function("fresh instance and empty call", |b| {
        b.iter(|| black_box(sandbox.open().unwrap().decide(&situation)).unwrap());
    });
}

/// Sixty issues of 26 levels, an offer on the table.
fn whole(criterion: &mut Criterion) {
    let Some(path) = std::env::var_os("DETENTE_GUEST") else { return };
    let sandbox = Sandbox::load(&path.to_string_lossy(), Limits::default()).unwrap();
    let briefs = [large(0), large(1)];
    let talk = opened_over(&briefs[1]);
    let situation = Situation::new(&talk, &briefs[0]).unwrap();
    let mut strategy = sandbox.open().unwrap();
    criterion.bench_function("decision on sixty issues", |b| {
        b.iter(|| black_box(strategy.decide(&situation)).unwrap());
    });
    criterion.bench_function("fresh instance and decision on sixty issues", |b| {
        b.iter(|| black_box(sandbox.open().unwrap().decide(&situation)).unwrap());
    });
}

criterion_group!(benches, empty, whole);
criterion_main!(benches);
