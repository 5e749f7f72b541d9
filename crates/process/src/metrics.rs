//! `GET /metrics` for a Prometheus: one small HTTP server, bounded in every way, beside the service.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use telemetry::Figures;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Connections at once; a Prometheus needs one. More are closed unheard.
const CONNECTIONS: usize = 8;
/// From the first byte to the last of one question and its answer.
const EXCHANGE: Duration = Duration::from_secs(5);
/// Bytes of a question.
const QUESTION: usize = 16 * 1024;

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} for metrics: {why}; choose another one with --metrics")]
pub(crate) struct MetricsError {
    address: SocketAddr,
    pub(crate) why: std::io::Error,
}

/// Binds the address, so that what is wrong with it shows before the service begins.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, MetricsError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|why| MetricsError { address, why })
}

/// Answers until `shutdown`.
pub(crate) async fn serve(listener: TcpListener, figures: Figures, shutdown: CancellationToken) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => return,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, mostly: asking again at once would only burn the processor.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Ok(place) = room.clone().try_acquire_owned() else { continue };
        let figures = figures.clone();
        tokio::spawn(async move {
            // A peer that is slow, or talks something else, has its connection closed.
            tokio::time::timeout(EXCHANGE, answer(stream, figures)).await.ok();
            drop(place);
        });
    }
}

async fn answer(stream: TcpStream, figures: Figures) -> Result<(), hyper::Error> {
    let asked = service_fn(move |request: Request<Incoming>| {
        let response = respond(&request, &figures);
        async move { Ok::<_, Infallible>(response) }
    });
    let mut connection = http1::Builder::new();
    connection.keep_alive(false).max_buf_size(QUESTION);
    connection.serve_connection(TokioIo::new(stream), asked).await
}

fn respond<B>(request: &Request<B>, figures: &Figures) -> Response<Full<Bytes>> {
    if request.uri().path() != "/metrics" {
        return text(StatusCode::NOT_FOUND, "there is only /metrics here\n");
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered here\n");
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    match figures.render() {
        Ok(page) => {
            let mut answer = text(StatusCode::OK, page);
            let format = HeaderValue::from_static(telemetry::TEXT_FORMAT);
            answer.headers_mut().insert(CONTENT_TYPE, format);
            answer
        }
        Err(error) => {
            tracing::error!(%error, "a scrape failed");
            text(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be shown: see the log\n")
        }
    }
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
