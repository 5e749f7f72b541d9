//! One talk, one task. It owns the state machine's pen: it decides, makes the entry durable, and
//! only then lets anybody see it. One undurable decision at a time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ambient::Clock;
use bytes::Bytes;
use record::{AppendError, Draft, Log, Page, Signature};
use talks::{Command, Decision, Event, Phase, Time};
use tariff::PartyId;
use telemetry::Instruments;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tracing::Span;
use wire::pb::mediation::v1 as pb;
use wire::{Refused, decode_move, encode_event};

use crate::gap::Gap;
use crate::shared::Shared;
use crate::story::Story;
use crate::table::{Table, broken, note_poisoned};

/// A move on its way into the record: who hands it in, and its exact bytes.
#[derive(Debug)]
pub(crate) struct Handed {
    pub(crate) party: PartyId,
    pub(crate) client_seq: u64,
    pub(crate) payload: Bytes,
    pub(crate) signatures: Vec<Signature>,
    pub(crate) trace: Option<String>,
}

/// What a talk's task can be asked.
#[derive(Debug)]
pub(crate) enum Ask {
    Submit(Handed, oneshot::Sender<Result<pb::Ack, Refused>>),
    /// Takes a seat; the token ends the stream that held it before.
    Attend(PartyId, CancellationToken),
    /// Leaves a seat, if it is still held under this token.
    Leave(PartyId, CancellationToken),
    Adjourn(String, oneshot::Sender<Result<(), Refused>>),
    Reconvene(oneshot::Sender<Result<(), Refused>>),
}

pub(crate) struct Task {
    pub(crate) shared: Arc<Shared>,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) story: Story,
    pub(crate) instruments: Arc<Instruments>,
    pub(crate) gap: Gap,
    /// Cancelled when the record takes no more entries.
    pub(crate) poisoned: CancellationToken,
    pub(crate) seats: BTreeMap<PartyId, CancellationToken>,
    /// Set after an append that may or may not have happened: the record is read again first.
    pub(crate) doubtful: bool,
    /// Set when another mediator has the talk: this one has no more say in it.
    pub(crate) fenced: bool,
}

impl Task {
    pub(crate) fn new(table: &Table, shared: Arc<Shared>) -> Self {
        let story = shared.look(Story::resume);
        let gap = shared.look(|transcript| Gap::resume(&table.benches, transcript));
        let (log, clock, instruments) = (table.log.clone(), table.clock.clone(), table.instruments.clone());
        Self {
            shared,
            log,
            clock,
            story,
            instruments,
            gap,
            poisoned: table.poisoned.clone(),
            seats: BTreeMap::new(),
            doubtful: false,
            fenced: false,
        }
    }

