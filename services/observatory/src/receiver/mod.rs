//! Where telemetry comes in: OTLP over gRPC and over HTTP, on the same sockets.
//!
//! Whoever sends is not trusted. A message has a largest size, what is in it is bounded at the
//! edge, and when the store cannot keep up what is too much is refused at once and named in
//! the answer (`partial_success`): nobody who sends is ever made to wait for a disk.

mod edge;
mod grpc;
mod http;
mod logs;
mod metrics;
mod spans;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::LogsServiceServer;
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::MetricsServiceServer;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::TraceServiceServer;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tokio::sync::Semaphore;

use crate::store::{Counts, Store};
use edge::Edge;

/// Bytes of one request.
pub const MESSAGE_LIMIT: usize = 4 * 1024 * 1024;
/// Requests that are read at once: together with their size the bound on memory.
const AT_ONCE: usize = 32;
/// How long one request may take to arrive.
const ARRIVES_WITHIN: Duration = Duration::from_secs(10);

/// Takes telemetry into a store. Clones share it.
#[derive(Debug, Clone)]
pub struct Receiver {
    store: Store,
}

impl Receiver {
    /// A receiver for the store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The store behind it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Takes spans, with the events inside them.
    #[must_use]
    pub fn traces(&self, request: ExportTraceServiceRequest) -> ExportTraceServiceResponse {
        let mut edge = Edge::default();
        let found = edge.spans(request);
        let counts = self.store.counters();
        Counts::add(&counts.received_spans, found.spans.len() as u64 + found.invalid);
        Counts::add(&counts.invalid, found.invalid);
        Counts::add(&counts.cut, edge.cut());
        let shed = self.store.offer_spans(found.spans);
        Counts::add(&counts.received_events, found.events.len() as u64);
        self.store.offer_events(found.events);
        let partial_success = rejected(found.invalid, shed).map(|(rejected_spans, error_message)| {
            ExportTracePartialSuccess { rejected_spans, error_message }
        });
        ExportTraceServiceResponse { partial_success }
    }

    /// Takes log records.
    #[must_use]
    pub fn logs(&self, request: ExportLogsServiceRequest) -> ExportLogsServiceResponse {
        let mut edge = Edge::default();
        let events = edge.logs(request);
        let counts = self.store.counters();
        Counts::add(&counts.received_events, events.len() as u64);
        Counts::add(&counts.cut, edge.cut());
        let shed = self.store.offer_events(events);
        let partial_success = rejected(0, shed).map(|(rejected_log_records, error_message)| {
            ExportLogsPartialSuccess { rejected_log_records, error_message }
        });
        ExportLogsServiceResponse { partial_success }
    }

    /// Takes figures of metrics.
    #[must_use]
    pub fn metrics(&self, request: ExportMetricsServiceRequest) -> ExportMetricsServiceResponse {
        let mut edge = Edge::default();
        let found = edge.points(request);
        let counts = self.store.counters();
        Counts::add(&counts.received_points, found.points.len() as u64 + found.unsupported);
        Counts::add(&counts.invalid, found.unsupported);
        Counts::add(&counts.cut, edge.cut());
        let shed = self.store.offer_points(found.points);
        let partial_success =
            rejected(found.unsupported, shed).map(|(rejected_data_points, error_message)| {
                ExportMetricsPartialSuccess { rejected_data_points, error_message }
            });
        ExportMetricsServiceResponse { partial_success }
    }

    /// The routes of OTLP over gRPC and over HTTP, and `/status` with what was counted.
    pub fn router(&self) -> Router {
        let traces = TraceServiceServer::new(self.clone()).max_decoding_message_size(MESSAGE_LIMIT);
        let metrics = MetricsServiceServer::new(self.clone()).max_decoding_message_size(MESSAGE_LIMIT);
        let logs = LogsServiceServer::new(self.clone()).max_decoding_message_size(MESSAGE_LIMIT);
        let grpc = tonic::service::Routes::new(traces).add_service(metrics).add_service(logs);
        let http = Router::new()
            .route("/v1/traces", post(http::traces))
            .route("/v1/metrics", post(http::metrics))
            .route("/v1/logs", post(http::logs))
            .route("/status", get(http::status))
            .layer(DefaultBodyLimit::max(MESSAGE_LIMIT))
            .with_state(self.clone());
        let room = Arc::new(Semaphore::new(AT_ONCE));
        grpc.into_axum_router().merge(http).layer(from_fn_with_state(room, bounded))
    }
}

/// Lets only so many requests in at once, and none for ever.
async fn bounded(State(room): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = room.try_acquire() else {
        let message = "too many requests at once: send again later";
        return (StatusCode::SERVICE_UNAVAILABLE, message).into_response();
    };
    match tokio::time::timeout(ARRIVES_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "the request did not arrive in time").into_response(),
    }
}

/// How many were rejected and why, for the answer; none if all were taken.
fn rejected(invalid: u64, shed: u64) -> Option<(i64, String)> {
    let mut why = Vec::new();
    if invalid > 0 {
        why.push(format!("{invalid} without valid ids or of a kind that is not kept"));
    }
    if shed > 0 {
        why.push(format!("{shed} more than the store can write now: send less, or sample"));
    }
    let rejected = i64::try_from(invalid.saturating_add(shed)).unwrap_or(i64::MAX);
    (rejected > 0).then(|| (rejected, why.join("; ")))
}
