//! One stream of a seat: from Hello to Bye, or to whatever broke it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use record::TalkId;
use talks::Phase;
use telemetry::names;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Streaming;
use tonic::transport::Channel;
use tracing::Span;
use transcript::Transcript;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::mediation_service_client::MediationServiceClient;
use wire::pb::mediation::v1::{attend_request::Message as Up, attend_response::Message as Down};
use wire::{MEDIATION_MESSAGE_LIMIT, OutgoingMove, encode_move, entry_from_response};

use crate::spans;
use crate::turns::{Decided, Deciding, Prompted, Turn, decided, prompted};
use crate::{Config, DelegationError, Negotiator, NegotiatorError};

/// Entries the mediator may send ahead.
const CREDIT: u32 = 256;
/// How long the mediator may take to answer the call that opens the stream.
const OPENING: Duration = Duration::from_secs(10);
/// How long a delegation that goes waits for what it may still hear, and for a strategy's last thought.
const LEAVING: Duration = Duration::from_secs(2);
/// A stream is dead when this many heartbeats did not come.
const MISSED_HEARTBEATS: u32 = 3;

/// What a delegation knows of one talk. It outlives streams, so that each entry is fetched once.
pub(crate) struct Attendance {
    config: Config,
    talk: TalkId,
    transcript: Option<Transcript>,
    negotiator: Option<Box<dyn Negotiator>>,
    /// What the negotiator waits for in its turn, which goes on over a lost connection.
    prompted: Option<Prompted>,
    /// A decision under way. It holds the negotiator, so it must not be lost with a stream.
    deciding: Option<Deciding>,
    /// A turn without a limit in which there was no decision: it is asked about again, after a wait.
    undecided: Option<Turn>,
}

struct Stream {
    up: mpsc::Sender<pb::AttendRequest>,
    /// The tip when the seat was taken: nothing is decided before it is reached.
    caught_up_at: u64,
    silence: Duration,
    unacknowledged: u32,
    /// The client_seq that was submitted and not answered.
    submitted: Option<u64>,
    /// The turn whose move was refused for good: it will be missed.
    given_up: Option<Turn>,
    /// A refusal that an entry after this one will explain: nothing is decided before it is here.
    refused_at: Option<u64>,
}

impl Attendance {
    pub(crate) fn new(config: Config, talk: TalkId) -> Self {
        Self {
            config,
            talk,
            transcript: None,
            negotiator: None,
            prompted: None,
            deciding: None,
            undecided: None,
        }
    }

    /// Whether the talk is over, as far as this delegation has read.
    pub(crate) fn is_over(&self) -> bool {
        self.transcript.as_ref().is_some_and(|t| matches!(t.talk().phase(), Phase::Closed(_)))
    }

