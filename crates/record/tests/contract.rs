//! What every log does, run over each of them.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::sync::Arc;

use common::{ALL, all, append_one, draft, fill, talk};
use detente_record::{AppendError, Chain, Cursor, Draft, Log, MAX_PAYLOAD, MemoryLog, Page, SqliteLog, Tip};

macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod memory {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(Arc::new(MemoryLog::new())).await;
            })*
        }
        mod sqlite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                super::$name(Arc::new(SqliteLog::open(&folder.path().join("r.detente")).unwrap())).await;
            })*
        }
    };
}

contract!(
    entries_are_read_as_they_were_appended,
    a_chain_follows_from_the_genesis_of_its_talk,
    an_append_at_another_tip_is_refused_whole,
    an_ended_epoch_is_fenced_before_anything_else,
    drafts_that_do_not_fit_are_refused_whole,
    no_drafts_compare_the_tip,
    pages_are_bounded_and_continue,
    a_talk_nobody_wrote_to_is_empty,
    talks_are_listed_newest_first_in_pages,
    of_many_who_append_at_one_tip_one_succeeds,
    talks_written_at_once_do_not_mix,
    watchers_see_the_tip_at_once_and_as_it_grows,
    a_follower_by_tip_and_cursor_misses_nothing,
);

async fn entries_are_read_as_they_were_appended(log: Arc<dyn Log>) {
    let geneva = talk("geneva");
    let drafts: Vec<Draft> = ["", "a", "bc"].map(|p| draft(4, p)).into();
    let written = log.append(&geneva, Tip::genesis(&geneva), drafts.clone()).await.unwrap();
    assert_eq!(all(&log, &geneva).await, written);
    for (seq, (entry, draft)) in (1..).zip(written.into_iter().zip(drafts)) {
        assert_eq!(entry.seq, seq);
        assert_eq!((entry.epoch, entry.time_us, entry.kind), (draft.epoch, draft.time_us, draft.kind));
        assert_eq!((entry.payload, entry.signatures), (draft.payload, draft.signatures));
        assert_eq!(entry.trace, draft.trace);
    }
}

async fn a_chain_follows_from_the_genesis_of_its_talk(log: Arc<dyn Log>) {
    let geneva = talk("geneva");
    let tip = fill(&log, &geneva, 5).await;
    let mut chain = Chain::new(geneva.clone());
    for entry in all(&log, &geneva).await {
        chain.accept(&entry).unwrap();
    }
    assert_eq!(chain.tip(), tip);
    assert_eq!(log.verify(&geneva).await.unwrap(), tip);
    let first = &all(&log, &geneva).await[0];
    Chain::new(talk("london")).accept(first).unwrap_err();
}

async fn an_append_at_another_tip_is_refused_whole(log: Arc<dyn Log>) {
    let geneva = talk("geneva");
    let tip = fill(&log, &geneva, 3).await;
    let second = Tip::of(&all(&log, &geneva).await[1]);
    let other_hash = Tip { hash: second.hash, ..tip };
    for expected in [Tip::genesis(&geneva), second, other_hash, Tip { seq: 4, ..tip }] {
        let error = log.append(&geneva, expected, vec![draft(1, "x"), draft(1, "y")]).await.unwrap_err();
        let conflict = AppendError::Conflict { talk: geneva.clone(), expected, actual: tip };
        assert_eq!(error, conflict);
    }
    assert_eq!(log.verify(&geneva).await.unwrap(), tip);
}

async fn an_ended_epoch_is_fenced_before_anything_else(log: Arc<dyn Log>) {
    let geneva = talk("geneva");
    let genesis = Tip::genesis(&geneva);
    let first = Tip::of(&log.append(&geneva, genesis, vec![draft(1, "a")]).await.unwrap()[0]);
    let actual = Tip::of(&log.append(&geneva, first, vec![draft(2, "takeover")]).await.unwrap()[0]);
    for expected in [genesis, first, actual] {
        let error = log.append(&geneva, expected, vec![draft(1, "late")]).await.unwrap_err();
        assert_eq!(error, AppendError::Fenced { talk: geneva.clone(), given: 1, actual });
    }
    log.append(&geneva, actual, vec![draft(2, "b"), draft(7, "c")]).await.unwrap();
}

