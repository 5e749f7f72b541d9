//! A talk in full: its terms, its entries with what they say, and what its offers do.

use std::collections::BTreeMap;
use std::sync::Arc;

use prost::Message as _;
use record::{Entry, TalkId};
use scoring_server::Bench;
use serde::Serialize;
use serde_json::{Value as Json, json};
use talks::{Act, Event, Seq};
use tariff::{Issue, IssueKind, Offer, PartyId, Value};
use transcript::{Digest, Transcript, TranscriptError, label, procedure, reason, spoken};
use wire::pb::mediation::v1 as pb;
use wire::{EntryKind, decode_move};

use super::summary::{TalkSummary, state};

/// What the page shows of one entry.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EntryDocument {
    pub(crate) seq: u64,
    time_us: i64,
    epoch: u64,
    kind: &'static str,
    hash: String,
    prev_hash: String,
    signatures: usize,
    party: Option<String>,
    round: u32,
    client_seq: Option<u64>,
    /// `propose`, `accept`, `walk-away` or `missed`.
    act: Option<&'static str>,
    /// The entry of the offer that was accepted.
    accepted: Option<u64>,
    /// The offer, issue by issue: numbers in the issue's unit, switches, labels.
    values: Option<Vec<Json>>,
    /// What happened; of an offer, what changed in it.
    words: Vec<String>,
    /// What was said with it.
    said: String,
    figures: Option<Figures>,
}

/// What an offer does, in whole dollars.
#[derive(Debug, Clone, Copy, Serialize)]
struct Figures {
    deficit: i64,
    trade: i64,
    imports: i64,
    exports: i64,
}

/// A talk as far as its entries have been read.
pub(crate) struct Story {
    bench: Option<Arc<Bench>>,
    digest: Digest,
    transcript: Transcript,
    last: BTreeMap<PartyId, Offer>,
    entries: Vec<EntryDocument>,
    last_us: i64,
}

impl Story {
    /// Begins with the first entry.
    pub(crate) fn open(
        id: &TalkId,
        first: &Entry,
        find: impl FnOnce(&Transcript) -> Option<Arc<Bench>>,
    ) -> Result<Self, TranscriptError> {
        let transcript = Transcript::open(id, first)?;
        let digest = Digest::new(transcript.talk().terms().agenda());
        let bench = find(&transcript);
        let mut story = Self {
            bench,
            digest,
            transcript,
            last: BTreeMap::new(),
            entries: Vec::new(),
            last_us: first.time_us,
        };
        let words = format!("convened: {} rounds", story.transcript.talk().terms().rounds());
        story.entries.push(EntryDocument { words: vec![words], ..blank(first) });
        Ok(story)
    }

    /// Takes the next entry; one that is known already is passed over.
    pub(crate) fn take(&mut self, entry: &Entry) -> Result<(), TranscriptError> {
        if entry.seq <= self.seq() {
            return Ok(());
        }
        let said = said(entry, &self.transcript);
        let event = self.transcript.accept(entry)?;
        let document = self.document_of(entry, &event, said);
        self.entries.push(document);
        self.last_us = entry.time_us;
        Ok(())
    }

    /// The last entry taken.
    pub(crate) fn seq(&self) -> u64 {
        self.transcript.tip().seq
    }

    pub(crate) fn summary(&self) -> TalkSummary {
        TalkSummary::of(&self.transcript, self.bench.as_deref(), self.last_us)
    }

    /// Entries after one, at most `limit`.
    pub(crate) fn after(&self, seq: u64, limit: usize) -> &[EntryDocument] {
        let from = usize::try_from(seq).unwrap_or(usize::MAX).min(self.entries.len());
        let to = from.saturating_add(limit).min(self.entries.len());
        &self.entries[from..to]
    }

