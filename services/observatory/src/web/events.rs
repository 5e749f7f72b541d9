//! One stream of server-sent events for each open page: of the list, or of one talk.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream::{self, Stream};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::Desk;
use crate::watcher::StoryError;
use web::Problem;

/// What comes in that time goes out together.
const TOGETHER: Duration = Duration::from_millis(100);
/// Entries, or talks, in one event.
const IN_ONE: usize = 256;

/// What a page asks to hear.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    talk: Option<String>,
    /// Entries after this one, or changes after this revision; `Last-Event-ID` goes before it.
    #[serde(default)]
    after: u64,
}

pub(super) async fn events(
    State(desk): State<Arc<Desk>>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let busy = || {
        let message = "too many pages are open: close one";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "TOO_MANY_PAGES", message)
    };
    let place = desk.pages.clone().try_acquire_owned().map_err(|_| busy())?;
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let after = resumed.unwrap_or(wish.after);
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    match wish.talk {
        Some(talk) => {
            // A talk there is not is said at once; the browser would ask for ever.
            desk.watcher.story(&talk, |_| ()).await?;
            Ok(Sse::new(of_talk(desk, talk, after, place)).keep_alive(alive).into_response())
        }
        None => Ok(Sse::new(of_list(desk, after, place)).keep_alive(alive).into_response()),
    }
}

/// Talks that changed, in the order they did.
fn of_list(
    desk: Arc<Desk>,
    after: u64,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let revision = desk.watcher.registry().follow();
    stream::unfold((desk, after, revision, place), |(desk, after, mut revision, place)| async move {
        loop {
            revision.borrow_and_update();
            let changed = desk.watcher.registry().changed_since(after, IN_ONE);
            if let Some(last) = changed.last().map(|talk| talk.revision) {
                let event = event("talks", Some(last), &json!(changed));
                return Some((Ok(event), (desk, last, revision, place)));
            }
            tokio::select! {
                changed = revision.changed() => changed.ok()?,
                () = desk.shutdown.cancelled() => return None,
            }
            tokio::time::sleep(TOGETHER).await;
        }
    })
}

/// What a page that shows one talk was told so far.
struct Telling {
    desk: Arc<Desk>,
    talk: String,
    after: u64,
    drawn: u64,
    revision: watch::Receiver<u64>,
    drawings: watch::Receiver<u64>,
    _place: OwnedSemaphorePermit,
}

/// Entries of a talk as they come, and its drawing whenever that changes.
fn of_talk(
    desk: Arc<Desk>,
    talk: String,
    after: u64,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let (revision, drawings) = (desk.watcher.registry().follow(), desk.drawings.follow());
    let telling = Telling { desk, talk, after, drawn: 0, revision, drawings, _place: place };
    stream::unfold(telling, |mut telling| async move {
        let event = telling.next().await?;
        Some((Ok(event), telling))
    })
}

impl Telling {
    async fn next(&mut self) -> Option<Event> {
        loop {
            self.revision.borrow_and_update();
            self.drawings.borrow_and_update();
            let drawing = self.desk.drawings.get(&self.talk);
            if let Some((count, drawing)) = drawing.filter(|(count, _)| *count > self.drawn) {
                self.drawn = count;
                return Some(event("drawing", None, &json!(*drawing)));
            }
            // Where the source does not answer, the next change asks again.
            if let Ok(Some((last, document))) = fresh(&self.desk, &self.talk, self.after).await {
                self.after = last;
                return Some(event("entries", Some(last), &document));
            }
            let shutdown = self.desk.shutdown.clone();
            tokio::select! {
                news = until_news(&self.desk, &self.talk, self.after, &mut self.revision) => news?,
                changed = self.drawings.changed() => changed.ok()?,
                () = shutdown.cancelled() => return None,
            }
            tokio::time::sleep(TOGETHER).await;
        }
    }
}

/// Waits until the talk has more entries than `after`, among all the talks that change.
async fn until_news(desk: &Desk, talk: &str, after: u64, revision: &mut watch::Receiver<u64>) -> Option<()> {
    while desk.watcher.registry().get(talk).is_none_or(|known| known.seq <= after) {
        revision.changed().await.ok()?;
    }
    Some(())
}

async fn fresh(desk: &Desk, talk: &str, after: u64) -> Result<Option<(u64, Json)>, StoryError> {
    let look = move |story: &crate::watcher::Story| {
        let entries = story.after(after, IN_ONE);
        entries.last().map(|last| (last.seq, json!({ "talk": story.head(), "entries": entries })))
    };
    desk.watcher.story(talk, look).await
}

fn event(name: &str, id: Option<u64>, document: &Json) -> Event {
    // Compact JSON has no line break, so it is one `data` line.
    let event = Event::default().event(name).data(document.to_string());
    match id {
        Some(id) => event.id(id.to_string()),
        None => event,
    }
}
