//! A collector of OpenTelemetry traces and metrics for tests: keeps all it is sent, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

/// A span as it arrived. Ids are lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanData {
    /// 32 digits.
    pub trace_id: String,
    /// 16 digits.
    pub span_id: String,
    /// 16 digits; empty for a root.
    pub parent: String,
    /// The span's name.
    pub name: String,
    /// The `service.name` of the process that sent it.
    pub service: String,
    /// Its attributes; values that are no text as text.
    pub attributes: BTreeMap<String, String>,
    /// When it began, in nanoseconds since the Unix epoch.
    pub start_ns: u64,
    /// From its begin to its end.
    pub duration: Duration,
    /// `SPAN_KIND_INTERNAL`, `SPAN_KIND_PRODUCER` and so on.
    pub kind: String,
    /// The spans it is linked to, 16 digits each.
    pub links: Vec<String>,
    /// Why it ended with an error; empty if it did not.
    pub error: String,
}

/// A log record as it arrived. Ids are lower-case hexadecimal, empty if there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventData {
    /// 32 digits.
    pub trace_id: String,
    /// 16 digits.
    pub span_id: String,
    /// Its event name; empty for a plain log line.
    pub name: String,
    /// What it says, as text.
    pub body: String,
    /// Its attributes; values that are no text as text.
    pub attributes: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default)]
struct Received {
    spans: Vec<SpanData>,
    events: Vec<EventData>,
    metrics: BTreeSet<String>,
    requests: Vec<(Signal, serde_json::Value)>,
}

/// What a request tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Points of metrics.
    Metrics,
    /// Log records.
    Logs,
}

#[derive(Debug, Clone)]
struct Inbox(watch::Sender<Received>);

/// Listens on a free loopback port until it is dropped.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    received: watch::Receiver<Received>,
    server: tokio::task::JoinHandle<()>,
}

impl Collector {
    /// Starts to listen.
    pub async fn start() -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (sender, received) = watch::channel(Received::default());
        let inbox = Inbox(sender);
        let server = tonic::transport::Server::builder()
            .add_service(TraceServiceServer::new(inbox.clone()))
            .add_service(LogsServiceServer::new(inbox.clone()))
            .add_service(MetricsServiceServer::new(inbox))
            .serve_with_incoming(TcpListenerStream::new(listener));
        let server = tokio::spawn(async move {
            // A test that waits for spans in vain says more than this error could.
            server.await.ok();
        });
        Ok(Self { address, received, server })
    }

    /// What to give as `OTEL_EXPORTER_OTLP_ENDPOINT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The spans so far, in the order they came.
    #[must_use]
    pub fn spans(&self) -> Vec<SpanData> {
        self.received.borrow().spans.clone()
    }

    /// The log records so far, in the order they came.
    #[must_use]
    pub fn events(&self) -> Vec<EventData> {
        self.received.borrow().events.clone()
    }

    /// Every request so far as it arrived, in OTLP's JSON.
    #[must_use]
    pub fn requests(&self) -> Vec<(Signal, serde_json::Value)> {
        self.received.borrow().requests.clone()
    }

    /// The names of the metrics so far.
    #[must_use]
    pub fn metrics(&self) -> BTreeSet<String> {
        self.received.borrow().metrics.clone()
    }

    /// The spans as soon as `enough` holds of them; otherwise those there are after `timeout`.
    pub async fn wait_for(
        &self,
        enough: impl Fn(&[SpanData]) -> bool,
        timeout: Duration,
    ) -> Result<Vec<SpanData>, Vec<SpanData>> {
        let mut received = self.received.clone();
        let waiting = received.wait_for(|r| enough(&r.spans));
        match tokio::time::timeout(timeout, waiting).await {
            Ok(Ok(received)) => Ok(received.spans.clone()),
            _ => Err(self.spans()),
        }
    }
}

impl Inbox {
    fn keep(&self, signal: Signal, request: &impl serde::Serialize) {
        let request = serde_json::to_value(request).unwrap();
        self.0.send_modify(|received| received.requests.push((signal, request)));
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[tonic::async_trait]
impl TraceService for Inbox {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.keep(Signal::Traces, request.get_ref());
        let spans = request.into_inner().resource_spans.into_iter().flat_map(|of_resource| {
            let service = service_name(of_resource.resource);
            let spans = of_resource.scope_spans.into_iter().flat_map(|of_scope| of_scope.spans);
            spans.map(move |span| span_data(span, &service))
        });
        self.0.send_modify(|received| received.spans.extend(spans));
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Inbox {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.keep(Signal::Metrics, request.get_ref());
        let scopes = request.into_inner().resource_metrics.into_iter().flat_map(|r| r.scope_metrics);
        let names = scopes.flat_map(|s| s.metrics).map(|metric| metric.name);
        self.0.send_modify(|received| received.metrics.extend(names));
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Inbox {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        self.keep(Signal::Logs, request.get_ref());
        let scopes = request.into_inner().resource_logs.into_iter().flat_map(|r| r.scope_logs);
        let events = scopes.flat_map(|s| s.log_records).map(|record| EventData {
            trace_id: hexadecimal(&record.trace_id),
            span_id: hexadecimal(&record.span_id),
            name: record.event_name,
            body: format!("{:?}", record.body),
            attributes: texts(record.attributes),
        });
        self.0.send_modify(|received| received.events.extend(events));
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}

fn service_name(resource: Option<Resource>) -> String {
    let mut attributes = texts(resource.unwrap_or_default().attributes);
    attributes.remove("service.name").unwrap_or_default()
}

fn span_data(span: Span, service: &str) -> SpanData {
    let nanoseconds = span.end_time_unix_nano.saturating_sub(span.start_time_unix_nano);
    SpanData {
        trace_id: hexadecimal(&span.trace_id),
        span_id: hexadecimal(&span.span_id),
        parent: hexadecimal(&span.parent_span_id),
        name: span.name,
        service: service.to_owned(),
        attributes: texts(span.attributes),
        start_ns: span.start_time_unix_nano,
        duration: Duration::from_nanos(nanoseconds),
        kind: SpanKind::try_from(span.kind).map_or("", |kind| kind.as_str_name()).to_owned(),
        links: span.links.iter().map(|link| hexadecimal(&link.span_id)).collect(),
        error: span.status.filter(|status| status.code == 2).map(|status| status.message).unwrap_or_default(),
    }
}

fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    attributes.into_iter().map(|a| (a.key, text(a.value))).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|v| v.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::BoolValue(value)) => value.to_string(),
        Some(Value::IntValue(value)) => value.to_string(),
        Some(Value::DoubleValue(value)) => value.to_string(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
