//! Stores in folders of their own, and telemetry to put into them.

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "each test file uses a part, and stops at the first surprise"
)]

use std::sync::Arc;
use std::time::Duration;

use ambient::ManualClock;
use detente_observatory::model::{Attributes, Event, Id, Span, Status, TraceId};
use detente_observatory::{Limits, Room, Salvage, Store, StoreOptions};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::{self as otlp, ResourceSpans, ScopeSpans};
use tempfile::TempDir;

/// A moment in 2025, in microseconds.
pub(crate) const NOW_US: i64 = 1_746_835_200_000_000;

pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), clock: Arc::new(ManualClock::at(NOW_US)) }
    }

    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("traces.db")
    }

    pub(crate) fn open(&self) -> Store {
        let (store, salvage) = self.open_with(&StoreOptions::default());
        assert_eq!(salvage, None);
        store
    }

    pub(crate) fn open_with(&self, options: &StoreOptions) -> (Store, Option<Salvage>) {
        Store::open(&self.file(), options, self.clock.clone()).unwrap()
    }
}

pub(crate) fn limits(bytes: u64, age: Duration) -> StoreOptions {
    StoreOptions { limits: Limits { bytes, age }, ..StoreOptions::default() }
}

pub(crate) fn room(rows: usize) -> StoreOptions {
    StoreOptions { room: Room { rows, bytes: 1 << 30 }, ..StoreOptions::default() }
}

pub(crate) fn trace(number: u64) -> TraceId {
    Id::new(&[[1; 8], number.to_be_bytes()].concat()).unwrap()
}

pub(crate) fn span(trace_number: u64, number: u64) -> Span {
    let start_ns = NOW_US * 1_000 + i64::try_from(number).unwrap();
    let mut attributes = Attributes::new();
    attributes.insert("detente.talk".to_owned(), format!("talk-{trace_number}").into());
    attributes.insert("detente.round".to_owned(), number.into());
    Span {
        trace_id: trace(trace_number),
        span_id: Id::new(&(number + 1).to_be_bytes()).unwrap(),
        parent: Id::new(&number.to_be_bytes()),
        name: "decide".to_owned(),
        service: "detente-mediator".to_owned(),
        start_ns,
        end_ns: start_ns + 1_000,
        kind: 1,
        status: Status::Unset,
        reason: String::new(),
        attributes,
        links: Vec::new(),
    }
}

pub(crate) fn event(trace_number: u64, number: u64) -> Event {
    Event {
        trace_id: Some(trace(trace_number)),
        span_id: Id::new(&(number + 1).to_be_bytes()),
        time_ns: NOW_US * 1_000 + i64::try_from(number).unwrap(),
        severity: "WARN".to_owned(),
        name: "detente.refused".to_owned(),
        body: "refused: out of turn".to_owned(),
        service: "detente-mediator".to_owned(),
        attributes: Attributes::new(),
    }
}

pub(crate) fn text(key: &str, value: impl Into<String>) -> KeyValue {
    attribute(key, Value::StringValue(value.into()))
}

pub(crate) fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

/// One span as it comes in.
pub(crate) fn incoming(trace_id: &[u8], span_id: &[u8], attributes: Vec<KeyValue>) -> otlp::Span {
    otlp::Span {
        trace_id: trace_id.to_vec(),
        span_id: span_id.to_vec(),
        name: "decide".to_owned(),
        start_time_unix_nano: 1_000,
        end_time_unix_nano: 2_000,
        attributes,
        ..otlp::Span::default()
    }
}

pub(crate) fn request(spans: Vec<otlp::Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
    }
}
