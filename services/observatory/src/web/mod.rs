//! The page and what it asks: served to this machine only, unless its operator says otherwise.

mod api;
mod assets;
mod drawing;
mod events;
mod guard;
mod problem;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub use drawing::{Drawing, Drawings, NamedPoint, PlacedOffer};
use guard::Door;
use problem::Problem;

use crate::query::Reader;
use crate::store::Store;
use crate::tournaments::Tournaments;
use crate::viewer::Viewer;
use crate::watcher::Watcher;

/// Bytes of a drawing.
const DRAWING_LIMIT: usize = 4 * 1024 * 1024;
/// Pages that are told what happens, at once.
const PAGES: usize = 64;

/// What a page shows.
#[derive(Debug)]
pub struct PageConfig {
    /// The talks.
    pub watcher: Watcher,
    /// The store that takes telemetry beside the page, for its counts.
    pub store: Option<Store>,
    /// Where the traces are.
    pub reader: Option<Reader>,
    /// Where the traces went, if not here.
    pub collector: Option<String>,
    /// Where the operator's own viewer shows a trace.
    pub viewer: Option<Viewer>,
    /// The tournaments.
    pub tournaments: Tournaments,
    /// The drawings of talks whose mandates one person holds.
    pub drawings: Drawings,
    /// Who knows it may hand in drawings; made afresh for each start.
    pub token: String,
}

/// Everything the routes share.
#[derive(Debug)]
struct Desk {
    watcher: Watcher,
    store: Option<Store>,
    reader: Option<Reader>,
    collector: Option<String>,
    viewer: Option<Viewer>,
    tournaments: Tournaments,
    drawings: Drawings,
    token: String,
    door: Door,
    pages: Arc<Semaphore>,
    /// Held by whoever computes or reads much: one at a time, so that a page that asks for a lot slows
    /// no talk on this machine.
    working: Semaphore,
    shutdown: CancellationToken,
}

/// Serves the page and follows its talks until `shutdown`.
///
/// # Errors
/// The transport failed.
pub async fn serve_page(
    listener: TcpListener,
    shutdown: CancellationToken,
    config: PageConfig,
) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    let following = tokio::spawn(config.watcher.clone().run(shutdown.clone()));
    let router = router(address, shutdown.clone(), config);
    let served = axum::serve(listener, router).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let served = tokio::select! {
        served = served.into_future() => served,
        // Browsers keep connections open; nothing of theirs is worth waiting for.
        () = shutdown.cancelled() => Ok(()),
    };
    // It ends with the same token.
    let _ = following.await;
    served
}

fn router(address: SocketAddr, shutdown: CancellationToken, config: PageConfig) -> Router {
    let door = Door { loopback: address.ip().is_loopback() };
    let desk = Desk {
        watcher: config.watcher,
        store: config.store,
        reader: config.reader,
        collector: config.collector,
        viewer: config.viewer,
        tournaments: config.tournaments,
        drawings: config.drawings,
        token: config.token,
        door,
        pages: Arc::new(Semaphore::new(PAGES)),
        working: Semaphore::new(1),
        shutdown,
    };
    Router::new()
        .route("/", get(assets::index))
        .route("/assets/{name}", get(assets::asset))
        .route("/api/about", get(api::about))
        .route("/api/talks", get(api::talks))
        .route("/api/talks/{id}", get(api::talk))
        .route("/api/talks/{id}/impact", get(api::impact))
        .route("/api/talks/{id}/trace", get(api::trace))
        .route("/api/talks/{id}/drawing", post(api::draw))
        .route("/api/tournaments", get(api::tournaments))
        .route("/api/tournaments/{id}", get(api::tournament))
        .route("/api/events", get(events::events))
        .fallback(async || Problem::not_found("NO_SUCH_PAGE", "there is nothing here"))
        .layer(DefaultBodyLimit::max(DRAWING_LIMIT))
        .layer(from_fn_with_state(door, guard::guard))
        .with_state(Arc::new(desk))
}
