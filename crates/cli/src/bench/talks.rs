//! Durable moves: a talk whose two seats only propose, each as soon as it is its turn. The seats
//! decide nothing and check nothing, so that what is measured is the mediator and the wire.

use std::time::{Duration, Instant};

use prost::Message as _;
use telemetry::{Message, TraceContext, names};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::mediation_service_client::MediationServiceClient;
use wire::pb::mediation::v1::{attend_request::Message as Up, attend_response::Message as Down};

use super::measure::Latencies;
use crate::output::Failure;

/// Credit given back at once after so many entries.
const BATCH: u32 = 128;

/// A seat that moves when told to.
struct Seat {
    talk: String,
    up: mpsc::Sender<pb::AttendRequest>,
    down: Streaming<pb::AttendResponse>,
    /// The last entry seen, and where it stands in the trace.
    seen: u64,
    trace: TraceContext,
    uncredited: u32,
}

/// The move every seat makes again and again.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) terms: pb::Terms,
    /// The encoded act, which is the same in every move.
    act: bytes::Bytes,
}

impl Template {
    /// Moves on these terms that all propose one offer.
    pub(crate) fn new(terms: pb::Terms, offer: wire::pb::tariff::v1::Offer) -> Self {
        let act = Some(pb::r#move::Act::Propose(pb::Propose { offer: Some(offer) }));
        Self { terms, act: pb::Move { act, ..Default::default() }.encode_to_vec().into() }
    }

    /// The exact bytes of a move. Messages concatenate, and the act has the highest field number.
    pub(crate) fn payload(&self, talk: &str, party: &str, client_seq: u64) -> bytes::Bytes {
        let (talk, party) = (talk.to_owned(), party.to_owned());
        let mut payload = pb::Move { talk, party, client_seq, ..Default::default() }.encode_to_vec();
        payload.extend_from_slice(&self.act);
        payload.into()
    }
}

/// When a talk's moves are made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The first one's time.
    pub(crate) first: Instant,
    /// From one to the next; none where each follows at once.
    pub(crate) every: Duration,
}

/// One talk's moves until `until`: the latency of each is from submitting to both seats having it.
pub(crate) async fn talk(
    channels: [Channel; 2],
    template: Template,
    until: Instant,
) -> Result<Latencies, Failure> {
    Table::convene(channels, template).await?.play(None, until).await
}

/// A talk that has been opened, with both its seats taken.
pub(crate) struct Table {
    template: Template,
    talk: String,
    seats: [Seat; 2],
}

impl Table {
    pub(crate) async fn convene(channels: [Channel; 2], template: Template) -> Result<Self, Failure> {
        let [first, second] = channels;
        let mut client = MediationServiceClient::new(first.clone());
        let request = pb::ConveneTalkRequest {
            request_id: ambient::fresh_id(),
            terms: Some(template.terms.clone()),
            trace: None,
        };
        let talk = client.convene_talk(request).await?.into_inner().talk.unwrap_or_default().talk;
        let parties = template.terms.parties.clone();
        let mut seats =
            [Seat::take(first, &talk, &parties[0]).await?, Seat::take(second, &talk, &parties[1]).await?];
        // Convened and opened.
        for seat in &mut seats {
            seat.see(2).await?;
        }
        Ok(Self { template, talk, seats })
    }

    /// Moves until `until`, each as soon as it may or, with a pace, when it is due.
    pub(crate) async fn play(mut self, pace: Option<Pace>, until: Instant) -> Result<Latencies, Failure> {
        let mut latencies = Latencies::default();
        let mut moves = 0_u64;
        while moves < u64::from(self.template.terms.rounds) * 2 - 2 {
            if let Some(pace) = pace {
                let due = pace.first + pace.every * u32::try_from(moves).unwrap_or(u32::MAX);
                tokio::time::sleep_until(due.into()).await;
            }
            if Instant::now() >= until {
                break;
            }
            latencies.note(self.step(moves).await?);
            moves += 1;
        }
        Ok(latencies)
    }

