//! What every service counts. No talk, no party and nothing that a party wrote is a label: their
//! number has no bound.
//!
//! Make them after [`init`](crate::init), and keep them; before, they count nothing.

use std::time::Duration;

use opentelemetry::metrics::{Counter, Histogram, Meter, UpDownCounter};
use opentelemetry::{KeyValue, global};

use crate::names;

/// Bounds of latencies in seconds: from a fast disk's sync to one that hangs.
const LATENCY: [f64; 12] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];
/// Bounds of a strategy's thought in seconds: from a ladder's next rung to a person's.
const THOUGHT: [f64; 12] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 300.0];
/// Bounds of the gap in steps of issues: none at an agreement.
const STEPS: [f64; 13] =
    [0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 10_000.0];
/// Bounds of the gap in dollars of deficit, from ten million to half a trillion.
const DOLLARS: [f64; 12] = [0.0, 1e7, 1e8, 5e8, 1e9, 2e9, 5e9, 1e10, 2e10, 5e10, 1e11, 5e11];
/// What a move can be, each there from the start: a rate needs a first value.
const ACTS: [&str; 3] = ["propose", "accept", "walk-away"];

fn meter() -> Meter {
    global::meter(crate::init::SCOPE)
}

fn histogram(meter: &Meter, name: &'static str, unit: &'static str, bounds: &[f64]) -> Histogram<f64> {
    meter.f64_histogram(name).with_unit(unit).with_boundaries(bounds.to_vec()).build()
}

/// A counter that is there from the start.
fn counter(meter: &Meter, name: &'static str, unit: &'static str) -> Counter<u64> {
    let counter = meter.u64_counter(name).with_unit(unit).build();
    counter.add(0, &[]);
    counter
}

fn level(meter: &Meter, name: &'static str, unit: &'static str) -> UpDownCounter<i64> {
    let level = meter.i64_up_down_counter(name).with_unit(unit).build();
    level.add(0, &[]);
    level
}

/// What a mediator counts.
#[derive(Debug, Clone)]
pub struct Instruments {
    talks_open: UpDownCounter<i64>,
    moves: Counter<u64>,
    turns_missed: Counter<u64>,
    persist: Histogram<f64>,
    deliver: Histogram<f64>,
    refusals: Counter<u64>,
    seats_taken: UpDownCounter<i64>,
    seats_stalled: UpDownCounter<i64>,
    seats_resumed: Counter<u64>,
    credit: Counter<u64>,
    gap_steps: Histogram<f64>,
    gap_deficit: Histogram<f64>,
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
        let meter = meter();
        let moves = meter.u64_counter(names::MOVES).with_unit("{move}").build();
        ACTS.iter().for_each(|act| moves.add(0, &[KeyValue::new(names::ACT, *act)]));
        Self {
            talks_open: level(&meter, names::TALKS_OPEN, "{talk}"),
            moves,
            turns_missed: counter(&meter, names::TURNS_MISSED, "{turn}"),
            persist: histogram(&meter, names::PERSIST_DURATION, "s", &LATENCY),
            deliver: histogram(&meter, names::DELIVER_DURATION, "s", &LATENCY),
            refusals: meter.u64_counter(names::REFUSALS).with_unit("{refusal}").build(),
            seats_taken: level(&meter, names::SEATS_TAKEN, "{seat}"),
            seats_stalled: level(&meter, names::SEATS_STALLED, "{seat}"),
            seats_resumed: counter(&meter, names::SEATS_RESUMED, "{seat}"),
            credit: counter(&meter, names::CREDIT_GRANTED, "{entry}"),
            gap_steps: histogram(&meter, names::GAP_STEPS, "{step}", &STEPS),
            gap_deficit: histogram(&meter, names::GAP_DEFICIT, "{USD}", &DOLLARS),
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

    /// A turn passed without a move.
    pub fn turn_missed(&self) {
        self.turns_missed.add(1, &[]);
    }

    /// Entries became durable after so long.
    pub fn persisted(&self, took: Duration) {
        self.persist.record(took.as_secs_f64(), &[]);
    }

    /// A durable entry was handed to a seat's stream after so long.
    pub fn delivered(&self, took: Duration) {
        self.deliver.record(took.as_secs_f64(), &[]);
    }

    /// A submission, a call or a stream was refused. `reason` is one of few words.
    pub fn refused(&self, reason: &'static str) {
        self.refusals.add(1, &[KeyValue::new(names::REFUSAL, reason)]);
    }

    /// A seat was taken.
    pub fn seat_taken(&self) {
        self.seats_taken.add(1, &[]);
    }

    /// A seat was left.
    pub fn seat_left(&self) {
        self.seats_taken.add(-1, &[]);
    }

    /// A seat's entries began to wait for credit.
    pub fn seat_stalled(&self) {
        self.seats_stalled.add(1, &[]);
    }

    /// They wait no more.
    pub fn seat_goes_on(&self) {
        self.seats_stalled.add(-1, &[]);
    }

    /// A seat was taken again in a talk under way.
    pub fn seat_resumed(&self) {
        self.seats_resumed.add(1, &[]);
    }

    /// A seat said that it has room for so many entries more.
    pub fn credited(&self, entries: u32) {
        self.credit.add(u64::from(entries), &[]);
    }

    /// Whether anybody is told: figures that cost something are made only then.
    #[must_use]
    pub fn are_wanted(&self) -> bool {
        crate::init::measuring()
    }

    /// The parties' last offers are so far apart, in steps over all issues. `procedure` is one of few
    /// words.
    pub fn gap_of_steps(&self, procedure: &'static str, steps: u64) {
        #[allow(clippy::cast_precision_loss, reason = "a figure for a histogram of twelve buckets")]
        self.gap_steps.record(steps as f64, &[KeyValue::new(names::PROCEDURE, procedure)]);
    }

    /// The bilateral deficits that they lead to are so many dollars apart.
    pub fn gap_of_deficit(&self, procedure: &'static str, dollars: u64) {
        #[allow(clippy::cast_precision_loss, reason = "a figure for a histogram of twelve buckets")]
        self.gap_deficit.record(dollars as f64, &[KeyValue::new(names::PROCEDURE, procedure)]);
    }
}

/// What a delegation counts.
#[derive(Debug, Clone)]
pub struct SeatInstruments {
    decision: Histogram<f64>,
    attended: UpDownCounter<i64>,
    reconnects: Counter<u64>,
}

impl Default for SeatInstruments {
    fn default() -> Self {
        Self::new()
    }
}

impl SeatInstruments {
    /// The instruments of this process.
    #[must_use]
    pub fn new() -> Self {
        let meter = meter();
        Self {
            decision: histogram(&meter, names::DECISION_DURATION, "s", &THOUGHT),
            attended: level(&meter, names::TALKS_ATTENDED, "{talk}"),
            reconnects: counter(&meter, names::RECONNECTS, "{reconnect}"),
        }
    }

