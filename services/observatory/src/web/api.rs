//! The questions the page asks, each answered as one JSON document.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Desk;
use super::drawing::Drawing;
use crate::viewer::Viewer;
use crate::watcher::impact;
use crate::waterfall;
use web::Problem;

/// Talks in one page of the list, at most.
const MOST_TALKS: usize = 1_000;
/// Entries in one answer.
const MOST_ENTRIES: usize = 5_000;
/// Spans of a trace that are drawn.
const MOST_SPANS: usize = 40_000;
const MOST_EVENTS: usize = 5_000;
/// Numbers in a drawing: of the edge, of the offers.
const MOST_POINTS: usize = 50_000;

type Answer = Result<Json<Value>, Problem>;

#[derive(Debug, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    query: String,
    after: Option<i64>,
    limit: Option<usize>,
}

/// What this observatory has.
pub(super) async fn about(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "traces": desk.reader.is_some(),
        "collector": desk.collector,
        "viewer": desk.viewer.as_ref().map(Viewer::template),
        "seats": desk.seats,
        "received": desk.store.as_ref().map(|store| store.counts()),
    }))
}

pub(super) async fn talks(State(desk): State<Arc<Desk>>, Query(query): Query<ListQuery>) -> Answer {
    let limit = query.limit.unwrap_or(200).clamp(1, MOST_TALKS);
    let query_text: String = query.query.chars().take(200).collect();
    let listed = desk.watcher.registry().list(&query_text, query.after, limit);
    Ok(Json(json!({
        "talks": listed.talks,
        "next": listed.next,
        "known": listed.known,
        "revision": listed.revision,
    })))
}

#[derive(Debug, Deserialize)]
pub(super) struct TalkQuery {
    #[serde(default)]
    after: u64,
}

pub(super) async fn talk(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    Query(query): Query<TalkQuery>,
) -> Answer {
    let document = desk.watcher.story(
        &id,
        move |story| json!({ "talk": story.head(), "entries": story.after(query.after, MOST_ENTRIES) }),
    );
    let mut document = document.await?;
    document["drawing"] = json!(desk.drawings.get(&id).as_ref().map(|(_, drawing)| &**drawing));
    Ok(Json(document))
}

#[derive(Debug, Deserialize)]
pub(super) struct ImpactQuery {
    /// The entry of the offer; 0 for the status quo.
    #[serde(default)]
    seq: u64,
}

/// What one offer does, sector by sector.
pub(super) async fn impact(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    Query(query): Query<ImpactQuery>,
) -> Answer {
    let missing = || {
        let message = format!("entry {} is no offer that can be scored here", query.seq);
        Problem::not_found("NOT_SCORED", message)
    };
    let found = desk.watcher.story(&id, move |story| story.offer(query.seq)).await?;
    let (bench, offer) = found.ok_or_else(missing)?;
    let scored = desk.work(move || impact::document(&bench, &offer)).await?;
    scored.map_err(Problem::internal)?.map(Json).ok_or_else(missing)
}

/// The spans of a talk's trace.
pub(super) async fn trace(State(desk): State<Arc<Desk>>, Path(id): Path<String>) -> Answer {
    let reader = desk.reader.clone().ok_or_else(|| match &desk.collector {
        Some(collector) => {
            Problem::not_found("TRACES_ELSEWHERE", format!("the traces of this run went to {collector}"))
        }
        None => Problem::not_found("NO_TRACES", "no traces are kept here"),
    })?;
    let read = move || {
        let Some(trace) = reader.find(&id)? else { return Ok(None) };
        let mut spans = reader.spans(trace, MOST_SPANS + 1)?;
        let whole = spans.len() <= MOST_SPANS;
        spans.truncate(MOST_SPANS);
        let events = reader.events(trace, MOST_EVENTS)?;
        Ok::<_, crate::StoreError>(Some(waterfall::document(spans, &events, whole)))
    };
    let document = tokio::task::spawn_blocking(read).await.map_err(Problem::internal)??;
    document
        .map(Json)
        .ok_or_else(|| Problem::not_found("NO_SUCH_TRACE", "no trace of this talk is kept here"))
}

/// The tournaments that were played, the newest first.
pub(super) async fn tournaments(State(desk): State<Arc<Desk>>) -> Answer {
    let tournaments = desk.tournaments.clone();
    let listed = desk.work(move || tournaments.list()).await?;
    Ok(Json(json!({ "tournaments": listed })))
}

/// What one of them came to.
pub(super) async fn tournament(State(desk): State<Arc<Desk>>, Path(id): Path<String>) -> Answer {
    let (tournaments, asked) = (desk.tournaments.clone(), id.clone());
    let found = desk.work(move || tournaments.get(&asked)).await?;
    let found = found.ok_or_else(|| {
        Problem::not_found("NO_SUCH_TOURNAMENT", format!("there are no results in a folder {id:?} here"))
    })?;
    let played = found.map_err(|error| {
        let message = format!("results.json of {id:?} {}", error.told());
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "BAD_RESULTS", message)
    })?;
    Ok(Json(json!(played)))
}

/// Takes a drawing from whoever was given the token.
pub(super) async fn draw(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(drawing): Json<Drawing>,
) -> Result<StatusCode, Problem> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if !desk.door.loopback || !web::same(given, &desk.token) {
        let message = "a drawing is taken on loopback, with the token given at the start";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "NO_TOKEN", message));
    }
    let axes = drawing.parties.len();
    let fits = |at: &Vec<f64>| at.len() == axes && at.iter().all(|value| value.is_finite());
    let all_fit = fits(&drawing.walk_away)
        && drawing.edge.iter().all(fits)
        && drawing.points.iter().all(|point| fits(&point.at) && point.name.chars().count() <= 64)
        && drawing.offers.iter().all(|offer| fits(&offer.at));
    let points = drawing.edge.len() + drawing.points.len() + drawing.offers.len();
    if !all_fit || !(2..=64).contains(&axes) || points > MOST_POINTS {
        let message = format!("every point has a number for each party, and there are at most {MOST_POINTS}");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "BAD_DRAWING", message));
    }
    desk.watcher.story(&id, |_| ()).await?;
    desk.drawings.put(&id, drawing);
    Ok(StatusCode::NO_CONTENT)
}
