use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

use super::{rows, schema, signatures};
use crate::drafts::Placed;
use crate::tips::Tips;
use crate::{AppendError, Entry, Hash, ReadError, TalkId, Tip};

/// At most so many appends, and so many bytes, share one commit: beyond that the sync no longer
/// weighs, and waiting does.
const GROUP_APPENDS: usize = 1024;
const GROUP_BYTES: usize = 8 * 1024 * 1024;
/// So many talks' tips are remembered; then all are forgotten, and looked up again as needed.
const KNOWN_TALKS: usize = 65_536;

/// Whether an append is part of its group's commit.
type Verdict = Result<(), AppendError>;
pub(super) type Answer = Result<Vec<Entry>, AppendError>;

/// One append on its way to the disk.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) talk: TalkId,
    pub(super) placed: Placed,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// The one thread that writes: takes every append that waits, puts them into one transaction, and
/// answers each once that is on disk (group commit).
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) queue: mpsc::Receiver<Request>,
    pub(super) tips: Arc<Tips>,
    /// Why nothing can be written any more, once that is so.
    pub(super) poisoned: Arc<OnceLock<String>>,
    pub(super) known: HashMap<TalkId, (i64, Tip)>,
    /// Dropped last, when the connection is closed.
    pub(super) lock: schema::WriteLock,
}

/// What SQLite says when nothing more can be written.
struct Fatal(String);

impl From<rusqlite::Error> for Fatal {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl Writer {
    pub(super) fn run(mut self) {
        while let Some(first) = self.queue.blocking_recv() {
            let group = self.gather(first);
            self.commit(group);
        }
        let Self { conn, lock, .. } = self;
        // Closing copies the write-ahead log into the file; an error leaves that to the next opening.
        conn.close().ok();
        drop(lock);
    }

    fn gather(&mut self, first: Request) -> Vec<Request> {
        let mut bytes = first.placed.weight();
        let mut group = vec![first];
        while group.len() < GROUP_APPENDS && bytes < GROUP_BYTES {
            let Ok(next) = self.queue.try_recv() else { break };
            bytes += next.placed.weight();
            group.push(next);
        }
        group
    }

    fn commit(&mut self, group: Vec<Request>) {
        if self.poisoned.get().is_none() {
            match self.transact(&group) {
                Ok(verdicts) => return self.answer(group, verdicts),
                Err(error) => self.poison(error),
            }
        }
        for request in group {
            let why = self.poisoned.get().cloned().unwrap_or_default();
            request.answer.send(Err(AppendError::Unavailable(why))).ok();
        }
    }

    /// Writes a whole group and syncs it. An error means that nobody knows what is on disk: the
    /// system may report a failed sync once and forget the pages, so that trying again would lie.
    fn transact(&mut self, group: &[Request]) -> Result<Vec<Verdict>, Fatal> {
        // SQLite commits no transaction in which it has met a bad page: damage has to be met before.
        let looked_up = self.look_up(group)?;
        self.conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut verdicts = Vec::with_capacity(group.len());
        for (request, sound) in group.iter().zip(looked_up) {
            verdicts.push(match sound {
                Ok(()) => self.stage(request)?,
                damaged => damaged,
            });
        }
        self.conn.prepare_cached("COMMIT")?.execute([])?;
        Ok(verdicts)
    }

    /// Makes the tips of a group's talks known; a talk that is not known then is a new one.
    fn look_up(&mut self, group: &[Request]) -> Result<Vec<Verdict>, Fatal> {
        if self.known.len() + group.len() > KNOWN_TALKS {
            self.known.clear();
        }
        group.iter().map(|request| self.look_up_talk(&request.talk)).collect()
    }

    fn look_up_talk(&mut self, talk: &TalkId) -> Result<Verdict, Fatal> {
        if self.known.contains_key(talk) {
            return Ok(Ok(()));
        }
        match rows::find(&self.conn, talk) {
            Ok(found) => {
                self.known.extend(found.map(|place| (talk.clone(), place)));
                Ok(Ok(()))
            }
            Err(ReadError::Broken(damage)) => Ok(Err(damage.into())),
            Err(ReadError::Unavailable(what)) => Err(Fatal(what)),
        }
    }

    fn stage(&mut self, request: &Request) -> Result<Verdict, Fatal> {
        let Request { talk, placed, .. } = request;
        let known = self.known.get(talk).copied();
        let tip = known.map_or_else(|| Tip::genesis(talk), |(_, tip)| tip);
        let verdict = placed.admit(talk, tip);
        if verdict.is_err() || placed.entries.is_empty() {
            return Ok(verdict);
        }
        let row = match known {
            Some((row, _)) => row,
            None => self.conn.prepare_cached(rows::INSERT_TALK)?.insert([talk.as_str()])?,
        };
        for (entry, hash) in placed.entries.iter().zip(&placed.hashes) {
            insert(&self.conn, row, entry, hash)?;
        }
        self.known.insert(talk.clone(), (row, placed.tip));
        Ok(Ok(()))
    }

    fn answer(&self, group: Vec<Request>, verdicts: Vec<Verdict>) {
        for (request, verdict) in group.into_iter().zip(verdicts) {
            let Request { talk, placed, answer } = request;
            if verdict.is_ok() {
                self.tips.publish(&talk, &placed.entries, placed.tip);
            }
            // Whoever gave up waiting finds the entries when reading.
            answer.send(verdict.map(|()| placed.entries)).ok();
        }
    }

    fn poison(&mut self, Fatal(error): Fatal) {
        let path = self.conn.path().unwrap_or("the record");
        let why = format!("{path}: {error}; make room or repair the disk, then open the record again");
        self.poisoned.set(why).ok();
        self.known.clear();
        // SQLite may have rolled back by itself; then this fails, and nothing is lost.
        self.conn.execute_batch("ROLLBACK").ok();
    }
}

fn insert(conn: &Connection, row: i64, entry: &Entry, hash: &Hash) -> rusqlite::Result<()> {
    let signed = |n: u64| i64::try_from(n).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()));
    conn.prepare_cached(rows::INSERT)?.execute(params![
        row,
        signed(entry.seq)?,
        signed(entry.epoch)?,
        entry.time_us,
        entry.kind,
        entry.prev_hash.as_bytes(),
        hash.as_bytes(),
        entry.trace,
        signatures::encode(&entry.signatures),
        &entry.payload[..],
    ])?;
    Ok(())
}
