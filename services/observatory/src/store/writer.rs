//! The one thread that writes: what waits at the same moment shares a commit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use ambient::Clock;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::counts::Counts;
use super::queue::{Gate, Work};
use super::retention::Limits;
use super::rows::{EventRow, PointRow, SpanRow};
use super::schema::WriteLock;
use crate::model::TraceId;

/// Rows of one commit, about.
const GROUP: usize = 2_048;
/// Spans written without a look at who else wants the core.
const YIELD: usize = 32;
/// Series of all metrics together; figures of further ones are dropped.
const MOST_SERIES: i64 = 10_000;
/// Known traces and talks; beyond that they are looked up again.
const KNOWN: usize = 50_000;
/// What is old is looked for this often, also when nothing comes in.
const IDLE: Duration = Duration::from_secs(60);

const TRACE: &str = "SELECT id FROM traces WHERE trace_id = ?1";
const NEW_TRACE: &str = "INSERT INTO traces (trace_id, seen_us, first_ns, last_ns, spans, errors)
    VALUES (?1, ?2, ?3, ?4, 0, 0)";
const SEEN: &str = "UPDATE traces SET seen_us = ?2, first_ns = min(first_ns, ?3), last_ns = max(last_ns, ?4),
    spans = spans + ?5, errors = errors + ?6, root = coalesce(root, ?7) WHERE id = ?1";
const SPAN: &str = "INSERT OR IGNORE INTO spans
    (trace, span, parent, name, service, start_ns, end_ns, kind, status, reason, attributes, links)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
const TALK: &str = "INSERT OR IGNORE INTO talks (talk, trace) VALUES (?1, ?2)";
const EVENT: &str = "INSERT OR IGNORE INTO events
    (trace, time_ns, digest, span, severity, name, body, service, attributes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const POINT: &str = "INSERT INTO points (name, service, attributes, unit, time_ns, figure)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET unit = excluded.unit,
    time_ns = excluded.time_ns, figure = excluded.figure WHERE excluded.time_ns >= time_ns";
const SERIES: &str = "SELECT count(*) FROM points";
const HAS_SERIES: &str = "SELECT 1 FROM points WHERE name = ?1 AND service = ?2 AND attributes = ?3";

pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) work: Receiver<Work>,
    pub(super) gate: Arc<Gate>,
    pub(super) counts: Arc<Counts>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: Limits,
    pub(super) traces: HashMap<TraceId, i64>,
    pub(super) talks: HashSet<(String, i64)>,
    /// When what is old was last looked for.
    pub(super) looked_us: i64,
    /// Whether the last commit failed: said once, and once when it works again.
    pub(super) failing: bool,
    pub(super) _lock: WriteLock,
}

/// What a commit adds to a trace.
struct Seen {
    first_ns: i64,
    last_ns: i64,
    spans: i64,
    errors: i64,
    root: Option<String>,
}

/// What one commit did.
#[derive(Default)]
struct Written {
    spans: u64,
    events: u64,
    points: u64,
    repeated: u64,
    series_full: u64,
}

