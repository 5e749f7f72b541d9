//! Latencies of one measurement.

use std::time::{Duration, Instant};

use serde::Serialize;

/// What a measurement found.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Rates {
    pub(crate) name: String,
    pub(crate) at_once: u32,
    pub(crate) per_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
}

/// How often something could be done.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    times: usize,
    took: Duration,
}

impl Rate {
    /// Does it for `length`; `once` is told which time it is.
    pub(crate) fn measure(&mut self, length: Duration, at_once: usize, mut once: impl FnMut(usize)) {
        let began = Instant::now();
        while began.elapsed() < length {
            for _ in 0..at_once {
                once(self.times);
                self.times += 1;
            }
        }
        self.took += began.elapsed();
    }

    /// Notes what was done elsewhere.
    pub(crate) fn add(&mut self, times: usize, took: Duration) {
        self.times += times;
        self.took += took;
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.times as f64 / self.took.as_secs_f64()
    }
}

/// Collects the latencies of one task.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn note(&mut self, since: Instant) {
        self.0.push(since.elapsed());
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Summarises what all tasks noted within `elapsed`.
pub(crate) fn summarise(name: &str, at_once: u32, all: Vec<Latencies>, elapsed: Duration) -> Rates {
    let mut noted: Vec<Duration> = all.into_iter().flat_map(|l| l.0).collect();
    noted.sort_unstable();
    let quantile = |q: f64| {
        let place = (noted.len().saturating_sub(1)) as f64 * q;
        noted.get(place as usize).map_or(f64::NAN, |d| d.as_secs_f64() * 1e6)
    };
    Rates {
        name: name.to_owned(),
        at_once,
        per_second: noted.len() as f64 / elapsed.as_secs_f64(),
        p50_us: quantile(0.5),
        p99_us: quantile(0.99),
    }
}

/// The value in the middle, or between the two in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    match (values.get((values.len().max(1) - 1) / 2), values.get(values.len() / 2)) {
        (Some(low), Some(high)) => (low + high) / 2.0,
        _ => f64::NAN,
    }
}

/// The median, then the least and the most.
pub(crate) fn spread(values: impl IntoIterator<Item = f64>) -> String {
    let values: Vec<_> = values.into_iter().collect();
    let (least, most) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    format!("{:.0} ({least:.0}–{most:.0})", median(values))
}
