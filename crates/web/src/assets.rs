use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use page::observatory::Asset;

use crate::Problem;

/// A file of a page, by its name.
#[must_use]
pub fn asset(files: &[Asset], name: &str) -> Response {
    match files.iter().find(|asset| asset.name == name) {
        Some(Asset { kind, text, .. }) => {
            (StatusCode::OK, [(header::CONTENT_TYPE, *kind)], *text).into_response()
        }
        None => missing().into_response(),
    }
}

/// The answer to what no route knows.
#[allow(clippy::unused_async, reason = "a handler")]
pub async fn nothing_here() -> Problem {
    missing()
}

fn missing() -> Problem {
    Problem::not_found("NO_SUCH_PAGE", "there is nothing here")
}