async fn drafts_that_do_not_fit_are_refused_whole(log: Arc<dyn Log>) {
    let geneva = talk("geneva");
    let fits = draft(2, "fits");
    let misfits = [
        draft(1, "epoch falls"),
        draft(u64::MAX, "epoch too great"),
        draft(2, vec![0; MAX_PAYLOAD + 1]),
        Draft { trace: Some("t".repeat(1025)), ..fits.clone() },
        Draft { signatures: vec![draft(2, "a").signatures[0].clone(); 65], ..fits.clone() },
    ];
    for misfit in misfits {
        let drafts = vec![fits.clone(), misfit];
        let error = log.append(&geneva, Tip::genesis(&geneva), drafts).await.unwrap_err();
        assert!(matches!(error, AppendError::Refused { index: 1, .. }), "{error}");
    }
    assert_eq!(log.tip(&geneva).await.unwrap(), Tip::genesis(&geneva));
    log.append(&geneva, Tip::genesis(&geneva), vec![draft(1, vec![0; MAX_PAYLOAD])]).await.unwrap();
}

async fn no_drafts_compare_the_tip(log: Arc<dyn Log>) {
    let geneva = talk("geneva");
    let genesis = Tip::genesis(&geneva);
    assert_eq!(log.append(&geneva, genesis, vec![]).await, Ok(vec![]));
    assert_eq!(log.talks(None, 10).await.unwrap(), vec![]);
    let tip = fill(&log, &geneva, 1).await;
    assert_eq!(log.append(&geneva, tip, vec![]).await, Ok(vec![]));
    log.append(&geneva, genesis, vec![]).await.unwrap_err();
}

async fn pages_are_bounded_and_continue(log: Arc<dyn Log>) {
    let geneva = talk("geneva");
    for size in [10, 10_000, 10, 200_000, 10] {
        append_one(&log, &geneva, vec![b'x'; size]).await;
    }
    let seqs = async |after, page| -> Vec<u64> {
        log.read(&geneva, after, page).await.unwrap().iter().map(|e| e.seq).collect()
    };
    assert_eq!(seqs(0, Page { entries: 2, ..ALL }).await, [1, 2]);
    assert_eq!(seqs(2, Page { entries: 2, ..ALL }).await, [3, 4]);
    assert_eq!(seqs(0, Page { bytes: 11_000, ..ALL }).await, [1, 2, 3]);
    assert_eq!(seqs(3, Page { bytes: 0, ..ALL }).await, [4]);
    assert_eq!(seqs(0, Page::default()).await, [1, 2, 3]);
    assert_eq!(seqs(0, Page { entries: 0, ..ALL }).await, Vec::<u64>::new());
    for after in [5, 6, 1 << 40, u64::MAX] {
        assert_eq!(seqs(after, ALL).await, Vec::<u64>::new());
    }
}

async fn a_talk_nobody_wrote_to_is_empty(log: Arc<dyn Log>) {
    let nowhere = talk("nowhere");
    assert_eq!(log.tip(&nowhere).await.unwrap(), Tip::genesis(&nowhere));
    assert_eq!(log.verify(&nowhere).await.unwrap(), Tip::genesis(&nowhere));
    assert_eq!(all(&log, &nowhere).await, vec![]);
    assert_eq!(*log.watch(&nowhere).await.unwrap().borrow(), Tip::genesis(&nowhere));
}

