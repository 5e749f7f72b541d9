//! What goes wrong behind the page, as what the page is answered.

use axum::http::StatusCode;
use web::Problem;

use crate::store::StoreError;
use crate::watcher::{SourceError, StoryError};

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
