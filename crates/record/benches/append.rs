//! Durable appends beside the bare limits of the same disk: SQLite with the same schema and batch,
//! and a file with `fdatasync`. Entries of one kilobyte.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use detente_record::{Draft, Log, Page, SqliteLog, TalkId, Tip};
use rusqlite::{Connection, params};
use tokio::runtime::Runtime;

const PAYLOAD: usize = 1024;
/// Appends of each talk in one measured run.
const ROUNDS: u64 = 50;

fn draft() -> Draft {
    let payload = vec![b'x'; PAYLOAD].into();
    Draft { epoch: 1, time_us: 0, kind: 3, payload, signatures: vec![], trace: None }
}

/// Every talk appends one entry after the other, all talks at once.
async fn write_talks(log: &Arc<SqliteLog>, talks: &[TalkId], per_append: usize) {
    let writers: Vec<_> = talks
        .iter()
        .map(|talk| {
            let (log, talk) = (log.clone(), talk.clone());
            tokio::spawn(async move {
                let mut tip = log.tip(&talk).await.expect("the log is readable");
                for _ in 0..ROUNDS {
                    let drafts = vec![draft(); per_append];
                    let entries = log.append(&talk, tip, drafts).await.expect("the log is writable");
                    tip = entries.last().map_or(tip, Tip::of);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no writer panics");
    }
}

fn bench_log(c: &mut Criterion, talks: usize, per_append: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = Runtime::new().expect("a runtime");
    let log = Arc::new(SqliteLog::open(&folder.path().join("r.detente")).expect("a record"));
    let names: Vec<_> =
        (0..talks).map(|n| TalkId::new(&format!("talk-{n}")).expect("a valid name")).collect();
    let mut group = c.benchmark_group("append");
    group.throughput(Throughput::Elements(ROUNDS * (talks * per_append) as u64));
    group.bench_function(format!("log, {talks} talks, {per_append} each"), |b| {
        b.iter(|| runtime.block_on(write_talks(&log, &names, per_append)));
    });
    group.finish();
}

const BARE: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE entries (talk INTEGER NOT NULL, seq INTEGER NOT NULL, epoch INTEGER NOT NULL,
    time_us INTEGER NOT NULL, kind INTEGER NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL,
    trace TEXT, signatures BLOB, payload BLOB NOT NULL, UNIQUE (talk, seq)) STRICT;";

fn bare_commit(conn: &Connection, batch: usize, next: &mut i64) -> rusqlite::Result<()> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let mut insert =
        conn.prepare_cached("INSERT INTO entries VALUES (?1, ?2, 1, 0, 3, ?3, ?3, NULL, NULL, ?4)")?;
    for talk in 0..batch {
        insert.execute(params![talk as i64, *next, [7_u8; 32], [b'x'; PAYLOAD]])?;
    }
    *next += 1;
    conn.prepare_cached("COMMIT")?.execute([])?;
    Ok(())
}

fn bench_bare_sqlite(c: &mut Criterion, batch: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let conn = Connection::open(folder.path().join("bare.db")).expect("a database");
    conn.execute_batch(BARE).expect("a schema");
    let mut group = c.benchmark_group("append");
    group.throughput(Throughput::Elements(ROUNDS * batch as u64));
    let mut next = 0;
    group.bench_function(format!("bare SQLite, {batch} per commit"), |b| {
        b.iter(|| (0..ROUNDS).try_for_each(|_| bare_commit(&conn, batch, &mut next)).expect("commits"));
    });
    group.finish();
}

fn bare_sync(file: &mut File) -> std::io::Result<()> {
    file.write_all(&[b'x'; PAYLOAD])?;
    file.sync_data()
}

fn bench_bare_file(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = File::create(folder.path().join("bare")).expect("a file");
    let mut group = c.benchmark_group("append");
    group.throughput(Throughput::Elements(ROUNDS));
    group.bench_function("bare file, append + fdatasync", |b| {
        b.iter(|| (0..ROUNDS).try_for_each(|_| bare_sync(&mut file)).expect("syncs"));
    });
    group.finish();
}

async fn read_all(log: &SqliteLog, talk: &TalkId) -> u64 {
    let mut after = 0;
    loop {
        let entries = log.read(talk, after, Page::default()).await.expect("the log is readable");
        let Some(last) = entries.last() else { return after };
        after = last.seq;
    }
}

fn bench_read(c: &mut Criterion, path: &Path) {
    let runtime = Runtime::new().expect("a runtime");
    let log = Arc::new(SqliteLog::open(path).expect("a record"));
    let talk = TalkId::new("talk-0").expect("a valid name");
    runtime.block_on(write_talks(&log, std::slice::from_ref(&talk), 100));
    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Elements(ROUNDS * 100));
    group.bench_function("checked pages", |b| b.iter(|| runtime.block_on(read_all(&log, &talk))));
    let mut timed = |name: &str, after: u64| {
        let watcher = runtime.block_on(log.watch(&talk)).expect("the log is readable");
        runtime.block_on(write_talks(&log, std::slice::from_ref(&talk), 1));
        let after = watcher.borrow().seq - after;
        group.throughput(Throughput::Elements(1));
        group.bench_function(name, |b| {
            b.iter_custom(|times| runtime.block_on(time_reads(&log, &talk, after, times)));
        });
    };
    timed("the last entry of a watched talk", 1);
    timed("an older entry", 1_000);
    group.finish();
}

async fn time_reads(log: &SqliteLog, talk: &TalkId, after: u64, times: u64) -> Duration {
    let begun = Instant::now();
    for _ in 0..times {
        let page = Page { entries: 1, ..Page::default() };
        assert_eq!(log.read(talk, after, page).await.expect("the log is readable").len(), 1);
    }
    begun.elapsed()
}

fn benches(c: &mut Criterion) {
    bench_bare_file(c);
    bench_bare_sqlite(c, 1);
    bench_log(c, 1, 1);
    bench_bare_sqlite(c, 64);
    bench_log(c, 64, 1);
    bench_bare_sqlite(c, 1024);
    bench_log(c, 1024, 1);
    bench_log(c, 64, 16);
    let folder = tempfile::tempdir().expect("a folder");
    bench_read(c, &folder.path().join("r.detente"));
}

criterion_group! {
    name = all;
    config = Criterion::default().sample_size(10).warm_up_time(Duration::from_secs(1));
    targets = benches
}
criterion_main!(all);
