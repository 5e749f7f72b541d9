//! The page of a seat and what it asks, on loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ::web::{Door, Problem, asset, guard, nothing_here};
use ambient::Clock as _;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use page::seat::ASSETS;
use serde::Deserialize;
use serde_json::{Value, json};
use tariff::Offer;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::desk::Desk;
use super::documents;
use super::key::KeyError;
use super::moves::{self, GivenMove, GivenOffer};
use super::table::Table;

/// Bytes of an offer: the largest agenda's fit.
const BODY_LIMIT: usize = 1024 * 1024;
/// How long a page is left without an answer when nothing happens.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// How long pages may take to say goodbye, once the seat closes.
pub(super) const FAREWELL: Duration = Duration::from_secs(5);
/// How long an answer under way may take after that.
const PARTING: Duration = Duration::from_secs(1);

type Answer = Result<Json<Value>, Problem>;

/// Serves a seat's page until `shutdown`, and tells whoever looks at it that the delegation goes.
///
/// # Errors
/// The transport failed.
pub async fn serve_seat(
    listener: TcpListener,
    desk: Desk,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let router = router(listener.local_addr()?, desk.clone());
    let closing = {
        let shutdown = shutdown.clone();
        async move {
            shutdown.cancelled().await;
            desk.close();
            // What a page asks until it has read that the seat closes is still answered.
            let _ = tokio::time::timeout(FAREWELL, desk.parted()).await;
        }
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(closing);
    tokio::select! {
        served = served.into_future() => served,
        // Browsers keep connections open; only answers under way are worth waiting for.
        () = async { shutdown.cancelled().await; tokio::time::sleep(FAREWELL + PARTING).await } => Ok(()),
    }
}

fn router(address: SocketAddr, desk: Desk) -> Router {
    let door = Door { loopback: address.ip().is_loopback() };
    let seated = Router::new()
        .route("/api/seat", get(seat))
        .route("/api/goodbye", post(goodbye))
        .route("/api/talks/{id}", get(head))
        .route("/api/talks/{id}/explain", post(explain))
        .route("/api/talks/{id}/impact", post(impact))
        .route("/api/talks/{id}/move", post(make_move))
        .layer(from_fn_with_state(desk.clone(), only_who_sits));
    Router::new()
        .route("/", get(async || asset(ASSETS, "index.html")))
        .route("/assets/{name}", get(async |Path(name): Path<String>| asset(ASSETS, &name)))
        .route("/api/claim", post(claim))
        .merge(seated)
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(door, guard))
        .with_state(desk)
}

/// Lets nobody through but the browser that took the seat.
async fn only_who_sits(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    if desk.0.lock.opens(bearer(request.headers())) {
        return next.run(request).await;
    }
    let (code, message) = if desk.0.lock.is_taken() {
        ("TAKEN", KeyError::Taken.to_string())
    } else {
        ("NO_KEY", "open the address that the delegation printed at its start".to_owned())
    };
    Problem::new(StatusCode::UNAUTHORIZED, code, message).into_response()
}

fn bearer(headers: &HeaderMap) -> &str {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    token: String,
    key: String,
}

async fn claim(State(desk): State<Desk>, body: Bytes) -> Result<StatusCode, Problem> {
    let claim: Claim = moves::read(&body)?;
    desk.0.lock.claim(&claim.token, &claim.key).map_err(|error| {
        let (status, code) = match error {
            KeyError::WrongToken => (StatusCode::FORBIDDEN, "WRONG_TOKEN"),
            KeyError::Taken => (StatusCode::FORBIDDEN, "TAKEN"),
            KeyError::BadKey => (StatusCode::BAD_REQUEST, "BAD_KEY"),
        };
        Problem::new(status, code, error.to_string())
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the page knows already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// The latest change it was told of; it waits for a later one.
    #[serde(default)]
    after: u64,
    /// Which page it is, of those that this browser has open. One that gives no number is not waited for
    /// when the seat closes.
    page: Option<u32>,
    /// The talk it shows.
    talk: Option<String>,
    /// How many moves of that talk it has.
    #[serde(default)]
    told: usize,
}

/// Where everything is, as soon as it is not where the page knows it to be.
async fn seat(State(desk): State<Desk>, Query(known): Query<Known>) -> Answer {
    let company = known.page.map(|page| desk.company(page));
    let mut changes = desk.follow();
    let later = async { changes.wait_for(|version| *version > known.after).await.is_ok() };
    if !desk.is_closing() {
        let _ = tokio::time::timeout(PATIENCE, later).await;
    }
    let (version, closing) = (*desk.follow().borrow(), desk.is_closing());
    if let Some(company) = company {
        company.stays();
    }
    let table = known.talk.as_deref().and_then(|talk| desk.table(talk));
    Ok(Json(json!({
        "version": version,
        "party": desk.0.party.as_str(),
        "now_us": ambient::SystemClock.now_us(),
        "closing": closing,
        "talks": documents::list(&desk),
        "talk": table.map(|table| documents::state(&table, known.told)),
    })))
}

/// Which page asks no more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Goodbye {
    page: u32,
}

async fn goodbye(State(desk): State<Desk>, body: Bytes) -> Result<StatusCode, Problem> {
    let Goodbye { page } = moves::read(&body)?;
    desk.part(page);
    Ok(StatusCode::ACCEPTED)
}

fn table(desk: &Desk, id: &str) -> Result<Arc<Table>, Problem> {
    desk.table(id).ok_or_else(|| Problem::not_found("NO_SUCH_TALK", "there is no such talk at this seat"))
}

async fn head(State(desk): State<Desk>, Path(id): Path<String>) -> Answer {
    Ok(Json(documents::head(&*table(&desk, &id)?)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    offer: GivenOffer,
}

/// What a draft is worth to the party, term by term.
async fn explain(State(desk): State<Desk>, Path(id): Path<String>, body: Bytes) -> Answer {
    weigh(&desk, &id, &body, |table, offer| {
        Ok(documents::explained(table, &moves::explanation(table, offer)?))
    })
    .await
}

/// What a draft does to trade, sector by sector, with bands.
async fn impact(State(desk): State<Desk>, Path(id): Path<String>, body: Bytes) -> Answer {
    weigh(&desk, &id, &body, |table, offer| {
        let sheet = table.sheet().map_err(Problem::internal)?;
        let missing = || Problem::not_found("NOT_SCORED", "the issues of this talk touch no trade");
        sheet.ok_or_else(missing)?.document(offer).map_err(Problem::internal)
    })
    .await
}

async fn weigh(
    desk: &Desk,
    id: &str,
    body: &Bytes,
    work: impl FnOnce(&Table, &Offer) -> Result<Value, Problem> + Send + 'static,
) -> Answer {
    let table = table(desk, id)?;
    let draft: Draft = moves::read(body)?;
    let offer = moves::offer(&table, &draft.offer)?;
    let turn = desk.0.weighing.clone().acquire_owned().await.map_err(Problem::internal)?;
    let weigh = move || {
        // Held until the work is done: a page that hangs up does not stop it.
        let _turn = turn;
        work(&table, &offer)
    };
    let weighed = tokio::task::spawn_blocking(weigh).await;
    Ok(Json(weighed.map_err(Problem::internal)??))
}

async fn make_move(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let table = table(&desk, &id)?;
    let given: GivenMove = moves::read(&body)?;
    moves::make(&table, given)?;
    desk.tell();
    Ok(StatusCode::ACCEPTED)
}
