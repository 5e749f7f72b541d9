use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{rows, schema};
use crate::{Cursor, Entry, Listed, OpenError, Page, ReadError, TalkId, Tip};

/// Reads a record without the right to write it: beside a running writer, or with none.
///
/// Each call opens the file anew and sees what is durable at that moment. Calls block.
#[derive(Debug, Clone)]
pub struct SqliteReader {
    path: PathBuf,
}

impl SqliteReader {
    /// Checks that the file is a record this version can read.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        if schema::has_wal(path) || !path.exists() {
            schema::open_reader(path)?;
        } else {
            schema::open_still(path)?;
        }
        Ok(Self { path: path.to_owned() })
    }

    /// As [`Log::read`](crate::Log::read).
    pub fn read(&self, talk: &TalkId, after: u64, page: Page) -> Result<Vec<Entry>, ReadError> {
        self.with(|conn| rows::read(conn, talk, after, page))
    }

    /// As [`Log::tip`](crate::Log::tip).
    pub fn tip(&self, talk: &TalkId) -> Result<Tip, ReadError> {
        self.with(|conn| rows::tip(conn, talk))
    }

    /// As [`Log::talks`](crate::Log::talks).
    pub fn talks(&self, after: Option<Cursor>, limit: usize) -> Result<Vec<Listed>, ReadError> {
        self.with(|conn| rows::talks(conn, after, limit))
    }

    /// As [`Log::verify`](crate::Log::verify).
    pub fn verify(&self, talk: &TalkId) -> Result<Tip, ReadError> {
        self.with(|conn| rows::verify(conn, talk))
    }

    fn with<T>(&self, read: impl Fn(&Connection) -> Result<T, ReadError>) -> Result<T, ReadError> {
        let connected = |opened: Result<Connection, OpenError>| {
            opened.map_err(|e| ReadError::Unavailable(e.to_string())).and_then(|conn| read(&conn))
        };
        if !schema::has_wal(&self.path) {
            let answer = connected(schema::open_still(&self.path));
            // A writer that came in between may have changed the file under the read.
            if !schema::has_wal(&self.path) {
                return answer;
            }
        }
        connected(schema::open_reader(&self.path))
    }
}

/// A bounded number of reading connections beside the writer, each used by one call at a time on
/// the runtime's blocking threads.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    path: Arc<Path>,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: &Path, at_once: usize) -> Self {
        let permits = Arc::new(Semaphore::new(at_once.max(1)));
        Self { path: path.into(), idle: Arc::default(), permits }
    }

    pub(super) async fn with<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let unavailable = |what: &str| ReadError::Unavailable(what.to_owned());
        let permit = self.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|_| unavailable("the record is closed"))?;
        let readers = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let conn = readers.connection()?;
            let answer = read(&conn);
            readers.put_back(conn);
            answer
        });
        task.await.unwrap_or_else(|_| Err(unavailable("a read was interrupted")))
    }

    /// Closes what is idle, so that the writer is the last to close the file and can tidy up.
    pub(super) fn close(&self) {
        self.permits.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn connection(&self) -> Result<Connection, ReadError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let opened = idle.map_or_else(|| schema::open_reader(&self.path), Ok);
        opened.map_err(|e| ReadError::Unavailable(e.to_string()))
    }

    fn put_back(&self, conn: Connection) {
        if !self.permits.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
    }
}
