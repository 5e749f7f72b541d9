//! What the observatory keeps, in small types of its own: whatever came in has been bounded and
//! checked by the time it is one of these.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Attributes by name, as JSON values.
pub type Attributes = serde_json::Map<String, serde_json::Value>;

/// An id in a trace: so many bytes, not all of them zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id<const BYTES: usize>([u8; BYTES]);

/// The id of a trace.
pub type TraceId = Id<16>;
/// The id of a span within its trace.
pub type SpanId = Id<8>;

impl<const BYTES: usize> Id<BYTES> {
    /// The id with these bytes; none if there are more or fewer, or all are zero.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; BYTES] = bytes.try_into().ok()?;
        bytes.iter().any(|byte| *byte != 0).then_some(Self(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; BYTES] {
        &self.0
    }
}

impl<const BYTES: usize> fmt::Display for Id<BYTES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const BYTES: usize> fmt::Debug for Id<BYTES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const BYTES: usize> Serialize for Id<BYTES> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no id of a trace or span: expected hexadecimal digits, not all zero")]
pub struct BadId(String);

impl<const BYTES: usize> FromStr for Id<BYTES> {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId(text.chars().take(64).collect());
        if text.len() != 2 * BYTES || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(bad());
        }
        let byte = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16);
        let bytes: Vec<u8> = (0..BYTES).map(byte).collect::<Result<_, _>>().map_err(|_| bad())?;
        Self::new(&bytes).ok_or_else(bad)
    }
}

/// How a span ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nobody said.
    #[default]
    Unset,
    /// As it should.
    Ok,
    /// With an error.
    Error,
}

/// One span.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Span {
    /// Its trace.
    pub trace_id: TraceId,
    /// Its own id.
    pub span_id: SpanId,
    /// The span it lies below; none for a root.
    pub parent: Option<SpanId>,
    /// What it is called.
    pub name: String,
    /// The `service.name` of the process that sent it.
    pub service: String,
    /// When it began, in nanoseconds since the Unix epoch.
    pub start_ns: i64,
    /// When it ended; not before it began.
    pub end_ns: i64,
    /// OpenTelemetry's kind: 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
    pub kind: u8,
    /// How it ended.
    pub status: Status,
    /// Why, if with an error.
    pub reason: String,
    /// What else is known of it.
    pub attributes: Attributes,
    /// The spans that caused it without it lying below them.
    pub links: Vec<Link>,
}

/// Another place of a trace that a span came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The trace.
    pub trace_id: TraceId,
    /// The span.
    pub span_id: SpanId,
}

/// Something that happened at one moment: a log record, or an event inside a span.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// The trace it belongs to, if any.
    pub trace_id: Option<TraceId>,
    /// The span it happened in, if any.
    pub span_id: Option<SpanId>,
    /// When, in nanoseconds since the Unix epoch.
    pub time_ns: i64,
    /// How grave it is, such as `WARN`.
    pub severity: String,
    /// What it is called, such as `detente.refused`; empty for a plain log line.
    pub name: String,
    /// The text.
    pub body: String,
    /// The `service.name` of the process that sent it.
    pub service: String,
    /// What else is known of it.
    pub attributes: Attributes,
}

/// The latest figure of one series of a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The metric.
    pub name: String,
    /// Its unit, such as `s`.
    pub unit: String,
    /// The `service.name` of the process that sent it.
    pub service: String,
    /// What tells the series from others of the metric.
    pub attributes: Attributes,
    /// When it was measured, in nanoseconds since the Unix epoch.
    pub time_ns: i64,
    /// The figure.
    pub value: Figure,
}

/// A figure of a metric.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// A sum or a gauge.
    Number(f64),
    /// A histogram: how many values fell below each bound, the last count above all.
    Histogram {
        /// How many values.
        count: u64,
        /// Their sum.
        sum: f64,
        /// Upper bounds of the buckets but the last.
        bounds: Vec<f64>,
        /// Values in each bucket.
        counts: Vec<u64>,
    },
}
