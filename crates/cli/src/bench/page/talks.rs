//! A record with many talks and a long one, written without anybody talking.

use std::path::Path;
use std::sync::Arc;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use record::{Draft, Entry, Log as _, SqliteLog, TalkId, Tip};
use scenario::Scenario;
use scoring_server::Bench;
use talks::{Command, Decision, Event, Time};
use tariff::{Offer, PartyId};
use transcript::Transcript;
use wire::{OutgoingMove, PublicTerms, WireAct, decode_move, encode_convened, encode_event, encode_move};

use crate::bench::score::offers;
use crate::output::Failure;

/// The talk of many rounds.
pub(super) const LONG: &str = "talk-long";
const SCENARIO: &str = "geneva-2025";
const BEGAN: Time = Time(1_746_835_200_000_000);
/// From one entry to the next.
const STEP_US: i64 = 250_000;
/// Appends under way at once: they share commits.
const AT_ONCE: usize = 256;

/// Writes `short` talks, each of one round, and one of `rounds`.
pub(super) async fn write(path: &Path, short: u32, rounds: u32) -> Result<(), Failure> {
    let log = SqliteLog::open(path)?;
    let bench = Bench::new(Arc::new(Scenario::load(SCENARIO)?)).map_err(Failure::internal)?;
    let offers = offers(bench.agenda(), rounds.max(2) * 2).map_err(Failure::internal)?;
    let long = talk(&bench, LONG, rounds, &offers)?;
    // First, and thereby the last in the list of the newest.
    append(&log, LONG, long).await?;
    let talks = (0..short).map(|number| {
        let name = format!("talk-{number:05}");
        let talk = talk(&bench, &name, 1, &offers[..2]);
        let log = &log;
        async move { append(log, &name, talk?).await }
    });
    stream::iter(talks).buffer_unordered(AT_ONCE).try_collect::<()>().await
}

async fn append(log: &SqliteLog, name: &str, drafts: Vec<Draft>) -> Result<(), Failure> {
    let id = TalkId::new(name).map_err(Failure::internal)?;
    log.append(&id, Tip::genesis(&id), drafts).await.map(drop).map_err(Failure::internal)
}

/// The entries of a talk in which the parties put these offers one after the other, to its end.
fn talk(bench: &Bench, name: &str, rounds: u32, offers: &[Offer]) -> Result<Vec<Draft>, Failure> {
    let id = TalkId::new(name).map_err(Failure::internal)?;
    let terms = bench.scenario().terms(bench.agenda().clone(), rounds)?;
    let parties = terms.parties().to_vec();
    let public = PublicTerms {
        scenario: SCENARIO.to_owned(),
        scenario_digest: Some(*bench.scenario().digest().as_bytes()),
        agenda_bytes: bench.agenda_bytes().clone(),
        ordinal: 0,
        terms,
    };
    let (kind, payload) = encode_convened(name, &public);
    let first = draft(BEGAN, kind as u16, payload);
    let transcript = Transcript::open(&id, &Entry::after(Tip::genesis(&id), first.clone()))?;
    let mut writing = Writing { transcript, drafts: vec![first] };
    writing.step(&Command::Open, None)?;
    for (place, offer) in offers.iter().take(rounds as usize * 2).enumerate() {
        writing.propose(&parties[place % 2], place as u64 / 2 + 1, offer)?;
    }
    Ok(writing.drafts)
}

/// A talk on its way to the record.
struct Writing {
    transcript: Transcript,
    drafts: Vec<Draft>,
}

impl Writing {
    fn propose(&mut self, party: &PartyId, client_seq: u64, offer: &Offer) -> Result<(), Failure> {
        let agenda = self.transcript.talk().terms().agenda().clone();
        let act = WireAct::Propose(offer.clone());
        let outgoing = OutgoingMove { talk: self.transcript.id().as_str(), party, client_seq, round: 0, act };
        let payload = encode_move(&agenda, &outgoing);
        let received =
            decode_move(&payload, &agenda, self.transcript.standing()).map_err(Failure::internal)?;
        self.step(&Command::Submit(received.submission), Some(payload))
    }

    fn step(&mut self, command: &Command, sent: Option<bytes::Bytes>) -> Result<(), Failure> {
        let now = BEGAN.plus_us(STEP_US * self.drafts.len() as i64);
        let decision = self.transcript.talk().decide(now, command).map_err(Failure::internal)?;
        let Decision::Append(events) = decision else { return Ok(()) };
        for event in events {
            let (kind, encoded) = encode_event(&event, "");
            let payload = match (&event, &sent) {
                (Event::Moved(_), Some(sent)) => sent.clone(),
                _ => encoded,
            };
            let next = draft(now, kind as u16, payload);
            self.transcript.accept(&Entry::after(self.transcript.tip(), next.clone()))?;
            self.drafts.push(next);
        }
        Ok(())
    }
}

fn draft(at: Time, kind: u16, payload: bytes::Bytes) -> Draft {
    Draft { epoch: 1, time_us: at.0, kind, payload, signatures: Vec::new(), trace: None }
}
