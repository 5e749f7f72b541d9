use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use record::TalkId;
use tariff::PartyId;
use tokio::sync::{Notify, Semaphore, watch};

use super::key::Lock;
use super::table::Table;
use super::web::{FAREWELL, PATIENCE};

/// Talks that are over and still shown.
const MOST_OVER: usize = 16;
/// Pages that are told apart.
const MOST_PAGES: usize = 64;
/// A page that has not asked for so long is closed.
const SILENCE: Duration = PATIENCE.saturating_add(FAREWELL);

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
    pages: Mutex<Pages>,
    /// A page went.
    parted: Notify,
    /// One offer is weighed at a time, so that a page that asks for many slows no talk.
    pub(super) weighing: Arc<Semaphore>,
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
            pages: Mutex::default(),
            parted: Notify::new(),
            weighing: Arc::new(Semaphore::new(1)),
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
    pub(super) fn company(&self, page: u32) -> Company<'_> {
        let question = self.pages().asks(page);
        Company { desk: self, page, question, stays: false }
    }

    /// A page that said goodbye.
    pub(super) fn part(&self, page: u32) {
        self.pages().open.remove(&page);
        self.0.parted.notify_one();
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no page is open any more, as far as can be told.
    pub(super) async fn parted(&self) {
        while self.pages().is_any_open() {
            self.0.parted.notified().await;
        }
    }

    /// Puts a talk on the desk, in place of its earlier table if there is one.
    pub(super) fn place(&self, table: Arc<Table>) {
        let mut tables = self.0.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.insert(table.id().clone(), table);
        let ended = |table: &Arc<Table>| Some((table.ended()?, table.id().clone()));
        let mut over: Vec<(Instant, TalkId)> = tables.values().filter_map(ended).collect();
        // Those that ended longest ago come first.
        over.sort();
        for (_, id) in over.iter().take(over.len().saturating_sub(MOST_OVER)) {
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

/// The pages that are open, as far as can be told: one that is asks again and again.
#[derive(Debug, Default)]
struct Pages {
    /// When each asked or was answered last, and its latest question.
    open: BTreeMap<u32, (u64, Instant)>,
    questions: u64,
}

impl Pages {
    fn asks(&mut self, page: u32) -> u64 {
        self.open.retain(|_, (_, at)| at.elapsed() < SILENCE);
        self.questions += 1;
        if self.open.len() < MOST_PAGES || self.open.contains_key(&page) {
            self.open.insert(page, (self.questions, Instant::now()));
        }
        self.questions
    }

    /// The end of a question; that of an earlier one of the same page says nothing of it.
    fn ends(&mut self, page: u32, question: u64, stays: bool) {
        match self.open.get_mut(&page) {
            Some((latest, at)) if *latest == question && stays => *at = Instant::now(),
            Some((latest, _)) if *latest == question => drop(self.open.remove(&page)),
            _ => {}
        }
    }

    fn is_any_open(&self) -> bool {
        self.open.values().any(|(_, at)| at.elapsed() < SILENCE)
    }
}

/// A page that waits for news.
pub(super) struct Company<'a> {
    desk: &'a Desk,
    page: u32,
    question: u64,
    stays: bool,
}

impl Company<'_> {
    /// It gets its answer, and will ask again or say goodbye.
    pub(super) fn stays(mut self) {
        self.stays = true;
    }
}

impl Drop for Company<'_> {
    /// A question that is given up is that of a page which was closed.
    fn drop(&mut self) {
        self.desk.pages().ends(self.page, self.question, self.stays);
        self.desk.0.parted.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_closed_says_nothing_of_another() {
        let desk = Desk::new(PartyId::new("USA").unwrap(), "secret".to_owned());
        assert!(!desk.pages().is_any_open());
        desk.company(1).stays();
        // A second page asks, and is closed.
        drop(desk.company(2));
        assert!(desk.pages().is_any_open(), "the first is between two questions");
        // It gives up a question for another, as when it shows another talk.
        let earlier = desk.company(1);
        let later = desk.company(1);
        drop(earlier);
        assert!(desk.pages().is_any_open());
        drop(later);
        assert!(!desk.pages().is_any_open());
    }
}
