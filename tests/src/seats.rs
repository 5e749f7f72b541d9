//! A raw seat: says what it is told to, right or wrong, and shows what comes back.

use bytes::Bytes;
use prost::Message as _;
use record::{Entry, TalkId};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::{attend_request::Message as Up, attend_response::Message as Down};
use wire::{OutgoingMove, PublicTerms, WireAct};

use crate::mediators::Client;
use crate::patiently;
use crate::talks_at::party;

/// A seat's stream.
pub struct Seat {
    up: Option<mpsc::Sender<pb::AttendRequest>>,
    down: Streaming<pb::AttendResponse>,
    talk: TalkId,
    party: String,
    /// What Welcome said.
    pub welcome: pb::Welcome,
    /// The entries that came, in order.
    pub entries: Vec<Entry>,
}

/// A refusal, reduced to what programs act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The gRPC code.
    pub code: Code,
    /// The reason in `google.rpc.ErrorInfo`; empty if there is none.
    pub reason: String,
    /// A detail for machines, if there is one of the name.
    pub details: std::collections::BTreeMap<String, String>,
    /// The field in `google.rpc.BadRequest`, if there is one.
    pub field: Option<String>,
    /// Whether `google.rpc.RetryInfo` says when to try again.
    pub retry: bool,
}

/// The answer to a submission.
pub type Answer = Result<pb::Ack, Refusal>;

impl From<&Status> for Refusal {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info().cloned();
        let field =
            details.bad_request().and_then(|bad| bad.field_violations.first()).map(|v| v.field.clone());
        Self {
            code: status.code(),
            reason: info.as_ref().map(|i| i.reason.clone()).unwrap_or_default(),
            details: info.map(|i| i.metadata.into_iter().collect()).unwrap_or_default(),
            field,
            retry: details.retry_info().is_some(),
        }
    }
}

impl From<pb::Rejected> for Refusal {
    fn from(rejected: pb::Rejected) -> Self {
        let status = rejected.status.unwrap();
        let details = status.encode_to_vec().into();
        Self::from(&Status::with_details(Code::from(status.code), status.message, details))
    }
}

impl Seat {
    /// Takes a seat from its first entry on, with room for 256 entries.
    pub async fn take(client: &mut Client, talk: &TalkId, party: &str) -> Result<Self, Refusal> {
        Self::resume(client, talk, pb::Hello { party: party.to_owned(), ..pb::Hello::default() }).await
    }

    /// Takes a seat with this Hello.
    pub async fn resume(client: &mut Client, talk: &TalkId, hello: pb::Hello) -> Result<Self, Refusal> {
        let party = hello.party.clone();
        let hello = envelope(talk, 0, Up::Hello(hello));
        Self::open(client, talk, party, hello).await
    }

    /// Opens a stream with any first message.
    pub async fn open(
        client: &mut Client,
        talk: &TalkId,
        party: String,
        first: pb::AttendRequest,
    ) -> Result<Self, Refusal> {
        let (up, ups) = mpsc::channel(64);
        up.send(first).await.unwrap();
        let opened = patiently("the stream", client.attend(ReceiverStream::new(ups))).await;
        let mut down = opened.map_err(|status| Refusal::from(&status))?.into_inner();
        let first = patiently("Welcome", down.message()).await.map_err(|status| Refusal::from(&status))?;
        let Some(Down::Welcome(welcome)) = first.and_then(|envelope| envelope.message) else {
            panic!("the first answer is Welcome");
        };
        Ok(Self { up: Some(up), down, talk: talk.clone(), party, welcome, entries: Vec::new() })
    }

    /// Sends anything.
    pub async fn say(&self, client_seq: u64, message: Up) {
        self.send(envelope(&self.talk, client_seq, message)).await;
    }

    /// Sends anything in any envelope.
    pub async fn send(&self, envelope: pb::AttendRequest) {
        self.up.as_ref().unwrap().send(envelope).await.unwrap();
    }

    /// Closes the stream upwards.
    pub fn hang_up(&mut self) {
        self.up = None;
    }

    /// Submits bytes as a move, and waits for the answer.
    pub async fn submit(&mut self, client_seq: u64, payload: Bytes) -> Answer {
        self.say(client_seq, Up::Submit(pb::Submit { payload, signatures: Vec::new() })).await;
        self.answer().await
    }

    /// Makes a move for the round at hand.
    pub async fn act(&mut self, terms: &PublicTerms, client_seq: u64, act: WireAct) -> Answer {
        let payload = encode(terms, &self.talk, &self.party, client_seq, act);
        self.submit(client_seq, payload).await
    }

    /// The next message; `None` at the end of the stream in order.
    pub async fn next(&mut self) -> Result<Option<Down>, Refusal> {
        let message = patiently("a message", self.down.message()).await;
        let Some(envelope) = message.map_err(|status| Refusal::from(&status))? else { return Ok(None) };
        if let Some(Down::Entry(body)) = &envelope.message {
            self.entries.push(wire::entry_from_response(&envelope, body).unwrap());
        }
        Ok(envelope.message)
    }

    /// The answer to the submission under way.
    pub async fn answer(&mut self) -> Answer {
        self.answer_or_end().await.expect("the stream lives")
    }

    /// The answer to the submission under way, or why the stream ended instead.
    pub async fn answer_or_end(&mut self) -> Result<Answer, Refusal> {
        // Pings come all the time, so patience with each message would have no end.
        let answered = async {
            loop {
                match self.next().await? {
                    Some(Down::Ack(ack)) => return Ok(Ok(ack)),
                    Some(Down::Rejected(rejected)) => return Ok(Err(rejected.into())),
                    Some(_) => {}
                    None => panic!("the stream ended without an answer"),
                }
            }
        };
        patiently("an answer", answered).await
    }

    /// Reads until entry `seq` has come.
    pub async fn entry(&mut self, seq: u64) -> Entry {
        let read = async {
            loop {
                if let Some(entry) = self.entries.iter().find(|entry| entry.seq == seq) {
                    return entry.clone();
                }
                assert!(
                    self.next().await.expect("the stream lives").is_some(),
                    "the stream ended before entry {seq}"
                );
            }
        };
        patiently("an entry", read).await
    }

    /// Reads to the end of the stream: in order, or refused.
    pub async fn end(&mut self) -> Result<(), Refusal> {
        let ended = async {
            while self.next().await?.is_some() {}
            Ok(())
        };
        patiently("the end of the stream", ended).await
    }
}

/// A move for the round at hand, as bytes.
#[must_use]
pub fn encode(terms: &PublicTerms, talk: &TalkId, who: &str, client_seq: u64, act: WireAct) -> Bytes {
    let outgoing = OutgoingMove { talk: talk.as_str(), party: &party(who), client_seq, round: 0, act };
    wire::encode_move(terms.terms.agenda(), &outgoing)
}

/// An envelope of a seat that knows no epoch.
#[must_use]
pub fn envelope(talk: &TalkId, client_seq: u64, message: Up) -> pb::AttendRequest {
    pb::AttendRequest { talk: talk.to_string(), epoch: 0, client_seq, trace: None, message: Some(message) }
}
