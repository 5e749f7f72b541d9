//! A talk in plain lines: who did what, what moved, and what it would do.

use std::collections::BTreeMap;
use std::sync::Arc;

use scenario::Scenario;
use scoring::{Impact, Usd};
use scoring_server::Bench;
use talks::{Act, Event};
use tariff::{Offer, PartyId};
use transcript::Transcript;

use crate::entries::Told;
use crate::offers::Digest;
use crate::summaries::{reason, rounds};

/// Tells a talk entry by entry, remembering what each party proposed last.
pub(crate) struct Teller {
    bench: Option<Arc<Bench>>,
    digest: Digest,
    last: BTreeMap<PartyId, Offer>,
}

impl Teller {
    pub(crate) fn new(bench: Arc<Bench>) -> Self {
        let digest = Digest::new(bench.agenda());
        Self { bench: Some(bench), digest, last: BTreeMap::new() }
    }

    /// For a talk from elsewhere: figures are shown if the talk is about exactly this binary's edition
    /// of a shipped scenario.
    pub(crate) fn of(transcript: &Transcript) -> Self {
        let public = transcript.public();
        let agenda = public.terms.agenda();
        let shipped = Scenario::embedded().contains(&public.scenario.as_str());
        let scenario = shipped.then(|| Scenario::load(&public.scenario).ok()).flatten();
        let same = scenario.filter(|scenario| public.scenario_digest == Some(*scenario.digest().as_bytes()));
        let bench = same.and_then(|scenario| Bench::new(Arc::new(scenario)).ok());
        let bench = bench.filter(|bench| bench.agenda().digest() == agenda.digest()).map(Arc::new);
        Self { bench, digest: Digest::new(agenda), last: BTreeMap::new() }
    }

    pub(crate) fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The line of the convening entry.
    fn convened(transcript: &Transcript) -> String {
        let terms = transcript.talk().terms();
        let parties = terms.parties().iter().map(PartyId::as_str).collect::<Vec<_>>().join(", ");
        let (rounds, issues) = (terms.rounds(), terms.agenda().len());
        format!("convened: {}, {parties}, {rounds} rounds, {issues} issues", transcript.public().scenario)
    }

    /// An entry in lines.
    pub(crate) fn entry(&mut self, transcript: &Transcript, told: &Told) -> Vec<String> {
        let Some(event) = &told.event else { return vec![Self::convened(transcript)] };
        let mut lines = self.tell(transcript, event);
        if let Some(last) = lines.last_mut().filter(|_| !told.said.is_empty()) {
            *last = format!("{last}: {}", told.said);
        }
        lines
    }

    /// What an event means, a line or two; `transcript` has taken it.
    pub(crate) fn tell(&mut self, transcript: &Transcript, event: &Event) -> Vec<String> {
        let round = rounds(transcript);
        let line = |what: String| vec![format!("round {round:>3}  {what}")];
        match event {
            Event::Moved(given) => match &given.act {
                Act::Propose(offer) => {
                    let effect = self.impact(offer).map(|impact| effect(&impact)).unwrap_or_default();
                    let moved = self.note(&given.party, offer);
                    let mut lines = line(format!("{} proposes{effect}", given.party));
                    lines.push(format!("           {moved}"));
                    lines
                }
                Act::Accept { offer } => line(format!("{} accepts the offer of entry {offer}", given.party)),
                Act::WalkAway => line(format!("{} walks away", given.party)),
            },
            Event::TurnMissed { party } => line(format!("{party} misses its turn")),
            Event::Opened => vec!["every seat is taken; the talk opens".to_owned()],
            Event::Adjourned => vec!["adjourned".to_owned()],
            Event::Reconvened => vec!["reconvened".to_owned()],
            Event::EpochTaken { epoch } => vec![format!("a mediator takes the talk over: epoch {epoch}")],
            Event::Closed(outcome) => vec![format!("closed: {}", reason(outcome))],
        }
    }

    /// What an offer would do, where that is known.
    pub(crate) fn impact(&self, offer: &Offer) -> Option<Impact> {
        self.bench.as_ref()?.model()?.impact(offer).ok()
    }

    /// What a party has moved since its last offer, in words; its first in full.
    pub(crate) fn note(&mut self, party: &PartyId, offer: &Offer) -> String {
        let Some(before) = self.last.insert(party.clone(), offer.clone()) else {
            let only = [Some(offer)];
            let said = |(label, cells): (String, Vec<String>)| format!("{label} {}", cells.concat());
            let lines = self.digest.lines(&only).map(said);
            return format!("opens: {}", lines.collect::<Vec<_>>().join("; "));
        };
        let moved = self.digest.moved(&before, offer);
        if moved.is_empty() {
            return "the same offer as before".to_owned();
        }
        format!("moved: {}", moved.join("; "))
    }
}

fn effect(impact: &Impact) -> String {
    let bn = |dollars: i64| dollars as f64 / 1e9;
    let figure = |name: &str, figure: Usd| {
        let (now, change, from_base) =
            (bn(figure.after), bn(figure.after - figure.before), bn(figure.after - figure.base));
        format!("{name} {now:.1} bn ({change:+.1} on the status quo, {from_base:+.1} on base)")
    };
    format!(": {}, {}", figure("deficit", impact.bilateral_deficit), figure("trade", impact.total_trade))
}
