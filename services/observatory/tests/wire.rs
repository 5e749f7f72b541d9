//! The same telemetry over gRPC and over HTTP, as protobuf and as JSON; what is no OTLP is refused.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::net::SocketAddr;

use common::{Place, incoming, request, text, trace};
use detente_observatory::{Config, MESSAGE_LIMIT, Store, run};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

struct Running {
    store: Store,
    address: SocketAddr,
    shutdown: CancellationToken,
    ended: tokio::task::JoinHandle<()>,
    _place: Place,
}

impl Running {
    async fn start() -> Self {
        let place = Place::new();
        let store = place.open();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
        let running = run(vec![listener], shutdown.clone(), Config { store: store.clone() });
        let ended = tokio::spawn(async { running.await.unwrap() });
        Self { store, address, shutdown, ended, _place: place }
    }

    /// The status line and the body.
    async fn post(&self, path: &str, kind: &str, body: &[u8]) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // A body that is too long is answered before it has been read.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
    }

    async fn end(self) -> usize {
        self.shutdown.cancel();
        self.ended.await.unwrap();
        self.store.reader().spans(trace(1), 100).unwrap().len()
    }
}

fn one(span: u8) -> ExportTraceServiceRequest {
    request(vec![incoming(trace(1).as_bytes(), &[span; 8], vec![text("detente.talk", "geneva")])])
}

#[tokio::test]
async fn grpc_and_http_lead_to_the_same_store() {
    let running = Running::start().await;
    let mut client = TraceServiceClient::connect(format!("http://{}", running.address)).await.unwrap();
    client.export(one(1)).await.unwrap();
    let (status, _) = running.post("/v1/traces", "application/x-protobuf", &one(2).encode_to_vec()).await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    let json = serde_json::to_vec(&one(3)).unwrap();
    let (status, body) = running.post("/v1/traces", "application/json; charset=utf-8", &json).await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{body}");
    drop(client);
    assert_eq!(running.end().await, 3);
}

#[tokio::test]
async fn what_is_no_otlp_is_refused_and_the_service_lives() {
    let running = Running::start().await;
    let posts: [(&str, &[u8], &str); 5] = [
        ("application/x-protobuf", b"\xff\xff\xff", "400"),
        ("application/json", b"{\"resourceSpans\": 7}", "400"),
        ("text/plain", b"hello", "415"),
        ("", b"", "415"),
        ("application/x-protobuf", &vec![0; MESSAGE_LIMIT + 1], "413"),
    ];
    for (kind, body, expected) in posts {
        let (status, said) = running.post("/v1/traces", kind, body).await;
        // The connection may be cut while the rest of a body is still on its way.
        assert!(
            status.contains(expected) || (expected == "413" && status.is_empty()),
            "{kind}: {status} {said}"
        );
    }
    // A list in a list, deeper than any parser here follows.
    let deep = format!("{{\"resourceSpans\":{}", "[".repeat(100_000));
    let (status, _) = running.post("/v1/traces", "application/json", deep.as_bytes()).await;
    assert!(status.contains("400"), "{status}");
    let (status, _) = running.post("/v1/traces", "application/x-protobuf", &one(1).encode_to_vec()).await;
    assert!(status.contains("200"), "{status}");
    assert_eq!(running.end().await, 1);
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_over_grpc_too() {
    let running = Running::start().await;
    let mut client = TraceServiceClient::connect(format!("http://{}", running.address)).await.unwrap();
    let huge =
        request(vec![incoming(trace(1).as_bytes(), &[1; 8], vec![text("x", "y".repeat(MESSAGE_LIMIT))])]);
    let refused = client.export(huge).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::OutOfRange, "{refused}");
    client.export(one(1)).await.unwrap();
    drop(client);
    assert_eq!(running.end().await, 1);
}
