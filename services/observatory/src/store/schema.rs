use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// "DETO": says in the file's header that it is a store of an observatory.
const APPLICATION_ID: i64 = 0x4445_544F;
const FORMAT: i64 = 1;

/// Tables are appended to; each has the one index by which it is read and kept single.
const SCHEMA: &str = "
CREATE TABLE traces (
    id INTEGER PRIMARY KEY,
    trace_id BLOB NOT NULL UNIQUE,
    seen_us INTEGER NOT NULL,
    first_ns INTEGER NOT NULL,
    last_ns INTEGER NOT NULL,
    spans INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    root TEXT
) STRICT;
CREATE INDEX traces_by_age ON traces (seen_us);
CREATE TABLE spans (
    trace INTEGER NOT NULL,
    span INTEGER NOT NULL,
    parent INTEGER,
    name TEXT NOT NULL,
    service TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    end_ns INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    status INTEGER NOT NULL,
    reason TEXT NOT NULL,
    attributes TEXT NOT NULL,
    links TEXT,
    UNIQUE (trace, span)
) STRICT;
CREATE TABLE events (
    trace INTEGER NOT NULL,
    time_ns INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    span INTEGER,
    severity TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    service TEXT NOT NULL,
    attributes TEXT NOT NULL,
    UNIQUE (trace, time_ns, digest)
) STRICT;
CREATE TABLE talks (
    talk TEXT NOT NULL,
    trace INTEGER NOT NULL,
    PRIMARY KEY (talk, trace)
) STRICT, WITHOUT ROWID;
CREATE INDEX talks_by_trace ON talks (trace);
CREATE TABLE points (
    name TEXT NOT NULL,
    service TEXT NOT NULL,
    attributes TEXT NOT NULL,
    unit TEXT NOT NULL,
    time_ns INTEGER NOT NULL,
    figure TEXT NOT NULL,
    PRIMARY KEY (name, service, attributes)
) STRICT, WITHOUT ROWID;
CREATE TABLE closed (
    in_order INTEGER PRIMARY KEY
) STRICT;
";

/// How long a connection waits for another one that recovers or closes the file.
const BUSY: Duration = Duration::from_secs(5);
/// Pages of the write-ahead log before it is written back.
const CHECKPOINT: i64 = 1_000;

/// The right to write a store, given back by the operating system when the process dies. It stands
/// on a file beside the store: closing another handle of the store itself would drop SQLite's locks.
#[derive(Debug)]
pub(super) struct WriteLock(#[expect(dead_code, reason = "held for its lock")] File);

impl WriteLock {
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let lock = beside(path, "-lock");
        let failed = |source| StoreError::Io { path: lock.clone(), doing: "lock the store", source };
        let file = File::options().create(true).truncate(false).write(true).open(&lock).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
            Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// Opens for writing; makes the tables if there are none.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let conn = connect(path, flags)?;
    let fail = |source| StoreError::Sqlite { path: path.to_owned(), doing: "set the store up", source };
    if is_blank(&conn).map_err(fail)? {
        create(&conn).map_err(fail)?;
    }
    check_format(&conn, path)?;
    tune(&conn).map_err(fail)?;
    Ok(conn)
}

/// Opens for reading only, beside a writer or without one.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    let still = !beside(path, "-wal").exists();
    let conn = if still { open_still(path)? } else { connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)? };
    check_format(&conn, path)?;
    Ok(conn)
}

/// Opens a file nobody writes to: leaves nothing beside it, and works where nothing can be written.
pub(super) fn open_still(path: &Path) -> Result<Connection, StoreError> {
    let Some(name) = path.to_str() else { return connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY) };
    let escaped = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let uri = PathBuf::from(format!("file:{escaped}?immutable=1"));
    connect(&uri, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(super) fn pragma(conn: &Connection, name: &str) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, name, |row| row.get(0))
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let open = || {
        let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        conn.busy_timeout(BUSY)?;
        conn.set_prepared_statement_cache_capacity(32);
        Ok(conn)
    };
    open().map_err(|source| StoreError::Sqlite { path: path.to_owned(), doing: "open the file", source })
}

/// Whether nothing was ever written to the file.
fn is_blank(conn: &Connection) -> rusqlite::Result<bool> {
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0 && pragma(conn, "application_id")? == 0)
}

fn create(conn: &Connection) -> rusqlite::Result<()> {
    // Only before the first table can the file be made one that shrinks.
    conn.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    let marks = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};");
    conn.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} {marks} COMMIT;"))
}

/// A trace is no record: nothing of it goes with the process, but with the machine its last moments may go,
/// and the file may need salvage. To flush it would hold up the disk under the record that often lies beside it.
fn tune(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "OFF")?;
    conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
    conn.pragma_update(None, "journal_size_limit", 4096 * CHECKPOINT)?;
    conn.pragma_update(None, "cache_size", -32_768)
}

fn check_format(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let read = |name| {
        pragma(conn, name).map_err(|source| StoreError::Sqlite {
            path: path.to_owned(),
            doing: "read the file",
            source,
        })
    };
    if read("application_id")? != APPLICATION_ID {
        return Err(StoreError::NotAStore { path: path.to_owned() });
    }
    let found = read("user_version")?;
    if found > FORMAT {
        return Err(StoreError::NewerFormat { path: path.to_owned(), found, known: FORMAT });
    }
    Ok(())
}