    /// One move, made after so many; returns when it was submitted.
    async fn step(&mut self, moves: u64) -> Result<Instant, Failure> {
        let (mover, client_seq) = ((moves % 2) as usize, moves / 2 + 1);
        let party = &self.template.terms.parties[mover];
        let span = turn_span(&self.talk, party, moves, &self.seats[mover].trace);
        let place = TraceContext::of(&span);
        let payload = self.template.payload(&self.talk, party, client_seq);
        drop(span);
        let since = Instant::now();
        let submit = Up::Submit(pb::Submit { payload, signatures: Vec::new() });
        self.seats[mover].say(client_seq, &place, submit).await?;
        let [a, b] = &mut self.seats;
        let (one, other) = tokio::join!(a.see(moves + 3), b.see(moves + 3));
        one?;
        other?;
        Ok(since)
    }
}

/// The spans that a delegation makes of a turn, with as much in them. They are made before the move is
/// submitted, as its own are; without a subscriber they are nothing.
fn turn_span(talk: &str, party: &str, moves: u64, round: &TraceContext) -> tracing::Span {
    let span = tracing::info_span!(
        names::PROPOSE_SPAN,
        { names::KIND } = names::PRODUCER,
        { names::TALK } = talk,
        { names::PARTY } = party,
        { names::ROUND } = telemetry::count(moves / 2 + 1),
        { names::TURN } = telemetry::count(moves + 1),
    );
    Message { talk, party, client_seq: moves / 2 + 1 }.is_sent_from(&span);
    telemetry::set_parent(&span, round);
    span.in_scope(|| {
        drop(tracing::info_span!(
            names::SCORE_SPAN,
            { names::OFFERS } = 1,
            { names::DEFICIT_BEFORE } = 295_000_000_000_i64,
            { names::DEFICIT_AFTER } = 281_000_000_000_i64,
            { names::TRADE_BEFORE } = 582_000_000_000_i64,
            { names::TRADE_AFTER } = 601_000_000_000_i64,
        ));
        drop(tracing::info_span!(
            names::EVALUATE_SPAN,
            { names::STRATEGY } = "boulware",
            { names::private::UTILITY } = 0.5,
            { names::private::MANDATE_WALK_AWAY } = 0.25,
        ));
    });
    span
}

impl Seat {
    async fn take(channel: Channel, talk: &str, party: &str) -> Result<Self, Failure> {
        let (up, ups) = mpsc::channel(8);
        let hello = pb::Hello { party: party.to_owned(), ..Default::default() };
        let first = pb::AttendRequest {
            talk: talk.to_owned(),
            message: Some(Up::Hello(hello)),
            ..Default::default()
        };
        up.send(first).await.map_err(Failure::internal)?;
        let down = MediationServiceClient::new(channel).attend(ReceiverStream::new(ups)).await?.into_inner();
        let trace = TraceContext::default();
        Ok(Self { talk: talk.to_owned(), up, down, seen: 0, trace, uncredited: 0 })
    }

    async fn say(&mut self, client_seq: u64, place: &TraceContext, message: Up) -> Result<(), Failure> {
        let (talk, message) = (self.talk.clone(), Some(message));
        let trace = (!place.is_empty()).then(|| place.traceparent());
        let trace = wire::trace_to_pb(trace.as_deref());
        let envelope = pb::AttendRequest { talk, client_seq, trace, message, ..Default::default() };
        self.up.send(envelope).await.map_err(Failure::internal)
    }

    /// Reads until it has entry `seq`.
    async fn see(&mut self, seq: u64) -> Result<(), Failure> {
        while self.seen < seq {
            let message = tokio::time::timeout(Duration::from_secs(10), self.down.message()).await;
            let message = message.map_err(Failure::internal)??;
            let message = message.ok_or_else(|| Failure::internal("the mediator ended the stream"))?;
            match &message.message {
                Some(Down::Entry(_)) => {
                    self.seen = message.seq;
                    if let Some(trace) = &message.trace {
                        self.trace = TraceContext::parse(&trace.traceparent, "");
                    }
                    self.uncredited += 1;
                }
                Some(Down::Rejected(rejected)) => {
                    let why = rejected.status.as_ref().map(|s| s.message.clone()).unwrap_or_default();
                    return Err(Failure::internal(format!("a move was refused: {why}")));
                }
                _ => {}
            }
        }
        if self.uncredited >= BATCH {
            let more = Up::Credit(pb::Credit { entries: self.uncredited });
            self.uncredited = 0;
            self.say(0, &TraceContext::default(), more).await?;
        }
        Ok(())
    }
}
