//! Spans as OTLP again, for any other tool.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{self as otlp, ResourceSpans, ScopeSpans};
use serde_json::Value as Json;

use crate::model::{Attributes, Event, Span, SpanId};

/// The spans, with what happened in them, as one request: a resource for each service.
#[must_use]
pub fn to_otlp(spans: &[Span], events: &[Event]) -> ExportTraceServiceRequest {
    let mut happened: BTreeMap<SpanId, Vec<otlp::span::Event>> = BTreeMap::new();
    for event in events {
        if let Some(span) = event.span_id {
            happened.entry(span).or_default().push(event_to_otlp(event));
        }
    }
    let mut services: BTreeMap<&str, Vec<otlp::Span>> = BTreeMap::new();
    for span in spans {
        let events = happened.remove(&span.span_id).unwrap_or_default();
        services.entry(&span.service).or_default().push(span_to_otlp(span, events));
    }
    let resource_spans = services.into_iter().map(|(service, spans)| ResourceSpans {
        resource: Some(Resource {
            attributes: vec![pair("service.name", Json::String(service.to_owned()))],
            ..Resource::default()
        }),
        scope_spans: vec![ScopeSpans {
            scope: Some(InstrumentationScope { name: "detente".to_owned(), ..Default::default() }),
            spans,
            schema_url: String::new(),
        }],
        schema_url: String::new(),
    });
    ExportTraceServiceRequest { resource_spans: resource_spans.collect() }
}

/// The same as OTLP JSON.
///
/// # Errors
/// None that is known of: every value kept is one of JSON's.
pub fn to_otlp_json(spans: &[Span], events: &[Event]) -> Result<String, serde_json::Error> {
    serde_json::to_string(&to_otlp(spans, events))
}

fn span_to_otlp(span: &Span, events: Vec<otlp::span::Event>) -> otlp::Span {
    let link = |link: &crate::model::Link| otlp::span::Link {
        trace_id: link.trace_id.as_bytes().to_vec(),
        span_id: link.span_id.as_bytes().to_vec(),
        ..otlp::span::Link::default()
    };
    otlp::Span {
        trace_id: span.trace_id.as_bytes().to_vec(),
        span_id: span.span_id.as_bytes().to_vec(),
        parent_span_id: span.parent.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
        name: span.name.clone(),
        kind: i32::from(span.kind),
        start_time_unix_nano: span.start_ns.unsigned_abs(),
        end_time_unix_nano: span.end_ns.unsigned_abs(),
        attributes: pairs(&span.attributes),
        events,
        links: span.links.iter().map(link).collect(),
        status: Some(otlp::Status { code: span.status as i32, message: span.reason.clone() }),
        ..otlp::Span::default()
    }
}

fn event_to_otlp(event: &Event) -> otlp::span::Event {
    let mut attributes = pairs(&event.attributes);
    if !event.body.is_empty() {
        attributes.push(pair("message", Json::String(event.body.clone())));
    }
    let name = if event.name.is_empty() { "log" } else { &event.name };
    let time_unix_nano = event.time_ns.unsigned_abs();
    otlp::span::Event { time_unix_nano, name: name.to_owned(), attributes, dropped_attributes_count: 0 }
}

fn pairs(attributes: &Attributes) -> Vec<KeyValue> {
    attributes.iter().map(|(key, value)| pair(key, value.clone())).collect()
}

fn pair(key: &str, value: Json) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(any(value)), ..KeyValue::default() }
}

fn any(value: Json) -> AnyValue {
    let value = match value {
        Json::Null => None,
        Json::Bool(value) => Some(Value::BoolValue(value)),
        Json::Number(number) => Some(match number.as_i64() {
            Some(whole) => Value::IntValue(whole),
            None => Value::DoubleValue(number.as_f64().unwrap_or(f64::NAN)),
        }),
        Json::String(text) => Some(Value::StringValue(text)),
        Json::Array(values) => {
            Some(Value::ArrayValue(ArrayValue { values: values.into_iter().map(any).collect() }))
        }
        Json::Object(map) => Some(Value::KvlistValue(KeyValueList { values: pairs(&map) })),
    };
    AnyValue { value }
}
