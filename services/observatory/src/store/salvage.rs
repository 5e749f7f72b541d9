//! A store that was cut off or overwritten: what can still be read moves to a new file, the damaged
//! one is set aside, and whoever starts the service is told what was lost.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{StoreError, schema};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const HEADER: usize = 100;
/// Each table with the order in which it is read; `rowid` where it has one.
const TABLES: [(&str, &str); 5] = [
    ("traces", "id"),
    ("spans", "rowid"),
    ("events", "rowid"),
    ("talks", "talk, trace"),
    ("points", "name, service, attributes"),
];

/// What became of a damaged store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvage {
    /// What was wrong with it.
    pub why: String,
    /// Where the damaged file is now.
    pub aside: PathBuf,
    /// Traces in the new file.
    pub traces: u64,
    /// Spans in the new file.
    pub spans: u64,
    /// Spans that the damaged file said it had and that could not be read.
    pub lost: u64,
    /// Whether its list of traces could be read to the end: if not, more may be lost.
    pub complete: bool,
}

impl fmt::Display for Salvage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { why, aside, traces, spans, lost, complete } = self;
        let more = if *complete { "" } else { ", and traces that can no longer be counted" };
        write!(
            f,
            "the store was damaged ({why}): kept {spans} spans of {traces} traces, dropped {lost} spans{more}; \
             the damaged file is now {}",
            aside.display()
        )
    }
}

/// Opens for writing; a damaged file is salvaged first.
pub(super) fn open(path: &Path) -> Result<(Connection, Option<Salvage>), StoreError> {
    match damage(path)? {
        None => Ok((schema::open_writer(path)?, None)),
        Some(why) => {
            let aside = set_aside(path)?;
            let conn = schema::open_writer(path)?;
            let salvage = copy(&aside, &conn, why, path)?;
            Ok((conn, Some(salvage)))
        }
    }
}

/// What is wrong with the file, if it is a store at all. A file of another kind is an error, and
/// stays as it is.
fn damage(path: &Path) -> Result<Option<String>, StoreError> {
    let failed = |source| StoreError::Io { path: path.to_owned(), doing: "read the store", source };
    let mut header = Vec::new();
    match std::fs::File::open(path) {
        Ok(file) => file.take(HEADER as u64).read_to_end(&mut header).map_err(failed)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if header.is_empty() {
        return Ok(None);
    }
    let known = header.len().min(MAGIC.len());
    if header[..known] != MAGIC[..known] {
        return Err(StoreError::NotAStore { path: path.to_owned() });
    }
    if header.len() < HEADER {
        return Ok(Some(format!("only {} bytes are left of it", header.len())));
    }
    let length = std::fs::metadata(path).map_err(failed)?.len();
    if let Some(expected) = expected_length(&header).filter(|expected| *expected > length) {
        return Ok(Some(format!("{length} of {expected} bytes are left of it")));
    }
    match schema::open_writer(path) {
        Ok(conn) => Ok(check(&conn).err()),
        Err(StoreError::Sqlite { source, .. }) if is_damage(&source) => Ok(Some(source.to_string())),
        Err(error) => Err(error),
    }
}

/// As long as the header says the file is.
fn expected_length(header: &[u8]) -> Option<u64> {
    let pages = u32::from_be_bytes(header.get(28..32)?.try_into().ok()?);
    let size = u16::from_be_bytes(header.get(16..18)?.try_into().ok()?);
    let size = if size == 1 { 65_536 } else { u64::from(size) };
    Some(u64::from(pages) * size)
}

/// Looks through the whole file, unless it was closed in order: then nobody has written since.
fn check(conn: &Connection) -> Result<(), String> {
    let said = |error: rusqlite::Error| error.to_string();
    let closed: i64 = conn.query_row("SELECT count(*) FROM closed", [], |row| row.get(0)).map_err(said)?;
    if closed > 0 {
        return Ok(());
    }
    let found: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(said)?;
    if found == "ok" { Ok(()) } else { Err(found.lines().collect::<Vec<_>>().join(" ")) }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SystemIoFailure};
    match error.sqlite_error_code() {
        Some(code) => matches!(code, DatabaseCorrupt | NotADatabase | SystemIoFailure),
        // A schema that is cut off reads as names that are not there.
        None => true,
    }
}

/// Gives the file, and the log that belongs to it, a name beside its own.
fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let free = (0..1_000).map(|number| match number {
        0 => schema::beside(path, ".damaged"),
        number => schema::beside(path, &format!(".damaged.{number}")),
    });
    let aside =
        free.into_iter().find(|name| !name.exists()).unwrap_or_else(|| schema::beside(path, ".damaged"));
    let failed =
        |source| StoreError::Io { path: path.to_owned(), doing: "set the damaged store aside", source };
    std::fs::rename(path, &aside).map_err(failed)?;
    for part in ["-wal", "-shm"] {
        let (from, to) = (schema::beside(path, part), schema::beside(&aside, part));
        match std::fs::rename(from, to) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(aside)
}

