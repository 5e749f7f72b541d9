//! What a landing zone costs: Energy in full beside a plain loop over its offers, and Geneva.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{CHN, Geneva, USA, reference};
use criterion::{Criterion, criterion_group, criterion_main};
use utility::landing::Options;
use utility::{LandingZone, Preferences};

fn landing(c: &mut Criterion) {
    let energy = reference("energy");
    c.bench_function("energy, every offer", |b| b.iter(|| solve(&energy)));
    c.bench_function("energy, a plain loop", |b| b.iter(|| plain_loop(&energy)));
    let geneva = Geneva::whole();
    let parties = [USA, CHN].map(|text| geneva.compile(text).preferences().clone());
    c.bench_function("geneva", |b| b.iter(|| solve(&parties)));
}

fn solve(parties: &[Preferences]) -> LandingZone {
    LandingZone::solve(parties, &Options::default()).unwrap()
}

/// The least anybody could do: value each offer for both, keep the efficient ones by sorting, and
/// take the greatest product. One thread, no offer is built.
fn plain_loop(parties: &[Preferences]) -> (usize, f64) {
    let agenda = parties[0].agenda();
    let mut levels = vec![0; agenda.len()];
    let mut worths = Vec::new();
    loop {
        let worth = |p: &Preferences| p.utility().tables().iter().map(|t| t.at(&levels)).sum::<f64>();
        worths.push((worth(&parties[0]), worth(&parties[1])));
        let Some(next) = (0..levels.len()).rev().find(|p| levels[*p] + 1 < agenda.issues()[*p].levels())
        else {
            break;
        };
        levels[next] += 1;
        levels[next + 1..].fill(0);
    }
    worths.sort_by(|a, b| b.partial_cmp(a).unwrap());
    let mut best = f64::NEG_INFINITY;
    let (mut efficient, mut nash) = (0, 0.0);
    for (first, second) in worths {
        if second > best {
            best = second;
            efficient += 1;
            nash = f64::max(nash, first * second);
        }
    }
    (efficient, nash)
}

criterion_group!(benches, landing);
criterion_main!(benches);
