use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// What a store has counted since it was opened. Only ever grows.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) received_spans: AtomicU64,
    pub(crate) received_events: AtomicU64,
    pub(crate) received_points: AtomicU64,
    pub(crate) stored_spans: AtomicU64,
    pub(crate) stored_events: AtomicU64,
    pub(crate) stored_points: AtomicU64,
    pub(crate) repeated: AtomicU64,
    pub(crate) invalid: AtomicU64,
    pub(crate) shed: AtomicU64,
    pub(crate) unwritten: AtomicU64,
    pub(crate) series_full: AtomicU64,
    pub(crate) cut: AtomicU64,
    pub(crate) retired_traces: AtomicU64,
    pub(crate) retired_spans: AtomicU64,
}

/// The counts at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Spans that came in, whatever became of them.
    pub received_spans: u64,
    /// Log records and events of spans that came in.
    pub received_events: u64,
    /// Figures of metrics that came in.
    pub received_points: u64,
    /// Spans kept.
    pub stored_spans: u64,
    /// Events kept.
    pub stored_events: u64,
    /// Figures kept; a later one of a series replaces the earlier.
    pub stored_points: u64,
    /// Spans and events that were there already, and are kept once.
    pub repeated: u64,
    /// Dropped: without valid ids, or of a kind that is not kept.
    pub invalid: u64,
    /// Dropped: the queue to the disk was full.
    pub shed: u64,
    /// Dropped: the disk refused them.
    pub unwritten: u64,
    /// Dropped: figures of new series beyond the most that are kept.
    pub series_full: u64,
    /// Attributes, texts and lists that were cut to their bounds.
    pub cut: u64,
    /// Traces dropped later, whole, for their age or for room.
    pub retired_traces: u64,
    /// Spans dropped with them.
    pub retired_spans: u64,
}

impl Tally {
    /// How much was not kept for want of room or speed.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.shed + self.unwritten + self.series_full
    }
}

impl Counts {
    pub(crate) fn add(counter: &AtomicU64, more: u64) {
        counter.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn tally(&self) -> Tally {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Tally {
            received_spans: read(&self.received_spans),
            received_events: read(&self.received_events),
            received_points: read(&self.received_points),
            stored_spans: read(&self.stored_spans),
            stored_events: read(&self.stored_events),
            stored_points: read(&self.stored_points),
            repeated: read(&self.repeated),
            invalid: read(&self.invalid),
            shed: read(&self.shed),
            unwritten: read(&self.unwritten),
            series_full: read(&self.series_full),
            cut: read(&self.cut),
            retired_traces: read(&self.retired_traces),
            retired_spans: read(&self.retired_spans),
        }
    }
}
