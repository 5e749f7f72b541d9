use bytes::Bytes;
use prost::Message as _;
use record::{Entry, Hash, Signature};
use talks::{Event, Failure, Outcome, Seq};
use tariff::{Agenda, PartyId};

use crate::pb::mediation::v1 as pb;
use crate::{Names, PublicTerms, WireError, decode_move, decode_terms, encode_terms};

pub use crate::pb::mediation::v1::EntryKind;

/// Kind and payload of a talk's first entry.
#[must_use]
pub fn encode_convened(talk: &str, terms: &PublicTerms) -> (EntryKind, Bytes) {
    encode_convened_by(talk, terms, None)
}

/// As [`encode_convened`], with the place in a trace that the caller stands at: a `traceparent`.
#[must_use]
pub fn encode_convened_by(talk: &str, terms: &PublicTerms, caller: Option<&str>) -> (EntryKind, Bytes) {
    let (talk, terms, caller) = (talk.to_owned(), Some(encode_terms(terms)), trace_to_pb(caller));
    (EntryKind::Convened, pb::Convened { talk, terms, caller }.encode_to_vec().into())
}

/// Reads a talk's first entry: the talk's name and its terms.
pub fn decode_convened(kind: u16, payload: &[u8]) -> Result<(String, PublicTerms), WireError> {
    if known(kind)? != EntryKind::Convened {
        return Err(WireError::malformed("entry 1", "the convening entry"));
    }
    let convened =
        pb::Convened::decode(payload).map_err(|e| WireError::undecodable("convening entry", &e))?;
    let terms = convened.terms.ok_or_else(|| WireError::malformed("convened.terms", "terms"))?;
    Ok((convened.talk, decode_terms(&terms)?))
}

/// The caller's place in a trace, from the payload of a talk's first entry.
#[must_use]
pub fn convened_by(payload: &[u8]) -> Option<String> {
    let convened = pb::Convened::decode(payload).ok()?;
    trace_from_pb(convened.caller.as_ref())
}

/// Kind and payload of an event that the mediator writes. A party's move is stored as it came,
/// so for one there is nothing to encode.
#[must_use]
pub fn encode_event(event: &Event, note: &str) -> (EntryKind, Bytes) {
    match event {
        Event::Moved(_) => (EntryKind::Moved, Bytes::new()),
        Event::Opened => (EntryKind::Opened, Bytes::new()),
        Event::Reconvened => (EntryKind::Reconvened, Bytes::new()),
        Event::EpochTaken { .. } => (EntryKind::EpochTaken, Bytes::new()),
        Event::Adjourned => {
            let reason = note.chars().take(1000).collect();
            (EntryKind::Adjourned, pb::Adjourned { reason }.encode_to_vec().into())
        }
        Event::TurnMissed { party } => {
            (EntryKind::TurnMissed, pb::TurnMissed { party: party.to_string() }.encode_to_vec().into())
        }
        Event::Closed(outcome) => (EntryKind::Closed, outcome_to_pb(outcome).encode_to_vec().into()),
    }
}

/// Reads any entry but the first. `standing` names the offer that stood before the entry.
pub fn decode_event(entry: &Entry, agenda: &Agenda, standing: Option<Names>) -> Result<Event, WireError> {
    let payload = entry.payload.as_ref();
    Ok(match known(entry.kind)? {
        EntryKind::Moved => Event::Moved(decode_move(payload, agenda, standing)?.submission),
        EntryKind::Opened => Event::Opened,
        EntryKind::Reconvened => Event::Reconvened,
        EntryKind::Adjourned => Event::Adjourned,
        EntryKind::EpochTaken => Event::EpochTaken { epoch: entry.epoch },
        EntryKind::TurnMissed => {
            let missed =
                pb::TurnMissed::decode(payload).map_err(|e| WireError::undecodable("missed turn", &e))?;
            Event::TurnMissed { party: PartyId::new(&missed.party)? }
        }
        EntryKind::Closed => {
            let closed = pb::Closed::decode(payload).map_err(|e| WireError::undecodable("outcome", &e))?;
            Event::Closed(outcome_from_pb(&closed)?)
        }
        EntryKind::Convened | EntryKind::Unspecified => {
            return Err(WireError::malformed("entry.kind", "an entry that can follow the first"));
        }
    })
}

/// An outcome as a message.
#[must_use]
pub fn outcome_to_pb(outcome: &Outcome) -> pb::Closed {
    let failed = |reason: pb::FailureReason, party: String| {
        pb::closed::Outcome::Failed(pb::Failed { reason: reason.into(), party })
    };
    let outcome = match outcome {
        Outcome::Agreed { offer } => pb::closed::Outcome::Agreed(pb::Agreed { offer_seq: offer.0 }),
        Outcome::Failed(Failure::RoundsExhausted) => {
            failed(pb::FailureReason::RoundsExhausted, String::new())
        }
        Outcome::Failed(Failure::DeadlinePassed) => failed(pb::FailureReason::DeadlinePassed, String::new()),
        Outcome::Failed(Failure::WalkedAway { party }) => {
            failed(pb::FailureReason::WalkedAway, party.to_string())
        }
        Outcome::Failed(Failure::Forfeited { party }) => {
            failed(pb::FailureReason::Forfeited, party.to_string())
        }
    };
    pb::Closed { outcome: Some(outcome) }
}

