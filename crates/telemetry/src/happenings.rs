//! Log lines as OTLP log records: what happens in a span is told to the collector with the span's
//! own ids.

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, Severity};
use opentelemetry_sdk::logs::{SdkLogRecord, SdkLogger};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::{TraceContext, names};

/// What the names of this project's own events begin with; other lines have no name.
const OURS: &str = "detente.";

/// Sends every event to a logger. The SDK adds the place of the current span.
#[derive(Debug)]
pub(crate) struct Happenings {
    logger: SdkLogger,
    private: bool,
}

impl Happenings {
    pub(crate) fn new(logger: SdkLogger, private: bool) -> Self {
        Self { logger, private }
    }
}

impl<S: Subscriber> Layer<S> for Happenings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut record = self.logger.create_log_record();
        if metadata.name().starts_with(OURS) {
            record.set_event_name(metadata.name());
        }
        let (severity, text) = severity(*metadata.level());
        record.set_severity_number(severity);
        record.set_severity_text(text);
        record.set_timestamp(opentelemetry::time::now());
        event.record(&mut Fields { record: &mut record, private: self.private });
        self.logger.emit(record);
    }
}

/// Does something, mostly a log line, at a place of a trace where no span is open: what was
/// stored with an entry, or came in an envelope.
pub fn at<T>(place: &TraceContext, happen: impl FnOnce() -> T) -> T {
    let _there = place.as_parent().attach();
    happen()
}

struct Fields<'a> {
    record: &'a mut SdkLogRecord,
    private: bool,
}

impl Fields<'_> {
    fn add(&mut self, field: &Field, value: impl Into<AnyValue>) {
        match field.name() {
            "message" => self.record.set_body(value.into()),
            name if !self.private && names::private::is_private(name) => {}
            name => self.record.add_attribute(name, value),
        }
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.to_owned());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, i64::try_from(value).unwrap_or(i64::MAX));
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value);
    }
}

fn severity(level: Level) -> (Severity, &'static str) {
    match level {
        Level::ERROR => (Severity::Error, "ERROR"),
        Level::WARN => (Severity::Warn, "WARN"),
        Level::INFO => (Severity::Info, "INFO"),
        Level::DEBUG => (Severity::Debug, "DEBUG"),
        Level::TRACE => (Severity::Trace, "TRACE"),
    }
}
