use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Span as _, SpanBuilder, Tracer, TracerProvider};
use opentelemetry::{KeyValue, global};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{TraceContext, sampling};

/// A point span: a moment with a place in its trace. Its ids are wanted before it is certain, for they are
/// stored with an entry; once that is durable the span is told. From what was stored it can be told again
/// by another process, to the nanosecond the same, and a collector that keeps one per id has it once.
#[derive(Debug, Clone)]
pub struct PointSpan {
    name: &'static str,
    parent: TraceContext,
    place: TraceContext,
    at: SystemTime,
    attributes: Vec<KeyValue>,
}

impl PointSpan {
    /// A point below `parent`, or at the root of a new trace if that is empty, at a time in microseconds
    /// since the Unix epoch.
    pub fn begin(
        name: &'static str,
        parent: &TraceContext,
        at_us: i64,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) -> Self {
        Self::again(name, parent, sampling::fresh_place(parent), at_us, attributes)
    }

    /// A point that had its place before: what was stored says which.
    pub fn again(
        name: &'static str,
        parent: &TraceContext,
        place: TraceContext,
        at_us: i64,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) -> Self {
        let at = SystemTime::UNIX_EPOCH + Duration::from_micros(at_us.max(0).unsigned_abs());
        let attributes = attributes.into_iter().collect();
        Self { name, parent: parent.clone(), place, at, attributes }
    }

    /// Its place in the trace.
    #[must_use]
    pub fn context(&self) -> TraceContext {
        self.place.clone()
    }

    /// Tells it. One that is dropped instead never was.
    pub fn end(self) {
        let place = self.place.span_context();
        if !place.is_sampled() {
            return;
        }
        let tracer = global::tracer_provider().tracer(crate::init::SCOPE);
        let builder = SpanBuilder::from_name(self.name).with_start_time(self.at);
        let builder = builder.with_attributes(self.attributes);
        let make = || tracer.build_with_context(builder, &self.parent.as_parent());
        sampling::with_ids(&place, make).end_with_timestamp(self.at);
    }
}

/// Says that `span` was caused by another place of the trace without lying below it, so that a
/// process which dies there leaves no orphan here.
pub fn follows(span: &tracing::Span, cause: &TraceContext) {
    if !cause.is_empty() {
        span.add_link(cause.span_context());
    }
}