    /// Everything but the entries.
    pub(crate) fn head(&self) -> Json {
        let (talk, public) = (self.transcript.talk(), self.transcript.public());
        let terms = talk.terms();
        let scenario = self.bench.as_ref().map(|bench| bench.scenario());
        let name = |party: &PartyId| {
            let known = scenario.and_then(|s| s.parties().iter().find(|p| p.id == *party));
            json!({ "id": party.as_str(), "name": known.map_or(party.as_str(), |p| p.name.as_str()) })
        };
        json!({
            "id": self.transcript.id().as_str(),
            "scenario": public.scenario,
            "title": scenario.map(|s| s.title()),
            "procedure": procedure(terms.procedure()),
            "parties": terms.parties().iter().map(name).collect::<Vec<_>>(),
            "state": state(talk.phase()),
            "reason": talk.outcome().map(reason),
            "turn": talk.turn().map(PartyId::as_str),
            "rounds": terms.rounds(),
            "deadline_us": terms.deadline().map(|time| time.0),
            "turn_limit_us": terms.turn_limit_us(),
            "started_us": self.transcript.convened_at().0,
            "last_us": self.last_us,
            "trace_id": self.transcript.talk_trace().and_then(|trace| trace.split('-').nth(1)),
            "agreed": agreed(talk.outcome()),
            "issues": self.issues(),
            "status_quo": self.bench.as_ref().map(|bench| values(bench.agenda().issues(), bench.status_quo())),
            "base": self.base(),
            "seq": self.seq(),
        })
    }

    /// The offer of an entry, with what scores it.
    pub(crate) fn offer(&self, seq: u64) -> Option<(Arc<Bench>, Offer)> {
        let bench = self.bench.clone()?;
        let offer = self.transcript.talk().offer_at(Seq(seq)).cloned();
        let status_quo = || (seq == 0).then(|| bench.status_quo().clone());
        let offer = offer.or_else(status_quo)?;
        Some((bench, offer))
    }

    fn issues(&self) -> Vec<Json> {
        let scenario = self.bench.as_ref().map(|bench| bench.scenario());
        let facts = self.bench.as_ref().and_then(|bench| bench.model()).map(|model| model.base().facts());
        let issues = self.transcript.talk().terms().agenda().issues();
        let document = |(place, issue): (usize, &Issue)| {
            let instrument = issue.instrument();
            let sector = instrument.and_then(tariff::Instrument::sector);
            let named = facts.zip(sector).and_then(|(f, id)| f.sectors.iter().find(|s| s.id == *id));
            json!({
                "id": issue.id().as_str(),
                "title": scenario.and_then(|s| s.issue_title(place)),
                "label": label(issue),
                "unit": if let IssueKind::Number(range) = issue.kind() { range.unit().as_str() } else { "" },
                "by": instrument.and_then(tariff::Instrument::by).map(PartyId::as_str),
                "rate": matches!(instrument, Some(tariff::Instrument::AddedRate { .. })),
                "sector": sector.map(tariff::SectorId::as_str),
                "sector_name": named.map(|sector| sector.name.as_str()),
            })
        };
        issues.iter().enumerate().map(document).collect()
    }

    /// The figures of the data year and of the status quo.
    fn base(&self) -> Option<Json> {
        let bench = self.bench.as_ref()?;
        let impact = bench.model()?.impact(bench.status_quo()).ok()?;
        let parties = impact.parties.each_ref().map(|party| party.party.to_string());
        Some(json!({
            "home": parties[0], "partner": parties[1],
            "deficit": [impact.bilateral_deficit.base, impact.bilateral_deficit.before],
            "trade": [impact.total_trade.base, impact.total_trade.before],
        }))
    }

    fn document_of(&mut self, entry: &Entry, event: &Event, said: String) -> EntryDocument {
        let round = self.transcript.talk().history().last().map_or(0, |past| past.round);
        let document = EntryDocument { round, said, ..blank(entry) };
        match event {
            Event::Moved(given) => {
                let party = Some(given.party.to_string());
                let document = EntryDocument { party, client_seq: Some(given.client_seq), ..document };
                self.moved(document, &given.party, &given.act)
            }
            Event::TurnMissed { party } => {
                let words = vec![format!("{party} misses its turn")];
                EntryDocument { party: Some(party.to_string()), act: Some("missed"), words, ..document }
            }
            other => EntryDocument { words: vec![beside_moves(other)], ..document },
        }
    }