/// The outcome in a message.
pub fn outcome_from_pb(closed: &pb::Closed) -> Result<Outcome, WireError> {
    let party = |failed: &pb::Failed| PartyId::new(&failed.party);
    match closed.outcome.as_ref().ok_or_else(|| WireError::unsupported("closed.outcome"))? {
        pb::closed::Outcome::Agreed(agreed) => Ok(Outcome::Agreed { offer: Seq(agreed.offer_seq) }),
        pb::closed::Outcome::Failed(failed) => Ok(Outcome::Failed(match failed.reason() {
            pb::FailureReason::RoundsExhausted => Failure::RoundsExhausted,
            pb::FailureReason::DeadlinePassed => Failure::DeadlinePassed,
            pb::FailureReason::WalkedAway => Failure::WalkedAway { party: party(failed)? },
            pb::FailureReason::Forfeited => Failure::Forfeited { party: party(failed)? },
            pb::FailureReason::Unspecified => return Err(WireError::unsupported("closed.failed.reason")),
        })),
    }
}

/// An entry as it stands alone, on a watch or in a page.
#[must_use]
pub fn entry_to_pb(entry: &Entry) -> pb::Entry {
    pb::Entry {
        seq: entry.seq,
        prev_hash: Bytes::copy_from_slice(entry.prev_hash.as_bytes()),
        epoch: entry.epoch,
        mediator_time_us: entry.time_us,
        trace: trace_to_pb(entry.trace.as_deref()),
        body: Some(body_to_pb(entry)),
    }
}

/// The entry in such a message.
pub fn entry_from_pb(entry: &pb::Entry) -> Result<Entry, WireError> {
    let body = entry.body.as_ref().ok_or_else(|| WireError::malformed("entry.body", "a body"))?;
    entry_from_parts(
        entry.seq,
        &entry.prev_hash,
        entry.epoch,
        entry.mediator_time_us,
        entry.trace.as_ref(),
        body,
    )
}

/// An entry in a seat's envelope.
#[must_use]
pub fn entry_to_response(talk: &str, entry: &Entry) -> pb::AttendResponse {
    pb::AttendResponse {
        talk: talk.to_owned(),
        epoch: entry.epoch,
        seq: entry.seq,
        prev_hash: Bytes::copy_from_slice(entry.prev_hash.as_bytes()),
        mediator_time_us: entry.time_us,
        trace: trace_to_pb(entry.trace.as_deref()),
        message: Some(pb::attend_response::Message::Entry(body_to_pb(entry))),
    }
}

/// The entry in such an envelope, whose body is `body`.
pub fn entry_from_response(envelope: &pb::AttendResponse, body: &pb::EntryBody) -> Result<Entry, WireError> {
    let e = envelope;
    entry_from_parts(e.seq, &e.prev_hash, e.epoch, e.mediator_time_us, e.trace.as_ref(), body)
}

/// A place in a trace as a message.
#[must_use]
pub fn trace_to_pb(traceparent: Option<&str>) -> Option<pb::TraceContext> {
    traceparent.map(|t| pb::TraceContext { traceparent: t.to_owned(), tracestate: String::new() })
}

/// The `traceparent` in a message, if it has the length of one. What it says is checked by whoever
/// continues the trace; a broken one only means a broken trace.
#[must_use]
pub fn trace_from_pb(trace: Option<&pb::TraceContext>) -> Option<String> {
    trace.map(|t| &t.traceparent).filter(|t| t.len() == 55 && t.is_ascii()).cloned()
}

/// The signatures in a message.
#[must_use]
pub fn signatures_from_pb(signatures: &[pb::Signature]) -> Vec<Signature> {
    signatures.iter().map(|s| Signature { key_id: s.key_id.clone(), bytes: s.signature.clone() }).collect()
}

fn body_to_pb(entry: &Entry) -> pb::EntryBody {
    let signature = |s: &Signature| pb::Signature { key_id: s.key_id.clone(), signature: s.bytes.clone() };
    pb::EntryBody {
        kind: i32::from(entry.kind),
        payload: entry.payload.clone(),
        signatures: entry.signatures.iter().map(signature).collect(),
    }
}

fn entry_from_parts(
    seq: u64,
    prev_hash: &[u8],
    epoch: u64,
    time_us: i64,
    trace: Option<&pb::TraceContext>,
    body: &pb::EntryBody,
) -> Result<Entry, WireError> {
    Ok(Entry {
        seq,
        prev_hash: Hash::from_slice(prev_hash)
            .ok_or_else(|| WireError::malformed("entry.prev_hash", "32 bytes"))?,
        epoch,
        time_us,
        kind: u16::try_from(body.kind).map_err(|_| WireError::unsupported("entry.kind"))?,
        payload: body.payload.clone(),
        signatures: signatures_from_pb(&body.signatures),
        trace: trace_from_pb(trace),
    })
}

fn known(kind: u16) -> Result<EntryKind, WireError> {
    EntryKind::try_from(i32::from(kind)).map_err(|_| WireError::unsupported(format!("entry.kind {kind}")))
}
