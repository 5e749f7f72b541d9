//! Files that were cut off, changed, or are something else.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{ALL, all, append_one, draft, fill, talk};
use detente_record::{AppendError, ChainBreak, Log, OpenError, ReadError, SqliteLog, SqliteReader, Tip};
use proptest::prelude::*;

fn open(path: &Path) -> Arc<dyn Log> {
    Arc::new(SqliteLog::open(path).unwrap())
}

fn wal_of(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}-wal", path.display()))
}

/// Appends so many entries, and copies the files as a crash would leave them, with the length of
/// the write-ahead log when each append was acknowledged.
async fn crashed(folder: &Path, appends: u64) -> (PathBuf, Vec<u64>) {
    let (path, copy) = (folder.join("r.detente"), folder.join("copy.detente"));
    let log = open(&path);
    let mut lengths = Vec::new();
    for n in 0..appends {
        append_one(&log, &talk("geneva"), vec![b'x'; 300 * (n as usize % 40)]).await;
        lengths.push(fs::metadata(wal_of(&path)).unwrap().len());
    }
    fs::copy(&path, &copy).unwrap();
    fs::copy(wal_of(&path), wal_of(&copy)).unwrap();
    (copy, lengths)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(25))]

    /// A commit that was torn anywhere is gone whole; every one before it is there.
    #[test]
    fn a_torn_tail_costs_only_what_was_never_acknowledged(
        acknowledged in 1..30_usize,
        torn in 0.0..1.0_f64,
        garbage in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let (path, lengths) = crashed(folder.path(), 30).await;
            let (from, to) = (lengths[acknowledged - 1], lengths.get(acknowledged).copied().unwrap_or(u64::MAX));
            let length = from + ((to.min(*lengths.last().unwrap()) - from) as f64 * torn) as u64;
            let mut wal = fs::read(wal_of(&path)).unwrap();
            if garbage {
                wal[length as usize..].fill(0xa5);
            } else {
                wal.truncate(length as usize);
            }
            fs::write(wal_of(&path), wal).unwrap();
            let log = open(&path);
            let tip = log.verify(&talk("geneva")).await.unwrap();
            assert_eq!(tip.seq, acknowledged as u64);
            append_one(&log, &talk("geneva"), "on it goes").await;
        });
    }
}

/// Flips one bit of the only place in the file that holds these bytes.
fn flip(path: &Path, bytes: &[u8]) {
    let mut file = fs::read(path).unwrap();
    let mut places = (0..file.len() - bytes.len()).filter(|at| file[*at..].starts_with(bytes));
    let (at, more) = (places.next().unwrap(), places.next());
    assert_eq!(more, None, "the bytes stand in one place");
    file[at] ^= 1;
    fs::write(path, file).unwrap();
}

