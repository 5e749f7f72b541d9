//! What came of a run: one document, printed as JSON or as tables.

use std::collections::BTreeMap;

use scoring::Impact;
use serde::Serialize;
use talks::{Failure as TalkFailure, Outcome};
use tariff::Offer;

use super::children::Process;
use super::follow::Ended;
use super::{Format, Plan};
use crate::output::{Failure, line, print_json};
use crate::{offers, tables};

/// The document of a run.
#[derive(Serialize)]
pub(crate) struct Report {
    talk: String,
    scenario: String,
    procedure: &'static str,
    seed: u64,
    outcome: &'static str,
    reason: String,
    rounds: u32,
    moves: usize,
    /// Whether the same command gives the same outcome: not where a clock has a say.
    reproducible: bool,
    offer: Option<serde_json::Value>,
    impact: Option<Impact>,
    /// Present because one person runs all sides here.
    utilities: BTreeMap<String, f64>,
    walk_away_values: BTreeMap<String, f64>,
    strategies: BTreeMap<String, String>,
    record: String,
    trace_id: String,
    processes: Vec<Process>,
    #[serde(skip)]
    agreed: Option<Offer>,
}

impl Report {
    pub(crate) fn new(plan: &Plan, ended: Ended, processes: Vec<Process>) -> Result<Self, Failure> {
        let (transcript, bench) = (&ended.transcript, &plan.bench);
        let talk = transcript.talk();
        let agreed = talk.agreed().cloned();
        // Without an agreement the status quo stands, and that is what the figures show.
        let judged = agreed.as_ref().unwrap_or(bench.status_quo());
        let impact = bench.model().map(|model| model.impact(judged)).transpose().map_err(Failure::internal)?;
        let (mut utilities, mut walk_away_values) = (BTreeMap::new(), BTreeMap::new());
        for seat in &plan.seats {
            let prepared = seat.briefing.prepare(&seat.party, bench.agenda())?;
            let preferences = &prepared.preferences;
            utilities.insert(seat.party.to_string(), preferences.utility().value(judged));
            walk_away_values.insert(seat.party.to_string(), preferences.walk_away());
        }
        let strategies =
            plan.seats.iter().map(|s| (s.party.to_string(), s.briefing.strategy.to_string())).collect();
        Ok(Self {
            talk: transcript.id().to_string(),
            scenario: bench.scenario().name().to_owned(),
            procedure: "alternating-offers",
            seed: plan.options.seed,
            outcome: if agreed.is_some() { "agreed" } else { "failed" },
            reason: reason(talk.outcome(), plan.rounds),
            rounds: talk.round(),
            moves: talk.history().len(),
            reproducible: talk.terms().deadline().is_none(),
            offer: agreed.as_ref().map(|offer| offers::to_json(bench.agenda(), offer)),
            impact,
            utilities,
            walk_away_values,
            strategies,
            record: plan.options.record.display().to_string(),
            trace_id: ended.trace_id,
            processes,
            agreed,
        })
    }

    pub(crate) fn print(&self, plan: &Plan, format: Format) {
        if format == Format::Json {
            return print_json(self);
        }
        line("");
        line(&format!("{}: {} ({} rounds, {} moves)", self.outcome, self.reason, self.rounds, self.moves));
        if let Some(offer) = &self.agreed {
            line(&tables::offer(&plan.bench, offer));
        }
        if let Some(impact) = &self.impact {
            line(&tables::impact(impact));
        }
        for seat in &plan.seats {
            let party = seat.party.as_str();
            let (utility, walk_away) = (self.utilities[party], self.walk_away_values[party]);
            line(&format!("{party:>4}  utility {utility:.4}, walk-away value {walk_away:.4}, {}", self.strategies[party]));
        }
        line(&format!("record  {} (talk {})", self.record, self.talk));
        line(&format!("trace   {}", self.trace_id));
    }
}

fn reason(outcome: Option<&Outcome>, rounds: u32) -> String {
    match outcome {
        Some(Outcome::Agreed { offer }) => format!("all parties accepted the offer of entry {offer}"),
        Some(Outcome::Failed(TalkFailure::RoundsExhausted)) => {
            format!("the last of {rounds} rounds ended without agreement; the status quo stands")
        }
        Some(Outcome::Failed(TalkFailure::DeadlinePassed)) => {
            "the deadline passed without agreement; the status quo stands".to_owned()
        }
        Some(Outcome::Failed(TalkFailure::WalkedAway { party })) => format!("{party} walked away"),
        Some(Outcome::Failed(TalkFailure::Forfeited { party })) => {
            format!("{party} missed {} turns in a row and forfeited", talks::MISSES_TO_FORFEIT)
        }
        None => "the talk is not over".to_owned(),
    }
}