    /// Serves the talk until it is closed, or nobody can ask any more, or another mediator has it.
    pub(crate) async fn run(mut self, mut inbox: mpsc::Receiver<Ask>) {
        while !self.is_done() {
            let wakeup = self.shared.look(|t| t.talk().next_wakeup());
            let asked = tokio::select! {
                ask = inbox.recv() => ask,
                () = self.sleep_until(wakeup) => {
                    if let Err(refused) = self.tick().await {
                        tracing::warn!(reason = refused.reason, "tick refused: {}", refused.message);
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                    continue;
                }
            };
            let Some(ask) = asked else { return };
            self.answer(ask).await;
        }
    }

    /// A closed talk waits until its seats have read the end; a fenced one for nobody.
    fn is_done(&self) -> bool {
        self.fenced || (self.shared.is_closed() && self.seats.is_empty())
    }

    async fn sleep_until(&self, wakeup: Option<Time>) {
        match wakeup {
            Some(time) => {
                let wait = time.0.saturating_sub(self.clock.now_us()).max(0).unsigned_abs();
                tokio::time::sleep(Duration::from_micros(wait)).await;
            }
            None => std::future::pending().await,
        }
    }

    async fn answer(&mut self, ask: Ask) {
        // A receiver that is gone no longer wants the answer; what was decided stands all the same.
        match ask {
            Ask::Submit(handed, reply) => {
                drop(reply.send(self.submit(handed).await));
                // After the answer: nobody waits for a figure.
                self.gap.tell(&self.instruments);
            }
            Ask::Adjourn(reason, reply) => drop(reply.send(self.step(&Command::Adjourn, &reason).await)),
            Ask::Reconvene(reply) => drop(reply.send(self.step(&Command::Reconvene, "").await)),
            Ask::Attend(party, token) => self.attend(party, token).await,
            Ask::Leave(party, token) => self.leave(&party, &token),
        }
    }

    /// From the bytes of a move to its durable entry: decide, persist, publish.
    async fn submit(&mut self, handed: Handed) -> Result<pb::Ack, Refused> {
        let ticked = self.tick().await;
        ticked.inspect_err(|refused| note_at_the_door(&self.shared, &handed.party, refused))?;
        let span = self.story.decide_span(&handed);
        let submitted = self.submit_within(handed, &span).await;
        submitted.inspect_err(|refused| Story::note_refusal(&span, refused))
    }

    async fn submit_within(&mut self, handed: Handed, span: &Span) -> Result<pb::Ack, Refused> {
        let decision = span.in_scope(|| decide_move(&self.shared, &handed, self.now()));
        let events = match decision? {
            Decision::Append(events) => events,
            Decision::Duplicate { entry } => {
                return Ok(pb::Ack { client_seq: handed.client_seq, entry_seq: entry.0, duplicate: true });
            }
        };
        let client_seq = handed.client_seq;
        let act = act_of(&events);
        self.shared.look(|transcript| Story::note_move(span, act, &events, transcript));
        let first = self.persist(&events, "", Some(handed), span).await?;
        self.instruments.moved(act);
        self.gap.heard(&events);
        Ok(pb::Ack { client_seq, entry_seq: first, duplicate: false })
    }

    async fn step(&mut self, command: &Command, note: &str) -> Result<(), Refused> {
        self.tick().await?;
        self.command(command, note).await
    }

    async fn tick(&mut self) -> Result<(), Refused> {
        if self.doubtful {
            self.read_again().await?;
        }
        let now = self.now();
        while self.shared.look(|t| t.talk().next_wakeup()).is_some_and(|due| due <= now) {
            let before = self.shared.look(transcript::Transcript::tip);
            self.command(&Command::Tick, "").await?;
            if before == self.shared.look(transcript::Transcript::tip) {
                break;
            }
        }
        Ok(())
    }

    async fn command(&mut self, command: &Command, note: &str) -> Result<(), Refused> {
        let now = self.now();
        let Decision::Append(events) = self.shared.look(|t| t.talk().decide(now, command))? else {
            return Ok(());
        };
        if !events.is_empty() {
            let span = self.story.step_span();
            let persisted = self.persist(&events, note, None, &span).await;
            persisted.inspect_err(|refused| Story::note_failure(&span, refused))?;
        }
        Ok(())
    }

    /// Makes events durable and shows them; returns the first one's sequence. Spans are held open
    /// and not entered over the wait: a task that is polled often would pay for it each time.
    async fn persist(
        &mut self,
        events: &[Event],
        note: &str,
        handed: Option<Handed>,
        within: &Span,
    ) -> Result<u64, Refused> {
        let (tip, id) = self.shared.look(|t| (t.tip(), t.id().clone()));
        let drafts = self.drafts(events, note, handed);
        let persisting = Story::persist_span(within, drafts.len());
        let began = Instant::now();
        let appended = self.log.append(&id, tip, drafts).await;
        drop(persisting);
        let entries = appended.map_err(|error| {
            self.doubtful = true;
            within.in_scope(|| self.failed(error))
        })?;
        self.instruments.persisted(began.elapsed());
        let first = entries.first().map_or(0, |e| e.seq);
        self.story.entries_are_durable();
        Story::note_events(within, events);
        let missed = events.iter().filter(|event| matches!(event, Event::TurnMissed { .. }));
        missed.for_each(|_| self.instruments.turn_missed());
        let _delivering = Story::deliver_span(within, first, self.seats.len());
        self.shared.publish(entries, events).map_err(|e| within.in_scope(|| broken(&e)))?;
        Ok(first)
    }

    fn drafts(&mut self, events: &[Event], note: &str, mut handed: Option<Handed>) -> Vec<Draft> {
        let time_us = self.now().0.max(self.shared.look(|t| t.talk().tip().time.0));
        let mut epoch = self.shared.look(|t| t.talk().epoch());
        let mut drafts = Vec::with_capacity(events.len());
        let ends = events.iter().any(|event| matches!(event, Event::Closed(_)));
        for event in events {
            if let Event::EpochTaken { epoch: taken } = event {
                epoch = *taken;
            }
            let (kind, mut payload) = encode_event(event, note);
            let mut signatures = Vec::new();
            if matches!(event, Event::Moved(_))
                && let Some(handed) = handed.take()
            {
                (payload, signatures) = (handed.payload, handed.signatures);
            }
            let story = &mut self.story;
            let trace = self.shared.look(|t| story.context_after(event, ends, time_us, t));
            drafts.push(Draft { epoch, time_us, kind: kind as u16, payload, signatures, trace });
        }
        drafts
    }

    /// After an append of unknown fate: whatever is in the record counts.
    async fn read_again(&mut self) -> Result<(), Refused> {
        let (tip, id) = self.shared.look(|t| (t.tip(), t.id().clone()));
        let entries = self.log.read(&id, tip.seq, Page::default()).await?;
        if entries.iter().any(|entry| entry.epoch > tip.epoch) {
            self.give_up();
            return Err(fenced());
        }
        self.story.read_again(&entries);
        self.shared.publish(entries, &[]).map_err(|e| broken(&e))?;
        self.shared.look(|transcript| self.gap.read_again(transcript));
        self.doubtful = false;
        Ok(())
    }

    fn failed(&mut self, error: AppendError) -> Refused {
        tracing::error!(%error, "append failed");
        if matches!(error, AppendError::Fenced { .. } | AppendError::Conflict { .. }) {
            self.give_up();
        }
        note_poisoned(&self.poisoned, &error);
        error.into()
    }

    fn give_up(&mut self) {
        self.fenced = true;
        self.story.note_fenced();
        self.seats.values().for_each(CancellationToken::cancel);
    }

    async fn attend(&mut self, party: PartyId, token: CancellationToken) {
        if let Some(before) = self.seats.insert(party, token) {
            before.cancel();
        }
        self.show_attendance();
        let (phase, seats) =
            self.shared.look(|t| (t.talk().phase().clone(), t.talk().terms().parties().len()));
        if phase == Phase::Convened && self.seats.len() == seats {
            // The seats stay taken if this fails, and the next one that attends tries again.
            if let Err(refused) = self.step(&Command::Open, "").await {
                tracing::warn!(reason = refused.reason, "cannot open the talk: {}", refused.message);
            }
        }
    }

    fn leave(&mut self, party: &PartyId, token: &CancellationToken) {
        token.cancel();
        if self.seats.get(party).is_some_and(CancellationToken::is_cancelled) {
            self.seats.remove(party);
        }
        self.show_attendance();
    }

    fn show_attendance(&self) {
        self.shared.set_attending(self.seats.keys().map(ToString::to_string).collect());
    }

    fn now(&self) -> Time {
        Time(self.clock.now_us())
    }
}

/// The kind of a move, in one of few words.
fn act_of(events: &[Event]) -> &'static str {
    match events.first() {
        Some(Event::Moved(given)) => match given.act {
            talks::Act::Propose(_) => "propose",
            talks::Act::Accept { .. } => "accept",
            talks::Act::WalkAway => "walk-away",
        },
        _ => "none",
    }
}

