//! What the task of a talk shows to everybody else: its transcript, its last entries, its tip.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use record::{Entry, Log, Page, ReadError, TalkId, Tip};
use talks::Event;
use tokio::sync::watch;
use transcript::{Transcript, TranscriptError};
use wire::pb::mediation::v1 as pb;

use crate::view;

/// Entries kept in memory for seats that follow closely; others read the record.
const TAIL: usize = 256;

/// The public side of a talk. Only its task writes here, and only what is durable.
#[derive(Debug)]
pub(crate) struct Shared {
    transcript: RwLock<Transcript>,
    tail: Mutex<VecDeque<Recent>>,
    tip: watch::Sender<Tip>,
    attending: Mutex<Vec<String>>,
}

/// An entry that seats may still wait for.
#[derive(Debug)]
struct Recent {
    entry: Arc<Entry>,
    /// When it was durable.
    since: Instant,
}

impl Shared {
    pub(crate) fn new(transcript: Transcript) -> Self {
        let tip = watch::Sender::new(transcript.tip());
        Self { transcript: RwLock::new(transcript), tail: Mutex::default(), tip, attending: Mutex::default() }
    }

    /// Reads the transcript; the lock is held no longer than `look` takes.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Transcript) -> T) -> T {
        look(&self.transcript.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn id(&self) -> TalkId {
        self.look(|t| t.id().clone())
    }

    /// Whether the talk is over.
    pub(crate) fn is_closed(&self) -> bool {
        self.look(|t| matches!(t.talk().phase(), talks::Phase::Closed(_)))
    }

    /// Takes durable entries into the transcript and wakes whoever follows. `events` is what the
    /// entries mean, where that is known; others are read.
    pub(crate) fn publish(&self, entries: Vec<Entry>, events: &[Event]) -> Result<(), TranscriptError> {
        let tip = {
            let mut transcript = self.transcript.write().unwrap_or_else(PoisonError::into_inner);
            for (place, entry) in entries.iter().enumerate() {
                match events.get(place) {
                    Some(event) => transcript.accept_known(entry, event)?,
                    None => drop(transcript.accept(entry)?),
                }
            }
            transcript.tip()
        };
        {
            let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
            let since = Instant::now();
            tail.extend(entries.into_iter().map(|entry| Recent { entry: Arc::new(entry), since }));
            let surplus = tail.len().saturating_sub(TAIL);
            tail.drain(..surplus);
        }
        self.tip.send_replace(tip);
        Ok(())
    }

    /// The tip now and whenever it changes.
    pub(crate) fn follow(&self) -> watch::Receiver<Tip> {
        self.tip.subscribe()
    }

    /// Up to a page of entries after `after`, from memory if they are still there.
    pub(crate) async fn entries(
        &self,
        log: &dyn Log,
        after: u64,
        page: Page,
    ) -> Result<Vec<Arc<Entry>>, ReadError> {
        if let Some(recent) = self.recent(after, page) {
            return Ok(recent);
        }
        let entries = log.read(&self.id(), after, page).await?;
        Ok(entries.into_iter().map(Arc::new).collect())
    }

    /// Since when an entry is durable, if that was lately.
    pub(crate) fn durable_since(&self, seq: u64) -> Option<Instant> {
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let place = seq.checked_sub(tail.front()?.entry.seq)?;
        tail.get(usize::try_from(place).ok()?).map(|recent| recent.since)
    }

    fn recent(&self, after: u64, page: Page) -> Option<Vec<Arc<Entry>>> {
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let first = tail.front()?.entry.seq;
        let skip = usize::try_from(after.checked_add(1)?.checked_sub(first)?).ok()?;
        let mut bytes = 0;
        let fits = |entry: &&Arc<Entry>| {
            bytes += entry.weight();
            bytes <= page.bytes
        };
        let found: Vec<_> = tail
            .iter()
            .map(|recent| &recent.entry)
            .skip(skip)
            .take(page.entries)
            .take_while(fits)
            .cloned()
            .collect();
        (!found.is_empty()).then_some(found)
    }

    pub(crate) fn set_attending(&self, parties: Vec<String>) {
        *self.attending.lock().unwrap_or_else(PoisonError::into_inner) = parties;
    }

    /// How the talk stands, for people and clients.
    pub(crate) fn summary(&self) -> pb::Talk {
        let attending = self.attending.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.look(|transcript| view::talk(transcript, attending))
    }
}
