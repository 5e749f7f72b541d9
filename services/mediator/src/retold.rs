//! What a mediator that takes a talk over tells again. One that is killed loses the spans its exporter had
//! not sent, while delegations go on sending theirs, below rounds that nobody has heard of. Talk and rounds
//! are point spans whose ids stand beside the entries, so they can be told again, and are the same.

use std::collections::VecDeque;

use record::Entry;
use telemetry::{KeyValue, PointSpan, RETOLD, names};
use transcript::Transcript;
use wire::{EntryKind, PublicTerms};

use crate::story::{place, procedure};

/// The point spans that a talk's last entries began, gathered while its record is replayed.
#[derive(Debug, Default)]
pub(crate) struct Retold {
    talk: Option<Began>,
    rounds: VecDeque<Began>,
    /// What stands beside the entry before.
    beside: Option<String>,
    latest_us: i64,
}

#[derive(Debug)]
struct Began {
    at_us: i64,
    place: String,
    round: u32,
}

impl Retold {
    /// Takes note of the next entry, which the transcript has taken already.
    pub(crate) fn note(&mut self, entry: &Entry, transcript: &Transcript) {
        // A takeover says nothing of when the mediator before was last alive.
        if i32::from(entry.kind) != EntryKind::EpochTaken as i32 {
            self.latest_us = entry.time_us;
            self.forget(entry.time_us);
        }
        let Some(place) = entry.trace.as_ref().filter(|place| self.beside.as_ref() != Some(place)) else {
            return;
        };
        let began = Began { at_us: entry.time_us, place: place.clone(), round: transcript.talk().round() };
        self.beside = Some(place.clone());
        if entry.seq == 1 {
            self.talk = Some(began);
        } else {
            self.rounds.push_back(began);
        }
    }

    /// When anything happened last, takeovers apart.
    pub(crate) fn latest_us(&self) -> i64 {
        self.latest_us
    }

    /// What is older than an exporter can have kept is known to whoever collects.
    fn forget(&mut self, now_us: i64) {
        let kept = i64::try_from(RETOLD.as_micros()).unwrap_or(i64::MAX);
        let old = |began: &Began| began.at_us.saturating_add(kept) < now_us;
        self.talk.take_if(|talk| old(talk));
        while self.rounds.pop_front_if(|round| old(round)).is_some() {}
    }

    /// Tells those that began since a time.
    pub(crate) fn tell(self, transcript: &Transcript, since_us: i64) {
        let late = |began: &Began| began.at_us >= since_us;
        let (id, talk) = (transcript.id().as_str(), place(transcript.talk_trace()));
        if let Some(Began { at_us, place: own, .. }) = self.talk.filter(late) {
            let caller = place(transcript.caller_trace());
            let attributes = talk_attributes(id, transcript.public());
            PointSpan::again(names::TALK_SPAN, &caller, place(Some(&own)), at_us, attributes).end();
        }
        for Began { at_us, place: own, round } in self.rounds.into_iter().filter(late) {
            let attributes = round_attributes(id, round);
            PointSpan::again(names::ROUND_SPAN, &talk, place(Some(&own)), at_us, attributes).end();
        }
    }
}

/// What the span of a talk says.
pub(crate) fn talk_attributes(talk: &str, terms: &PublicTerms) -> [KeyValue; 3] {
    [
        KeyValue::new(names::TALK, talk.to_owned()),
        KeyValue::new(names::SCENARIO, terms.scenario.clone()),
        KeyValue::new(names::PROCEDURE, procedure(terms.terms.procedure())),
    ]
}

/// What the span of a round says.
pub(crate) fn round_attributes(talk: &str, round: u32) -> [KeyValue; 2] {
    [KeyValue::new(names::TALK, talk.to_owned()), KeyValue::new(names::ROUND, i64::from(round))]
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use record::{Draft, TalkId, Tip};
    use talks::{Event, Procedure, Terms};
    use tariff::{Issue, IssueKind, PartyId};
    use wire::{encode_convened, encode_event};

    use super::*;

    const SECOND_US: i64 = 1_000_000;

    fn id() -> TalkId {
        TalkId::new("talk-1").unwrap()
    }

    fn terms() -> PublicTerms {
        let agenda_bytes = wire::encode_agenda(&[Issue::new("calm", IssueKind::Switch, None).unwrap()]);
        let agenda = wire::decode_agenda(&agenda_bytes).unwrap();
        let parties = ["USA", "CHN"].map(|party| PartyId::new(party).unwrap());
        let terms = Terms::new(Procedure::AlternatingOffers, parties.to_vec(), agenda, 5).unwrap();
        let terms = terms.with_turn_limit_us(4 * SECOND_US).unwrap();
        PublicTerms { scenario: String::new(), scenario_digest: None, agenda_bytes, ordinal: 0, terms }
    }

    /// Convened at 0 s and opened at 1 s; then both miss their turns, so that rounds begin at 9 and at 17 s.
    /// The last figure is the span beside the entry.
    fn entries() -> Vec<Entry> {
        let missed = |party| encode_event(&Event::TurnMissed { party: PartyId::new(party).unwrap() }, "");
        let said: [((EntryKind, Bytes), i64, u8); 7] = [
            (encode_convened("talk-1", &terms()), 0, 1),
            (encode_event(&Event::Opened, ""), 1, 2),
            (missed("USA"), 5, 2),
            (missed("CHN"), 9, 3),
            (missed("USA"), 13, 3),
            (missed("CHN"), 17, 4),
            (encode_event(&Event::EpochTaken { epoch: 2 }, ""), 99, 4),
        ];
        let mut tip = Tip::genesis(&id());
        let entry = |((kind, payload), second, span): ((EntryKind, Bytes), i64, u8)| {
            let trace = Some(format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b{span}-01"));
            let epoch = if kind == EntryKind::EpochTaken { 2 } else { 1 };
            let (kind, time_us) = (kind as u16, second * SECOND_US);
            let draft = Draft { epoch, time_us, kind, payload, signatures: Vec::new(), trace };
            let entry = Entry::after(tip, draft);
            tip = Tip::of(&entry);
            entry
        };
        said.into_iter().map(entry).collect()
    }

    /// The rounds that are told again after so many entries, and whether the talk is.
    fn retold(entries: &[Entry]) -> (bool, Vec<(u32, i64)>) {
        let (mut retold, mut transcript) = (Retold::default(), Transcript::open(&id(), &entries[0]).unwrap());
        retold.note(&entries[0], &transcript);
        for entry in &entries[1..] {
            transcript.accept(entry).unwrap();
            retold.note(entry, &transcript);
        }
        let rounds = retold.rounds.iter().map(|began| (began.round, began.at_us / SECOND_US));
        (retold.talk.is_some(), rounds.collect())
    }

    #[test]
    fn what_began_in_the_last_ten_seconds_of_entries_is_told_again() {
        let entries = entries();
        assert_eq!(retold(&entries[..1]), (true, vec![]));
        assert_eq!(retold(&entries[..4]), (true, vec![(1, 1), (2, 9)]));
        assert_eq!(retold(&entries[..5]), (false, vec![(2, 9)]));
        assert_eq!(retold(&entries[..6]), retold(&entries), "a takeover ages nothing");
        assert_eq!(retold(&entries), (false, vec![(2, 9), (3, 17)]));
    }
}
