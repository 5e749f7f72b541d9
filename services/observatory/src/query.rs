//! Questions about what is kept. Nothing here can write.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use crate::model::{Event, Id, Point, Span, TraceId};
use crate::store::rows::{self, EVENT_COLUMNS, POINT_COLUMNS, SPAN_COLUMNS};
use crate::store::{StoreError, schema};

/// A trace in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceSummary {
    /// Where a further page begins.
    #[serde(skip)]
    pub cursor: i64,
    /// The trace.
    pub trace_id: TraceId,
    /// The talks its spans name; mostly one.
    pub talks: Vec<String>,
    /// The name of its root span, once that has come in.
    pub root: Option<String>,
    /// Begin of its first span, in nanoseconds since the Unix epoch.
    pub first_ns: i64,
    /// End of its last span.
    pub last_ns: i64,
    /// How many spans it has.
    pub spans: u64,
    /// How many of them ended with an error.
    pub errors: u64,
}

const TRACES: &str = "SELECT id, trace_id, root, first_ns, last_ns, spans, errors FROM traces
    WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
const TALKS: &str = "SELECT talk FROM talks WHERE trace = ?1 ORDER BY talk LIMIT 16";
const OF_TALK: &str = "SELECT trace_id FROM traces JOIN talks ON trace = id WHERE talk = ?1
    ORDER BY seen_us DESC LIMIT 1";
const NUMBER: &str = "SELECT id FROM traces WHERE trace_id = ?1";

/// Reads a store, beside its writer or long after. Each call sees what is written at that moment.
/// Calls block.
#[derive(Debug, Clone)]
pub struct Reader {
    path: PathBuf,
}

impl Reader {
    /// Checks that the file is a store this version can read.
    ///
    /// # Errors
    /// It is missing, something else, or unreadable.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        drop(schema::open_reader(path)?);
        Ok(Self::beside(path))
    }

    pub(crate) fn beside(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The file of the store.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Traces, the one that came in last first: up to `limit`, those after `before` if it is given.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn traces(&self, before: Option<i64>, limit: usize) -> Result<Vec<TraceSummary>, StoreError> {
        self.with(|conn| {
            let mut statement = conn.prepare_cached(TRACES)?;
            let found = statement.query_map(params![before.unwrap_or(i64::MAX), small(limit)], summary)?;
            let mut found: Vec<TraceSummary> = found.collect::<Result<_, _>>()?;
            let mut talks = conn.prepare_cached(TALKS)?;
            for trace in &mut found {
                let names = talks.query_map([trace.cursor], |row| row.get(0))?;
                trace.talks = names.collect::<Result<_, _>>()?;
            }
            Ok(found)
        })
    }

    /// The trace of a talk, or the one whose id this is.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn find(&self, name: &str) -> Result<Option<TraceId>, StoreError> {
        self.with(|conn| {
            let of_talk = conn.prepare_cached(OF_TALK)?.query_row([name], |row| row.get(0)).optional()?;
            if let Some(bytes) = of_talk {
                return Ok(id(bytes));
            }
            let Ok(trace) = name.parse::<TraceId>() else { return Ok(None) };
            Ok(number(conn, trace)?.map(|_| trace))
        })
    }

    /// The spans of a trace as they began, at most `limit`.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn spans(&self, trace: TraceId, limit: usize) -> Result<Vec<Span>, StoreError> {
        let sql = format!(
            "SELECT {SPAN_COLUMNS} FROM spans WHERE trace = ?1 ORDER BY start_ns, end_ns DESC, span LIMIT ?2"
        );
        self.with(|conn| {
            let Some(number) = number(conn, trace)? else { return Ok(Vec::new()) };
            let mut statement = conn.prepare_cached(&sql)?;
            statement.query_map(params![number, small(limit)], |row| rows::span(trace, row))?.collect()
        })
    }

    /// The events of a trace as they happened, at most `limit`.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn events(&self, trace: TraceId, limit: usize) -> Result<Vec<Event>, StoreError> {
        let sql = format!("SELECT {EVENT_COLUMNS} FROM events WHERE trace = ?1 ORDER BY time_ns LIMIT ?2");
        self.with(|conn| {
            let Some(number) = number(conn, trace)? else { return Ok(Vec::new()) };
            let mut statement = conn.prepare_cached(&sql)?;
            statement.query_map(params![number, small(limit)], |row| rows::event(Some(trace), row))?.collect()
        })
    }

    /// The latest figure of every series, in order of name.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn points(&self) -> Result<Vec<Point>, StoreError> {
        let sql = format!("SELECT {POINT_COLUMNS} FROM points ORDER BY name, service, attributes");
        self.with(|conn| conn.prepare_cached(&sql)?.query_map([], rows::point)?.collect())
    }

    fn with<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let conn = schema::open_reader(&self.path)?;
        let failed = |source| StoreError::Sqlite { path: self.path.clone(), doing: "read the store", source };
        read(&conn).map_err(failed)
    }
}

fn summary(row: &Row<'_>) -> rusqlite::Result<TraceSummary> {
    let unsigned = |column| row.get::<_, i64>(column).map(|value| u64::try_from(value).unwrap_or(0));
    Ok(TraceSummary {
        cursor: row.get(0)?,
        trace_id: id(row.get(1)?).ok_or(rusqlite::Error::InvalidQuery)?,
        talks: Vec::new(),
        root: row.get(2)?,
        first_ns: row.get(3)?,
        last_ns: row.get(4)?,
        spans: unsigned(5)?,
        errors: unsigned(6)?,
    })
}

fn number(conn: &Connection, trace: TraceId) -> rusqlite::Result<Option<i64>> {
    let bytes = trace.as_bytes().as_slice();
    conn.prepare_cached(NUMBER)?.query_row([bytes], |row| row.get(0)).optional()
}

fn id(bytes: Vec<u8>) -> Option<TraceId> {
    Id::new(&bytes)
}

fn small(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
