//! Streams for those who only look: a cursor into the record, woken by the tip. No queue per
//! watcher, so a slow one costs nothing but its own place.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use futures::stream;
use record::{Page, TalkId};
use tariff::PartyId;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use wire::pb::mediation::v1 as pb;
use wire::{Refused, entry_to_pb};

use crate::service::Streamed;
use crate::table::{Handle, Table, is_last};

/// A talk's entries after `after`, to its end.
pub(crate) fn entries(
    table: Arc<Table>,
    handle: Handle,
    after: u64,
    drain: CancellationToken,
) -> Streamed<pb::WatchEntriesResponse> {
    let tip = handle.shared.follow();
    Box::pin(stream::try_unfold((tip, after, false), move |(mut tip, mut after, over)| {
        let (table, handle, drain) = (table.clone(), handle.clone(), drain.clone());
        async move {
            if over {
                return Ok(None);
            }
            while tip.borrow_and_update().seq <= after {
                if handle.shared.is_closed() {
                    return Ok(None);
                }
                handle.check_held()?;
                tokio::select! {
                    changed = tip.changed() => if changed.is_err() { return Ok(None) },
                    () = drain.cancelled() => return Err(draining()),
                }
            }
            let batch =
                handle.shared.entries(&*table.log, after, Page::default()).await.map_err(Refused::from)?;
            let over = batch.last().is_none_or(|entry| is_last(entry));
            after = batch.last().map_or(after, |entry| entry.seq);
            let entries = batch.iter().map(|entry| entry_to_pb(entry)).collect();
            Ok(Some((pb::WatchEntriesResponse { entries }, (tip, after, over))))
        }
    }))
}

/// The unfinished talks with a seat for `party`, each once.
pub(crate) fn talks(
    table: Arc<Table>,
    party: PartyId,
    drain: CancellationToken,
) -> Streamed<pb::WatchTalksResponse> {
    struct Looking {
        seated: tokio::sync::watch::Receiver<u64>,
        shown: BTreeSet<TalkId>,
        found: VecDeque<Handle>,
    }
    let seated = table.follow_seated();
    let start = Looking { seated, shown: BTreeSet::new(), found: VecDeque::new() };
    Box::pin(stream::try_unfold((start, true), move |(mut looking, mut first)| {
        let (table, party, drain) = (table.clone(), party.clone(), drain.clone());
        async move {
            loop {
                if let Some(handle) = looking.found.pop_front() {
                    let response = pb::WatchTalksResponse { talk: Some(handle.shared.summary()) };
                    return Ok(Some((response, (looking, first))));
                }
                if !first {
                    tokio::select! {
                        changed = looking.seated.changed() => if changed.is_err() { return Ok(None) },
                        () = drain.cancelled() => return Err(draining()),
                    }
                }
                first = false;
                looking.seated.borrow_and_update();
                let unfinished = table.unfinished();
                let live: BTreeSet<TalkId> = unfinished.iter().map(|h| h.shared.id()).collect();
                looking.shown.retain(|id| live.contains(id));
                let awaits = |h: &Handle| h.shared.look(|t| t.talk().terms().seat(&party).is_some());
                let shown = &mut looking.shown;
                looking.found =
                    unfinished.into_iter().filter(|h| awaits(h) && shown.insert(h.shared.id())).collect();
            }
        }
    }))
}

fn draining() -> Status {
    Refused::unavailable("DRAINING", "the mediator is going away: come back").into()
}
