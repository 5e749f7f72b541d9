//! Where telemetry is kept: one SQLite file, one thread that writes, any number that read.

mod counts;
mod queue;
mod retention;
pub(crate) mod rows;
mod salvage;
pub(crate) mod schema;
mod writer;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use ambient::Clock;

pub(crate) use counts::Counts;
pub use counts::Tally;
pub use queue::Room;
use queue::{Queue, Work};
pub use retention::Limits;
use rows::{EventRow, PointRow, SpanRow};
pub use salvage::Salvage;
use schema::WriteLock;
use writer::Writer;

use crate::model::{Event, Point, Span};
use crate::query::Reader;

/// How a store is kept.
#[derive(Debug, Clone, Copy)]
pub struct StoreOptions {
    /// How much is kept for how long.
    pub limits: Limits,
    /// How much may wait for the disk; what comes beyond that is shed.
    pub room: Room,
}

impl Default for StoreOptions {
    /// The default limits; some seconds of a busy mediator may wait.
    fn default() -> Self {
        Self { limits: Limits::default(), room: Room { rows: 65_536, bytes: 64 << 20 } }
    }
}

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such file.
    #[error("{path}: there is no such store of traces", path = path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{path}: this file is no store of traces: name another one", path = path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// A later version of this program made it.
    #[error("{path}: the store has format {found}, this program knows up to {known}: use a later version", path = path.display())]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The latest format known here.
        known: i64,
    },
    /// Another process writes to it.
    #[error("{path}: another process writes to this store: end it, or name another file", path = path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refuses.
    #[error("{path}: cannot {doing}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// SQLite refuses.
    #[error("{path}: cannot {doing}: {source}", path = path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// Why not.
        source: rusqlite::Error,
    },
}

/// A store that takes telemetry. Clones share it; the last one dropped writes what waits and closes
/// the file.
#[derive(Debug, Clone)]
pub struct Store(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    queue: Option<Queue>,
    counts: Arc<Counts>,
    thread: Option<JoinHandle<()>>,
}

impl Store {
    /// Opens a store for writing, and makes it if there is none. What a damaged one lost is said.
    ///
    /// # Errors
    /// The file is in use, is something else, or cannot be made.
    pub fn open(
        path: &Path,
        options: &StoreOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Option<Salvage>), StoreError> {
        let lock = WriteLock::take(path)?;
        let (conn, salvage) = salvage::open(path)?;
        let fail =
            |source| StoreError::Sqlite { path: path.to_owned(), doing: "mark the store as open", source };
        conn.execute("DELETE FROM closed", []).map_err(fail)?;
        let (queue, work) = Queue::new(options.room);
        let counts = Arc::<Counts>::default();
        let writer = Writer {
            conn,
            work,
            gate: queue.gate.clone(),
            counts: counts.clone(),
            clock,
            limits: options.limits,
            traces: HashMap::new(),
            talks: HashSet::new(),
            looked_us: 0,
            failing: false,
            _lock: lock,
        };
        let thread = std::thread::Builder::new().name("traces-writer".to_owned()).spawn(|| writer.run());
        let failed = |source| StoreError::Io { path: path.to_owned(), doing: "start the writer", source };
        let shared = Shared {
            path: path.to_owned(),
            queue: Some(queue),
            counts,
            thread: Some(thread.map_err(failed)?),
        };
        Ok((Self(Arc::new(shared)), salvage))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Takes spans without waiting; returns how many there was no room for. Of two with the same
    /// ids the first is kept.
    pub fn offer_spans(&self, spans: Vec<Span>) -> u64 {
        self.offer(spans, SpanRow::from, SpanRow::weight, Work::Spans)
    }

    /// Takes events without waiting; returns how many there was no room for.
    pub fn offer_events(&self, events: Vec<Event>) -> u64 {
        self.offer(events, EventRow::from, EventRow::weight, Work::Events)
    }

    /// Takes figures without waiting; returns how many there was no room for.
    pub fn offer_points(&self, points: Vec<Point>) -> u64 {
        self.offer(points, PointRow::from, PointRow::weight, Work::Points)
    }

    /// Waits until all that was taken so far is written, or counted as dropped. Blocks.
    pub fn flush(&self) {
        if let Some(queue) = &self.0.queue {
            // Without a writer there is nothing to wait for.
            queue.flush();
        }
    }

    /// What was counted since the store was opened.
    #[must_use]
    pub fn counts(&self) -> Tally {
        self.0.counts.tally()
    }

    /// Reads the same file.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::beside(self.path())
    }

    pub(crate) fn counters(&self) -> &Counts {
        &self.0.counts
    }

    fn offer<T, R>(
        &self,
        things: Vec<T>,
        row: impl Fn(T) -> R,
        weight: impl Fn(&R) -> usize,
        work: impl FnOnce(Vec<R>) -> Work,
    ) -> u64 {
        let shed = match &self.0.queue {
            // Under a flood nothing is spent on what has no room.
            Some(queue) if !queue.gate.is_shut() => {
                queue.put(things.into_iter().map(row).collect(), weight, work)
            }
            _ => things.len(),
        };
        Counts::add(&self.0.counts.shed, shed as u64);
        shed as u64
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the writer has been reported where it happened.
            thread.join().ok();
        }
    }
}
