//! The bare limit: a tonic bidirectional stream that answers each message with its own payload, and
//! does nothing else.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt as _};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::{NamedService, StreamingService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use wire::pb::mediation::v1 as pb;

use super::measure::Latencies;
use crate::output::Failure;

const PATH: &str = "/detente.bench.Bare/Attend";

type Echoes = Pin<Box<dyn Stream<Item = Result<pb::AttendResponse, Status>> + Send>>;

#[derive(Clone)]
struct Bare;

impl NamedService for Bare {
    const NAME: &'static str = "detente.bench.Bare";
}

impl tower::Service<http::Request<Body>> for Bare {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let codec = ProstCodec::<pb::AttendResponse, pb::AttendRequest>::default();
            Ok(tonic::server::Grpc::new(codec).streaming(Self, request).await)
        })
    }
}

impl StreamingService<pb::AttendRequest> for Bare {
    type Response = pb::AttendResponse;
    type ResponseStream = Echoes;
    type Future = std::future::Ready<Result<Response<Echoes>, Status>>;

    fn call(&mut self, request: Request<Streaming<pb::AttendRequest>>) -> Self::Future {
        let echoes = request.into_inner().map(|message| message.map(echo));
        std::future::ready(Ok(Response::new(Box::pin(echoes))))
    }
}

fn echo(message: pb::AttendRequest) -> pb::AttendResponse {
    let payload = match message.message {
        Some(pb::attend_request::Message::Submit(submit)) => submit.payload,
        _ => bytes::Bytes::new(),
    };
    let body = pb::EntryBody { kind: 3, payload, signatures: Vec::new() };
    pb::AttendResponse { message: Some(pb::attend_response::Message::Entry(body)), ..Default::default() }
}

/// Serves the bare stream until standard input ends.
pub(crate) fn serve() -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(async {
        let shutdown = ambient::shutdown_on_signal().map_err(Failure::internal)?;
        ambient::shutdown_with_parent(shutdown.clone());
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = tokio::net::TcpListener::bind(any).await.map_err(Failure::internal)?;
        let address = listener.local_addr().map_err(Failure::internal)?;
        crate::output::line(&serde_json::json!({ "address": address.to_string() }).to_string());
        let serving = Server::builder()
            .add_service(Bare)
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
        tokio::select! {
            served = serving => served.map_err(Failure::internal),
            () = shutdown.cancelled() => Ok(()),
        }
    })
}

/// One stream's round trips until `until`, each with a message of `payload`'s size.
pub(crate) async fn ping_pong(
    channel: Channel,
    payload: bytes::Bytes,
    until: Instant,
) -> Result<Latencies, Failure> {
    let (up, ups) = mpsc::channel(4);
    let codec = ProstCodec::<pb::AttendRequest, pb::AttendResponse>::default();
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.map_err(Failure::internal)?;
    let path = http::uri::PathAndQuery::from_static(PATH);
    let response = client.streaming(Request::new(ReceiverStream::new(ups)), path, codec).await?;
    let mut down: Streaming<pb::AttendResponse> = response.into_inner();
    let mut latencies = Latencies::default();
    while Instant::now() < until {
        let since = Instant::now();
        let submit = pb::Submit { payload: payload.clone(), signatures: Vec::new() };
        let message = Some(pb::attend_request::Message::Submit(submit));
        let sent = up.send(pb::AttendRequest { message, ..Default::default() }).await;
        sent.map_err(Failure::internal)?;
        let answered = tokio::time::timeout(Duration::from_secs(10), down.message()).await;
        answered.map_err(Failure::internal)??;
        latencies.note(since);
    }
    Ok(latencies)
}
