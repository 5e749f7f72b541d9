//! Entries of a talk as documents: what `record export`, `record show` and `talk watch` print.

use prost::Message as _;
use record::{Entry, TalkId};
use serde::Serialize;
use serde_json::{Value as Json, json};
use talks::{Act, Event};
use transcript::Transcript;
use wire::pb::mediation::v1 as pb;
use wire::{EntryKind, decode_convened, decode_move};

use crate::offers;
use crate::output::Failure;
use crate::summaries::{hex, moment, procedure, reason};

/// One entry: its place in the chain, its exact bytes, and what they say.
#[derive(Debug, Serialize)]
pub(crate) struct EntryDocument {
    talk: String,
    seq: u64,
    prev_hash: String,
    hash: String,
    epoch: u64,
    mediator_time_us: i64,
    time: String,
    kind: String,
    /// The exact bytes in hexadecimal.
    payload: String,
    decoded: Json,
    signatures: Vec<SignatureDocument>,
    trace: Option<String>,
}

#[derive(Debug, Serialize)]
struct SignatureDocument {
    key_id: String,
    signature: String,
}

/// Follows a talk's entries from the first on.
pub(crate) struct Follower {
    id: TalkId,
    transcript: Option<Transcript>,
}

/// What an entry said.
pub(crate) struct Told {
    /// None for the convening entry.
    pub(crate) event: Option<Event>,
    /// What was said with it: why somebody walked away or paused the talk; mostly empty.
    pub(crate) said: String,
    pub(crate) document: EntryDocument,
}

impl Follower {
    pub(crate) fn new(id: TalkId) -> Self {
        Self { id, transcript: None }
    }

    /// The talk so far; none before its first entry.
    pub(crate) fn transcript(&self) -> Option<&Transcript> {
        self.transcript.as_ref()
    }

    /// Takes the next entry, checks it, and says what it means.
    pub(crate) fn take(&mut self, entry: &Entry) -> Result<Told, Failure> {
        let (event, said, decoded) = match &mut self.transcript {
            None => {
                let transcript = Transcript::open(&self.id, entry)?;
                let decoded = convened(entry, &transcript)?;
                self.transcript = Some(transcript);
                (None, String::new(), decoded)
            }
            Some(transcript) => {
                let said = said(entry, transcript);
                let event = transcript.accept(entry)?;
                let decoded = decoded(&event, transcript, &said);
                (Some(event), said, decoded)
            }
        };
        let document = EntryDocument::new(&self.id, entry, decoded);
        Ok(Told { event, said, document })
    }
}

impl EntryDocument {
    fn new(talk: &TalkId, entry: &Entry, decoded: Json) -> Self {
        let signatures = entry.signatures.iter();
        Self {
            talk: talk.to_string(),
            seq: entry.seq,
            prev_hash: entry.prev_hash.to_string(),
            hash: entry.hash().to_string(),
            epoch: entry.epoch,
            mediator_time_us: entry.time_us,
            time: moment(entry.time_us),
            kind: kind_name(entry.kind),
            payload: hex(&entry.payload),
            decoded,
            signatures: signatures
                .map(|s| SignatureDocument { key_id: s.key_id.clone(), signature: hex(&s.bytes) })
                .collect(),
            trace: entry.trace.clone(),
        }
    }
}

/// `moved`, `turn_missed`, …
fn kind_name(kind: u16) -> String {
    EntryKind::try_from(i32::from(kind)).map_or_else(
        |_| format!("kind {kind}"),
        |kind| kind.as_str_name().trim_start_matches("ENTRY_KIND_").to_lowercase(),
    )
}

fn convened(entry: &Entry, transcript: &Transcript) -> Result<Json, Failure> {
    let (_, public) = decode_convened(entry.kind, &entry.payload).map_err(Failure::internal)?;
    let terms = transcript.talk().terms();
    Ok(json!({
        "scenario": public.scenario,
        "scenario_digest": public.scenario_digest.map(|digest| hex(&digest)),
        "procedure": procedure(terms.procedure()),
        "parties": terms.parties().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rounds": terms.rounds(),
        "deadline_us": terms.deadline().map(|time| time.0),
        "turn_limit_us": terms.turn_limit_us(),
        "ordinal": public.ordinal,
        "issues": terms.agenda().issues().iter().map(|issue| issue.id().to_string()).collect::<Vec<_>>(),
    }))
}

/// Why a party walks away, or why somebody pauses the talk.
fn said(entry: &Entry, transcript: &Transcript) -> String {
    match EntryKind::try_from(i32::from(entry.kind)) {
        Ok(EntryKind::Moved) => {
            let agenda = transcript.talk().terms().agenda();
            decode_move(&entry.payload, agenda, transcript.standing())
                .map(|given| given.reason)
                .unwrap_or_default()
        }
        Ok(EntryKind::Adjourned) => {
            pb::Adjourned::decode(entry.payload.clone()).map(|adjourned| adjourned.reason).unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn decoded(event: &Event, transcript: &Transcript, said: &str) -> Json {
    match event {
        Event::Moved(given) => {
            let mut document = json!({
                "party": given.party.as_str(),
                "client_seq": given.client_seq,
                "round": crate::summaries::rounds(transcript),
            });
            let (act, key, value) = match &given.act {
                Act::Propose(offer) => {
                    ("propose", "offer", offers::to_json(transcript.talk().terms().agenda(), offer))
                }
                Act::Accept { offer } => ("accept", "offer_entry", json!(offer.0)),
                Act::WalkAway => ("walk_away", "reason", json!(said)),
            };
            document["act"] = json!(act);
            document[key] = value;
            document
        }
        Event::TurnMissed { party } => json!({ "party": party.as_str() }),
        Event::Closed(outcome) => json!({ "reason": reason(outcome) }),
        Event::EpochTaken { epoch } => json!({ "epoch": epoch }),
        Event::Adjourned => json!({ "reason": said }),
        Event::Opened | Event::Reconvened => json!({}),
    }
}
