//! Logs that fail: over a disk that forgets, whose machine stops at every append; and one that does not know.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use record::{
    AppendError, BoxFuture, Cursor, Draft, Entry, HeldSync, Listed, Log, MemoryLog, Page, ReadError,
};
use record::{TalkId, Tip};
use tokio::sync::{mpsc, watch};
use wire::EntryKind;

/// Where the machine stops at the next append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Written but not synced: the disk will have forgotten it.
    BeforeSync,
    /// Durable, but nobody has been told.
    AfterSync,
}

/// A log whose first append stops for ever, at the place it is told to. Takeovers go through, so
/// that a restarted mediator gets to its table at all.
#[derive(Debug)]
pub struct ShakyLog {
    disk: Arc<MemoryLog>,
    stop: Stop,
    stopped: mpsc::UnboundedSender<()>,
    held: Mutex<Vec<HeldSync>>,
}

impl ShakyLog {
    /// Over `disk`; the receiver hears when an append has stopped.
    #[must_use]
    pub fn new(disk: Arc<MemoryLog>, stop: Stop) -> (Self, mpsc::UnboundedReceiver<()>) {
        let (stopped, hears) = mpsc::unbounded_channel();
        (Self { disk, stop, stopped, held: Mutex::default() }, hears)
    }

    async fn stop_at(
        &self,
        talk: &TalkId,
        expected: Tip,
        drafts: Vec<Draft>,
    ) -> Result<Vec<Entry>, AppendError> {
        match self.stop {
            Stop::BeforeSync => {
                let mut sync = self.disk.hold_next_sync();
                let append = self.disk.append(talk, expected, drafts);
                tokio::pin!(append);
                tokio::select! {
                    biased;
                    () = sync.reached() => {}
                    // Refused before it came to a sync: as any append.
                    appended = &mut append => return appended,
                }
                self.held.lock().unwrap().push(sync);
            }
            Stop::AfterSync => drop(self.disk.append(talk, expected, drafts).await?),
        }
        // The test may have stopped listening.
        self.stopped.send(()).ok();
        std::future::pending().await
    }
}

/// What a log that only appends in its own way does as the one behind it.
macro_rules! reads_from_disk {
    () => {
        fn read<'a>(
            &'a self,
            talk: &'a TalkId,
            after: u64,
            page: Page,
        ) -> BoxFuture<'a, Result<Vec<Entry>, ReadError>> {
            self.disk.read(talk, after, page)
        }

        fn tip<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<Tip, ReadError>> {
            self.disk.tip(talk)
        }

        fn watch<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<watch::Receiver<Tip>, ReadError>> {
            self.disk.watch(talk)
        }

        fn talks(
            &self,
            after: Option<Cursor>,
            limit: usize,
        ) -> BoxFuture<'_, Result<Vec<Listed>, ReadError>> {
            self.disk.talks(after, limit)
        }

        fn verify<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<Tip, ReadError>> {
            self.disk.verify(talk)
        }
    };
}

impl Log for ShakyLog {
    fn append<'a>(
        &'a self,
        talk: &'a TalkId,
        expected: Tip,
        drafts: Vec<Draft>,
    ) -> BoxFuture<'a, Result<Vec<Entry>, AppendError>> {
        let takeover = drafts.iter().all(|draft| i32::from(draft.kind) == EntryKind::EpochTaken as i32);
        if takeover {
            self.disk.append(talk, expected, drafts)
        } else {
            Box::pin(self.stop_at(talk, expected, drafts))
        }
    }

    reads_from_disk!();
}

/// A log that keeps one append and says that it could not: the entries may or may not be there.
#[derive(Debug)]
pub struct DoubtfulLog {
    disk: Arc<MemoryLog>,
    doubtful: AtomicBool,
}

impl DoubtfulLog {
    /// Over `disk`, as reliable as that is.
    #[must_use]
    pub fn new(disk: Arc<MemoryLog>) -> Self {
        Self { disk, doubtful: AtomicBool::new(false) }
    }

    /// Leaves the next append in doubt.
    pub fn doubt_next(&self) {
        self.doubtful.store(true, Ordering::SeqCst);
    }
}

impl Log for DoubtfulLog {
    fn append<'a>(
        &'a self,
        talk: &'a TalkId,
        expected: Tip,
        drafts: Vec<Draft>,
    ) -> BoxFuture<'a, Result<Vec<Entry>, AppendError>> {
        Box::pin(async move {
            let entries = self.disk.append(talk, expected, drafts).await?;
            let doubtful = self.doubtful.swap(false, Ordering::SeqCst);
            if doubtful { Err(AppendError::Unavailable("in doubt".to_owned())) } else { Ok(entries) }
        })
    }

    reads_from_disk!();
}
