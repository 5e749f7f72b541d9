use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{self as otlp, status::StatusCode};

use super::edge::{Edge, nanoseconds};
use crate::model::{Attributes, Event, Id, Link, Span, SpanId, Status};

const MOST_EVENTS: usize = 32;
const MOST_LINKS: usize = 32;

/// Spans of a request with the events inside them, and how many had no valid ids.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    pub(crate) spans: Vec<Span>,
    pub(crate) events: Vec<Event>,
    pub(crate) invalid: u64,
}

impl Edge {
    pub(crate) fn spans(&mut self, request: ExportTraceServiceRequest) -> Spans {
        let mut found = Spans::default();
        for of_resource in request.resource_spans {
            let service = self.service(of_resource.resource);
            for span in of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                self.span(span, &service, &mut found);
            }
        }
        found
    }

    fn span(&mut self, mut given: otlp::Span, service: &str, found: &mut Spans) {
        let events = std::mem::take(&mut given.events);
        let Some(span) = self.checked(given, service) else {
            found.invalid += 1;
            return;
        };
        for event in self.first(events, MOST_EVENTS) {
            found.events.push(self.event(event, &span));
        }
        found.spans.push(span);
    }

    fn checked(&mut self, given: otlp::Span, service: &str) -> Option<Span> {
        let (trace_id, span_id) = (Id::new(&given.trace_id)?, Id::new(&given.span_id)?);
        let parent = match given.parent_span_id.as_slice() {
            [] => None,
            zero if zero.iter().all(|byte| *byte == 0) => None,
            bytes => Some(SpanId::new(bytes)?),
        };
        let start_ns = nanoseconds(given.start_time_unix_nano);
        let status = given.status.unwrap_or_default();
        let links = self.first(given.links, MOST_LINKS).into_iter();
        Some(Span {
            trace_id,
            span_id,
            parent,
            name: self.name(&given.name),
            service: service.to_owned(),
            start_ns,
            end_ns: nanoseconds(given.end_time_unix_nano).max(start_ns),
            kind: u8::try_from(given.kind).unwrap_or(0).min(5),
            status: match status.code() {
                StatusCode::Unset => Status::Unset,
                StatusCode::Ok => Status::Ok,
                StatusCode::Error => Status::Error,
            },
            reason: self.text(status.message),
            attributes: self.attributes(given.attributes),
            links: links
                .filter_map(|link| {
                    Some(Link { trace_id: Id::new(&link.trace_id)?, span_id: Id::new(&link.span_id)? })
                })
                .collect(),
        })
    }

    fn event(&mut self, given: otlp::span::Event, span: &Span) -> Event {
        let attributes: Attributes = self.attributes(given.attributes);
        Event {
            trace_id: Some(span.trace_id),
            span_id: Some(span.span_id),
            time_ns: nanoseconds(given.time_unix_nano),
            severity: String::new(),
            name: self.name(&given.name),
            body: String::new(),
            service: span.service.clone(),
            attributes,
        }
    }
}
