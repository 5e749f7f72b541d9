use std::future::Future;
use std::pin::Pin;

use tokio::sync::watch;

use crate::{AppendError, Draft, Entry, ReadError, TalkId, Tip};

/// A future behind a pointer, so that [`Log`] can be used as `dyn Log`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How much one read returns at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// So many entries.
    pub entries: usize,
    /// So many bytes ([`Entry::weight`]); but always one entry, if there is one.
    pub bytes: usize,
}

impl Default for Page {
    /// 64 entries or 128 KiB.
    fn default() -> Self {
        Self { entries: 64, bytes: 128 * 1024 }
    }
}

/// A place in the list of talks, to go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(pub u64);

/// A talk in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub talk: TalkId,
    /// Its last entry, as stored: listing verifies nothing.
    pub tip: Tip,
    /// Goes on after this talk.
    pub cursor: Cursor,
}

/// The one storage primitive: entries appended to a talk at an expected tip, read back in order,
/// and a tip to wait on.
///
/// Everything a reader sees is durable. Every entry read has been checked against the hash stored
/// with it and against the one before it.
pub trait Log: Send + Sync + 'static {
    /// Appends all drafts after `expected`, or none. Resolves once they are durable.
    ///
    /// No drafts: nothing happens, but the tip is compared. Dropping the future may or may not
    /// prevent the append; whoever does so reads the tip before the next one.
    fn append<'a>(
        &'a self,
        talk: &'a TalkId,
        expected: Tip,
        drafts: Vec<Draft>,
    ) -> BoxFuture<'a, Result<Vec<Entry>, AppendError>>;

    /// The entries after sequence `after`, in order; empty at the tip, beyond it, and for a talk
    /// nobody has written to.
    fn read<'a>(
        &'a self,
        talk: &'a TalkId,
        after: u64,
        page: Page,
    ) -> BoxFuture<'a, Result<Vec<Entry>, ReadError>>;

    /// The last entry; [`Tip::genesis`] for a talk nobody has written to.
    fn tip<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<Tip, ReadError>>;

    /// The tip now, which counts as seen, and whenever it changes. A tip seen here can be read.
    fn watch<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<watch::Receiver<Tip>, ReadError>>;

    /// The talks, the one begun last first; at most `limit` after `after`.
    fn talks(&self, after: Option<Cursor>, limit: usize) -> BoxFuture<'_, Result<Vec<Listed>, ReadError>>;

    /// Checks every entry of a talk from the first on, and returns the tip.
    fn verify<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<Tip, ReadError>>;
}
