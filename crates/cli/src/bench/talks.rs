//! Durable moves: a talk whose two seats only propose, each as soon as it is its turn. The seats
//! decide nothing and check nothing, so that what is measured is the mediator and the wire.

use std::time::{Duration, Instant};

use prost::Message as _;
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
    /// The last entry seen.
    seen: u64,
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

/// One talk's moves until `until`: the latency of each is from submitting to both seats having it.
pub(crate) async fn talk(
    channels: [Channel; 2],
    template: Template,
    until: Instant,
) -> Result<Latencies, Failure> {
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
    let mut latencies = Latencies::default();
    let mut moves = 0_u64;
    while Instant::now() < until && moves < u64::from(template.terms.rounds) * 2 - 2 {
        let mover = (moves % 2) as usize;
        let client_seq = moves / 2 + 1;
        let payload = template.payload(&talk, &parties[mover], client_seq);
        let since = Instant::now();
        let submit = pb::Submit { payload, signatures: Vec::new() };
        seats[mover].say(client_seq, Up::Submit(submit)).await?;
        moves += 1;
        let [a, b] = &mut seats;
        let (one, other) = tokio::join!(a.see(moves + 2), b.see(moves + 2));
        one?;
        other?;
        latencies.note(since);
    }
    Ok(latencies)
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
        Ok(Self { talk: talk.to_owned(), up, down, seen: 0, uncredited: 0 })
    }

    async fn say(&mut self, client_seq: u64, message: Up) -> Result<(), Failure> {
        let talk = self.talk.clone();
        let envelope = pb::AttendRequest { talk, client_seq, message: Some(message), ..Default::default() };
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
            self.say(0, more).await?;
        }
        Ok(())
    }
}
