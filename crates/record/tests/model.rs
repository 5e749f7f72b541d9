//! Any order of appends, reads and restarts, against the plainest model of a log.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::{ALL, draft, talk};
use detente_record::{AppendError, Chain, Draft, Entry, Log, MemoryLog, Page, SqliteLog, TalkId, Tip};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    /// Payload sizes; how far the expected tip lies behind; by how much the epoch changes.
    Append {
        talk: usize,
        sizes: Vec<usize>,
        behind: usize,
        epoch: i8,
    },
    Read {
        talk: usize,
        after: u64,
        entries: usize,
    },
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let sizes = proptest::collection::vec(0..40_usize, 0..4);
    let behind = prop_oneof![6 => Just(0_usize), 1 => 1..3_usize];
    let epoch = prop_oneof![6 => Just(0_i8), 1 => Just(-1_i8), 1 => Just(1_i8)];
    prop_oneof![
        6 => (0..3_usize, sizes, behind, epoch)
            .prop_map(|(talk, sizes, behind, epoch)| Step::Append { talk, sizes, behind, epoch }),
        3 => (0..3_usize, prop_oneof![9 => 0..12_u64, 1 => Just(u64::MAX)], 0..6_usize)
            .prop_map(|(talk, after, entries)| Step::Read { talk, after, entries }),
        1 => Just(Step::Restart),
    ]
}

#[derive(Default)]
struct Model(BTreeMap<TalkId, Vec<Entry>>);

impl Model {
    fn tip(&self, talk: &TalkId, behind: usize) -> Tip {
        let entries = self.0.get(talk).map_or(&[][..], Vec::as_slice);
        let length = entries.len().saturating_sub(behind);
        entries[..length].last().map_or(Tip::genesis(talk), Tip::of)
    }

    fn append(
        &mut self,
        talk: &TalkId,
        expected: Tip,
        drafts: Vec<Draft>,
    ) -> Result<Vec<Entry>, AppendError> {
        let (talk, actual) = (talk.clone(), self.tip(talk, 0));
        let given = drafts.first().map_or(expected.epoch, |d| d.epoch);
        if given < actual.epoch {
            return Err(AppendError::Fenced { talk, given, actual });
        }
        if expected != actual {
            return Err(AppendError::Conflict { talk, expected, actual });
        }
        let mut chain = Chain::resume(talk.clone(), actual);
        let entries: Vec<_> = drafts
            .into_iter()
            .map(|draft| {
                let entry = Entry::after(chain.tip(), draft);
                chain.accept(&entry).unwrap();
                entry
            })
            .collect();
        if !entries.is_empty() {
            self.0.entry(talk).or_default().extend_from_slice(&entries);
        }
        Ok(entries)
    }

    fn read(&self, talk: &TalkId, after: u64, entries: usize) -> Vec<Entry> {
        let stored = self.0.get(talk).map_or(&[][..], Vec::as_slice);
        stored.iter().filter(|e| e.seq > after).take(entries).cloned().collect()
    }
}

async fn run(steps: Vec<Step>, mut log: Arc<dyn Log>, restart: impl Fn(Arc<dyn Log>) -> Arc<dyn Log>) {
    let names = ["geneva", "london", "madrid"].map(talk);
    let mut model = Model::default();
    // Watching keeps a talk's last entries at hand: one of the three is read that way.
    let mut _watcher = log.watch(&names[0]).await.unwrap();
    for step in steps {
        match step {
            Step::Append { talk, sizes, behind, epoch } => {
                let (name, expected) = (&names[talk], model.tip(&names[talk], behind));
                let epoch = expected.epoch.saturating_add_signed(epoch.into());
                let drafts: Vec<_> = sizes.iter().map(|size| draft(epoch, vec![b'x'; *size])).collect();
                let answer = log.append(name, expected, drafts.clone()).await;
                assert_eq!(answer, model.append(name, expected, drafts));
            }
            Step::Read { talk, after, entries } => {
                let page = Page { entries, bytes: usize::MAX };
                let read = log.read(&names[talk], after, page).await.unwrap();
                assert_eq!(read, model.read(&names[talk], after, entries));
            }
            Step::Restart => {
                log = restart(log);
                _watcher = log.watch(&names[0]).await.unwrap();
            }
        }
    }
    for name in &names {
        assert_eq!(log.verify(name).await.unwrap(), model.tip(name, 0));
        assert_eq!(log.read(name, 0, ALL).await.unwrap(), model.read(name, 0, usize::MAX));
        assert_eq!(log.watch(name).await.unwrap().borrow().seq, model.tip(name, 0).seq);
    }
}

fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A crash here loses nothing: every append was answered before it.
    #[test]
    fn the_memory_log_is_the_model(steps in proptest::collection::vec(step(), 1..40)) {
        let log = Arc::new(MemoryLog::new());
        let current = std::cell::RefCell::new(log.clone());
        block_on(run(steps, log, |_| {
            let reopened = Arc::new(current.borrow().crash());
            *current.borrow_mut() = reopened.clone();
            reopened
        }));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_sqlite_log_is_the_model(steps in proptest::collection::vec(step(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.detente");
        block_on(run(steps, Arc::new(SqliteLog::open(&path).unwrap()), |old| {
            drop(old);
            Arc::new(SqliteLog::open(&path).unwrap())
        }));
    }
}