    fn moved(&mut self, document: EntryDocument, party: &PartyId, act: &Act) -> EntryDocument {
        match act {
            Act::Propose(offer) => {
                let words = self.changes(party, offer);
                let issues = self.transcript.talk().terms().agenda().issues();
                EntryDocument {
                    act: Some("propose"),
                    values: Some(values(issues, offer)),
                    figures: self.figures(offer),
                    words,
                    ..document
                }
            }
            Act::Accept { offer } => {
                let words = vec![format!("{party} accepts the offer of entry {offer}")];
                EntryDocument { act: Some("accept"), accepted: Some(offer.0), words, ..document }
            }
            Act::WalkAway => EntryDocument {
                act: Some("walk-away"),
                words: vec![format!("{party} walks away")],
                ..document
            },
        }
    }

    /// What a party moved since its last offer; its first in full.
    fn changes(&mut self, party: &PartyId, offer: &Offer) -> Vec<String> {
        let Some(before) = self.last.insert(party.clone(), offer.clone()) else {
            let only = [Some(offer)];
            let lines = self.digest.lines(&only);
            return lines.map(|(label, cells)| format!("opens: {label} {}", cells.concat())).collect();
        };
        let moved = self.digest.moved(&before, offer);
        if moved.is_empty() { vec!["the same offer as before".to_owned()] } else { moved }
    }

    fn figures(&self, offer: &Offer) -> Option<Figures> {
        let at = self.bench.as_ref()?.model()?.headlines(offer).ok()?;
        let (deficit, trade) = (at.bilateral_deficit, at.total_trade);
        Some(Figures { deficit, trade, imports: at.imports, exports: at.exports })
    }
}

fn blank(entry: &Entry) -> EntryDocument {
    let kind = EntryKind::try_from(i32::from(entry.kind)).unwrap_or_default();
    EntryDocument {
        seq: entry.seq,
        time_us: entry.time_us,
        epoch: entry.epoch,
        kind: match kind {
            EntryKind::Unspecified => "unknown",
            EntryKind::Convened => "convened",
            EntryKind::Opened => "opened",
            EntryKind::Moved => "moved",
            EntryKind::TurnMissed => "turn missed",
            EntryKind::Closed => "closed",
            EntryKind::Adjourned => "adjourned",
            EntryKind::Reconvened => "reconvened",
            EntryKind::EpochTaken => "taken over",
        },
        hash: entry.hash().to_string(),
        prev_hash: entry.prev_hash.to_string(),
        signatures: entry.signatures.len(),
        party: None,
        round: 0,
        client_seq: None,
        act: None,
        accepted: None,
        values: None,
        words: Vec::new(),
        said: String::new(),
        figures: None,
    }
}

fn beside_moves(event: &Event) -> String {
    match event {
        Event::Opened => "every seat is taken; the talk opens".to_owned(),
        Event::Adjourned => "adjourned".to_owned(),
        Event::Reconvened => "reconvened".to_owned(),
        Event::EpochTaken { epoch } => format!("a mediator takes the talk over: epoch {epoch}"),
        Event::Closed(outcome) => format!("closed: {}", reason(outcome)),
        Event::Moved(_) | Event::TurnMissed { .. } => String::new(),
    }
}

fn agreed(outcome: Option<&talks::Outcome>) -> Option<u64> {
    match outcome {
        Some(talks::Outcome::Agreed { offer }) => Some(offer.0),
        _ => None,
    }
}

/// Numbers in their unit, switches, labels.
fn values(issues: &[Issue], offer: &Offer) -> Vec<Json> {
    let value = |(issue, value): (&Issue, &Value)| match (issue.kind(), value) {
        (IssueKind::Number(range), Value::Number(n)) => {
            json!(*n as f64 / 10_f64.powi(i32::from(range.scale())))
        }
        (_, Value::Switch(on)) => json!(on),
        (_, value) => json!(spoken(issue, *value)),
    };
    issues.iter().zip(offer.values()).map(value).collect()
}

/// Why a party walks away, or why somebody pauses the talk.
fn said(entry: &Entry, transcript: &Transcript) -> String {
    match EntryKind::try_from(i32::from(entry.kind)) {
        Ok(EntryKind::Moved) => {
            let agenda = transcript.talk().terms().agenda();
            let given = decode_move(&entry.payload, agenda, transcript.standing());
            given.map(|given| given.reason).unwrap_or_default()
        }
        Ok(EntryKind::Adjourned) => {
            pb::Adjourned::decode(entry.payload.clone()).map(|paused| paused.reason).unwrap_or_default()
        }
        _ => String::new(),
    }
}
