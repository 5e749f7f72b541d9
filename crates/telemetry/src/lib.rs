//! OpenTelemetry set-up and context propagation for every process.
//!
//! [`init`] is the one call a binary makes: traces and metrics over OTLP if there is an endpoint,
//! and a log on standard error whose every line carries the trace it belongs to. Its [`Guard`]
//! sends what is left when the process ends.
//!
//! One trace spans every service of a talk. A [`TraceContext`] travels in each envelope and stands
//! beside each entry; [`set_parent`] continues it, [`point_span`] marks a talk or a round in it
//! with a span that has no length, so that no crash can leave it open. Names of spans and
//! attributes stand in [`names`], instruments in [`Instruments`]. Log lines go to the collector as
//! log records with the ids of the span they were written in; [`at`] gives them a place without one.
//! Metrics are sent like spans, and kept for a Prometheus that asks where [`Config::scrape`] says so.
//!
//! ```
//! use detente_telemetry::{Config, KeyValue, TraceContext, init, names, point_span, set_parent};
//! let guard = init(&Config::new("doc-test"))?;
//! let talk = point_span(names::TALK_SPAN, None, [KeyValue::new(names::TALK, "geneva")]);
//!
//! // Elsewhere, from an envelope:
//! let received = TraceContext::parse(&talk.traceparent(), &talk.tracestate());
//! let span = tracing::info_span!(names::DECIDE_SPAN, { names::TALK } = "geneva");
//! set_parent(&span, &received);
//! let inside = span.in_scope(TraceContext::current);
//! assert_eq!(inside.trace_id(), talk.trace_id());
//! guard.shutdown(std::time::Duration::from_secs(1))?;
//! # Ok::<(), detente_telemetry::TelemetryError>(())
//! ```

mod context;
mod exporter;
mod figures;
mod guard;
mod happenings;
mod init;
mod instruments;
mod log;
mod message;
pub mod names;
mod point;
mod sampling;
mod spans;

pub use context::{TraceContext, point_span, set_parent};
pub use figures::{Figures, TEXT_FORMAT};
pub use guard::Guard;
pub use happenings::at;
pub use init::{Config, RETOLD, TelemetryError, init};
pub use instruments::{Instruments, ScoringInstruments, SeatInstruments, watch_counts, watch_size};
pub use log::{BadLogFormat, LogFormat};
pub use message::Message;
/// An attribute of a span.
pub use opentelemetry::KeyValue;
pub use point::{PointSpan, follows};

/// A number as attributes have it: a collector compares and sums integers, and `tracing` makes text of
/// unsigned ones.
pub fn count(of: impl TryInto<i64>) -> i64 {
    of.try_into().unwrap_or(i64::MAX)
}
