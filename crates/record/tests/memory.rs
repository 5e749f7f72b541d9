//! The pretended disk: stalls, failures, crashes.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::sync::Arc;

use common::{ALL, draft, talk};
use detente_record::{AppendError, ChainBreak, FailedSync, Log, MemoryLog, ReadError, Tip};

/// A log whose talk has one entry.
async fn begun() -> (Arc<MemoryLog>, Tip) {
    let log = Arc::new(MemoryLog::new());
    let geneva = talk("geneva");
    let first = log.append(&geneva, Tip::genesis(&geneva), vec![draft(1, "a")]).await.unwrap();
    (log, Tip::of(&first[0]))
}

fn append_later(log: &Arc<MemoryLog>, tip: Tip) -> tokio::task::JoinHandle<Result<usize, AppendError>> {
    let log = log.clone();
    tokio::spawn(async move {
        log.append(&talk("geneva"), tip, vec![draft(1, "b")]).await.map(|entries| entries.len())
    })
}

#[tokio::test]
async fn nobody_sees_an_entry_before_its_sync() {
    let (log, tip) = begun().await;
    let watcher = log.watch(&talk("geneva")).await.unwrap();
    let mut held = log.hold_next_sync();
    let append = append_later(&log, tip);
    held.reached().await;
    assert!(!append.is_finished());
    assert_eq!(log.tip(&talk("geneva")).await.unwrap(), tip);
    assert_eq!(log.read(&talk("geneva"), tip.seq, ALL).await.unwrap(), vec![]);
    assert!(!watcher.has_changed().unwrap());
    held.release();
    assert_eq!(append.await.unwrap(), Ok(1));
    assert_eq!(watcher.borrow().seq, 2);
}

#[tokio::test]
async fn a_crash_forgets_what_was_not_synced_and_nothing_else() {
    let (log, tip) = begun().await;
    let mut held = log.hold_next_sync();
    let append = append_later(&log, tip);
    held.reached().await;
    let reopened = log.crash();
    assert!(matches!(append.await.unwrap(), Err(AppendError::Unavailable(_))));
    assert_eq!(reopened.verify(&talk("geneva")).await.unwrap(), tip);
    assert!(matches!(log.tip(&talk("geneva")).await, Err(ReadError::Unavailable(_))));
    reopened.append(&talk("geneva"), tip, vec![draft(1, "again")]).await.unwrap();
}

#[tokio::test]
async fn a_failed_sync_poisons_the_log_and_leaves_the_entry_in_doubt() {
    for (left, seq) in [(FailedSync::Lost, 1), (FailedSync::Kept, 2)] {
        let (log, tip) = begun().await;
        log.fail_next_sync(left);
        for _ in 0..2 {
            let refused = append_later(&log, tip).await.unwrap();
            assert!(matches!(refused, Err(AppendError::Unavailable(_))), "{refused:?}");
        }
        assert_eq!(log.tip(&talk("geneva")).await.unwrap().seq, seq, "reads go on");
        let reopened = log.crash();
        let tip = reopened.tip(&talk("geneva")).await.unwrap();
        assert_eq!(tip.seq, seq);
        reopened.append(&talk("geneva"), tip, vec![draft(1, "c")]).await.unwrap();
    }
}

#[tokio::test]
async fn a_flipped_byte_is_found() {
    let (log, _) = begun().await;
    assert!(!log.flip_byte(&talk("geneva"), 1, 1));
    assert!(!log.flip_byte(&talk("geneva"), 2, 0));
    assert!(log.flip_byte(&talk("geneva"), 1, 0));
    let error = log.read(&talk("geneva"), 0, ALL).await.unwrap_err();
    assert!(matches!(error, ReadError::Broken(ChainBreak::Content { seq: 1, .. })), "{error}");
}
