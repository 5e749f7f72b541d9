//! What is kept for how long: whole traces go, those first that nothing was heard of for longest.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::counts::Counts;
use super::schema::pragma;
use super::writer::Writer;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the file, about.
    pub bytes: u64,
    /// Since when nothing was heard of a trace.
    pub age: Duration,
}

impl Default for Limits {
    /// 256 MiB, seven days.
    fn default() -> Self {
        Self { bytes: 256 << 20, age: Duration::from_secs(7 * 24 * 3600) }
    }
}

/// The smallest limit that leaves room for the tables themselves.
const LEAST_BYTES: u64 = 1 << 20;
/// How often what is too old is looked for.
const LOOK_US: i64 = 60_000_000;
/// Free pages that the file may keep, and those that are given back at a time.
const SPARE_PAGES: i64 = 256;

const OLDEST: &str = "SELECT id, seen_us FROM traces ORDER BY seen_us, id LIMIT 1";
const OLDEST_LOOSE: &str = "DELETE FROM events WHERE rowid IN
    (SELECT rowid FROM events WHERE trace = 0 ORDER BY time_ns LIMIT 1000)";

impl Writer {
    /// Retires what is too much now, and what is too old once in a while.
    pub(super) fn retire_if_due(&mut self) {
        if let Err(error) = self.retire() {
            self.forget();
            self.conn.execute_batch("ROLLBACK").ok();
            tracing::warn!(%error, "old traces cannot be dropped");
        }
    }

    fn retire(&mut self) -> rusqlite::Result<()> {
        let now = self.clock.now_us();
        let most = self.limits.bytes.max(LEAST_BYTES);
        let look = now.saturating_sub(self.looked_us) >= LOOK_US || now < self.looked_us;
        let too_much = used(&self.conn)? > most;
        if !look && !too_much {
            return Ok(());
        }
        self.looked_us = now;
        let age_us = i64::try_from(self.limits.age.as_micros()).unwrap_or(i64::MAX);
        let goal = if too_much { most / 10 * 9 } else { most };
        self.conn.execute_batch("BEGIN IMMEDIATE")?;
        let (traces, spans) = retire(&self.conn, now.saturating_sub(age_us), goal)?;
        self.conn.execute_batch("COMMIT")?;
        if traces > 0 {
            self.forget();
            Counts::add(&self.counts.retired_traces, traces);
            Counts::add(&self.counts.retired_spans, spans);
            tracing::info!(traces, spans, "old traces were dropped to keep within the limits");
        }
        shrink(&self.conn)
    }
}

/// Drops traces not heard of since `since_us`, and then the oldest until `bytes` are enough.
fn retire(conn: &Connection, since_us: i64, bytes: u64) -> rusqlite::Result<(u64, u64)> {
    let (mut traces, mut spans) = (0, 0);
    loop {
        let oldest: Option<(i64, i64)> =
            conn.prepare_cached(OLDEST)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let too_much = used(conn)? > bytes;
        match oldest {
            Some((trace, seen_us)) if seen_us < since_us || too_much => {
                spans += drop_trace(conn, trace)?;
                traces += 1;
            }
            None if too_much && conn.execute(OLDEST_LOOSE, [])? > 0 => {}
            _ => break,
        }
    }
    let since_ns = since_us.saturating_mul(1_000);
    conn.execute("DELETE FROM events WHERE trace = 0 AND time_ns < ?1", params![since_ns])?;
    Ok((traces, spans))
}

fn drop_trace(conn: &Connection, trace: i64) -> rusqlite::Result<u64> {
    let spans = conn.prepare_cached("DELETE FROM spans WHERE trace = ?1")?.execute([trace])?;
    conn.prepare_cached("DELETE FROM events WHERE trace = ?1")?.execute([trace])?;
    conn.prepare_cached("DELETE FROM talks WHERE trace = ?1")?.execute([trace])?;
    conn.prepare_cached("DELETE FROM traces WHERE id = ?1")?.execute([trace])?;
    Ok(spans as u64)
}

/// Bytes of the pages that hold something.
fn used(conn: &Connection) -> rusqlite::Result<u64> {
    let pages = pragma(conn, "page_count")? - pragma(conn, "freelist_count")?;
    Ok(u64::try_from(pages * pragma(conn, "page_size")?).unwrap_or(0))
}

/// Gives free pages back to the file system.
fn shrink(conn: &Connection) -> rusqlite::Result<()> {
    let surplus = pragma(conn, "freelist_count")? - SPARE_PAGES;
    if surplus > 0 {
        // Each step of this statement frees one page.
        let mut statement = conn.prepare(&format!("PRAGMA incremental_vacuum({surplus})"))?;
        let mut steps = statement.query([])?;
        while steps.next()?.is_some() {}
    }
    Ok(())
}
