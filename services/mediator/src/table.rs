//! The talks of this mediator: convened, found, taken over after a restart.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use ambient::Clock;
use lru::LruCache;
use record::{AppendError, Draft, Entry, Log, Page, TalkId, Tip};
use scoring_server::Benches;
use sha2::{Digest as _, Sha256};
use telemetry::Instruments;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tonic::Code;
use transcript::{Transcript, TranscriptError};
use wire::{EntryKind, PublicTerms, Refused, encode_convened_by};

use crate::config::Limits;
use crate::shared::Shared;
use crate::story::{Story, place, stored};
use crate::task::{Ask, Task, fenced};

/// So many finished talks are kept at hand: reading one page of a long record must not replay it whole.
const FINISHED: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not zero");

/// A talk, and the way to its task while it is not over.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: Option<mpsc::Sender<Ask>>,
}

impl Handle {
    /// Refuses a talk that is not over and that this mediator does not hold: nothing would ever come
    /// of waiting for it here.
    pub(crate) fn check_held(&self) -> Result<(), Refused> {
        if self.inbox.is_some() || self.shared.is_closed() { Ok(()) } else { Err(fenced()) }
    }

    /// Asks the talk's task and waits for its answer.
    pub(crate) async fn ask<T>(
        &self,
        ask: impl FnOnce(oneshot::Sender<Result<T, Refused>>) -> Ask,
    ) -> Result<T, Refused> {
        if self.shared.is_closed() {
            return Err(talks::Refusal::TalkClosed.into());
        }
        let inbox = self.inbox.as_ref().ok_or_else(fenced)?;
        let (reply, answer) = oneshot::channel();
        inbox.send(ask(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

pub(crate) struct Table {
    pub(crate) log: Arc<dyn Log>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) instruments: Arc<Instruments>,
    /// What offers do in public, by scenario.
    pub(crate) benches: Benches,
    /// Cancelled when the record takes no more entries: reads go on, and health says so.
    pub(crate) poisoned: CancellationToken,
    live: Mutex<BTreeMap<TalkId, Handle>>,
    /// Talks that are over and were asked for lately: nothing about them changes any more.
    finished: Mutex<LruCache<TalkId, Handle>>,
    /// Counts talks as they are seated, so that who waits for one looks again.
    seated: watch::Sender<u64>,
}

impl Table {
    pub(crate) fn new(log: Arc<dyn Log>, clock: Arc<dyn Clock>, limits: Limits, benches: Benches) -> Self {
        let instruments = Arc::new(Instruments::new());
        let (poisoned, seated) = (CancellationToken::new(), watch::Sender::new(0));
        let finished = Mutex::new(LruCache::new(FINISHED));
        Self { log, clock, limits, instruments, benches, poisoned, live: Mutex::default(), finished, seated }
    }

    /// Convenes a talk under a name made from the request's id, so that asking twice is harmless:
    /// the second append finds the first one's entry.
    pub(crate) async fn convene(
        self: &Arc<Self>,
        request_id: &str,
        terms: &PublicTerms,
        trace: Option<String>,
    ) -> Result<Handle, Refused> {
        let id = talk_of_request(request_id)?;
        if let Some(handle) = self.live(&id) {
            return same_terms(handle, terms);
        }
        if self.lock().len() >= self.limits.live_talks {
            let message =
                format!("{} talks are in session, the most this mediator takes", self.limits.live_talks);
            return Err(Refused::new(Code::ResourceExhausted, "TOO_MANY_TALKS", message));
        }
        let (caller, time_us) = (place(trace.as_deref()), self.clock.now_us());
        let (kind, payload) = encode_convened_by(id.as_str(), terms, stored(&caller).as_deref());
        let talk_span = Story::begin_talk(id.as_str(), terms, &caller, time_us);
        let trace = stored(&talk_span.context());
        let draft = Draft { epoch: 1, time_us, kind: kind as u16, payload, signatures: Vec::new(), trace };
        match self.log.append(&id, Tip::genesis(&id), vec![draft]).await {
            Ok(entries) => {
                talk_span.end();
                let transcript = Transcript::replay(&id, &entries).map_err(|e| broken(&e))?;
                Ok(self.seat(transcript))
            }
            Err(AppendError::Conflict { .. } | AppendError::Fenced { .. }) => {
                let found = self.find(id.as_str()).await?;
                found.check_held()?;
                same_terms(found, terms)
            }
            Err(error) => {
                note_poisoned(&self.poisoned, &error);
                Err(error.into())
            }
        }
    }

    /// A talk by name, in session or over.
    pub(crate) async fn find(&self, name: &str) -> Result<Handle, Refused> {
        let id = TalkId::new(name).map_err(|_| Refused::no_such_talk(name))?;
        if let Some(handle) = self.live(&id) {
            return Ok(handle);
        }
        if let Some(handle) = self.finished().get(&id) {
            return Ok(handle.clone());
        }
        let transcript = self.replay(&id, |_, _| {}).await?;
        let handle = Handle { shared: Arc::new(Shared::new(transcript)), inbox: None };
        if handle.shared.is_closed() {
            self.finished().put(id, handle.clone());
        }
        Ok(handle)
    }

    /// The unfinished talks, in order of name.
    pub(crate) fn unfinished(&self) -> Vec<Handle> {
        self.lock().values().cloned().collect()
    }

    /// Changes whenever a talk is seated.
    pub(crate) fn follow_seated(&self) -> watch::Receiver<u64> {
        self.seated.subscribe()
    }

    /// The talk as its record tells it; `note` hears of every entry once it is taken.
    pub(crate) async fn replay(
        &self,
        id: &TalkId,
        mut note: impl FnMut(&Entry, &Transcript),
    ) -> Result<Transcript, Refused> {
        let mut entries = self.log.read(id, 0, Page::default()).await?;
        let Some(first) = entries.first() else { return Err(Refused::no_such_talk(id.as_str())) };
        let mut transcript = Transcript::open(id, first).map_err(|e| broken(&e))?;
        note(first, &transcript);
        entries.remove(0);
        loop {
            for entry in &entries {
                transcript.accept(entry).map_err(|e| broken(&e))?;
                note(entry, &transcript);
            }
            entries = self.log.read(id, transcript.tip().seq, Page::default()).await?;
            if entries.is_empty() {
                return Ok(transcript);
            }
        }
    }

    /// Starts a talk's task. Two requests for one talk can both get here; the first one counts.
    pub(crate) fn seat(self: &Arc<Self>, transcript: Transcript) -> Handle {
        let id = transcript.id().clone();
        let mut live = self.lock();
        if let Some(handle) = live.get(&id) {
            return handle.clone();
        }
        let shared = Arc::new(Shared::new(transcript));
        let (inbox, asks) = mpsc::channel(64);
        let handle = Handle { shared: shared.clone(), inbox: Some(inbox) };
        live.insert(id.clone(), handle.clone());
        drop(live);
        let task = Task::new(self, shared);
        self.instruments.talk_opened();
        // The talk ends with its table: nobody could ask it any more.
        let (table, instruments) = (Arc::downgrade(self), self.instruments.clone());
        tokio::spawn(async move {
            task.run(asks).await;
            instruments.talk_closed();
            if let Some(table) = table.upgrade() {
                table.lock().remove(&id);
            }
        });
        self.seated.send_modify(|count| *count += 1);
        handle
    }

    fn live(&self, id: &TalkId) -> Option<Handle> {
        self.lock().get(id).cloned()
    }

    fn finished(&self) -> std::sync::MutexGuard<'_, LruCache<TalkId, Handle>> {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<TalkId, Handle>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A record that takes no more entries needs a new process: health tells whoever watches it.
pub(crate) fn note_poisoned(poisoned: &CancellationToken, error: &AppendError) {
    if matches!(error, AppendError::Unavailable(_)) && !poisoned.is_cancelled() {
        tracing::error!(%error, "no talk can go on until this mediator is started again");
        poisoned.cancel();
    }
}

fn talk_of_request(request_id: &str) -> Result<TalkId, Refused> {
    let length = request_id.chars().count();
    if length == 0 || length > 128 || request_id.chars().any(char::is_control) {
        let message = "request_id is not valid: expected 1 to 128 printable characters";
        return Err(Refused::new(Code::InvalidArgument, "MALFORMED", message).at("request_id"));
    }
    let digest = Sha256::digest(request_id);
    let name: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    TalkId::new(&format!("talk-{name}")).map_err(|e| Refused::new(Code::Internal, "MALFORMED", e.to_string()))
}

fn same_terms(handle: Handle, terms: &PublicTerms) -> Result<Handle, Refused> {
    let same = handle.shared.look(|t| wire::encode_terms(t.public()) == wire::encode_terms(terms));
    if same {
        return Ok(handle);
    }
    let message = "request_id was used for other terms: choose a new one";
    Err(Refused::new(Code::AlreadyExists, "REQUEST_ID_REUSED", message).with("talk", handle.shared.id()))
}

pub(crate) fn broken(error: &TranscriptError) -> Refused {
    tracing::error!(%error, "the record breaks the rules");
    Refused::new(Code::DataLoss, "RECORD_BROKEN", error.to_string())
}

/// Whether an entry is a talk's last.
pub(crate) fn is_last(entry: &Entry) -> bool {
    i32::from(entry.kind) == EntryKind::Closed as i32
}

/// The talk's task ended under us: it is closed, or the mediator is.
pub(crate) fn gone() -> Refused {
    let wait = std::time::Duration::from_millis(200);
    Refused::unavailable("TALK_GONE", "the talk's task has ended: ask again").retry_after(wait)
}
