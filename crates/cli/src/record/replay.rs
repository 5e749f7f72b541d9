//! The offline verifier: the state machine of `talks` decides again on the recorded inputs at the
//! recorded times, and what it decides must be the recorded entries, byte for byte.

use std::collections::VecDeque;

use record::{Entry, TalkId, Tip};
use serde::Serialize;
use serde_json::json;
use talks::{Command, Decision, Event, Time};
use transcript::Transcript;
use wire::{convened_by, decode_convened, encode_convened_by, encode_event};

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
    let (kind, payload) = encode_convened_by(&name, &public, convened_by(&first.payload).as_deref());
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
    if again.hash() == after.hash { Ok(()) } else { Err(differs(entry.seq, "the payload")) }
}

fn differs(seq: u64, what: &str) -> Failure {
    broken(format!("entry {seq}: {what} does not come out the same"))
}

fn broken(message: String) -> Failure {
    Failure::new(exit::BAD_DATA, "BROKEN_RECORD", message)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use record::Draft;
    use talks::{Procedure, Terms};
    use tariff::{AgendaDigest, Issue, IssueKind, PartyId};

    use super::*;

    const TURN_US: i64 = 1_000;

    fn id() -> TalkId {
        TalkId::new("talk-1").unwrap()
    }

    /// Convened and opened at 0, then a missed turn at `missed_us`; every link of the chain holds.
    fn entries(missed_us: i64) -> Vec<Entry> {
        let agenda_bytes = wire::encode_agenda(&[Issue::new("calm", IssueKind::Switch, None).unwrap()]);
        let agenda = wire::decode_agenda(&agenda_bytes).unwrap();
        assert_eq!(agenda.digest(), AgendaDigest::of(&agenda_bytes));
        let parties = ["USA", "CHN"].map(|party| PartyId::new(party).unwrap());
        let terms = Terms::new(Procedure::AlternatingOffers, parties.to_vec(), agenda, 3).unwrap();
        let terms = terms.with_turn_limit_us(TURN_US).unwrap();
        let scenario = String::new();
        let public = wire::PublicTerms { scenario, scenario_digest: None, agenda_bytes, ordinal: 0, terms };
        let missed = Event::TurnMissed { party: parties[0].clone() };
        let said: [(_, Bytes, i64); 3] = [
            (encode_convened_by("talk-1", &public, None), 0),
            (encode_event(&Event::Opened, ""), 0),
            (encode_event(&missed, ""), missed_us),
        ]
        .map(|((kind, payload), time)| (kind as u16, payload, time));
        let mut tip = Tip::genesis(&id());
        let entry = |(kind, payload, time_us)| {
            let draft = Draft { epoch: 1, time_us, kind, payload, signatures: Vec::new(), trace: None };
            let entry = Entry::after(tip, draft);
            tip = Tip::of(&entry);
            entry
        };
        said.into_iter().map(entry).collect()
    }

    #[test]
    fn what_the_rules_decide_comes_out_the_same() {
        let entries = entries(TURN_US);
        assert_eq!(reproduce(&id(), &entries).unwrap().tip(), Tip::of(&entries[2]));
    }

    /// The chain is whole and the move is allowed; but at that time no mediator decides so.
    #[test]
    fn an_entry_that_was_not_due_is_found_out() {
        let failure = reproduce(&id(), &entries(TURN_US - 1)).unwrap_err();
        assert_eq!((failure.code.as_str(), failure.exit), ("BROKEN_RECORD", exit::BAD_DATA));
        assert_eq!(failure.message, "entry 3: what the rules of procedure decide does not come out the same");
    }

    #[test]
    fn a_payload_in_other_words_is_found_out() {
        let mut entries = entries(TURN_US);
        // An unknown field, which protobuf readers pass over.
        entries[2].payload = [entries[2].payload.as_ref(), &[0x78, 0x01]].concat().into();
        let failure = reproduce(&id(), &entries).unwrap_err();
        assert_eq!(failure.message, "entry 3: the payload does not come out the same");
    }
}