/// What a move leads to. Changes nothing, so a talk that is over can be asked without its task.
pub(crate) fn decide_move(shared: &Shared, handed: &Handed, now: Time) -> Result<Decision, Refused> {
    shared.look(|transcript| {
        let agenda = transcript.talk().terms().agenda();
        let received = decode_move(&handed.payload, agenda, transcript.standing())?;
        check_envelope(handed, &received, transcript.id().as_str())?;
        Ok(transcript.talk().decide(now, &Command::Submit(received.submission))?)
    })
}

/// The answer to a move when the talk is over: the original one, or a refusal.
pub(crate) fn answer_after_the_end(shared: &Shared, handed: &Handed) -> Result<pb::Ack, Refused> {
    let answer = decide_move(shared, handed, Time(i64::MIN)).and_then(|decision| match decision {
        Decision::Duplicate { entry } => {
            Ok(pb::Ack { client_seq: handed.client_seq, entry_seq: entry.0, duplicate: true })
        }
        Decision::Append(_) => Err(fenced()),
    });
    answer.inspect_err(|refused| note_at_the_door(shared, &handed.party, refused))
}

/// A refusal of a submission for which no span was begun.
pub(crate) fn note_at_the_door(shared: &Shared, party: &PartyId, refused: &Refused) {
    shared.look(|transcript| Story::note_refused_at_the_door(transcript, party.as_str(), refused));
}

pub(crate) fn fenced() -> Refused {
    Refused::unavailable("FENCED", "this mediator does not hold the talk: attend where it is held now")
}

fn check_envelope(handed: &Handed, received: &wire::ReceivedMove, talk: &str) -> Result<(), Refused> {
    let given = &received.submission;
    if given.party != handed.party {
        let message = format!("the seat is that of {}, the move claims {}", handed.party, given.party);
        return Err(Refused::new(Code::PermissionDenied, "IMPERSONATION", message));
    }
    if received.talk != talk {
        let message = format!("the move is for talk {:?}, this is {talk}", received.talk);
        return Err(Refused::new(Code::InvalidArgument, "OTHER_TALK", message).at("move.talk"));
    }
    if given.client_seq != handed.client_seq {
        let message = "the payload's client_seq is not the envelope's: send the same in both";
        return Err(Refused::new(Code::InvalidArgument, "MALFORMED", message).at("move.client_seq"));
    }
    Ok(())
}
