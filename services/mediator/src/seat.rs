//! A seat's stream. It is one state machine polled by the connection: messages up become asks of
//! the talk's task, durable entries go down in order, each once, as credit allows.

use std::collections::VecDeque;
use std::sync::Arc;

use record::{Page, Tip};
use tariff::PartyId;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, Streaming};
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::{attend_request::Message as Up, attend_response::Message as Down};
use wire::{Refused, entry_to_response, signatures_from_pb, trace_from_pb};

use crate::admission::{admit, first};
use crate::story::Story;
use crate::table::{Handle, Table, gone, is_last};
use crate::task::{Ask, Handed, answer_after_the_end, fenced, note_at_the_door};

/// Room for entries when Hello does not say.
const DEFAULT_CREDIT: u32 = 256;
/// No seat's credit grows past this.
const MOST_CREDIT: u32 = 65_536;

type Answer = Result<pb::Ack, Refused>;

/// A seat that has been taken.
pub(crate) struct Seat {
    table: Arc<Table>,
    handle: Handle,
    talk: String,
    party: PartyId,
    token: CancellationToken,
    drain: CancellationToken,
    incoming: Streaming<pb::AttendRequest>,
    tip: watch::Receiver<Tip>,
    /// The last entry sent.
    sent: u64,
    credit: u32,
    /// Since when entries wait without credit.
    starved: Option<Instant>,
    /// When the seat was taken: what was durable before is no news to deliver in time.
    taken: std::time::Instant,
    pending: Option<(u64, oneshot::Receiver<Answer>)>,
    outbox: VecDeque<pb::AttendResponse>,
    heartbeat: Interval,
    ending: Option<Result<(), Status>>,
}

