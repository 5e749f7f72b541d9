//! Whole talks in process: 1,000 rounds on 3 issues of 10 values, without acceptance and to their
//! natural end, compiled once or for each talk alone.
#![allow(missing_docs, clippy::expect_used, reason = "criterion's macros; a bench may")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use detente_lab::speed::{Domain, offers};
use strategy::StrategySpec;

fn talks(criterion: &mut Criterion) {
    let pitch = Domain::random(0, 3, 10).and_then(|domain| domain.pitch(1_000)).expect("a domain");
    for spec in ["boulware", "micro:rungs=0", "tit-for-tat"] {
        let joint = if spec.contains(':') { ',' } else { ':' };
        for (mode, spec) in [("offers", format!("{spec}{joint}a=0,b=-1")), ("talk", spec.to_owned())] {
            let factory: StrategySpec = spec.parse().expect("a strategy");
            let made = offers(&pitch.play_shared(&factory, 0).expect("a talk"));
            let mut group = criterion.benchmark_group(format!("{mode} {spec}"));
            group.throughput(Throughput::Elements(made as u64));
            group.bench_function("shared", |b| b.iter(|| pitch.play_shared(&factory, 0)));
            group.bench_function("alone", |b| b.iter(|| pitch.play_alone(&factory, 0)));
            group.finish();
        }
    }
}

criterion_group!(benches, talks);
criterion_main!(benches);
