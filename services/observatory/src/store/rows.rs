//! What is kept, as rows: made on the sender's threads, so that the writer only binds and steps.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rusqlite::Row;
use rusqlite::types::Type;

use crate::model::{Attributes, Event, Figure, Id, Link, Point, Span, SpanId, Status, TraceId};

/// What a row weighs beside its texts.
const ROW: usize = 128;

#[derive(Debug)]
pub(super) struct SpanRow {
    pub(super) trace: TraceId,
    pub(super) talk: Option<String>,
    pub(super) span: i64,
    pub(super) parent: Option<i64>,
    pub(super) name: String,
    pub(super) service: String,
    pub(super) start_ns: i64,
    pub(super) end_ns: i64,
    pub(super) kind: u8,
    pub(super) status: u8,
    pub(super) reason: String,
    pub(super) attributes: String,
    pub(super) links: Option<String>,
}

#[derive(Debug)]
pub(super) struct EventRow {
    pub(super) trace: Option<TraceId>,
    pub(super) span: Option<i64>,
    pub(super) time_ns: i64,
    pub(super) severity: String,
    pub(super) name: String,
    pub(super) body: String,
    pub(super) service: String,
    pub(super) attributes: String,
    /// Tells events of one moment apart, and a repeated one from a new one.
    pub(super) digest: i64,
}

#[derive(Debug)]
pub(super) struct PointRow {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) service: String,
    pub(super) attributes: String,
    pub(super) time_ns: i64,
    pub(super) figure: String,
}

impl From<Span> for SpanRow {
    fn from(span: Span) -> Self {
        let talk = span.attributes.get(telemetry::names::TALK).and_then(|talk| talk.as_str());
        let links = (!span.links.is_empty()).then(|| {
            let links = span.links.iter().map(|link| format!("{}-{}", link.trace_id, link.span_id));
            links.collect::<Vec<_>>().join(" ")
        });
        Self {
            trace: span.trace_id,
            talk: talk.map(str::to_owned),
            span: number(span.span_id),
            parent: span.parent.map(number),
            name: span.name,
            service: span.service,
            start_ns: span.start_ns,
            end_ns: span.end_ns,
            kind: span.kind,
            status: span.status as u8,
            reason: span.reason,
            attributes: json(&span.attributes),
            links,
        }
    }
}

impl From<Event> for EventRow {
    fn from(event: Event) -> Self {
        let attributes = json(&event.attributes);
        let mut hasher = DefaultHasher::new();
        (event.span_id, &event.name, &event.body, &event.service, &attributes).hash(&mut hasher);
        Self {
            trace: event.trace_id,
            span: event.span_id.map(number),
            time_ns: event.time_ns,
            severity: event.severity,
            name: event.name,
            body: event.body,
            service: event.service,
            attributes,
            digest: hasher.finish().cast_signed(),
        }
    }
}

impl From<Point> for PointRow {
    fn from(point: Point) -> Self {
        Self {
            name: point.name,
            unit: point.unit,
            service: point.service,
            attributes: json(&point.attributes),
            time_ns: point.time_ns,
            figure: serde_json::to_string(&point.value).unwrap_or_default(),
        }
    }
}

impl SpanRow {
    pub(super) fn weight(&self) -> usize {
        ROW + self.name.len() + self.reason.len() + self.attributes.len()
    }
}

impl EventRow {
    pub(super) fn weight(&self) -> usize {
        ROW + self.name.len() + self.body.len() + self.attributes.len()
    }
}

impl PointRow {
    pub(super) fn weight(&self) -> usize {
        ROW + self.name.len() + self.attributes.len() + self.figure.len()
    }
}

/// The columns of a span after its trace, in the order [`span`] reads them.
pub(crate) const SPAN_COLUMNS: &str =
    "span, parent, name, service, start_ns, end_ns, kind, status, reason, attributes, links";

pub(crate) fn span(trace_id: TraceId, row: &Row<'_>) -> rusqlite::Result<Span> {
    let status: u8 = row.get(7)?;
    let links: Option<String> = row.get(10)?;
    Ok(Span {
        trace_id,
        span_id: span_id(row, 0)?.ok_or_else(|| rusqlite::Error::IntegralValueOutOfRange(0, 0))?,
        parent: span_id(row, 1)?,
        name: row.get(2)?,
        service: row.get(3)?,
        start_ns: row.get(4)?,
        end_ns: row.get(5)?,
        kind: row.get(6)?,
        status: [Status::Unset, Status::Ok, Status::Error]
            .get(usize::from(status))
            .copied()
            .unwrap_or_default(),
        reason: row.get(8)?,
        attributes: attributes(row, 9)?,
        links: links.unwrap_or_default().split(' ').filter_map(link).collect(),
    })
}

/// The columns of an event after its trace, in the order [`event`] reads them.
pub(crate) const EVENT_COLUMNS: &str = "span, time_ns, severity, name, body, service, attributes";

pub(crate) fn event(trace_id: Option<TraceId>, row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        trace_id,
        span_id: span_id(row, 0)?,
        time_ns: row.get(1)?,
        severity: row.get(2)?,
        name: row.get(3)?,
        body: row.get(4)?,
        service: row.get(5)?,
        attributes: attributes(row, 6)?,
    })
}

/// The columns of a figure, in the order [`point`] reads them.
pub(crate) const POINT_COLUMNS: &str = "name, unit, service, attributes, time_ns, figure";

pub(crate) fn point(row: &Row<'_>) -> rusqlite::Result<Point> {
    let figure: String = row.get(5)?;
    let value: Figure = serde_json::from_str(&figure).map_err(|error| unlike(5, error))?;
    Ok(Point {
        name: row.get(0)?,
        unit: row.get(1)?,
        service: row.get(2)?,
        attributes: attributes(row, 3)?,
        time_ns: row.get(4)?,
        value,
    })
}

/// One row that was damaged unnoticed must not hide the others: it is shown without attributes.
fn attributes(row: &Row<'_>, column: usize) -> rusqlite::Result<Attributes> {
    let text: String = row.get(column)?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

fn span_id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<SpanId>> {
    let number: Option<i64> = row.get(column)?;
    Ok(number.and_then(|number| Id::new(&number.to_be_bytes())))
}

fn link(text: &str) -> Option<Link> {
    let (trace, span) = text.split_once('-')?;
    Some(Link { trace_id: trace.parse().ok()?, span_id: span.parse().ok()? })
}

fn unlike(column: usize, error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

/// Eight bytes are an integer to SQLite: smaller and faster to find than a blob.
fn number(id: SpanId) -> i64 {
    i64::from_be_bytes(*id.as_bytes())
}

fn json(attributes: &Attributes) -> String {
    serde_json::to_string(attributes).unwrap_or_else(|_| "{}".to_owned())
}
