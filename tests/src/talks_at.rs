//! Talks for tests: small terms, convening, following a record to an entry or to its end.

use std::sync::Arc;

use bytes::Bytes;
use record::{Entry, Log, Page, TalkId};
use scenario::Scenario;
use scoring_server::Bench;
use talks::{Procedure, Terms};
use tariff::{Agenda, AgendaDigest, Choices, Issue, IssueKind, Label, NumberRange, Offer, PartyId, Value};
use transcript::Transcript;
use wire::PublicTerms;
use wire::pb::mediation::v1 as pb;

use crate::mediators::Client;
use crate::patiently;

/// The party with a valid name.
#[must_use]
pub fn party(name: &str) -> PartyId {
    PartyId::new(name).unwrap()
}

/// Terms without a scenario: a rate of 0 to 100 percent in steps of 5, a venue, a switch.
#[must_use]
pub fn small_terms(parties: &[&str], rounds: u32) -> PublicTerms {
    let label = |text| Label::new(text).unwrap();
    let rate = NumberRange::new(label("percent"), 2, 0, 10_000, 500).unwrap();
    let venue = Choices::new(vec![label("Geneva"), label("London")]).unwrap();
    let issues = [
        Issue::new("rate", IssueKind::Number(rate), None).unwrap(),
        Issue::new("venue", IssueKind::Choice(venue), None).unwrap(),
        Issue::new("pause", IssueKind::Switch, None).unwrap(),
    ];
    let agenda_bytes = wire::encode_agenda(&issues);
    let agenda = Agenda::new(issues.to_vec(), AgendaDigest::of(&agenda_bytes)).unwrap();
    let parties = parties.iter().map(|name| party(name)).collect();
    let terms = Terms::new(Procedure::AlternatingOffers, parties, agenda, rounds).unwrap();
    PublicTerms { scenario: String::new(), scenario_digest: None, agenda_bytes, ordinal: 0, terms }
}

/// An offer on [`small_terms`] with this rate, in basis points.
#[must_use]
pub fn small_offer(terms: &PublicTerms, bps: i64) -> Offer {
    let values = vec![Value::Number(bps), Value::Choice(0), Value::Switch(true)];
    terms.terms.agenda().offer(values).unwrap()
}

/// The terms of a shipped scenario, with its rounds unless others are given.
#[must_use]
pub fn scenario_terms(name: &str, rounds: Option<u32>) -> PublicTerms {
    let bench = Bench::new(Arc::new(Scenario::load(name).unwrap())).unwrap();
    let scenario = bench.scenario();
    let terms = scenario.terms(bench.agenda().clone(), rounds.unwrap_or(scenario.rounds())).unwrap();
    PublicTerms {
        scenario: name.to_owned(),
        scenario_digest: Some(*scenario.digest().as_bytes()),
        agenda_bytes: bench.agenda_bytes().clone(),
        ordinal: 0,
        terms,
    }
}

/// Convenes a talk and returns its name.
pub async fn convene(client: &mut Client, request_id: &str, terms: &PublicTerms) -> TalkId {
    let terms = Some(wire::encode_terms(terms));
    let request = pb::ConveneTalkRequest { request_id: request_id.to_owned(), terms, trace: None };
    let convened = patiently("a talk", client.convene_talk(request)).await.unwrap();
    TalkId::new(&convened.into_inner().talk.unwrap().talk).unwrap()
}

/// Watches a talk over the wire until `enough` holds of its transcript.
pub async fn watch_until(
    client: &mut Client,
    talk: &TalkId,
    enough: impl Fn(&Transcript) -> bool,
) -> Transcript {
    let request = pb::WatchEntriesRequest { talk: talk.to_string(), after_seq: 0 };
    let mut watch = client.watch_entries(request).await.unwrap().into_inner();
    let mut transcript: Option<Transcript> = None;
    loop {
        let batch = patiently("the next entry", watch.message()).await.unwrap();
        for entry in batch.expect("the watch goes on to the talk's end").entries {
            let entry = wire::entry_from_pb(&entry).unwrap();
            match &mut transcript {
                None => transcript = Some(Transcript::open(talk, &entry).unwrap()),
                Some(transcript) => drop(transcript.accept(&entry).unwrap()),
            }
            if let Some(reached) = transcript.take_if(|t| enough(t)) {
                return reached;
            }
        }
    }
}

/// Watches a talk to its end.
pub async fn watch_to_the_end(client: &mut Client, talk: &TalkId) -> Transcript {
    watch_until(client, talk, |t| t.talk().outcome().is_some()).await
}

/// All entries of a talk.
pub async fn entries(log: &dyn Log, talk: &TalkId) -> Vec<Entry> {
    log.read(talk, 0, Page { entries: usize::MAX, bytes: usize::MAX }).await.unwrap()
}

/// The moves of a talk: the payloads as they came, in order.
#[must_use]
pub fn moves(entries: &[Entry]) -> Vec<Bytes> {
    let moved = entries.iter().filter(|e| i32::from(e.kind) == wire::EntryKind::Moved as i32);
    moved.map(|e| e.payload.clone()).collect()
}

/// Checks what must hold of any record: dense, chained, within the rules, each move once.
///
/// # Panics
/// It does not hold.
#[must_use]
pub fn sound(talk: &TalkId, entries: &[Entry]) -> Transcript {
    let dense = entries.iter().zip(1..).all(|(entry, seq)| entry.seq == seq);
    assert!(dense, "an entry is missing or doubled");
    let mut moves = moves(entries);
    let all = moves.len();
    moves.sort();
    moves.dedup();
    assert_eq!(moves.len(), all, "a move stands twice");
    Transcript::replay(talk, entries).unwrap()
}