impl Seat {
    /// Waits for Hello and takes the seat.
    pub(crate) async fn claim(
        table: Arc<Table>,
        drain: CancellationToken,
        mut incoming: Streaming<pb::AttendRequest>,
    ) -> Result<Self, Status> {
        let (talk, hello) = first(table.limits.hello, &mut incoming).await?;
        let counted = |refused: &Refused| table.instruments.refused(refused.reason);
        let (handle, party) = admit(&table, &talk, &hello).await.inspect_err(counted)?;
        handle.shared.look(|transcript| {
            if hello.after_seq > 0 || *transcript.talk().phase() != talks::Phase::Convened {
                Story::note_resumed(transcript, party.as_str(), hello.after_seq);
                table.instruments.seat_resumed();
            }
        });
        let token = CancellationToken::new();
        if let Some(inbox) = &handle.inbox {
            // A task that is gone has closed the talk; the seat then reads the record to its end.
            let _ = inbox.send(Ask::Attend(party.clone(), token.clone())).await;
        }
        let mut heartbeat = tokio::time::interval(table.limits.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.reset();
        let credit = if hello.credit == 0 { DEFAULT_CREDIT } else { hello.credit.min(MOST_CREDIT) };
        table.instruments.seat_taken();
        table.instruments.credited(credit);
        let tip = handle.shared.follow();
        let mut seat = Self {
            table,
            handle,
            talk,
            party,
            token,
            drain,
            incoming,
            tip,
            sent: hello.after_seq,
            credit,
            starved: None,
            taken: std::time::Instant::now(),
            pending: None,
            outbox: VecDeque::new(),
            heartbeat,
            ending: None,
        };
        seat.welcome();
        Ok(seat)
    }

    /// The next message down; nothing after the end.
    pub(crate) async fn next(&mut self) -> Option<Result<pb::AttendResponse, Status>> {
        loop {
            if let Some(message) = self.outbox.pop_front() {
                return Some(Ok(message));
            }
            match self.ending.take() {
                Some(Ok(())) => {
                    self.ending = Some(Ok(()));
                    return None;
                }
                Some(Err(status)) => {
                    self.ending = Some(Ok(()));
                    return Some(Err(status));
                }
                None => {}
            }
            if let Err(refused) = self.deliver().await {
                self.refuse_stream(refused);
            } else if self.outbox.is_empty() && self.ending.is_none() {
                self.wait().await;
            }
        }
    }

    fn welcome(&mut self) {
        let (tip, client_seq) =
            self.handle.shared.look(|t| (t.tip(), t.talk().last_client_seq(&self.party).unwrap_or(0)));
        let heartbeat_ms = u32::try_from(self.table.limits.heartbeat.as_millis()).unwrap_or(u32::MAX);
        self.say(Down::Welcome(pb::Welcome { tip_seq: tip.seq, client_seq, heartbeat_ms }));
    }

    /// Puts what the seat has credit for and not yet seen into the outbox.
    async fn deliver(&mut self) -> Result<(), Refused> {
        let tip = self.tip.borrow_and_update().seq;
        if self.sent >= tip || self.credit == 0 {
            self.stall(self.sent < tip);
            return Ok(());
        }
        self.stall(false);
        let page = Page { entries: self.credit.min(64) as usize, ..Page::default() };
        let entries = self.handle.shared.entries(&*self.table.log, self.sent, page).await?;
        for entry in entries {
            self.sent = entry.seq;
            self.credit -= 1;
            self.note_delivery(entry.seq);
            self.outbox.push_back(entry_to_response(&self.talk, &entry));
            if is_last(&entry) {
                // The move that brought the end about has its answer on the way: it comes before Bye.
                if self.pending.is_some() {
                    let answer = answered(&mut self.pending).await;
                    self.answer(answer);
                }
                self.bye("the talk is closed");
            }
        }
        Ok(())
    }

    /// Notes whether entries wait for credit, and since when.
    fn stall(&mut self, stalled: bool) {
        match (stalled, self.starved) {
            (true, None) => {
                self.starved = Some(Instant::now());
                self.table.instruments.seat_stalled();
            }
            (false, Some(_)) => {
                self.starved = None;
                self.table.instruments.seat_goes_on();
            }
            _ => {}
        }
    }

    /// Counts how long an entry was on its way, unless it is from before the seat was taken.
    fn note_delivery(&self, seq: u64) {
        if let Some(since) = self.handle.shared.durable_since(seq).filter(|since| *since >= self.taken) {
            self.table.instruments.delivered(since.elapsed());
        }
    }

    /// Waits for whatever comes next and takes it in.
    async fn wait(&mut self) {
        let slow_after = self.starved.map(|since| since + self.table.limits.slow_consumer);
        tokio::select! {
            biased;
            () = self.token.cancelled() => self.superseded(),
            answer = answered(&mut self.pending) => self.answer(answer),
            message = self.incoming.message() => self.take(message).await,
            changed = self.tip.changed() => {
                if changed.is_err() {
                    self.ending = Some(Ok(()));
                }
            }
            () = self.drain.cancelled(), if self.pending.is_none() => self.go_away(),
            () = at(slow_after) => self.too_slow(),
            _ = self.heartbeat.tick() => self.beat(),
        }
    }

    /// A seat that came back after the last entry may still ask; it is not kept waiting for more.
    fn beat(&mut self) {
        let tip = self.tip.borrow().seq;
        if self.sent >= tip && self.pending.is_none() && self.handle.shared.is_closed() {
            self.bye("the talk is closed");
        } else {
            self.say(Down::Heartbeat(pb::Heartbeat {}));
        }
    }

    async fn take(&mut self, message: Result<Option<pb::AttendRequest>, Status>) {
        let envelope = match message {
            Ok(Some(envelope)) => envelope,
            Ok(None) => return self.ending = Some(Ok(())),
            Err(status) => return self.ending = Some(Err(status)),
        };
        if !envelope.talk.is_empty() && envelope.talk != self.talk {
            let message = format!("this stream is for talk {}: open another one", self.talk);
            return self.refuse_stream(Refused::new(Code::InvalidArgument, "OTHER_TALK", message));
        }
        let epoch = self.handle.shared.look(|t| t.tip().epoch);
        if envelope.epoch > epoch {
            let message = format!("the seat has seen epoch {}, this mediator is in {epoch}", envelope.epoch);
            return self.refuse_stream(Refused::unavailable("FENCED", message));
        }
        match envelope.message {
            Some(Up::Submit(submit)) => self.submit(envelope.client_seq, envelope.trace, submit).await,
            Some(Up::Credit(more)) => self.replenish(more.entries),
            Some(Up::Heartbeat(_)) => {}
            Some(Up::Bye(_)) => self.part().await,
            Some(Up::Hello(_)) => {
                let message = "the seat is taken already: Hello is the first message only";
                self.refuse_stream(Refused::new(Code::FailedPrecondition, "NO_HELLO", message));
            }
            None => {
                let message = "the message is empty or from a later version of the contract";
                let refused = Refused::new(Code::InvalidArgument, "UNSUPPORTED_VERSION", message);
                self.reject(envelope.client_seq, &refused);
            }
        }
    }

    fn replenish(&mut self, entries: u32) {
        let credit = self.credit.saturating_add(entries).min(MOST_CREDIT);
        self.table.instruments.credited(credit - self.credit);
        self.credit = credit;
    }

    async fn submit(&mut self, client_seq: u64, trace: Option<pb::TraceContext>, submit: pb::Submit) {
        if self.drain.is_cancelled() {
            return self.turn_away(
                client_seq,
                &Refused::unavailable("DRAINING", "the mediator is going away: come back"),
            );
        }
        if self.pending.is_some() {
            let message = "an earlier submission is not answered yet: wait for its answer";
            let refused = Refused::new(Code::FailedPrecondition, "SUBMISSION_IN_FLIGHT", message);
            return self.turn_away(client_seq, &refused);
        }
        let handed = Handed {
            party: self.party.clone(),
            client_seq,
            payload: submit.payload,
            signatures: signatures_from_pb(&submit.signatures),
            trace: trace_from_pb(trace.as_ref()),
        };
        if self.handle.shared.is_closed() {
            return self.answer((client_seq, answer_after_the_end(&self.handle.shared, &handed)));
        }
        let Some(inbox) = &self.handle.inbox else { return self.turn_away(client_seq, &fenced()) };
        let (reply, answer) = oneshot::channel();
        match inbox.send(Ask::Submit(handed, reply)).await {
            Ok(()) => self.pending = Some((client_seq, answer)),
            Err(_) => self.turn_away(client_seq, &gone()),
        }
    }

    fn answer(&mut self, answer: (u64, Answer)) {
        match answer {
            (_, Ok(ack)) => self.say(Down::Ack(ack)),
            (_, Err(refused)) if refused.reason == "IMPERSONATION" => {
                tracing::warn!(party = %self.party, talk = %self.talk, "impersonation: {}", refused.message);
                self.refuse_stream(refused);
            }
            (client_seq, Err(refused)) => self.reject(client_seq, &refused),
        }
    }

    fn superseded(&mut self) {
        let message = "the seat was taken by a newer stream, or by another mediator";
        self.refuse_stream(Refused::new(Code::Aborted, "SEAT_SUPERSEDED", message));
    }

    fn too_slow(&mut self) {
        let message = "entries waited too long without credit: read faster, or grant more";
        self.refuse_stream(Refused::new(Code::ResourceExhausted, "SLOW_CONSUMER", message));
    }

    fn go_away(&mut self) {
        self.say(Down::Draining(pb::Draining { reconnect_after_ms: 500 }));
        self.bye("the mediator is going away");
    }

    /// Lets the seat go with what is known by now: one that leaves as its talk ends hears of the end.
    async fn part(&mut self) {
        match self.deliver().await {
            Err(refused) => self.refuse_stream(refused),
            Ok(()) if self.ending.is_none() => self.bye("as the seat wishes"),
            Ok(()) => {}
        }
    }

    fn bye(&mut self, reason: &str) {
        self.say(Down::Bye(pb::Bye { reason: reason.to_owned() }));
        self.ending = Some(Ok(()));
    }

    /// Refuses a submission that the talk's task never saw.
    fn turn_away(&mut self, client_seq: u64, refused: &Refused) {
        note_at_the_door(&self.handle.shared, &self.party, refused);
        self.reject(client_seq, refused);
    }

    fn reject(&mut self, client_seq: u64, refused: &Refused) {
        self.table.instruments.refused(refused.reason);
        self.say(Down::Rejected(pb::Rejected { client_seq, status: Some(refused.rpc_status()) }));
    }

    fn refuse_stream(&mut self, refused: Refused) {
        self.table.instruments.refused(refused.reason);
        self.ending = Some(Err(refused.into()));
    }

    fn say(&mut self, message: Down) {
        let (tip, trace) = self.handle.shared.look(|t| (t.tip(), t.latest_trace().map(str::to_owned)));
        self.outbox.push_back(pb::AttendResponse {
            talk: self.talk.clone(),
            epoch: tip.epoch,
            seq: tip.seq,
            prev_hash: bytes::Bytes::new(),
            mediator_time_us: self.table.clock.now_us(),
            trace: wire::trace_to_pb(trace.as_deref()),
            message: Some(message),
        });
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.stall(false);
        self.table.instruments.seat_left();
        if let Some(inbox) = self.handle.inbox.clone() {
            let leave = Ask::Leave(self.party.clone(), self.token.clone());
            if let Err(tokio::sync::mpsc::error::TrySendError::Full(leave)) = inbox.try_send(leave) {
                tokio::spawn(async move { inbox.send(leave).await });
            }
        }
    }
}

async fn answered(pending: &mut Option<(u64, oneshot::Receiver<Answer>)>) -> (u64, Answer) {
    let Some((client_seq, answer)) = pending else { return std::future::pending().await };
    let client_seq = *client_seq;
    let answer = answer.await.unwrap_or_else(|_| Err(gone()));
    *pending = None;
    (client_seq, answer)
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
