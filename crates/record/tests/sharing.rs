//! One writer, any number of readers, and a disk that fills up.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::sync::Arc;

use common::{ALL, all, append_one, draft, fill, talk};
use detente_record::{AppendError, Log, OpenError, SqliteLog, SqliteOptions, SqliteReader, Tip};

#[tokio::test]
async fn a_second_writer_is_refused_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.detente");
    let log: Arc<dyn Log> = Arc::new(SqliteLog::open(&path).unwrap());
    let error = SqliteLog::open(&path).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    let tip = fill(&log, &talk("geneva"), 3).await;
    drop(log);
    let log: Arc<dyn Log> = Arc::new(SqliteLog::open(&path).unwrap());
    assert_eq!(log.tip(&talk("geneva")).await.unwrap(), tip);
}

#[tokio::test]
async fn a_reader_beside_the_writer_sees_what_is_durable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.detente");
    let log: Arc<dyn Log> = Arc::new(SqliteLog::open(&path).unwrap());
    let reader = SqliteReader::open(&path).unwrap();
    for n in 1..=20_u64 {
        let written = append_one(&log, &talk("geneva"), format!("entry {n}")).await;
        assert_eq!(reader.read(&talk("geneva"), n - 1, ALL).unwrap(), std::slice::from_ref(&written));
        assert_eq!(reader.tip(&talk("geneva")).unwrap(), Tip::of(&written));
    }
    assert_eq!(reader.talks(None, 5).unwrap(), log.talks(None, 5).await.unwrap());
    assert_eq!(reader.verify(&talk("geneva")).unwrap().seq, 20);
    drop(log);
    assert_eq!(reader.verify(&talk("geneva")).unwrap().seq, 20);
}

#[tokio::test]
async fn dropping_the_log_finishes_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.detente");
    let log = SqliteLog::open(&path).unwrap();
    let geneva = talk("geneva");
    // Asked for, and given up at once.
    let append = log.append(&geneva, Tip::genesis(&geneva), vec![draft(1, "a")]);
    tokio::select! {
        biased;
        _ = append => {}
        () = tokio::task::yield_now() => {}
    }
    drop(log);
    assert_eq!(SqliteReader::open(&path).unwrap().tip(&geneva).unwrap().seq, 1);
}

#[tokio::test]
async fn a_full_disk_stops_appends_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.detente");
    let options = SqliteOptions { max_bytes: Some(200_000), ..SqliteOptions::default() };
    let log: Arc<dyn Log> = Arc::new(SqliteLog::open_with(&path, &options).unwrap());
    let geneva = talk("geneva");
    let mut tip = Tip::genesis(&geneva);
    let error = loop {
        match log.append(&geneva, tip, vec![draft(1, vec![b'x'; 2000])]).await {
            Ok(entries) => tip = Tip::of(&entries[0]),
            Err(error) => break error,
        }
    };
    let AppendError::Unavailable(why) = &error else { panic!("{error}") };
    assert!(why.contains("full") && why.contains("r.detente"), "{why}");
    assert!(tip.seq > 10, "some entries fitted");
    // A small one would fit, but nothing is tried again; also for another talk.
    assert_eq!(log.append(&geneva, tip, vec![draft(1, "x")]).await, Err(error.clone()));
    let london = talk("london");
    assert_eq!(log.append(&london, Tip::genesis(&london), vec![draft(1, "x")]).await, Err(error));
    assert_eq!(log.verify(&geneva).await.unwrap(), tip);
    assert_eq!(all(&log, &geneva).await.len() as u64, tip.seq);
    drop(log);

    let log: Arc<dyn Log> = Arc::new(SqliteLog::open(&path).unwrap());
    assert_eq!(log.verify(&geneva).await.unwrap(), tip);
    append_one(&log, &geneva, "on it goes").await;
}
