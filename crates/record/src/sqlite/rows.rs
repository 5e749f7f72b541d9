//! Entries as rows, over any connection to a record.

use bytes::Bytes;
use rusqlite::types::{FromSqlError, ValueRef};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use crate::{Chain, ChainBreak, Cursor, Entry, Hash, Listed, Page, ReadError, Signature, TalkId, Tip};

const AFTER: &str = "SELECT seq, epoch, time_us, kind, prev_hash, hash, trace, signatures, payload
    FROM entries WHERE talk = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
const LAST: &str = "SELECT seq, epoch, time_us, kind, prev_hash, hash, trace, signatures, payload
    FROM entries WHERE talk = ?1 ORDER BY seq DESC LIMIT 1";
const TIP_AT: &str = "SELECT seq, hash, epoch FROM entries WHERE talk = ?1 AND seq = ?2";
const TALK_ID: &str = "SELECT id FROM talks WHERE name = ?1";
const TALKS: &str = "SELECT t.name, t.id, e.seq, e.hash, e.epoch FROM talks t
    JOIN entries e ON e.talk = t.id AND e.seq = (SELECT max(seq) FROM entries WHERE talk = t.id)
    WHERE t.id < ?1 ORDER BY t.id DESC LIMIT ?2";
pub(super) const INSERT_TALK: &str = "INSERT INTO talks (name) VALUES (?1)";
pub(super) const INSERT: &str = "INSERT INTO entries
    (talk, seq, epoch, time_us, kind, prev_hash, hash, trace, signatures, payload)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/// The number a talk's entries carry in the file.
fn talk_row(conn: &Connection, talk: &TalkId) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached(TALK_ID)?.query_row([talk.as_str()], |row| row.get(0)).optional()
}