async fn talks_are_listed_newest_first_in_pages(log: Arc<dyn Log>) {
    let names = ["c", "a", "b", "e", "d"].map(talk);
    for (name, count) in names.iter().zip(1..) {
        fill(&log, name, count).await;
    }
    append_one(&log, &names[0], "an old talk stays in its place").await;
    let mut listed = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = log.talks(after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 2);
        after = Some(last.cursor);
        listed.extend(page);
    }
    let order: Vec<_> = listed.iter().map(|l| l.talk.as_str()).collect();
    assert_eq!(order, ["d", "e", "b", "a", "c"]);
    for each in &listed {
        assert_eq!(each.tip, log.tip(&each.talk).await.unwrap());
    }
}

async fn of_many_who_append_at_one_tip_one_succeeds(log: Arc<dyn Log>) {
    let geneva = talk("geneva");
    for _ in 0..20 {
        let tip = log.tip(&geneva).await.unwrap();
        let racers: Vec<_> = (0..8)
            .map(|racer: u8| {
                let (log, geneva) = (log.clone(), geneva.clone());
                tokio::spawn(async move { log.append(&geneva, tip, vec![draft(1, [racer])]).await })
            })
            .collect();
        let mut won = Vec::new();
        for racer in racers {
            match racer.await.unwrap() {
                Ok(mut entries) => won.append(&mut entries),
                Err(error) => assert!(matches!(error, AppendError::Conflict { .. }), "{error}"),
            }
        }
        assert_eq!(won, log.read(&geneva, tip.seq, ALL).await.unwrap());
        assert_eq!(won.len(), 1);
    }
}

async fn talks_written_at_once_do_not_mix(log: Arc<dyn Log>) {
    let writers: Vec<_> = (0..32)
        .map(|n| {
            let (log, talk) = (log.clone(), talk(&format!("talk-{n}")));
            tokio::spawn(async move { (fill(&log, &talk, 20).await, talk) })
        })
        .collect();
    for writer in writers {
        let (tip, talk) = writer.await.unwrap();
        assert_eq!((tip.seq, log.verify(&talk).await.unwrap()), (20, tip));
        for entry in all(&log, &talk).await {
            assert_eq!(entry.payload, format!("{talk} {}", entry.seq));
        }
    }
}

async fn watchers_see_the_tip_at_once_and_as_it_grows(log: Arc<dyn Log>) {
    let geneva = talk("geneva");
    let before = fill(&log, &geneva, 3).await;
    let mut watchers = Vec::new();
    for _ in 0..300 {
        let watcher = log.watch(&geneva).await.unwrap();
        assert_eq!(*watcher.borrow(), before);
        assert!(!watcher.has_changed().unwrap());
        watchers.push(watcher);
    }
    let after = Tip::of(&append_one(&log, &geneva, "next").await);
    append_one(&log, &talk("another"), "of no concern").await;
    for mut watcher in watchers {
        assert_eq!(*watcher.wait_for(|tip| tip.seq > before.seq).await.unwrap(), after);
        assert!(!watcher.has_changed().unwrap());
    }
}

/// As the mediator follows a talk for a seat: waits for the tip, reads on from its cursor.
async fn a_follower_by_tip_and_cursor_misses_nothing(log: Arc<dyn Log>) {
    const ENTRIES: u64 = 200;
    let geneva = talk("geneva");
    let follow = |log: Arc<dyn Log>, page| {
        let geneva = geneva.clone();
        tokio::spawn(async move {
            let mut watcher = log.watch(&geneva).await.unwrap();
            let mut chain = Chain::new(geneva.clone());
            while chain.tip().seq < ENTRIES {
                let known = chain.tip().seq;
                let seen = *watcher.wait_for(|tip| tip.seq > known).await.unwrap();
                let entries = log.read(&geneva, known, page).await.unwrap();
                assert!(!entries.is_empty(), "saw {seen:?}, but cannot read after {known}");
                for entry in entries {
                    chain.accept(&entry).unwrap();
                }
            }
            chain.tip()
        })
    };
    let followers = [1, 3, 64, 1000].map(|entries| follow(log.clone(), Page { entries, ..ALL }));
    let tip = fill(&log, &geneva, ENTRIES).await;
    for follower in followers {
        assert_eq!(follower.await.unwrap(), tip);
    }
}
