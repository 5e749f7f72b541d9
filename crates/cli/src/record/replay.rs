//! The offline verifier: the state machine of `talks` decides again on the recorded inputs at the
//! recorded times, and what it decides must be the recorded entries, byte for byte.

use std::collections::VecDeque;

use record::{Entry, TalkId, Tip};
use serde::Serialize;
use serde_json::json;
use talks::{Command, Decision, Event, Time};
use transcript::Transcript;
use wire::{decode_convened, encode_convened, encode_event};

use super::Opened;
use crate::output::{Failure, Format, exit, line, print_json};
use crate::summaries::Summary;

/// A talk that was run again.
#[derive(Serialize)]
struct Replayed {
    #[serde(flatten)]
    summary: Summary,
    /// Hashes and links, first entry to last.
    chain: &'static str,
    /// Entries the state machine wrote again with the same hash.
    reproduced: u64,
}

pub(crate) fn replay(record: &Opened, talk: Option<&str>, all: bool, format: Format) -> Result<(), Failure> {
    let talks = if all { record.talks(usize::MAX >> 1)? } else { vec![record.choose(talk)?] };
    let replayed = talks.iter().map(|talk| one(record, talk)).collect::<Result<Vec<_>, _>>()?;
    if format == Format::Json {
        print_json(&json!({ "record": record.place(), "talks": replayed }));
        return Ok(());
    }
    for talk in replayed {
        line(&talk.summary.text());
        line(&format!("chain     intact, tip {}", talk.summary.tip_hash));
        line(&format!("replay    {} entries reproduced, each with the same bytes and hash", talk.reproduced));
    }
    Ok(())
}

fn one(record: &Opened, talk: &TalkId) -> Result<Replayed, Failure> {
    let damaged = |failure: Failure| failure.at(format!("{}, talk {talk}", record.place()));
    let tip = record.reader().verify(talk).map_err(|error| damaged(error.into()))?;
    let entries = record.entries(talk)?;
    let transcript = reproduce(talk, &entries).map_err(damaged)?;
    if entries.last().map(|entry| entry.seq) == Some(tip.seq) && transcript.tip() != tip {
        return Err(damaged(differs(tip.seq, "the tip")));
    }
    let reproduced = transcript.tip().seq;
    Ok(Replayed { summary: Summary::of_record(&transcript), chain: "intact", reproduced })
}

fn reproduce(talk: &TalkId, entries: &[Entry]) -> Result<Transcript, Failure> {
    let Some(first) = entries.first() else {
        return Err(Failure::new(exit::NOT_FOUND, "NO_SUCH_TALK", format!("talk {talk} has no entry")));
    };
    let (name, public) = decode_convened(first.kind, &first.payload).map_err(Failure::internal)?;
    let (kind, payload) = encode_convened(&name, &public);
    if (kind as u16, &payload) != (first.kind, &first.payload) {
        return Err(differs(1, "the convening entry"));
    }
    let mut transcript = Transcript::open(talk, first)?;
    // What was decided together was appended together, so the next entries are known.
    let mut decided = VecDeque::new();
    for entry in &entries[1..] {
        let before = transcript.clone();
        let event = transcript.accept(entry)?;
        if decided.is_empty() {
            decided = decide(&before, entry, &event)?;
        }
        if decided.pop_front().as_ref() != Some(&event) {
            return Err(differs(entry.seq, "what the rules of procedure decide"));
        }
        compare(before.tip(), entry, &event, transcript.tip())?;
    }
    Ok(transcript)
}

/// What the state machine decides on the input that led to `entry`.
fn decide(before: &Transcript, entry: &Entry, event: &Event) -> Result<VecDeque<Event>, Failure> {
    let command = match event {
        Event::Moved(given) => Command::Submit(given.clone()),
        Event::Opened => Command::Open,
        Event::Adjourned => Command::Adjourn,
        Event::Reconvened => Command::Reconvene,
        Event::EpochTaken { epoch } => Command::TakeOver { epoch: *epoch },
        Event::TurnMissed { .. } | Event::Closed(_) => Command::Tick,
    };
    match before.talk().decide(Time(entry.time_us), &command) {
        Ok(Decision::Append(events)) => Ok(events.into()),
        Ok(Decision::Duplicate { .. }) => Err(differs(entry.seq, "a repeated submission")),
        Err(refusal) => {
            Err(broken(format!("entry {}: the rules of procedure refuse it: {refusal}", entry.seq)))
        }
    }
}

/// The entry written again at its place: the mediator's own entries are encoded anew, a party's move
/// is stored as it came.
fn compare(before: Tip, entry: &Entry, event: &Event, after: Tip) -> Result<(), Failure> {
    let mut again = entry.clone();
    again.seq = before.seq + 1;
    again.prev_hash = before.hash;
    match event {
        // The payload is the input itself, or says why somebody paused the talk.
        Event::Moved(_) | Event::Adjourned => {}
        _ => {
            let (kind, payload) = encode_event(event, "");
            (again.kind, again.payload) = (kind as u16, payload);
        }
    }
    if again.hash() == after.hash { Ok(()) } else { Err(differs(entry.seq, "the entry's bytes")) }
}

fn differs(seq: u64, what: &str) -> Failure {
    broken(format!("entry {seq}: {what} does not come out the same"))
}

fn broken(message: String) -> Failure {
    Failure::new(exit::BAD_DATA, "BROKEN_RECORD", message)
}
