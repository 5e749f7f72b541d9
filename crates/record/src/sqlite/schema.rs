use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{OpenError, SqliteOptions};

/// "DETT": says in the file's header that it is a record of talks.
const APPLICATION_ID: i64 = 0x4445_5454;
const FORMAT: i64 = 1;

/// A rowid table with a unique index is four times faster to append to than a clustered table: the
/// large rows go to the end, and only the small index is written in the order of talks.
const SCHEMA: &str = "
CREATE TABLE talks (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE entries (
    talk INTEGER NOT NULL REFERENCES talks (id),
    seq INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    trace TEXT,
    signatures BLOB,
    payload BLOB NOT NULL,
    UNIQUE (talk, seq)
) STRICT;
";

/// How long a connection waits for another one that recovers or closes the file.
const BUSY: Duration = Duration::from_secs(10);

/// The right to write a record, held by one process at a time and given back by the operating
/// system when that process dies. The lock stands on a file beside the record: closing any other
/// handle of the record itself would drop the locks that SQLite holds on it.
#[derive(Debug)]
pub(super) struct WriteLock(#[expect(dead_code, reason = "held for its lock")] File);

impl WriteLock {
    pub(super) fn take(path: &Path) -> Result<Self, OpenError> {
        let lock_path = beside(path, "-lock");
        let options = File::options().create(true).truncate(false).write(true).clone();
        let file = options.open(&lock_path).map_err(io(&lock_path, "open the lock file"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
            Err(std::fs::TryLockError::Error(source)) => Err(io(&lock_path, "lock the record")(source)),
        }
    }
}

/// Opens for writing; makes the file if there is none.
pub(super) fn open_writer(path: &Path, options: &SqliteOptions) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let conn = connect(path, flags)?;
    let fail = |source| sqlite(path, "set the record up", source);
    if is_blank(&conn).map_err(|e| sqlite(path, "read the file", e))? {
        create(&conn).map_err(fail)?;
        sync_folder(path).map_err(io(path, "sync the record's folder"))?;
    }
    check_format(&conn, path)?;
    conn.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
    if let Some(bytes) = options.max_bytes {
        limit(&conn, bytes).map_err(fail)?;
    }
    Ok(conn)
}

/// Opens for reading only, beside a writer or without one.
pub(super) fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    check_format(&conn, path)?;
    Ok(conn)
}

/// Opens a record nobody writes to, as a file that cannot change: leaves nothing beside it, and
/// works on a medium that cannot be written to.
pub(super) fn open_still(path: &Path) -> Result<Connection, OpenError> {
    let Some(name) = path.to_str() else { return open_reader(path) };
    let escaped: String = name.chars().map(uri_char).collect();
    let uri = PathBuf::from(format!("file:{escaped}?immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let conn = connect(&uri, flags).map_err(|e| rename(e, path))?;
    check_format(&conn, path)?;
    Ok(conn)
}

/// Whether a write-ahead log stands beside the record: there is a writer, or there was a crash.
pub(super) fn has_wal(path: &Path) -> bool {
    beside(path, "-wal").exists()
}

fn uri_char(c: char) -> String {
    match c {
        '%' => "%25".to_owned(),
        '?' => "%3f".to_owned(),
        '#' => "%23".to_owned(),
        other => other.to_string(),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, OpenError> {
    let open = || {
        let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        conn.busy_timeout(BUSY)?;
        conn.set_prepared_statement_cache_capacity(32);
        Ok(conn)
    };
    open().map_err(|source| sqlite(path, "open the file", source))
}

/// Whether nothing was ever written to the file.
fn is_blank(conn: &Connection) -> rusqlite::Result<bool> {
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0 && pragma(conn, "application_id")? == 0 && pragma(conn, "user_version")? == 0)
}

fn create(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "journal_mode", "WAL")?;
    let marks = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};");
    conn.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} {marks} COMMIT;"))
}

fn check_format(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let read = |name| pragma(conn, name).map_err(|e| sqlite(path, "read the file", e));
    let (application, format) = (read("application_id")?, read("user_version")?);
    if application != APPLICATION_ID {
        let what = "an SQLite database of another program".to_owned();
        return Err(OpenError::NotARecord { path: path.to_owned(), what });
    }
    if format > FORMAT {
        return Err(OpenError::NewerFormat { path: path.to_owned(), found: format, known: FORMAT });
    }
    Ok(())
}

fn pragma(conn: &Connection, name: &str) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, name, |row| row.get(0))
}

fn limit(conn: &Connection, bytes: u64) -> rusqlite::Result<()> {
    let page = pragma(conn, "page_size")?.max(1);
    let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page;
    // The pragma answers with the limit it has set.
    conn.pragma_update_and_check(None, "max_page_count", pages.max(1), |_| Ok(()))
}

/// A file's name is durable only once its folder is.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn io(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> OpenError {
    move |source| OpenError::Io { path: path.to_owned(), doing, source }
}

fn sqlite(path: &Path, doing: &'static str, source: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    if source.sqlite_error_code() == Some(ErrorCode::NotADatabase) {
        return OpenError::NotARecord { path, what: "not an SQLite database".to_owned() };
    }
    OpenError::Sqlite { path, doing, source }
}

/// Names the file as the caller did, where it was opened by another name.
fn rename(error: OpenError, path: &Path) -> OpenError {
    match error {
        OpenError::Sqlite { doing, source, .. } => sqlite(path, doing, source),
        other => other,
    }
}