fn copy(aside: &Path, to: &Connection, why: String, path: &Path) -> Result<Salvage, StoreError> {
    let failed =
        |source| StoreError::Sqlite { path: path.to_owned(), doing: "write what was salvaged", source };
    let mut complete = false;
    to.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
    if let Ok(from) = readable(aside) {
        for (table, order) in TABLES {
            let whole = copy_table(&from, to, table, order).map_err(failed)?;
            complete |= whole && table == "traces";
        }
    }
    let counted = settle(to).map_err(failed)?;
    to.execute_batch("COMMIT").map_err(failed)?;
    let (traces, spans, lost) = counted;
    Ok(Salvage { why, aside: aside.to_owned(), traces, spans, lost, complete })
}

/// Opens a damaged file as far as it goes: with this pragma SQLite reads one that is too short.
fn readable(aside: &Path) -> Result<Connection, StoreError> {
    let conn = schema::open_still(aside)?;
    let allow = conn.pragma_update(None, "writable_schema", true);
    allow.map_err(|source| StoreError::Sqlite {
        path: aside.to_owned(),
        doing: "read the damaged store",
        source,
    })?;
    Ok(conn)
}

/// Copies what can be read from both ends; returns whether that was all.
fn copy_table(from: &Connection, to: &Connection, table: &str, order: &str) -> rusqlite::Result<bool> {
    let backwards = order.split(", ").map(|column| format!("{column} DESC")).collect::<Vec<_>>().join(", ");
    if copy_in_order(from, to, table, order)? {
        return Ok(true);
    }
    copy_in_order(from, to, table, &backwards)?;
    Ok(false)
}

/// Errors of reading end the copy, those of writing are returned.
fn copy_in_order(from: &Connection, to: &Connection, table: &str, order: &str) -> rusqlite::Result<bool> {
    let keyed = if order.starts_with("rowid") { "rowid, " } else { "" };
    let Ok(mut select) = from.prepare(&format!("SELECT {keyed}* FROM {table} NOT INDEXED ORDER BY {order}"))
    else {
        return Ok(false);
    };
    let columns = select.column_count();
    let names = select.column_names().collect::<Vec<_>>().join(", ");
    let marks = vec!["?"; columns].join(", ");
    let mut insert = to.prepare(&format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"))?;
    let Ok(mut rows) = select.query([]) else { return Ok(false) };
    let mut whole = true;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let values = (0..columns).map(|column| row.get::<_, Value>(column));
                let inserted = match values.collect::<Result<Vec<_>, _>>() {
                    Ok(values) => insert.execute(params_from_iter(values)),
                    Err(_) => Ok(0),
                };
                // A row that breaks the table's own rules is damage too.
                match inserted {
                    Ok(inserted) => whole &= inserted == 1,
                    Err(error) if breaks_rules(&error) => whole = false,
                    Err(error) => return Err(error),
                }
            }
            Ok(None) => return Ok(whole),
            Err(_) => return Ok(false),
        }
    }
}

fn breaks_rules(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::ConstraintViolation))
}

/// Drops what belongs to no trace any more and counts again.
fn settle(conn: &Connection) -> rusqlite::Result<(u64, u64, u64)> {
    let number = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
    let said = number("SELECT coalesce(sum(max(spans, 0)), 0) FROM traces")?;
    // A page that is cut in the middle reads as zeros from there on.
    for table in ["spans", "events", "points"] {
        conn.execute(&format!("DELETE FROM {table} WHERE NOT json_valid(attributes)"), [])?;
    }
    conn.execute("DELETE FROM spans WHERE instr(links, char(0)) > 0", [])?;
    for table in ["spans", "talks"] {
        conn.execute(&format!("DELETE FROM {table} WHERE trace NOT IN (SELECT id FROM traces)"), [])?;
    }
    conn.execute("DELETE FROM events WHERE trace <> 0 AND trace NOT IN (SELECT id FROM traces)", [])?;
    conn.execute("UPDATE traces SET spans = (SELECT count(*) FROM spans WHERE trace = id)", [])?;
    let (traces, spans) = (number("SELECT count(*) FROM traces")?, number("SELECT count(*) FROM spans")?);
    let unsigned = |value: i64| u64::try_from(value).unwrap_or(0);
    Ok((unsigned(traces), unsigned(spans), unsigned(said - spans)))
}