/// The entries after `after`, each checked, also against the entry before the first of them.
pub(super) fn read(
    conn: &Connection,
    talk: &TalkId,
    after: u64,
    page: Page,
) -> Result<Vec<Entry>, ReadError> {
    let Some((row, before)) = place(conn, talk, after).map_err(explain(talk, after))? else {
        return Ok(Vec::new());
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut room = page.bytes;
    walk(conn, talk, row, before, page.entries, |entry| {
        let weight = entry.weight();
        let fits = weight <= room || entries.is_empty();
        if fits {
            room = room.saturating_sub(weight);
            entries.push(entry);
        }
        fits
    })?;
    Ok(entries)
}

/// Checks every entry of a talk.
pub(super) fn verify(conn: &Connection, talk: &TalkId) -> Result<Tip, ReadError> {
    let genesis = Tip::genesis(talk);
    match talk_row(conn, talk).map_err(explain(talk, 0))? {
        Some(row) => walk(conn, talk, row, genesis, usize::MAX, |_| true),
        None => Ok(genesis),
    }
}

/// The last entry, its content checked.
pub(super) fn tip(conn: &Connection, talk: &TalkId) -> Result<Tip, ReadError> {
    Ok(find(conn, talk)?.map_or_else(|| Tip::genesis(talk), |(_, tip)| tip))
}

/// A talk's number and tip; `None` if nobody has written to it.
pub(super) fn find(conn: &Connection, talk: &TalkId) -> Result<Option<(i64, Tip)>, ReadError> {
    let Some(row) = talk_row(conn, talk).map_err(explain(talk, 0))? else { return Ok(None) };
    let last = || conn.prepare_cached(LAST)?.query_row([row], stored).optional();
    let Some((entry, written)) = last().map_err(explain(talk, 0))? else {
        return Ok(Some((row, Tip::genesis(talk))));
    };
    let before = Tip { seq: entry.seq.saturating_sub(1), hash: entry.prev_hash, epoch: entry.epoch };
    let tip = Chain::resume(talk.clone(), before).accept_stored(&entry, written)?;
    Ok(Some((row, tip)))
}

/// A page of the list of talks, newest first. Names and hashes that cannot be understood leave
/// their talk out: it can be neither named nor served.
pub(super) fn talks(
    conn: &Connection,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Listed>, ReadError> {
    let before = after.map_or(i64::MAX, |c| i64::try_from(c.0).unwrap_or(i64::MAX));
    let list = || {
        let mut statement = conn.prepare_cached(TALKS)?;
        let rows = statement.query_map(params![before, small(limit)], listed)?;
        rows.filter_map(Result::transpose).collect::<rusqlite::Result<Vec<_>>>()
    };
    list().map_err(|e| ReadError::Unavailable(e.to_string()))
}

fn listed(row: &Row<'_>) -> rusqlite::Result<Option<Listed>> {
    let name: String = row.get(0)?;
    let (Ok(talk), cursor) = (TalkId::new(&name), Cursor(unsigned(row, 1)?)) else { return Ok(None) };
    let tip = Tip { seq: unsigned(row, 2)?, hash: hash(row, 3)?, epoch: unsigned(row, 4)? };
    Ok(Some(Listed { talk, tip, cursor }))
}

/// The talk's number and the tip as it was at `after`; `None` if there is no such entry.
fn place(conn: &Connection, talk: &TalkId, after: u64) -> rusqlite::Result<Option<(i64, Tip)>> {
    let Some(row) = talk_row(conn, talk)? else { return Ok(None) };
    if after == 0 {
        return Ok(Some((row, Tip::genesis(talk))));
    }
    let Ok(seq) = i64::try_from(after) else { return Ok(None) };
    let at =
        |row: &Row<'_>| Ok(Tip { seq: unsigned(row, 0)?, hash: hash(row, 1)?, epoch: unsigned(row, 2)? });
    let tip = conn.prepare_cached(TIP_AT)?.query_row([row, seq], at).optional()?;
    Ok(tip.map(|tip| (row, tip)))
}

/// Checks entries after `before` and hands them out, at most `limit` and as long as they are wanted.
fn walk(
    conn: &Connection,
    talk: &TalkId,
    talk_row: i64,
    before: Tip,
    limit: usize,
    mut wanted: impl FnMut(Entry) -> bool,
) -> Result<Tip, ReadError> {
    let mut chain = Chain::resume(talk.clone(), before);
    let fail = |seq| explain(talk, seq);
    let mut statement = conn.prepare_cached(AFTER).map_err(fail(before.seq))?;
    let after = i64::try_from(before.seq).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![talk_row, after, small(limit)]).map_err(fail(before.seq))?;
    while let Some(row) = rows.next().map_err(fail(chain.tip().seq))? {
        let (entry, written) = stored(row).map_err(fail(chain.tip().seq))?;
        chain.accept_stored(&entry, written)?;
        if !wanted(entry) {
            break;
        }
    }
    Ok(chain.tip())
}

/// What a talk's reader is told about an error of SQLite's: damage concerns the talk, anything else
/// the whole record.
fn explain(talk: &TalkId, after: u64) -> impl FnOnce(rusqlite::Error) -> ReadError {
    let talk = talk.clone();
    move |error| {
        if is_damage(&error) {
            ChainBreak::Unreadable { talk, after, what: error.to_string() }.into()
        } else {
            ReadError::Unavailable(error.to_string())
        }
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    match error {
        FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) => true,
        Utf8Error(..) => true,
        other => {
            let code = other.sqlite_error_code();
            matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        }
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<(Entry, Hash)> {
    let entry = Entry {
        seq: unsigned(row, 0)?,
        prev_hash: hash(row, 4)?,
        epoch: unsigned(row, 1)?,
        time_us: row.get(2)?,
        kind: row.get(3)?,
        payload: blob(row, 8)?,
        signatures: signatures(row, 7)?,
        trace: row.get(6)?,
    };
    Ok((entry, hash(row, 5)?))
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

fn blob(row: &Row<'_>, column: usize) -> rusqlite::Result<Bytes> {
    Ok(Bytes::copy_from_slice(row.get_ref(column)?.as_blob().map_err(|e| unlike(column, e))?))
}

fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    row.get(column).map(Hash)
}

fn signatures(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<Signature>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(Vec::new()),
        value => {
            let bytes = value.as_blob().map_err(|e| unlike(column, e))?;
            super::signatures::decode(bytes)
                .ok_or_else(|| unlike(column, FromSqlError::Other("signatures are cut off".into())))
        }
    }
}

fn unlike(column: usize, error: FromSqlError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Blob, Box::new(error))
}

fn small(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
