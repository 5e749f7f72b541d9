use std::collections::HashMap;
use std::fmt;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::PointSpan;

/// What every `traceparent` begins with: version, trace id, span id, flags.
const TRACEPARENT: usize = 55;
/// Version 0 has no more; a later one may, and what follows is ignored.
const MAX_TRACEPARENT: usize = 256;
/// W3C asks for at least so many to be passed on; longer ones are dropped whole.
const MAX_TRACESTATE: usize = 512;

/// A place in a trace (W3C Trace Context, level 1), or none.
#[derive(Clone, PartialEq)]
pub struct TraceContext(SpanContext);

impl Default for TraceContext {
    /// No place in any trace.
    fn default() -> Self {
        Self(SpanContext::empty_context())
    }
}

impl TraceContext {
    /// Reads what came from outside. A `traceparent` that is not valid counts as none, a
    /// `tracestate` that is not valid is left out, as W3C demands: a peer's tracing cannot make
    /// its moves fail.
    #[must_use]
    pub fn parse(traceparent: &str, tracestate: &str) -> Self {
        if !has_shape(traceparent) {
            return Self::default();
        }
        let mut carrier = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
        if is_plain_state(tracestate) {
            carrier.insert("tracestate".to_owned(), tracestate.to_owned());
        }
        let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
        Self(context.span().span_context().clone())
    }

    /// Where the current `tracing` span stands.
    #[must_use]
    pub fn current() -> Self {
        Self::of(&tracing::Span::current())
    }

    /// Where a `tracing` span stands. This starts it: it can be given no other parent afterwards.
    #[must_use]
    pub fn of(span: &tracing::Span) -> Self {
        Self(span.context().span().span_context().clone())
    }

    /// Whether this is no place in any trace.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.0.is_valid()
    }

    /// The `traceparent` header; empty if there is none.
    #[must_use]
    pub fn traceparent(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let flags = u8::from(self.0.is_sampled());
        format!("00-{}-{}-{flags:02x}", self.0.trace_id(), self.0.span_id())
    }

    /// The `tracestate` header; empty if there is none.
    #[must_use]
    pub fn tracestate(&self) -> String {
        self.0.trace_state().header()
    }

    /// The trace, as 32 hexadecimal digits; empty if there is none.
    #[must_use]
    pub fn trace_id(&self) -> String {
        if self.is_empty() { String::new() } else { self.0.trace_id().to_string() }
    }

    pub(crate) fn from_span_context(context: SpanContext) -> Self {
        Self(context)
    }

    pub(crate) fn span_context(&self) -> SpanContext {
        self.0.clone()
    }

    pub(crate) fn as_parent(&self) -> Context {
        if self.is_empty() {
            return Context::new();
        }
        Context::new().with_remote_span_context(self.0.clone())
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceContext({})", self.traceparent())
    }
}

/// Looks at the fixed part only: lower-case hexadecimal with dashes in their places, then nothing
/// for version 0, and a dash before anything more for a later one.
fn has_shape(traceparent: &str) -> bool {
    let bytes = traceparent.as_bytes();
    let Some((fixed, rest)) = bytes.split_at_checked(TRACEPARENT) else { return false };
    let fits = |(at, byte): (usize, &u8)| match at {
        2 | 35 | 52 => *byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    };
    let ends = rest.is_empty() || (!fixed.starts_with(b"00") && rest.first() == Some(&b'-'));
    bytes.len() <= MAX_TRACEPARENT && ends && fixed.iter().enumerate().all(fits)
}

/// Stricter than the parser behind it, which lets members without a name through.
fn is_plain_state(tracestate: &str) -> bool {
    let named = |member: &str| member.is_empty() || !member.trim_start().starts_with('=');
    tracestate.len() <= MAX_TRACESTATE
        && tracestate.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && tracestate.split(',').all(named)
}

/// Makes a span a child of a place in a trace; an empty context leaves it as it is.
///
/// Call it before the span is entered: from then on its ids are fixed, and so is its parent. Later
/// calls change nothing.
pub fn set_parent(span: &tracing::Span, parent: &TraceContext) {
    if !parent.is_empty() {
        // An error says that nobody collects spans, or that this one has begun: see above.
        span.set_parent(parent.as_parent()).ok();
    }
}

/// A span without length, ended at once, below `parent` or at the root of a new trace. Returns its
/// place, which can be stored and continued at any later time, by any process.
///
/// Before [`init`](crate::init) there are no spans, and the parent's own place is returned.
pub fn point_span(
    name: &'static str,
    parent: Option<&TraceContext>,
    attributes: impl IntoIterator<Item = KeyValue>,
) -> TraceContext {
    let now = opentelemetry::time::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now_us = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
    let span = PointSpan::begin(name, parent.unwrap_or(&TraceContext::default()), now_us, attributes);
    let place = span.context();
    span.end();
    place
}