impl Writer {
    pub(super) fn run(mut self) {
        ambient::step_back();
        self.retire_if_due();
        loop {
            match self.work.recv_timeout(IDLE) {
                Ok(first) => self.group(first),
                Err(RecvTimeoutError::Timeout) => self.retire_if_due(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.close();
    }

    fn group(&mut self, first: Work) {
        let (mut rows, mut group) = (first.rows(), vec![first]);
        while rows < GROUP {
            let Ok(next) = self.work.try_recv() else { break };
            rows += next.rows();
            group.push(next);
        }
        let bytes = group.iter().map(Work::bytes).sum();
        let (flushes, group): (Vec<_>, Vec<_>) = group.into_iter().partition(|w| matches!(w, Work::Flush(_)));
        if rows > 0 {
            let committed = self.commit(&group);
            self.note(rows as u64, committed);
            self.gate.give_back(rows, bytes);
            self.retire_if_due();
        }
        for flush in flushes {
            if let Work::Flush(done) = flush {
                // Whoever asked may have gone away.
                done.send(()).ok();
            }
        }
    }

    fn note(&mut self, rows: u64, committed: rusqlite::Result<Written>) {
        match committed {
            Ok(written) => {
                Counts::add(&self.counts.stored_spans, written.spans);
                Counts::add(&self.counts.stored_events, written.events);
                Counts::add(&self.counts.stored_points, written.points);
                Counts::add(&self.counts.repeated, written.repeated);
                Counts::add(&self.counts.series_full, written.series_full);
                if std::mem::take(&mut self.failing) {
                    tracing::info!("the store takes telemetry again");
                }
            }
            Err(error) => {
                Counts::add(&self.counts.unwritten, rows);
                self.forget();
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::error!(%error, "the store cannot be written: what comes in is dropped and counted");
                }
            }
        }
    }

    /// What was known may not be so any more.
    pub(super) fn forget(&mut self) {
        self.traces.clear();
        self.talks.clear();
    }

    fn commit(&mut self, group: &[Work]) -> rusqlite::Result<Written> {
        if self.traces.len() > KNOWN || self.talks.len() > KNOWN {
            self.forget();
        }
        self.conn.execute_batch("BEGIN IMMEDIATE")?;
        let written = self.write(group).and_then(|written| {
            self.conn.execute_batch("COMMIT")?;
            Ok(written)
        });
        if written.is_err() {
            // SQLite may have rolled back by itself.
            self.conn.execute_batch("ROLLBACK").ok();
        }
        written
    }

    fn write(&mut self, group: &[Work]) -> rusqlite::Result<Written> {
        let (mut written, mut seen) = (Written::default(), HashMap::new());
        for work in group {
            match work {
                Work::Spans(rows) => {
                    for (place, row) in rows.iter().enumerate() {
                        // A burst of rows takes longer than a move may wait for a core.
                        if place % YIELD == YIELD - 1 {
                            std::thread::yield_now();
                        }
                        self.write_span(row, &mut seen, &mut written)?;
                    }
                }
                Work::Events(rows) => {
                    for row in rows {
                        self.write_event(row, &mut seen, &mut written)?;
                    }
                }
                Work::Points(rows) => self.write_points(rows, &mut written)?,
                Work::Flush(_) => {}
            }
        }
        let mut statement = self.conn.prepare_cached(SEEN)?;
        let now = self.clock.now_us();
        for (trace, seen) in seen {
            statement.execute(params![
                trace,
                now,
                seen.first_ns,
                seen.last_ns,
                seen.spans,
                seen.errors,
                seen.root
            ])?;
        }
        Ok(written)
    }

    fn write_span(
        &mut self,
        row: &SpanRow,
        seen: &mut HashMap<i64, Seen>,
        written: &mut Written,
    ) -> rusqlite::Result<()> {
        let trace = self.trace(row.trace, row.start_ns)?;
        let new = self.conn.prepare_cached(SPAN)?.execute(params![
            trace,
            row.span,
            row.parent,
            row.name,
            row.service,
            row.start_ns,
            row.end_ns,
            row.kind,
            row.status,
            row.reason,
            row.attributes,
            row.links
        ])?;
        if new == 0 {
            written.repeated += 1;
            return Ok(());
        }
        written.spans += 1;
        let seen = entry(seen, trace, row.start_ns);
        seen.last_ns = seen.last_ns.max(row.end_ns);
        seen.first_ns = seen.first_ns.min(row.start_ns);
        seen.spans += 1;
        seen.errors += i64::from(row.status == crate::model::Status::Error as u8);
        if row.parent.is_none() && seen.root.is_none() {
            seen.root = Some(row.name.clone());
        }
        match &row.talk {
            Some(talk) => self.write_talk(talk, trace),
            None => Ok(()),
        }
    }

    fn write_talk(&mut self, talk: &str, trace: i64) -> rusqlite::Result<()> {
        let pair = (talk.to_owned(), trace);
        if !self.talks.contains(&pair) {
            self.conn.prepare_cached(TALK)?.execute(params![talk, trace])?;
            self.talks.insert(pair);
        }
        Ok(())
    }

    fn write_event(
        &mut self,
        row: &EventRow,
        seen: &mut HashMap<i64, Seen>,
        written: &mut Written,
    ) -> rusqlite::Result<()> {
        let trace = match row.trace {
            Some(trace) => {
                let trace = self.trace(trace, row.time_ns)?;
                entry(seen, trace, row.time_ns);
                trace
            }
            None => 0,
        };
        let new = self.conn.prepare_cached(EVENT)?.execute(params![
            trace,
            row.time_ns,
            row.digest,
            row.span,
            row.severity,
            row.name,
            row.body,
            row.service,
            row.attributes
        ])?;
        written.events += new as u64;
        written.repeated += 1 - new as u64;
        Ok(())
    }

    fn write_points(&mut self, rows: &[PointRow], written: &mut Written) -> rusqlite::Result<()> {
        let mut series: i64 = self.conn.prepare_cached(SERIES)?.query_row([], |row| row.get(0))?;
        for row in rows {
            let key = params![row.name, row.service, row.attributes];
            let known = self.conn.prepare_cached(HAS_SERIES)?.exists(key)?;
            if !known && series >= MOST_SERIES {
                written.series_full += 1;
                continue;
            }
            series += i64::from(!known);
            let mut statement = self.conn.prepare_cached(POINT)?;
            statement.execute(params![
                row.name,
                row.service,
                row.attributes,
                row.unit,
                row.time_ns,
                row.figure
            ])?;
            written.points += 1;
        }
        Ok(())
    }

    /// The number that stands for a trace in this file.
    fn trace(&mut self, id: TraceId, first_ns: i64) -> rusqlite::Result<i64> {
        if let Some(number) = self.traces.get(&id) {
            return Ok(*number);
        }
        let bytes = id.as_bytes().as_slice();
        let found = self.conn.prepare_cached(TRACE)?.query_row([bytes], |row| row.get(0)).optional()?;
        let number = match found {
            Some(number) => number,
            None => {
                let now = self.clock.now_us();
                self.conn.prepare_cached(NEW_TRACE)?.execute(params![bytes, now, first_ns, first_ns])?;
                self.conn.last_insert_rowid()
            }
        };
        self.traces.insert(id, number);
        Ok(number)
    }

    /// Leaves one whole file behind, with a mark that it needs no check.
    fn close(&mut self) {
        let marked = self.conn.execute("INSERT OR IGNORE INTO closed (in_order) VALUES (1)", []);
        let folded = marked
            .and_then(|_| self.conn.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(())));
        if let Err(error) = folded {
            tracing::warn!(%error, "the store could not be closed in order; it is checked at the next start");
        }
    }
}

fn entry(seen: &mut HashMap<i64, Seen>, trace: i64, time_ns: i64) -> &mut Seen {
    seen.entry(trace).or_insert(Seen { first_ns: time_ns, last_ns: time_ns, spans: 0, errors: 0, root: None })
}