    /// A strategy thought so long over a turn. `strategy` is a built-in one's name, or the kind of
    /// any other.
    pub fn decided(&self, strategy: &'static str, took: Duration) {
        self.decision.record(took.as_secs_f64(), &[KeyValue::new(names::STRATEGY, strategy)]);
    }

    /// The delegation attends one talk more.
    pub fn attending(&self) {
        self.attended.add(1, &[]);
    }

    /// It attends one less.
    pub fn left(&self) {
        self.attended.add(-1, &[]);
    }

    /// A stream is opened anew after one broke, or could not be opened.
    pub fn reconnecting(&self) {
        self.reconnects.add(1, &[]);
    }
}

/// What a scoring service counts.
#[derive(Debug, Clone)]
pub struct ScoringInstruments {
    duration: Histogram<f64>,
    offers: Counter<u64>,
}

impl Default for ScoringInstruments {
    fn default() -> Self {
        Self::new()
    }
}

impl ScoringInstruments {
    /// The instruments of this process.
    #[must_use]
    pub fn new() -> Self {
        let meter = meter();
        Self {
            duration: histogram(&meter, names::SCORING_DURATION, "s", &LATENCY),
            offers: counter(&meter, names::OFFERS_SCORED, "{offer}"),
        }
    }

    /// A batch of so many offers was scored in so long.
    pub fn scored(&self, offers: usize, took: Duration) {
        self.offers.add(offers as u64, &[]);
        self.duration.record(took.as_secs_f64(), &[]);
    }
}

/// Asks for a size in bytes whenever figures are collected; none leaves it out.
pub fn watch_size(name: &'static str, size: impl Fn() -> Option<u64> + Send + Sync + 'static) {
    let meter = meter();
    let gauge = meter.u64_observable_gauge(name).with_unit("By");
    gauge.with_callback(move |seen| size().into_iter().for_each(|bytes| seen.observe(bytes, &[]))).build();
}

/// Asks for counts that only ever grow whenever figures are collected: each under `label`, by one of
/// few words.
pub fn watch_counts(
    name: &'static str,
    unit: &'static str,
    label: Option<&'static str>,
    counts: impl Fn() -> Vec<(&'static str, u64)> + Send + Sync + 'static,
) {
    let meter = meter();
    let counter = meter.u64_observable_counter(name).with_unit(unit);
    let observe = move |seen: &dyn opentelemetry::metrics::AsyncInstrument<u64>| {
        for (word, count) in counts() {
            match label {
                Some(label) => seen.observe(count, &[KeyValue::new(label, word)]),
                None => seen.observe(count, &[]),
            }
        }
    };
    counter.with_callback(observe).build();
}
