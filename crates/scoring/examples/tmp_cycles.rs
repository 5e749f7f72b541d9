#![allow(missing_docs, clippy::all, dead_code, unreachable_pub, clippy::unwrap_used, clippy::print_stdout)]
#[path = "../tests/common/mod.rs"]
mod common;
use common::Levers;
use detente_scoring::{Model, Supply, bare_powers};
use std::hint::black_box;
fn main() {
    let (model, agenda) = common::model(24, 2.7, Supply::Infinite);
    let levers: Vec<_> = (0..48).map(|i| Levers { rate: 500 * (1 + i % 25), ..Levers::default() }).collect();
    let offer = common::offer(&agenda, &levers, 800);
    let powers = model.powers(&offer).unwrap();
    let time = |f: &dyn Fn()| {
        let t = std::time::Instant::now();
        for _ in 0..500 {
            f()
        }
        t.elapsed().as_nanos() as f64 / 500.0
    };
    let (mut b, mut i) = (f64::MAX, f64::MAX);
    for _ in 0..400 {
        b = b.min(time(&|| {
            black_box(bare_powers(black_box(&powers)));
        }));
        i = i.min(time(&|| {
            black_box(model.impact(black_box(&offer)).unwrap());
        }));
    }
    println!("bare {b:.0} impact {i:.0} ratio {:.2}", i / b);
}
