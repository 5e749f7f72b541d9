//! What a tournament leaves in its folder: results.csv, results.json, timings.csv, and models.csv if asked.

use std::path::Path;

use lab::{Journal, Leaderboard, Modelled, Population, Scores, Timing, Tournament, TournamentFile};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::output::{Failure, exit, unwritable};

/// A finished tournament: what is printed, and drawn.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// Everything that is the same bytes whenever it is played.
    pub(crate) results: Value,
    /// Seconds by the clock and of computation, of this run; none for results that are read.
    pub(crate) clocks: Option<(f64, f64)>,
    pub(crate) folder: String,
    /// Microseconds that strategies took for a decision in the last run; none where no run left any.
    pub(crate) decision_us: Vec<(String, f64)>,
}

impl Stored {
    pub(crate) fn write(
        folder: &Path,
        file: &TournamentFile,
        tournament: &Tournament,
        journal: &Journal,
        timings: &[Timing],
        clocks: (f64, f64),
    ) -> Result<Self, Failure> {
        let scores = Scores::of(tournament, journal.played());
        let results = results(file, &scores);
        put(
            &folder.join("results.json"),
            &serde_json::to_string_pretty(&results).map_err(Failure::internal)?,
        )?;
        put(&folder.join("results.csv"), &csv(tournament, journal))?;
        if file.model_rounds {
            put(&folder.join("models.csv"), &models(tournament, journal))?;
        }
        if timings.iter().any(|timing| timing.decisions > 0) {
            put(&folder.join("timings.csv"), &times(tournament, timings))?;
        }
        let decision_us = measured(folder);
        Ok(Self { results, clocks: Some(clocks), folder: folder.display().to_string(), decision_us })
    }

    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("results.json");
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Failure::new(exit::NOT_FOUND, "NO_RESULTS", format!("cannot read results: {error}"))
                .at(path.display().to_string())
                .hint("`detente lab run FILE -o DIR` writes them when it has finished")
        })?;
        let results = serde_json::from_str(&text).map_err(|error| {
            Failure::new(exit::BAD_DATA, "BAD_RESULTS", error.to_string()).at(path.display().to_string())
        })?;
        let decision_us = measured(folder);
        Ok(Self { results, clocks: None, folder: folder.display().to_string(), decision_us })
    }
}

fn results(file: &TournamentFile, scores: &Scores) -> Value {
    let board = Leaderboard::of(scores, file.seed);
    let population = file.self_play.then(|| Population::of(scores));
    json!({
        "name": file.name,
        "seed": file.seed,
        "talks": scores.talks,
        "offers": scores.offers,
        "repetitions": file.repetitions,
        "repetitions_identical": scores.repetitions_identical,
        "strategies": scores.entrants,
        "scenarios": scores.arenas,
        "leaderboard": board.standings,
        "differences": board.differences,
        "payoffs": scores.payoffs,
        "population": population,
    })
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    // Written beside and moved: a kill leaves the old file or the new one.
    let beside = path.with_extension("partial");
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| unwritable(path, &error, "results"))
}

const HEADER: &str = "talk,scenario,first_party,second_party,first_strategy,second_strategy,moves_first,information,\
rounds_limit,repetition,ending,round,offers,first_missed,second_missed,first_utility,second_utility,first_advantage,second_advantage,welfare,\
nash_product,fairness,pareto_distance,nash_distance,kalai_smorodinsky_distance,first_model_spearman,second_model_spearman,\
first_model_kendall,second_model_kendall,first_model_rmse,second_model_rmse\n";

fn csv(tournament: &Tournament, journal: &Journal) -> String {
    let mut text = HEADER.to_owned();
    for talk in journal.played() {
        let given = tournament.at(talk.talk);
        let arena = &tournament.arenas[given.arena];
        let name = |at: usize| quoted(&tournament.entrants[given.entrants[at]].0);
        let distance = |d: Option<f64>| d.map(|d| d.to_string()).unwrap_or_default();
        let model = |party: usize, of: fn(Modelled) -> f64| distance(talk.models[party].map(of));
        let [first, second] = arena.parties();
        let cells = [
            talk.talk.to_string(),
            quoted(arena.name()),
            first.to_string(),
            second.to_string(),
            name(0),
            name(1),
            arena.parties()[given.first].to_string(),
            given.information.as_str().to_owned(),
            given.rounds.to_string(),
            given.repetition.to_string(),
            talk.ending.clone(),
            talk.round.to_string(),
            talk.offers.to_string(),
            talk.missed[0].to_string(),
            talk.missed[1].to_string(),
            talk.utility[0].to_string(),
            talk.utility[1].to_string(),
            talk.advantage[0].to_string(),
            talk.advantage[1].to_string(),
            talk.welfare().to_string(),
            talk.product().to_string(),
            distance(talk.fairness()),
            distance(talk.pareto_distance),
            distance(talk.nash_distance),
            distance(talk.kalai_smorodinsky_distance),
            model(0, |model| model.spearman),
            model(1, |model| model.spearman),
            model(0, |model| model.kendall),
            model(1, |model| model.kendall),
            model(0, |model| model.rmse),
            model(1, |model| model.rmse),
        ];
        text += &cells.join(",");
        text.push('\n');
    }
    text
}

/// How good models were after each decision.
fn models(tournament: &Tournament, journal: &Journal) -> String {
    let mut text = "talk,party,strategy,round,spearman,kendall,rmse\n".to_owned();
    for talk in journal.played() {
        let given = tournament.at(talk.talk);
        for (party, rounds) in talk.model_rounds.iter().enumerate() {
            let sat = &tournament.arenas[given.arena].parties()[party];
            let strategy = quoted(&tournament.entrants[given.entrants[party]].0);
            for (round, Modelled { spearman, kendall, rmse }) in rounds {
                text += &format!("{},{sat},{strategy},{round},{spearman},{kendall},{rmse}\n", talk.talk);
            }
        }
    }
    text
}

fn times(tournament: &Tournament, timings: &[Timing]) -> String {
    let mut text = "strategy,decisions,seconds,microseconds_per_decision\n".to_owned();
    for ((name, _), timing) in tournament.entrants.iter().zip(timings) {
        let seconds = timing.spent.as_secs_f64();
        let each = seconds * 1e6 / timing.decisions.max(1) as f64;
        text += &format!("{},{},{seconds:.6},{each:.3}\n", quoted(name), timing.decisions);
    }
    text
}

/// What `timings.csv` says, if it is there: times are told where they are, and missed nowhere.
fn measured(folder: &Path) -> Vec<(String, f64)> {
    let Ok(reader) = csv::Reader::from_path(folder.join("timings.csv")) else { return Vec::new() };
    let rows = reader.into_records().map_while(Result::ok);
    rows.filter_map(|row| Some((row.get(0)?.to_owned(), row.get(3)?.parse().ok()?))).collect()
}

/// A text as a cell: in quotes where it would be taken for several.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
