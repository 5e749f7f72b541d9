use opentelemetry::trace::{Span as _, SpanBuilder, Tracer, TracerProvider};
use opentelemetry::{KeyValue, global};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::TraceContext;

/// A point span whose ids are wanted before it is certain: they are stored with an entry, and the
/// span ends once that entry is durable. Dropped before that it ends all the same, then and there.
pub struct PointSpan {
    span: global::BoxedSpan,
    began: std::time::SystemTime,
}

impl std::fmt::Debug for PointSpan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PointSpan").field(&self.context()).finish()
    }
}

impl PointSpan {
    /// Begins a point span below `parent`, or at the root of a new trace if that is empty.
    pub fn begin(
        name: &'static str,
        parent: &TraceContext,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) -> Self {
        let tracer = global::tracer_provider().tracer(crate::init::SCOPE);
        let began = opentelemetry::time::now();
        let builder = SpanBuilder::from_name(name).with_start_time(began).with_attributes(attributes);
        Self { span: tracer.build_with_context(builder, &parent.as_parent()), began }
    }

    /// Its place in the trace.
    #[must_use]
    pub fn context(&self) -> TraceContext {
        TraceContext::from_span_context(self.span.span_context().clone())
    }

    /// Ends it at the moment it began.
    pub fn end(mut self) {
        self.span.end_with_timestamp(self.began);
    }
}

/// Says that `span` was caused by another place of the trace without lying below it, so that a
/// process which dies there leaves no orphan here.
pub fn follows(span: &tracing::Span, cause: &TraceContext) {
    if !cause.is_empty() {
        span.add_link(cause.span_context());
    }
}