    /// Takes the seat over `channel` and follows the talk until it is over or the stream breaks.
    pub(crate) async fn follow(
        &mut self,
        channel: Channel,
        shutdown: &CancellationToken,
    ) -> Result<(), DelegationError> {
        let (mut stream, mut down) = self.take_seat(channel).await?;
        loop {
            if self.is_over() {
                self.conclude().await;
                return Ok(());
            }
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return self.leave(stream, down).await,
                decided = decided(&mut self.deciding), if self.has_caught_up(&stream) => {
                    self.submit(&mut stream, decided).await?;
                }
                span = prompted(&mut self.prompted), if self.has_caught_up(&stream) => {
                    self.think(span, Duration::ZERO);
                }
                message = tokio::time::timeout(stream.silence, down.message()) => {
                    let message = message.map_err(|_| DelegationError::Silent)??;
                    self.take(&mut stream, message.ok_or(DelegationError::GoingAway)?).await?;
                }
            }
            self.consider(&mut stream);
        }
    }

    /// Gives the seat up, and reads what the mediator says until then: a talk that ends as its
    /// delegations leave has ended for them too, and for the agents that wait for its end.
    async fn leave(
        &mut self,
        mut stream: Stream,
        mut down: Streaming<pb::AttendResponse>,
    ) -> Result<(), DelegationError> {
        let bye = Up::Bye(pb::Bye { reason: "the delegation is going away".to_owned() });
        let bye = self.envelope(0, None, bye);
        let parting = async {
            // The mediator may be gone already, which is as good.
            let _ = stream.up.send(bye).await;
            while let Ok(Some(envelope)) = down.message().await {
                if let Some(Down::Entry(_)) = envelope.message {
                    self.take(&mut stream, envelope).await?;
                }
            }
            Ok(())
        };
        let parted = tokio::time::timeout(LEAVING, parting).await.unwrap_or(Ok(()));
        self.conclude().await;
        parted
    }

    /// Tells the negotiator how the talk ended, if it has, off the connection's thread: an agent
    /// that is slow to hear it delays no other talk. One that still thinks over its turn is given
    /// a moment to come back.
    async fn conclude(&mut self) {
        let Some(transcript) = self.transcript.clone() else { return };
        if !matches!(transcript.talk().phase(), Phase::Closed(_)) {
            return;
        }
        if self.deciding.is_some()
            && let Ok(late) = tokio::time::timeout(LEAVING, decided(&mut self.deciding)).await
        {
            self.negotiator = Some(late.negotiator);
        }
        let Some(mut negotiator) = self.negotiator.take() else { return };
        let conclude = move || {
            if let Phase::Closed(outcome) = transcript.talk().phase() {
                negotiator.conclude(&transcript, outcome);
            }
        };
        if tokio::task::spawn_blocking(conclude).await.is_err() {
            tracing::error!(talk = %self.talk, "the strategy panicked over the end of the talk");
        }
    }

    async fn take_seat(
        &mut self,
        channel: Channel,
    ) -> Result<(Stream, Streaming<pb::AttendResponse>), DelegationError> {
        let mut client = MediationServiceClient::new(channel)
            .max_decoding_message_size(MEDIATION_MESSAGE_LIMIT)
            .max_encoding_message_size(MEDIATION_MESSAGE_LIMIT);
        let (up, ups) = mpsc::channel(64);
        let tip = self.transcript.as_ref().map(Transcript::tip);
        let hello = pb::Hello {
            party: self.config.party.to_string(),
            after_seq: tip.map_or(0, |t| t.seq),
            after_hash: tip
                .map_or_else(bytes::Bytes::new, |t| bytes::Bytes::copy_from_slice(t.hash.as_bytes())),
            credit: CREDIT,
        };
        // Queued before the call: the mediator waits for it as part of the stream.
        let hello = self.envelope(0, None, Up::Hello(hello));
        let _ = up.send(hello).await;
        let opened = tokio::time::timeout(OPENING, client.attend(ReceiverStream::new(ups))).await;
        let down = opened.map_err(|_| DelegationError::Silent)??.into_inner();
        let silence = OPENING;
        let stream = Stream {
            up,
            caught_up_at: u64::MAX,
            silence,
            unacknowledged: 0,
            submitted: None,
            given_up: None,
            refused_at: None,
        };
        Ok((stream, down))
    }

    async fn take(
        &mut self,
        stream: &mut Stream,
        envelope: pb::AttendResponse,
    ) -> Result<(), DelegationError> {
        match &envelope.message {
            Some(Down::Welcome(welcome)) => {
                stream.caught_up_at = welcome.tip_seq;
                let heartbeat = Duration::from_millis(u64::from(welcome.heartbeat_ms.max(100)));
                stream.silence = heartbeat.saturating_mul(MISSED_HEARTBEATS);
            }
            Some(Down::Entry(body)) => {
                let entry = entry_from_response(&envelope, body)?;
                self.apply(&entry)?;
                self.replenish(stream).await;
            }
            Some(Down::Ack(_)) => {}
            Some(Down::Rejected(rejected)) => self.reconsider(stream, rejected)?,
            Some(Down::Draining(_) | Down::Bye(_)) if !self.is_over() => {
                return Err(DelegationError::GoingAway);
            }
            Some(Down::Draining(_) | Down::Bye(_) | Down::Heartbeat(_) | Down::Credit(_)) | None => {}
        }
        Ok(())
    }

    /// Applies an entry to the delegation's own copy of the talk; a record that breaks its chain or
    /// the rules ends the attendance.
    fn apply(&mut self, entry: &record::Entry) -> Result<(), DelegationError> {
        match &mut self.transcript {
            Some(transcript) => {
                transcript.accept(entry)?;
            }
            None => {
                let transcript = Transcript::open(&self.talk, entry)?;
                let negotiator = self.config.briefing.brief(&self.config.party, transcript.public())?;
                self.negotiator = Some(negotiator);
                self.transcript = Some(transcript);
            }
        }
        if let (Some(transcript), Some(negotiator)) = (&self.transcript, &mut self.negotiator) {
            negotiator.observe(transcript);
        }
        Ok(())
    }

    /// Gives back credit in batches: half the window at a time.
    async fn replenish(&mut self, stream: &mut Stream) {
        stream.unacknowledged += 1;
        if stream.unacknowledged >= CREDIT / 2 {
            let more = Up::Credit(pb::Credit { entries: stream.unacknowledged });
            stream.unacknowledged = 0;
            // A stream that is gone shows itself at the next read.
            let more = self.envelope(0, None, more);
            let _ = stream.up.send(more).await;
        }
    }

    /// How many entries this delegation has read.
    pub(crate) fn entries(&self) -> u64 {
        self.transcript.as_ref().map_or(0, |t| t.tip().seq)
    }

    /// Whether everything the mediator had when the seat was taken has been read.
    fn has_caught_up(&self, stream: &Stream) -> bool {
        self.transcript.as_ref().is_some_and(|t| t.tip().seq >= stream.caught_up_at)
    }

    /// Where the party's next move would stand, while there can be one.
    fn turn(&self) -> Option<Turn> {
        let talk = self.transcript.as_ref().filter(|_| !self.is_over())?.talk();
        let party = &self.config.party;
        let client_seq = talk.last_client_seq(party).unwrap_or(0) + 1;
        Some(Turn { client_seq, round: talk.round(), own: talk.turn() == Some(party) })
    }

    /// Begins to decide, if it is this party's turn and nothing is under way. Out of turn, it begins to
    /// wait for whoever may walk away.
    fn consider(&mut self, stream: &mut Stream) {
        if self.prompted.as_ref().is_some_and(|waiting| Some(waiting.turn) != self.turn()) {
            self.prompted = None;
        }
        let Some(turn) = self.turn().filter(|_| self.has_caught_up(stream)) else { return };
        if stream.submitted.is_some_and(|submitted| submitted < turn.client_seq) {
            stream.submitted = None;
        }
        let idle = self.deciding.is_none() && self.prompted.is_none() && stream.submitted.is_none();
        let explained = stream.refused_at.is_none_or(|at| self.entries() > at);
        if !idle || !explained || stream.given_up == Some(turn) {
            return;
        }
        let Some(transcript) = &self.transcript else { return };
        let Some(negotiator) = &mut self.negotiator else { return };
        if !turn.own {
            let prompt = negotiator.leaves(transcript);
            self.prompted = prompt.map(|prompt| Prompted { turn, prompt, span: None });
            return;
        }
        let span = Some(spans::propose(transcript, &self.config.party, turn.client_seq));
        match negotiator.prompt(transcript) {
            Some(prompt) => self.prompted = Some(Prompted { turn, prompt, span }),
            None if self.undecided == Some(turn) => self.think(span, self.config.longest_wait),
            None => self.think(span, self.config.pace),
        }
    }

    /// Lets the negotiator decide for the turn at hand, off the connection's thread.
    fn think(&mut self, span: Option<Span>, pace: Duration) {
        let Some(turn) = self.turn() else { return };
        let Some(transcript) = self.transcript.clone() else { return };
        let Some(mut negotiator) = self.negotiator.take() else { return };
        let begun = || spans::propose(&transcript, &self.config.party, turn.client_seq);
        let span = span.unwrap_or_else(begun);
        let decide = move || {
            // A strategy that panics loses its turn and nothing else: what it keeps is only a cache.
            let deciding = AssertUnwindSafe(|| span.in_scope(|| negotiator.decide(&transcript)));
            let act =
                catch_unwind(deciding).unwrap_or_else(|_| Err(NegotiatorError("it panicked".to_owned())));
            Decided { turn, negotiator, act, span }
        };
        self.deciding = Some(tokio::spawn(async move {
            tokio::time::sleep(pace).await;
            match tokio::task::spawn_blocking(decide).await {
                Ok(decided) => decided,
                Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
            }
        }));
    }

    /// Sends a decided move as its exact bytes.
    async fn submit(&mut self, stream: &mut Stream, decided: Decided) -> Result<(), DelegationError> {
        let Decided { turn, mut negotiator, act, span } = decided;
        let Some(transcript) = &self.transcript else { return Ok(()) };
        // It heard of nothing while it was away, and may have to tell somebody that it took too long.
        negotiator.observe(transcript);
        self.negotiator = Some(negotiator);
        if self.turn() != Some(turn) {
            // The turn passed meanwhile; what was decided for it must not be said in another.
            return Ok(());
        }
        let (party, Turn { client_seq, round, .. }) = (&self.config.party, turn);
        let act = match act {
            Ok(act) => act,
            Err(error) if transcript.talk().terms().turn_limit_us().is_some() => {
                tracing::error!(talk = %self.talk, { names::private::WHY } = %error, "the turn will be missed");
                stream.given_up = Some(turn);
                return Ok(());
            }
            Err(error) => {
                // Nobody will end this turn, so whoever decides is asked again.
                let wait = self.config.longest_wait.as_millis();
                tracing::error!(talk = %self.talk, { names::private::WHY } = %error, "no decision; asked again in {wait} ms");
                self.undecided = Some(turn);
                return Ok(());
            }
        };
        let outgoing = OutgoingMove { talk: self.talk.as_str(), party, client_seq, round, act };
        let payload = encode_move(transcript.talk().terms().agenda(), &outgoing);
        let submit = Up::Submit(pb::Submit { payload, signatures: Vec::new() });
        let envelope = self.envelope(client_seq, spans::place(&span), submit);
        stream.submitted = Some(client_seq);
        stream.up.send(envelope).await.map_err(|_| DelegationError::GoingAway)
    }

    /// After a refusal: what a newer entry explains is decided anew once that entry is here; what
    /// is wrong with the move itself would be wrong again, so the turn is left to pass; a mediator
    /// that cannot write is left, and tried again after a wait.
    fn reconsider(&mut self, stream: &mut Stream, rejected: &pb::Rejected) -> Result<(), DelegationError> {
        let status = rejected.status.clone().unwrap_or_default();
        tracing::warn!(talk = %self.talk, code = status.code, "move refused: {}", status.message);
        stream.submitted = None;
        let (tip, round) = self.transcript.as_ref().map_or((0, 0), |t| (t.tip().seq, t.talk().round()));
        let code = tonic::Code::from(status.code);
        if code == tonic::Code::Unavailable {
            return Err(DelegationError::GoingAway);
        }
        let another = self.negotiator.as_mut().is_some_and(|negotiator| negotiator.refused(&status.message));
        match code {
            tonic::Code::FailedPrecondition | tonic::Code::Aborted => stream.refused_at = Some(tip),
            _ if another => {}
            _ => stream.given_up = Some(Turn { client_seq: rejected.client_seq, round, own: true }),
        }
        Ok(())
    }

    fn envelope(&self, client_seq: u64, trace: Option<String>, message: Up) -> pb::AttendRequest {
        pb::AttendRequest {
            talk: self.talk.to_string(),
            epoch: self.transcript.as_ref().map_or(0, |t| t.tip().epoch),
            client_seq,
            trace: wire::trace_to_pb(trace.as_deref()),
            message: Some(message),
        }
    }
}
