use std::time::Duration;

use opentelemetry::metrics::{Counter, Histogram, UpDownCounter};
use opentelemetry::{KeyValue, global};

use crate::names;

/// Bounds of the persist histogram in seconds: from a fast disk's sync to one that hangs.
const PERSIST_BOUNDS: [f64; 12] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

/// What a mediator counts. No talk and no party is named: their number has no bound.
///
/// Make it after [`init`](crate::init), and keep it; before, it counts nothing.
#[derive(Debug, Clone)]
pub struct Instruments {
    talks_open: UpDownCounter<i64>,
    moves: Counter<u64>,
    persist: Histogram<f64>,
    refusals: Counter<u64>,
}

impl Default for Instruments {
    fn default() -> Self {
        Self::new()
    }
}

impl Instruments {
    /// The instruments of this process.
    #[must_use]
    pub fn new() -> Self {
        let meter = global::meter(crate::init::SCOPE);
        let bounds = PERSIST_BOUNDS.to_vec();
        Self {
            talks_open: meter.i64_up_down_counter(names::TALKS_OPEN).with_unit("{talk}").build(),
            moves: meter.u64_counter(names::MOVES).with_unit("{move}").build(),
            persist: meter
                .f64_histogram(names::PERSIST_DURATION)
                .with_unit("s")
                .with_boundaries(bounds)
                .build(),
            refusals: meter.u64_counter(names::REFUSALS).with_unit("{refusal}").build(),
        }
    }

    /// A talk was convened, or loaded while it goes on.
    pub fn talk_opened(&self) {
        self.talks_open.add(1, &[]);
    }

    /// A talk ended, or was put away while it goes on.
    pub fn talk_closed(&self) {
        self.talks_open.add(-1, &[]);
    }

    /// A move became an entry. `act` is one of few words.
    pub fn moved(&self, act: &'static str) {
        self.moves.add(1, &[KeyValue::new(names::ACT, act)]);
    }

    /// Entries became durable after so long.
    pub fn persisted(&self, took: Duration) {
        self.persist.record(took.as_secs_f64(), &[]);
    }

    /// A submission was refused. `reason` is one of few words.
    pub fn refused(&self, reason: &'static str) {
        self.refusals.add(1, &[KeyValue::new(names::REFUSAL, reason)]);
    }
}
