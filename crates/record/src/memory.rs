use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use crate::drafts::Placed;
use crate::tips::{Tips, take_page};
use crate::{
    AppendError, BoxFuture, Chain, ChainBreak, Cursor, Draft, Entry, Hash, Listed, Log, Page, ReadError,
    TalkId, Tip,
};

/// What is left on the pretended disk after a sync that failed. A real one may leave either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailedSync {
    /// Nothing of the append.
    Lost,
    /// All of it, though nobody was told.
    Kept,
}

/// A sync that waits. Dropping it lets the sync go through, unless the log has crashed meanwhile.
#[derive(Debug)]
pub struct HeldSync {
    reached: Option<oneshot::Receiver<()>>,
    _release: oneshot::Sender<()>,
}

impl HeldSync {
    /// Resolves once an append has written its entries and waits for this sync.
    pub async fn reached(&mut self) {
        if let Some(reached) = self.reached.take() {
            // An error means that the log is gone, and with it the append: nothing left to wait for.
            reached.await.ok();
        }
    }

    /// Lets the sync go through.
    pub fn release(self) {}
}

/// A [`Log`] over a pretended disk that can stall, fail, and forget what was not synced.
///
/// It behaves as [`SqliteLog`](crate::SqliteLog) does, in memory and in one order: the same calls
/// give the same entries. For tests, simulation and talks within one process.
#[derive(Debug, Default)]
pub struct MemoryLog {
    /// One append at a time writes and syncs, in the order they were asked for.
    writing: tokio::sync::Mutex<()>,
    disk: Mutex<Disk>,
    tips: Tips,
    crashed: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Disk {
    /// Set once the machine has crashed: neither reads nor writes.
    dead: bool,
    synced: BTreeMap<TalkId, Stored>,
    /// In the order they were begun.
    order: Vec<TalkId>,
    syncs: VecDeque<Sync>,
    poisoned: Option<String>,
}

#[derive(Debug, Default, Clone)]
struct Stored {
    entries: Vec<Entry>,
    hashes: Vec<Hash>,
}

#[derive(Debug)]
enum Sync {
    Fail(FailedSync),
    Hold { reached: oneshot::Sender<()>, released: oneshot::Receiver<()> },
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Pulls the plug: what was synced, as a log that has just been opened. This one answers
    /// nothing but errors from now on, and appends that wait for a held sync are lost.
    #[must_use]
    pub fn crash(&self) -> Self {
        let mut disk = lock(&self.disk);
        disk.dead = true;
        let left = Disk { synced: disk.synced.clone(), order: disk.order.clone(), ..Disk::default() };
        self.crashed.send_replace(true);
        Self { disk: Mutex::new(left), ..Self::default() }
    }

    /// The sync after those already spoken for fails, and poisons the log as a failed fsync does.
    pub fn fail_next_sync(&self, left_on_disk: FailedSync) {
        lock(&self.disk).syncs.push_back(Sync::Fail(left_on_disk));
    }

    /// The sync after those already spoken for waits until it is released.
    #[must_use]
    pub fn hold_next_sync(&self) -> HeldSync {
        let ((reached, was_reached), (release, released)) = (oneshot::channel(), oneshot::channel());
        lock(&self.disk).syncs.push_back(Sync::Hold { reached, released });
        HeldSync { reached: Some(was_reached), _release: release }
    }

    /// Flips the lowest bit of one byte of a stored payload, as a failing disk would.
    /// Returns false if there is no such byte.
    pub fn flip_byte(&self, talk: &TalkId, seq: u64, at: usize) -> bool {
        let mut disk = lock(&self.disk);
        let index = usize::try_from(seq).ok().and_then(|s| s.checked_sub(1));
        let entry = index.and_then(|i| disk.synced.get_mut(talk)?.entries.get_mut(i));
        let Some(entry) = entry.filter(|e| at < e.payload.len()) else { return false };
        let mut bytes = entry.payload.to_vec();
        bytes[at] ^= 1;
        entry.payload = bytes.into();
        true
    }

    async fn append_placed(&self, talk: &TalkId, placed: Placed) -> Result<Vec<Entry>, AppendError> {
        let _turn = self.writing.lock().await;
        lock(&self.disk).admit(talk, &placed)?;
        if placed.entries.is_empty() {
            return Ok(Vec::new());
        }
        let sync = lock(&self.disk).syncs.pop_front();
        let failure = self.wait_for(sync).await;
        lock(&self.disk).sync(talk, &placed, failure)?;
        self.tips.publish(talk, &placed.entries, placed.tip);
        Ok(placed.entries)
    }

    /// Sits out a held sync; says how the sync fails, if it is to fail.
    async fn wait_for(&self, sync: Option<Sync>) -> Option<FailedSync> {
        match sync? {
            Sync::Fail(left) => Some(left),
            Sync::Hold { reached, released } => {
                reached.send(()).ok();
                let mut crashed = self.crashed.subscribe();
                tokio::select! {
                    _ = released => {}
                    _ = crashed.wait_for(|crashed| *crashed) => {}
                }
                None
            }
        }
    }

