//! Collectors with an API of their own, which nobody here wrote: otelite and Arize Phoenix, on loopback.
//! `scripts/test-collectors` installs them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::{Child, Command};
use transcript::Transcript;

use crate::collector::SpanData;
use crate::patiently;
use crate::python::target;
use crate::rotel::{free_addresses, listens};
use crate::scrape::say;
use crate::traced::{last_move, trace_of};

/// A running viewer, killed when it is dropped.
pub struct Viewer {
    _child: Child,
    grpc: SocketAddr,
    api: SocketAddr,
}

impl Viewer {
    /// otelite, whose files go to `folder`.
    pub async fn otelite(folder: &Path) -> Self {
        let [grpc, http, api] = free_addresses();
        let mut command = Command::new(target().join("tools/bin/otelite"));
        command.args(["serve", "--addr", &api.to_string()]).env("OTELITE_DATA_DIR", folder);
        command.env("OTELITE_OTLP_GRPC_PORT", grpc.port().to_string());
        command.env("OTELITE_OTLP_HTTP_PORT", http.port().to_string());
        Self::start(command, grpc, api).await
    }

    /// Phoenix, whose files go to `folder`. Its gRPC port is open on every interface there is, so there may
    /// be none but loopback.
    pub async fn phoenix(folder: &Path) -> Self {
        let interfaces = std::fs::read_to_string("/proc/net/dev").unwrap();
        let alone = interfaces.lines().skip(2).all(|line| line.trim_start().starts_with("lo:"));
        assert!(alone, "Phoenix listens on every interface: run scripts/test-collectors");
        let [grpc, api] = free_addresses();
        let mut command = Command::new(target().join("phoenix-venv/bin/phoenix"));
        command.arg("serve").env("PHOENIX_WORKING_DIR", folder).env("PHOENIX_TELEMETRY_ENABLED", "false");
        command.env("PHOENIX_HOST", "127.0.0.1").env("PHOENIX_PORT", api.port().to_string());
        command.env("PHOENIX_GRPC_PORT", grpc.port().to_string());
        Self::start(command, grpc, api).await
    }

    async fn start(mut command: Command, grpc: SocketAddr, api: SocketAddr) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().expect("scripts/test-collectors installs it");
        listens(api).await;
        listens(grpc).await;
        Self { _child: child, grpc, api }
    }

    /// Where to send to.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.grpc)
    }

    async fn get(&self, path: &str) -> Value {
        // Version 1.0, so that the answer comes in one piece and ends with the connection.
        let request = format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.api);
        let answer = say(&self.api.to_string(), request.as_bytes()).await;
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{path}: {error}: {answer}"))
    }

    /// The traces that otelite lists.
    pub async fn listed_by_otelite(&self) -> Value {
        self.get("/api/traces").await
    }

    /// The talk's spans as otelite has them.
    pub async fn spans_of_otelite(&self, over: &Transcript) -> Vec<SpanData> {
        let path = format!("/api/traces/{}", trace_of(over));
        self.all(over, async || {
            let trace = self.get(&path).await;
            trace["spans"].as_array().unwrap().iter().map(of_otelite).collect()
        })
        .await
    }

    /// Every span that Phoenix has.
    pub async fn spans_of_phoenix(&self, over: &Transcript) -> Vec<SpanData> {
        self.all(over, async || {
            let (mut spans, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = self.get(&format!("/v1/projects/default/spans?limit=500{cursor}")).await;
                spans.extend(page["data"].as_array().unwrap().iter().map(of_phoenix));
                let Some(next) = page["next_cursor"].as_str() else { return spans };
                cursor = format!("&cursor={next}");
            }
        })
        .await
    }

    /// Asks until the last decision is there: a viewer may take in what it was sent a little later.
    async fn all(&self, over: &Transcript, ask: impl AsyncFn() -> Vec<SpanData>) -> Vec<SpanData> {
        let (last, rounds) = (last_move(over), over.talk().round() as usize);
        let has_all = |spans: &[SpanData]| {
            let decided =
                |span: &SpanData| span.name == "decide" && text_of(span, "messaging.message.id") == last;
            spans.iter().any(decided) && spans.iter().filter(|span| span.name == "round").count() >= rounds
        };
        let asking = async {
            loop {
                let spans = ask().await;
                if has_all(&spans) {
                    return spans;
                }
            }
        };
        patiently("all spans in the viewer", asking).await
    }
}

fn text_of<'a>(span: &'a SpanData, attribute: &str) -> &'a str {
    span.attributes.get(attribute).map_or("", String::as_str)
}

fn of_otelite(span: &Value) -> SpanData {
    SpanData {
        trace_id: text(&span["trace_id"]),
        span_id: text(&span["span_id"]),
        parent: text(&span["parent_span_id"]),
        name: text(&span["name"]),
        service: text(&span["resource"]["attributes"]["service.name"]),
        attributes: attributes(&span["attributes"]),
        start_ns: span["start_time"].as_u64().unwrap(),
        duration: Duration::from_nanos(span["duration"].as_u64().unwrap()),
        kind: text(&span["kind"]),
        links: Vec::new(),
        error: text(&span["status"]["message"]),
    }
}

/// Phoenix keeps neither the service nor the kind of a span.
fn of_phoenix(span: &Value) -> SpanData {
    SpanData {
        trace_id: text(&span["context"]["trace_id"]),
        span_id: text(&span["context"]["span_id"]),
        parent: text(&span["parent_id"]),
        name: text(&span["name"]),
        service: String::new(),
        attributes: attributes(&span["attributes"]),
        start_ns: 0,
        duration: Duration::ZERO,
        kind: String::new(),
        links: Vec::new(),
        error: text(&span["status_message"]),
    }
}

fn attributes(of: &Value) -> BTreeMap<String, String> {
    of.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
