//! What came of a run: one document, printed as JSON or as tables.

use std::collections::BTreeMap;

use scoring::{Burden, Impact};
use serde::Serialize;
use talks::{Failure as TalkFailure, Outcome};
use tariff::Offer;
use transcript::Transcript;

use super::children::Process;
use super::follow::Ended;
use super::gap::gap;
use super::traces::Whereabouts;
use super::{Format, Plan};
use crate::output::{Failure, line, print_json};
use crate::score::scored::Manner;
use crate::summaries::{procedure, reason, rounds};
use crate::tables::Sheet;
use crate::{impacts, offers};

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
    burden: Option<[Burden; 2]>,
    /// Present because one person runs all sides here.
    utilities: BTreeMap<String, f64>,
    status_quo_utilities: BTreeMap<String, f64>,
    walk_away_values: BTreeMap<String, f64>,
    strategies: BTreeMap<String, String>,
    record: String,
    trace_id: String,
    /// The file that holds the trace; none if it went elsewhere or was not kept.
    traces: Option<String>,
    processes: Vec<Process>,
    #[serde(skip)]
    agreed: Option<Offer>,
    #[serde(skip)]
    note: Option<String>,
}

impl Report {
    pub(crate) fn new(
        plan: &Plan,
        ended: Ended,
        processes: Vec<Process>,
        kept: Whereabouts,
    ) -> Result<Self, Failure> {
        let (transcript, bench) = (&ended.transcript, &plan.bench);
        let talk = transcript.talk();
        let agreed = talk.agreed().cloned();
        // Without an agreement the status quo stands, and that is what the figures show.
        let judged = agreed.as_ref().unwrap_or(bench.status_quo());
        let impact = bench.model().map(|_| Manner::default().impact(bench, judged)).transpose()?;
        let burden = impact.as_ref().zip(bench.model()).map(|(impact, model)| impact.burden(model.base()));
        let (mut utilities, mut status_quo_utilities) = (BTreeMap::new(), BTreeMap::new());
        let mut walk_away_values = BTreeMap::new();
        for seat in &plan.seats {
            let preferences = &seat.prepared.preferences;
            utilities.insert(seat.party.to_string(), preferences.utility().value(judged));
            let unchanged = preferences.utility().value(bench.status_quo());
            status_quo_utilities.insert(seat.party.to_string(), unchanged);
            walk_away_values.insert(seat.party.to_string(), preferences.walk_away());
        }
        let strategies =
            plan.seats.iter().map(|s| (s.party.to_string(), s.briefing.strategy.to_string())).collect();
        Ok(Self {
            talk: transcript.id().to_string(),
            scenario: bench.scenario().name().to_owned(),
            procedure: procedure(talk.terms().procedure()),
            seed: plan.options.seed,
            outcome: if agreed.is_some() { "agreed" } else { "failed" },
            reason: why(plan, transcript),
            rounds: rounds(transcript),
            moves: talk.history().len(),
            reproducible: plan.is_reproducible() && talk.terms().deadline().is_none(),
            offer: agreed.as_ref().map(|offer| offers::to_json(bench.agenda(), offer)),
            impact,
            burden,
            utilities,
            status_quo_utilities,
            walk_away_values,
            strategies,
            record: plan.options.record.display().to_string(),
            trace_id: ended.trace_id,
            traces: kept.file,
            processes,
            agreed,
            note: kept.note,
        })
    }

    pub(crate) fn print(&self, plan: &Plan, format: Format) {
        if format == Format::Json {
            return print_json(self);
        }
        line("");
        line(&format!("{}: {} ({} rounds, {} moves)", self.outcome, self.reason, self.rounds, self.moves));
        if let Some(offer) = &self.agreed {
            line(&format!("\n{}", offers::show(&plan.bench, offer)));
        }
        if let (Some(impact), Some(burden)) = (&self.impact, &self.burden) {
            line(&format!("\n{}", impacts::show(impact, burden)));
        }
        line(&format!("\n{}", self.parties(plan)));
        line(&format!("\n{}", self.whereabouts()));
    }

    fn parties(&self, plan: &Plan) -> Sheet {
        let outcome = if self.agreed.is_some() { "utility" } else { "utility, no deal" };
        let mut sheet =
            Sheet::new(3, &["party", "name", "strategy", outcome, "status quo", "walk-away value"]);
        for seat in &plan.seats {
            let party = seat.party.as_str();
            let worth = [&self.utilities, &self.status_quo_utilities, &self.walk_away_values];
            let worth = worth.map(|of| format!("{:.4}", of[party]));
            let words = [party.to_owned(), seat.name.clone(), self.strategies[party].clone()];
            sheet.row(words.into_iter().chain(worth));
        }
        sheet
    }

    fn whereabouts(&self) -> String {
        let record =
            if self.record == "detente.db" { String::new() } else { format!(" --record {}", self.record) };
        let mut lines = vec![
            format!("record  {}: detente record show {}{record}", self.record, self.talk),
            format!("trace   {}", self.trace_id),
        ];
        if let Some(file) = &self.traces {
            let store = if file == "detente-traces.db" { String::new() } else { format!(" --store {file}") };
            lines.push(format!("        {file}: detente trace {}{store}", self.talk));
        }
        lines.extend(self.note.iter().map(|note| format!("        {note}")));
        lines.join("\n")
    }
}

/// The outcome in a sentence; where time ran out, with how far apart the parties still were.
fn why(plan: &Plan, transcript: &Transcript) -> String {
    let Some(outcome) = transcript.talk().outcome() else { return "the talk is not over".to_owned() };
    let ran_out =
        matches!(outcome, Outcome::Failed(TalkFailure::RoundsExhausted | TalkFailure::DeadlinePassed));
    match gap(plan, transcript).filter(|_| ran_out) {
        Some(gap) => format!("{}: {gap}", reason(outcome)),
        None => reason(outcome),
    }
}
