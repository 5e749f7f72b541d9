use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::store::StoreError;
use crate::watcher::{SourceError, StoryError};

/// What cannot be answered, as one plain document.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(super) fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub(super) fn internal(error: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": { "code": self.code, "message": self.message } })))
            .into_response()
    }
}

impl From<StoryError> for Problem {
    fn from(error: StoryError) -> Self {
        let message = error.to_string();
        match error {
            StoryError::Unknown(_) => Self::not_found("NO_SUCH_TALK", message),
            StoryError::Source(SourceError::None) => Self::not_found("NO_SUCH_TALK", message),
            StoryError::Source(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "NO_SOURCE", message),
            StoryError::Broken(_) => Self::new(StatusCode::CONFLICT, "DAMAGED_RECORD", message),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Missing { .. } => return Self::not_found("NO_SUCH_STORE", error.to_string()),
            _ => "UNUSABLE_STORE",
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, error.to_string())
    }
}
