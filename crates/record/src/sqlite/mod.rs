mod reader;
mod rows;
mod schema;
mod signatures;
mod writer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot, watch};

use reader::Readers;
pub use reader::SqliteReader;
use writer::{Request, Writer};

use crate::drafts::Placed;
use crate::tips::Tips;
use crate::{
    AppendError, BoxFuture, Cursor, Draft, Entry, Listed, Log, OpenError, Page, ReadError, TalkId, Tip,
};

/// Appends that wait for the writer; the next ones wait to wait.
const QUEUE: usize = 4096;

/// How a record's file is used.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Reads at once, each with a connection of its own.
    pub readers: usize,
    /// The file grows no larger than this; `None` for as large as the disk allows. Beyond it the
    /// log is as on a full disk.
    pub max_bytes: Option<u64>,
}

impl Default for SqliteOptions {
    /// Four reads at once, no limit of size.
    fn default() -> Self {
        Self { readers: 4, max_bytes: None }
    }
}

/// A [`Log`] in one SQLite file.
///
/// One process writes at a time; [`SqliteReader`] reads beside it. Appends that wait at the same
/// moment share a commit. After a write or a sync has failed, every append is answered
/// [`AppendError::Unavailable`] until the record is opened again; reads go on. Dropping it waits
/// until the appends already asked for are on disk.
#[derive(Debug)]
pub struct SqliteLog {
    path: PathBuf,
    queue: Option<mpsc::Sender<Request>>,
    thread: Option<JoinHandle<()>>,
    readers: Readers,
    tips: Arc<Tips>,
    poisoned: Arc<OnceLock<String>>,
}

impl SqliteLog {
    /// Opens a record for writing, and makes it if there is no such file. Looks at no entry.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with(path, &SqliteOptions::default())
    }

    /// The same, otherwise than by default.
    pub fn open_with(path: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        let lock = schema::WriteLock::take(path)?;
        let conn = schema::open_writer(path, options)?;
        let (queue, requests) = mpsc::channel(QUEUE);
        let (tips, poisoned) = (Arc::<Tips>::default(), Arc::<OnceLock<String>>::default());
        let (tips_too, poisoned_too) = (tips.clone(), poisoned.clone());
        let known = HashMap::new();
        let writer = Writer { conn, queue: requests, tips: tips_too, poisoned: poisoned_too, known, lock };
        let thread = std::thread::Builder::new().name("record-writer".to_owned()).spawn(|| writer.run());
        let failed = |source| OpenError::Io { path: path.to_owned(), doing: "start the writer", source };
        Ok(Self {
            path: path.to_owned(),
            queue: Some(queue),
            thread: Some(thread.map_err(failed)?),
            readers: Readers::new(path, options.readers),
            tips,
            poisoned,
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    async fn append_placed(&self, talk: &TalkId, placed: Placed) -> Result<Vec<Entry>, AppendError> {
        let gone = || AppendError::Unavailable(format!("{}: the writer is gone", self.path.display()));
        if let Some(why) = self.poisoned.get() {
            return Err(AppendError::Unavailable(why.clone()));
        }
        let (answer, answered) = oneshot::channel();
        let request = Request { talk: talk.clone(), placed, answer };
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        queue.send(request).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Drop for SqliteLog {
    fn drop(&mut self) {
        self.readers.close();
        self.queue.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the writer has been reported where it happened.
            thread.join().ok();
        }
    }
}

impl Log for SqliteLog {
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
            if let Some(entries) = self.tips.recent(talk, after, page) {
                return Ok(entries);
            }
            let talk = talk.clone();
            self.readers.with(move |conn| rows::read(conn, &talk, after, page)).await
        })
    }

    fn tip<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<Tip, ReadError>> {
        let talk = talk.clone();
        Box::pin(async move { self.readers.with(move |conn| rows::tip(conn, &talk)).await })
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
        Box::pin(async move { self.readers.with(move |conn| rows::talks(conn, after, limit)).await })
    }

    fn verify<'a>(&'a self, talk: &'a TalkId) -> BoxFuture<'a, Result<Tip, ReadError>> {
        let talk = talk.clone();
        Box::pin(async move { self.readers.with(move |conn| rows::verify(conn, &talk)).await })
    }
}