#[tokio::test]
async fn a_flipped_byte_costs_its_talk_and_no_other() {
    for (seq, is_last) in [(3, false), (5, true)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.detente");
        let (geneva, london) = (talk("geneva"), talk("london"));
        let log = open(&path);
        let (tip, other) = (fill(&log, &geneva, 5).await, fill(&log, &london, 5).await);
        drop(log);
        flip(&path, format!("geneva {seq}").as_bytes());

        let log = open(&path);
        let damage = log.verify(&geneva).await.unwrap_err();
        assert!(matches!(&damage, ReadError::Broken(ChainBreak::Content { seq: at, .. }) if *at == seq));
        assert_eq!(log.read(&geneva, seq - 1, ALL).await.unwrap_err(), damage);
        assert_eq!(log.read(&geneva, 0, detente_record::Page { entries: 2, ..ALL }).await.unwrap().len(), 2);
        // An append looks at the tip only; whoever takes a talk up verifies it first.
        let append = log.append(&geneva, tip, vec![draft(1, "x")]).await;
        assert_eq!(matches!(append, Err(AppendError::Broken(_))), is_last, "{append:?}");
        assert_eq!(log.verify(&london).await.unwrap(), other);
        append_one(&log, &london, "on it goes").await;
        assert_eq!(log.talks(None, 9).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_bad_page_costs_the_talks_on_it_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.detente");
    let (geneva, london) = (talk("geneva"), talk("london"));
    let log = open(&path);
    append_one(&log, &geneva, [b"needle".as_slice(), &[b'x'; 3000]].concat()).await;
    for _ in 0..20 {
        append_one(&log, &london, vec![b'y'; 3000]).await;
    }
    let tip = log.tip(&london).await.unwrap();
    drop(log);
    let mut file = fs::read(&path).unwrap();
    let page_size = usize::from(u16::from_be_bytes([file[16], file[17]]));
    // The last: the table's root once held the entry too, and may still have its bytes.
    let at = (0..file.len()).rfind(|at| file[*at..].starts_with(b"needle")).unwrap();
    let page = at / page_size * page_size;
    file[page..page + 64].fill(0xff);
    fs::write(&path, file).unwrap();

    let log = open(&path);
    let damage = log.verify(&geneva).await.unwrap_err();
    assert!(matches!(damage, ReadError::Broken(ChainBreak::Unreadable { .. })), "{damage}");
    assert_eq!(log.verify(&london).await.unwrap(), tip);
    let refused = log.append(&geneva, Tip::genesis(&geneva), vec![draft(1, "x")]).await.unwrap_err();
    assert!(matches!(refused, AppendError::Broken(_)), "{refused}");
    append_one(&log, &london, "on it goes").await;
}

/// Rows changed by somebody with an SQLite tool.
#[tokio::test]
async fn edited_rows_are_found() {
    let edits = [
        "DELETE FROM entries WHERE seq = 2",
        "UPDATE entries SET seq = 9 WHERE seq = 2",
        "UPDATE entries SET prev_hash = zeroblob(32) WHERE seq = 2",
        "UPDATE entries SET prev_hash = zeroblob(31) WHERE seq = 2",
        "UPDATE entries SET hash = zeroblob(32) WHERE seq = 2",
        "UPDATE entries SET epoch = -1 WHERE seq = 2",
        "UPDATE entries SET kind = 70000 WHERE seq = 2",
        "UPDATE entries SET time_us = time_us + 1 WHERE seq = 2",
        "UPDATE entries SET signatures = x'000000ff' WHERE seq = 2",
        "UPDATE entries SET signatures = NULL WHERE seq = 2",
    ];
    for edit in edits {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.detente");
        let log = open(&path);
        for n in 1..=3 {
            append_one(&log, &talk("geneva"), vec![n; 3]).await;
        }
        drop(log);
        rusqlite::Connection::open(&path).unwrap().execute(edit, []).unwrap();
        let log = open(&path);
        for damage in [log.verify(&talk("geneva")).await.err(), log.read(&talk("geneva"), 1, ALL).await.err()]
        {
            assert!(matches!(damage, Some(ReadError::Broken(_))), "{edit}: {damage:?}");
        }
    }
}

#[test]
fn a_file_of_another_kind_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("text"), "this is a letter, and not a short one; ".repeat(40)).unwrap();
    let sql = |path: &Path, sql: &str| rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
    sql(&at("foreign"), "CREATE TABLE recipes (name TEXT)");
    drop(SqliteLog::open(&at("newer")).unwrap());
    sql(&at("newer"), "PRAGMA user_version = 2");
    for name in ["text", "foreign", "newer"] {
        let before = fs::read(at(name)).unwrap();
        let errors = [SqliteLog::open(&at(name)).unwrap_err(), SqliteReader::open(&at(name)).unwrap_err()];
        for error in errors {
            let expected = match error {
                OpenError::NotARecord { .. } => name != "newer",
                OpenError::NewerFormat { found: 2, known: 1, .. } => name == "newer",
                _ => false,
            };
            assert!(expected, "{name}: {error}");
            assert!(error.to_string().contains(at(name).to_str().unwrap()), "{error}");
        }
        assert_eq!(fs::read(at(name)).unwrap(), before, "{name}");
    }
}

#[test]
fn a_place_that_cannot_be_used_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no such folder").join("r.detente");
    for path in [nowhere.as_path(), folder.path()] {
        let error = SqliteLog::open(path).unwrap_err();
        assert!(matches!(error, OpenError::Io { .. } | OpenError::Sqlite { .. }), "{error:?}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
    assert!(matches!(SqliteReader::open(&nowhere), Err(OpenError::Missing { .. })));
}

#[tokio::test]
async fn every_entry_of_a_closed_record_stands_in_the_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let (path, moved) = (folder.path().join("r.detente"), folder.path().join("odd name?100%#.detente"));
    let log = open(&path);
    let tip = fill(&log, &talk("geneva"), 20).await;
    let entries = all(&log, &talk("geneva")).await;
    drop(log);
    fs::rename(&path, &moved).unwrap();
    let reader = SqliteReader::open(&moved).unwrap();
    assert_eq!(reader.verify(&talk("geneva")).unwrap(), tip);
    assert_eq!(reader.read(&talk("geneva"), 0, ALL).unwrap(), entries);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "a reader leaves nothing beside the record: {names:?}");
}
