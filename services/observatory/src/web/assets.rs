use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use page::observatory::{ASSETS, Asset};

use super::problem::Problem;

pub(super) async fn index() -> Response {
    named("index.html")
}

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    named(&name)
}

fn named(name: &str) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(Asset { kind, text, .. }) => {
            (StatusCode::OK, [(header::CONTENT_TYPE, *kind)], *text).into_response()
        }
        None => Problem::not_found("NO_SUCH_PAGE", "there is nothing here").into_response(),
    }
}
