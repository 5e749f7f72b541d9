//! The page and what it asks: served to this machine only, unless its operator says otherwise.

mod api;
mod drawing;
mod events;
mod problem;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub use drawing::{Drawing, Drawings, NamedPoint, PlacedOffer};
use page::observatory::ASSETS;
use web::{Door, Problem, asset, guard, nothing_here};

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
    /// The seats of persons beside this page. Each is a page of its own, of the party's delegation.
    pub seats: Vec<SeatLink>,
}

/// Where a person sits: an address and nothing else. The token that opens the seat is not in it, for
/// anybody on this machine can read what this page says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeatLink {
    /// The party.
    pub party: String,
    /// The seat's page.
    pub page: String,
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
    seats: Vec<SeatLink>,
    door: Door,
    pages: Arc<Semaphore>,
    /// Held by whoever computes or reads much: one at a time, so that a page that asks for a lot slows
    /// no talk on this machine.
    working: Arc<Semaphore>,
    shutdown: CancellationToken,
}

impl Desk {
    /// Does what computes or reads much, one at a time. Whoever asked may go away: the next one waits all
    /// the same, for the work goes on.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let turn = self.working.clone().acquire_owned().await.map_err(Problem::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(Problem::internal)
    }
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
        seats: config.seats,
        door,
        pages: Arc::new(Semaphore::new(PAGES)),
        working: Arc::new(Semaphore::new(1)),
        shutdown,
    };
    Router::new()
        .route("/", get(async || asset(ASSETS, "index.html")))
        .route("/assets/{name}", get(async |Path(name): Path<String>| asset(ASSETS, &name)))
        .route("/api/about", get(api::about))
        .route("/api/talks", get(api::talks))
        .route("/api/talks/{id}", get(api::talk))
        .route("/api/talks/{id}/impact", get(api::impact))
        .route("/api/talks/{id}/trace", get(api::trace))
        .route("/api/talks/{id}/drawing", post(api::draw))
        .route("/api/tournaments", get(api::tournaments))
        .route("/api/tournaments/{id}", get(api::tournament))
        .route("/api/events", get(events::events))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(DRAWING_LIMIT))
        .layer(from_fn_with_state(door, guard))
        .with_state(Arc::new(desk))
}
