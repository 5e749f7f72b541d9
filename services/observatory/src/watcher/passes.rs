//! The watcher's own work: lists are read again and again, talks that are open are followed.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lru::LruCache;
use record::{Entry, TalkId};
use tokio_util::sync::CancellationToken;
use transcript::Transcript;
use wire::entry_from_pb;

use super::source::{Place, SourceError};
use super::summary::TalkSummary;
use super::{StoryError, Watcher};

/// From one look at the list to the next.
const EVERY: Duration = Duration::from_millis(250);
/// The longest pause after looks that failed.
const AT_MOST: Duration = Duration::from_secs(8);
/// Open talks that are followed as they go on; the others are read when the list shows a change.
const FOLLOWED: usize = 64;
/// Talks whose state is kept so that only their new entries have to be read.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(127);

/// A talk as far as it was read: enough to sum it up.
struct Known {
    transcript: Transcript,
    time_us: i64,
}

#[derive(Clone)]
struct Passes {
    watcher: Watcher,
    kept: Arc<Mutex<LruCache<TalkId, Known>>>,
    followed: Arc<Mutex<HashSet<TalkId>>>,
    shutdown: CancellationToken,
}

pub(super) async fn run(watcher: Watcher, shutdown: CancellationToken) {
    let passes = Passes {
        watcher,
        kept: Arc::new(Mutex::new(LruCache::new(KEPT))),
        followed: Arc::default(),
        shutdown: shutdown.clone(),
    };
    let (mut pause, mut whole) = (EVERY, true);
    loop {
        let passed = tokio::select! {
            passed = passes.pass(whole) => passed,
            () = shutdown.cancelled() => return,
        };
        match passed {
            Ok(()) => (pause, whole) = (EVERY, false),
            Err(error) => {
                // Said once, when it begins.
                if pause == EVERY {
                    tracing::warn!(%error, "the talks cannot be read now");
                }
                (pause, whole) = ((2 * pause).min(AT_MOST), true);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shutdown.cancelled() => return,
        }
    }
}

impl Passes {
    /// Names what is new, then reads what has changed. A `whole` pass goes down to the oldest talk.
    async fn pass(&self, whole: bool) -> Result<(), SourceError> {
        let (mut place, mut changed): (Option<Place>, Vec<(TalkId, u64)>) = (None, Vec::new());
        let mut first = true;
        loop {
            let (talks, next) = self.watcher.0.source.list(place).await?;
            let fresh =
                self.watcher.0.registry.name(talks.iter().map(|(id, _)| id.as_str()), first || !whole);
            changed.extend(talks.into_iter().filter(|(id, seq)| self.is_behind(id, *seq)));
            first = false;
            place = next;
            if place.is_none() || (!whole && fresh == 0) {
                break;
            }
        }
        for (id, _) in changed {
            self.catch_up(&id).await?;
        }
        Ok(())
    }

    fn is_behind(&self, id: &TalkId, seq: u64) -> bool {
        self.watcher.0.registry.get(id.as_str()).is_none_or(|talk| !talk.is_over() && talk.seq < seq)
    }

    /// Reads what is missing of a talk, and follows one that is open.
    async fn catch_up(&self, id: &TalkId) -> Result<(), SourceError> {
        if self.lock_followed().contains(id) {
            return Ok(());
        }
        loop {
            let after = self.lock_kept().peek(id).map_or(0, |known| known.transcript.tip().seq);
            let entries = self.watcher.0.source.entries(id, after).await?;
            if entries.is_empty() {
                break;
            }
            let (passes, id) = (self.clone(), id.clone());
            let took = tokio::task::spawn_blocking(move || passes.take(&id, &entries)).await;
            if !took.map_err(|_| SourceError::Cut)? {
                return Ok(());
            }
        }
        self.follow(id);
        Ok(())
    }

    /// Takes entries and tells what the talk is now; says whether more can come.
    fn take(&self, id: &TalkId, entries: &[Entry]) -> bool {
        let mut kept = self.lock_kept();
        let mut known = kept.pop(id);
        // Its state was let go meanwhile: the next pass reads it from the first entry on.
        if known.is_none() && entries.first().is_some_and(|entry| entry.seq != 1) {
            return false;
        }
        for entry in entries {
            let taken = match &mut known {
                Some(known) if entry.seq <= known.transcript.tip().seq => Ok(()),
                Some(known) => known.transcript.accept(entry).map(drop),
                None => Transcript::open(id, entry).map(|transcript| {
                    known = Some(Known { transcript, time_us: entry.time_us });
                }),
            };
            if let Err(error) = taken {
                let reason = Some(StoryError::from(error).to_string());
                let broken = TalkSummary { state: "unreadable", reason, ..TalkSummary::unread(id.as_str()) };
                self.watcher.0.registry.tell(broken);
                return false;
            }
            if let Some(known) = &mut known {
                known.time_us = entry.time_us;
            }
        }
        let Some(known) = known else { return true };
        let bench = self.watcher.0.benches.find(known.transcript.public());
        let summary = TalkSummary::of(&known.transcript, bench.as_deref(), known.time_us);
        let goes_on = !summary.is_over();
        self.watcher.0.registry.tell(summary);
        if goes_on {
            kept.put(id.clone(), known);
        }
        goes_on
    }

    /// Follows an open talk where a mediator tells of it, until the stream ends.
    fn follow(&self, id: &TalkId) {
        let open = self.watcher.0.registry.get(id.as_str()).is_some_and(|talk| !talk.is_over());
        let mut followed = self.lock_followed();
        if !open || followed.len() >= FOLLOWED || !followed.insert(id.clone()) {
            return;
        }
        drop(followed);
        let (passes, id) = (self.clone(), id.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = passes.stream(&id) => {}
                () = passes.shutdown.cancelled() => {}
            }
            passes.lock_followed().remove(&id);
        });
    }

    async fn stream(&self, id: &TalkId) {
        let after = self.lock_kept().peek(id).map_or(0, |known| known.transcript.tip().seq);
        let Some(Ok(mut stream)) = self.watcher.0.source.follow(id, after).await else { return };
        while let Ok(Some(batch)) = stream.message().await {
            let entries: Result<Vec<Entry>, _> = batch.entries.iter().map(entry_from_pb).collect();
            let Ok(entries) = entries else { return };
            if !self.take(id, &entries) {
                return;
            }
        }
    }

    fn lock_kept(&self) -> std::sync::MutexGuard<'_, LruCache<TalkId, Known>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_followed(&self) -> std::sync::MutexGuard<'_, HashSet<TalkId>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
