//! OTLP over HTTP: the same requests as protobuf or JSON, answered in kind.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Receiver;

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// A body that cannot be taken: which status, and what to do.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

pub(super) async fn traces(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&headers, &body, |request| receiver.traces(request))
}

pub(super) async fn metrics(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&headers, &body, |request| receiver.metrics(request))
}

pub(super) async fn logs(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&headers, &body, |request| receiver.logs(request))
}

/// What was counted so far.
pub(super) async fn status(State(receiver): State<Receiver>) -> Response {
    match serde_json::to_string(&receiver.store().counts()) {
        Ok(text) => ([(header::CONTENT_TYPE, JSON)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn answer<Q, A>(headers: &HeaderMap, body: &Bytes, take: impl FnOnce(Q) -> A) -> Response
where
    Q: Message + Default + DeserializeOwned,
    A: Message + Serialize,
{
    answered(headers, body, take).unwrap_or_else(IntoResponse::into_response)
}

fn answered<Q, A>(headers: &HeaderMap, body: &Bytes, take: impl FnOnce(Q) -> A) -> Result<Response, Refusal>
where
    Q: Message + Default + DeserializeOwned,
    A: Message + Serialize,
{
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let message = "a compressed body cannot be read: send it without Content-Encoding";
        return Err(Refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, message.to_owned()));
    }
    match kind.split(';').next().unwrap_or_default().trim() {
        PROTOBUF => {
            let request = Q::decode(body.clone()).map_err(|error| unreadable("protobuf", &error))?;
            Ok(([(header::CONTENT_TYPE, PROTOBUF)], take(request).encode_to_vec()).into_response())
        }
        JSON => {
            let request = serde_json::from_slice(body).map_err(|error| unreadable("JSON", &error))?;
            let answer = serde_json::to_vec(&take(request));
            let answer = answer.map_err(|e| Refusal(StatusCode::INTERNAL_SERVER_ERROR, e.to_string()))?;
            Ok(([(header::CONTENT_TYPE, JSON)], answer).into_response())
        }
        other => {
            let other: String = other.chars().take(64).collect();
            let message = format!("Content-Type {other:?} cannot be read: send {PROTOBUF} or {JSON}");
            Err(Refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
        }
    }
}

fn unreadable(kind: &str, error: &dyn std::error::Error) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, format!("the body is no OTLP request in {kind}: {error}"))
}
