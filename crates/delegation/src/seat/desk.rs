use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use record::TalkId;
use tariff::PartyId;
use tokio::sync::{Notify, Semaphore, watch};

use super::key::Lock;
use super::table::Table;
use super::web::PATIENCE;

/// Talks that are over and still shown.
const MOST_OVER: usize = 16;

/// Where a person sits: every talk that the delegation attends, and the lock of the seat. Clones
/// share it.
#[derive(Debug, Clone)]
pub struct Desk(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) party: PartyId,
    pub(super) lock: Lock,
    tables: Mutex<BTreeMap<TalkId, Arc<Table>>>,
    changed: watch::Sender<u64>,
    closing: AtomicBool,
    /// When a page asked last.
    asked: Mutex<Option<Instant>>,
    /// A page was told that the seat closes.
    pub(super) parted: Notify,
    /// One offer is weighed at a time, so that a page that asks for many slows no talk.
    pub(super) weighing: Semaphore,
}

impl Desk {
    /// A desk for one party, which the bearer of `token` may take; the token is made afresh for each
    /// start.
    #[must_use]
    pub fn new(party: PartyId, token: String) -> Self {
        Self(Arc::new(Inner {
            party,
            lock: Lock::new(token),
            tables: Mutex::default(),
            changed: watch::Sender::new(1),
            closing: AtomicBool::new(false),
            asked: Mutex::new(None),
            parted: Notify::new(),
            weighing: Semaphore::new(1),
        }))
    }

    /// The part of the seat's address that opens it. It stands behind a `#`, which no browser sends to
    /// any server.
    #[must_use]
    pub fn token(&self) -> &str {
        self.0.lock.token()
    }

    /// Tells every page that the delegation goes: whoever waits for news gets what there is.
    pub(crate) fn close(&self) {
        self.0.closing.store(true, Ordering::SeqCst);
        self.tell();
    }

    pub(super) fn is_closing(&self) -> bool {
        self.0.closing.load(Ordering::SeqCst)
    }

    /// A page asks what is new, and is there as long as it waits for the answer.
    pub(super) fn company(&self) -> Company<'_> {
        *self.asked() = Some(Instant::now());
        Company { desk: self, stays: false }
    }

    fn asked(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a page is open, as far as can be told: one that is asks again and again.
    pub(super) fn has_company(&self) -> bool {
        let asked = *self.asked();
        asked.is_some_and(|asked| asked.elapsed() < PATIENCE)
    }

    /// Puts a talk on the desk, in place of its earlier table if there is one.
    pub(super) fn place(&self, table: Arc<Table>) {
        let mut tables = self.0.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.insert(table.id().clone(), table);
        let over: Vec<TalkId> =
            tables.iter().filter(|(_, table)| table.is_over()).map(|(id, _)| id.clone()).collect();
        for id in over.iter().take(over.len().saturating_sub(MOST_OVER)) {
            tables.remove(id);
        }
        drop(tables);
        self.tell();
    }

    pub(super) fn table(&self, talk: &str) -> Option<Arc<Table>> {
        let id = TalkId::new(talk).ok()?;
        self.0.tables.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    pub(super) fn tables(&self) -> Vec<Arc<Table>> {
        self.0.tables.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Something changed.
    pub(super) fn tell(&self) {
        self.0.changed.send_modify(|version| *version += 1);
    }

    /// The number of the latest change, and of those that follow.
    pub(super) fn follow(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }
}

/// A page that waits for news.
pub(super) struct Company<'a> {
    desk: &'a Desk,
    stays: bool,
}

impl Company<'_> {
    /// It gets its answer, and will ask again.
    pub(super) fn stays(mut self) {
        self.stays = true;
    }
}

impl Drop for Company<'_> {
    /// A question that is given up is that of a page which was closed.
    fn drop(&mut self) {
        if !self.stays {
            *self.desk.asked() = None;
        }
    }
}