    fn read_stored<T>(
        &self,
        talk: &TalkId,
        read: impl FnOnce(&Stored) -> Result<T, ChainBreak>,
    ) -> Result<T, ReadError> {
        let disk = lock(&self.disk);
        disk.alive().map_err(ReadError::Unavailable)?;
        let nothing = Stored::default();
        Ok(read(disk.synced.get(talk).unwrap_or(&nothing))?)
    }
}

fn lock(disk: &Mutex<Disk>) -> MutexGuard<'_, Disk> {
    disk.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Disk {
    fn alive(&self) -> Result<(), String> {
        if self.dead { Err("the machine has crashed".to_owned()) } else { Ok(()) }
    }

    fn writable(&self) -> Result<(), AppendError> {
        self.alive().map_err(AppendError::Unavailable)?;
        self.poisoned.clone().map_or(Ok(()), |why| Err(AppendError::Unavailable(why)))
    }

    fn admit(&self, talk: &TalkId, placed: &Placed) -> Result<(), AppendError> {
        self.writable()?;
        let tip = self.synced.get(talk).map_or(Ok(Tip::genesis(talk)), |stored| stored.tip(talk))?;
        placed.admit(talk, tip)
    }

    fn store(&mut self, talk: &TalkId, placed: &Placed) {
        if !self.synced.contains_key(talk) {
            self.order.push(talk.clone());
        }
        let stored = self.synced.entry(talk.clone()).or_default();
        stored.entries.extend_from_slice(&placed.entries);
        stored.hashes.extend_from_slice(&placed.hashes);
    }

    fn sync(
        &mut self,
        talk: &TalkId,
        placed: &Placed,
        failure: Option<FailedSync>,
    ) -> Result<(), AppendError> {
        self.writable()?;
        if failure != Some(FailedSync::Lost) {
            self.store(talk, placed);
        }
        if failure.is_some() {
            self.poisoned = Some("a sync failed; open the record again".to_owned());
        }
        self.writable()
    }
}

impl Stored {
    /// The last entry's tip, its content checked.
    fn tip(&self, talk: &TalkId) -> Result<Tip, ChainBreak> {
        let before = self.entries.len().saturating_sub(1);
        self.walk(talk, before)
    }

    /// Checks the entries from index `from` on; returns the last one's tip.
    fn walk(&self, talk: &TalkId, from: usize) -> Result<Tip, ChainBreak> {
        let mut chain = Chain::resume(talk.clone(), self.tip_before(talk, from));
        for (entry, written) in self.entries.iter().zip(&self.hashes).skip(from) {
            chain.accept_stored(entry, *written)?;
        }
        Ok(chain.tip())
    }

    fn tip_before(&self, talk: &TalkId, index: usize) -> Tip {
        let before = index.checked_sub(1).and_then(|i| Some((self.entries.get(i)?, self.hashes.get(i)?)));
        before.map_or(Tip::genesis(talk), |(e, hash)| Tip { seq: e.seq, hash: *hash, epoch: e.epoch })
    }
}

impl Log for MemoryLog {
    fn append<'a>(
        &'a self,
        talk: &'a TalkId,
        expected: Tip,
        drafts: Vec<Draft>,
    ) -> BoxFuture<'a, Result<Vec<Entry>, AppendError>> {
        Box::pin(async move {
            let placed = Placed::new(talk, expected, drafts)?;
            self.append_placed(talk, placed).await
        })
    }

    fn read<'a>(
        &'a self,
        talk: &'a TalkId,
        after: u64,
        page: Page,
    ) -> BoxFuture<'a, Result<Vec<Entry>, ReadError>> {
        Box::pin(async move {
            self.read_stored(talk, |stored| {
                let from = usize::try_from(after).unwrap_or(usize::MAX);
                let entries = take_page(stored.entries.iter().skip(from).cloned(), page);
                let mut chain = Chain::resume(talk.clone(), stored.tip_before(talk, from));
                for (entry, written) in entries.iter().zip(stored.hashes.iter().skip(from)) {
                    chain.accept_stored(entry, *written)?;
                }
                Ok(entries)
            })
        })
    }

    fn tip<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<Tip, ReadError>> {
        Box::pin(async move { self.read_stored(talk, |stored| stored.tip(talk)) })
    }

    fn watch<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<watch::Receiver<Tip>, ReadError>> {
        Box::pin(async move {
            let mut receiver = self.tips.subscribe(talk);
            self.tips.raise(talk, self.tip(talk).await?);
            receiver.mark_unchanged();
            Ok(receiver)
        })
    }

    fn talks(&self, after: Option<Cursor>, limit: usize) -> BoxFuture<'_, Result<Vec<Listed>, ReadError>> {
        Box::pin(async move {
            let disk = lock(&self.disk);
            disk.alive().map_err(ReadError::Unavailable)?;
            let begun = disk.order.iter().zip(1_u64..).collect::<Vec<_>>().into_iter().rev();
            let older = begun.filter(|(_, n)| after.is_none_or(|cursor| *n < cursor.0));
            let listed = older.take(limit).filter_map(|(talk, n)| {
                let stored = disk.synced.get(talk)?;
                let tip = stored.tip_before(talk, stored.entries.len());
                Some(Listed { talk: talk.clone(), tip, cursor: Cursor(n) })
            });
            Ok(listed.collect())
        })
    }

    fn verify<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<Tip, ReadError>> {
        Box::pin(async move { self.read_stored(talk, |stored| stored.walk(talk, 0)) })
    }
}
