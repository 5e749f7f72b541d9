//! What tournaments left in their folders, read for the page.
//!
//! The files are the lab's, but a folder is anybody's: each is bounded and read into types before
//! anything of it is shown.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// Bytes of one file of results.
const MOST_BYTES: u64 = 16 << 20;
/// Folders with results that are looked at in a folder.
const MOST_FOLDERS: usize = 1_000;
/// Tournaments that are listed, the newest first.
const MOST_LISTED: usize = 200;
const MOST_STRATEGIES: usize = 256;
const MOST_SCENARIOS: usize = 1_024;
/// Letters of a name, and of what is said of a file that is no result.
const MOST_LETTERS: usize = 200;

/// Where tournaments may be: folders of results, or folders of such folders.
#[derive(Debug, Clone, Default)]
pub struct Tournaments {
    folders: Vec<PathBuf>,
}

/// Why a folder's results are not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResultsError {
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("is larger than {} MiB", MOST_BYTES >> 20)]
    TooLarge,
    #[error("is no result of a tournament: {0}")]
    Json(#[from] serde_json::Error),
    #[error("does not fit itself: {0}")]
    Unfit(&'static str),
}

/// The results of a tournament, as `detente lab run` writes them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) name: String,
    pub(crate) seed: u64,
    pub(crate) talks: u64,
    pub(crate) offers: u64,
    pub(crate) repetitions: u32,
    pub(crate) repetitions_identical: bool,
    pub(crate) strategies: Vec<String>,
    pub(crate) scenarios: Vec<String>,
    pub(crate) leaderboard: Vec<Standing>,
    differences: Vec<Difference>,
    payoffs: Vec<Vec<Option<f64>>>,
    population: Option<Population>,
}

/// How a strategy did. Utilities are of 0 to 1, distances Euclidean in them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Standing {
    rank: u32,
    pub(crate) strategy: String,
    mean_utility: f64,
    ci95: Option<(f64, f64)>,
    advantage: f64,
    agreement_rate: f64,
    by_scenario: Vec<Option<f64>>,
    welfare: Option<f64>,
    fairness: Option<f64>,
    pareto_distance: Option<f64>,
    nash_distance: Option<f64>,
    kalai_smorodinsky_distance: Option<f64>,
    rounds: Option<f64>,
    /// Absent from results of before there was such a thing.
    #[serde(default)]
    model_spearman: Option<f64>,
    turns: u64,
    missed_turns: u64,
    missed_reason: Option<String>,
    forfeits: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Difference {
    better: String,
    other: String,
    difference: f64,
    p: Option<f64>,
    p_corrected: Option<f64>,
}

/// What would become of a population that imitates who does well.
#[derive(Debug, Serialize, Deserialize)]
struct Population {
    equilibria: Vec<Mixed>,
    replicator: Mixed,
    regret: f64,
    best_responses: Vec<(String, String, f64)>,
    trajectory: Vec<Vec<f64>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Mixed {
    mixture: Vec<(String, f64)>,
    value: f64,
}

/// One line of the list: results, or why there are none.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    /// The folder's name, by which it is asked for.
    pub(crate) id: String,
    pub(crate) written_us: i64,
    #[serde(flatten)]
    pub(crate) about: About,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum About {
    Results {
        name: String,
        talks: u64,
        strategies: usize,
        scenarios: usize,
        seed: u64,
        first: Option<String>,
    },
    Problem {
        problem: String,
    },
}

/// A tournament in full.
#[derive(Debug, Serialize)]
pub(crate) struct Played {
    id: String,
    pub(crate) results: Results,
    /// What a decision of each strategy took, in microseconds, where that was measured.
    decision_us: Vec<Option<f64>>,
}

impl ResultsError {
    /// What is wrong, in a line: a parser may repeat all that it could not read.
    pub(crate) fn told(&self) -> String {
        self.to_string().chars().take(MOST_LETTERS).collect()
    }
}

struct Found {
    id: String,
    folder: PathBuf,
    written_us: i64,
}

impl Tournaments {
    /// Looks in these folders, and in the folders directly inside them, whenever it is asked.
    #[must_use]
    pub fn within(folders: Vec<PathBuf>) -> Self {
        Self { folders }
    }

    /// All there are, the newest first.
    pub(crate) fn list(&self) -> Vec<Listed> {
        let listed = |found: Found| {
            let about = match results(&found.folder) {
                Ok(results) => About::Results {
                    talks: results.talks,
                    strategies: results.strategies.len(),
                    scenarios: results.scenarios.len(),
                    seed: results.seed,
                    first: results.leaderboard.into_iter().next().map(|standing| standing.strategy),
                    name: results.name,
                },
                Err(error) => About::Problem { problem: format!("results.json {}", error.told()) },
            };
            Listed { id: found.id, written_us: found.written_us, about }
        };
        self.found().into_iter().map(listed).collect()
    }

    /// What the folder of this name holds.
    pub(crate) fn get(&self, id: &str) -> Option<Result<Played, ResultsError>> {
        let found = self.found().into_iter().find(|found| found.id == id)?;
        Some(results(&found.folder).map(|results| {
            let decision_us = times(&found.folder, &results.strategies).unwrap_or_default();
            Played { id: found.id, results, decision_us }
        }))
    }

    /// Folders with results. Of two of the same name the newer counts.
    fn found(&self) -> Vec<Found> {
        let mut all: Vec<Found> = Vec::new();
        for folder in &self.folders {
            all.extend(found(folder));
            let Ok(inside) = std::fs::read_dir(folder) else { continue };
            all.extend(inside.filter_map(|entry| found(&entry.ok()?.path())).take(MOST_FOLDERS));
        }
        all.sort_by(|a, b| b.written_us.cmp(&a.written_us).then_with(|| a.id.cmp(&b.id)));
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|found| seen.insert(found.id.clone()));
        all.truncate(MOST_LISTED);
        all
    }
}

fn found(folder: &Path) -> Option<Found> {
    let file = folder.join("results.json").metadata().ok().filter(std::fs::Metadata::is_file)?;
    let written = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let name = folder.canonicalize().ok()?.file_name()?.to_string_lossy().into_owned();
    let written_us = i64::try_from(written.as_micros()).unwrap_or(i64::MAX);
    Some(Found { id: name, folder: folder.to_owned(), written_us })
}

fn results(folder: &Path) -> Result<Results, ResultsError> {
    let mut text = String::new();
    let file = std::fs::File::open(folder.join("results.json"))?;
    if file.take(MOST_BYTES + 1).read_to_string(&mut text)? as u64 > MOST_BYTES {
        return Err(ResultsError::TooLarge);
    }
    let mut results: Results = serde_json::from_str(&text)?;
    for reason in results.leaderboard.iter_mut().filter_map(|standing| standing.missed_reason.as_mut()) {
        *reason = reason.chars().take(MOST_LETTERS).collect();
    }
    results.check().map_err(ResultsError::Unfit)?;
    Ok(results)
}

impl Results {
    /// Whether every table has the rows and columns that its headings say.
    fn check(&self) -> Result<(), &'static str> {
        let (strategies, scenarios) = (self.strategies.len(), self.scenarios.len());
        if strategies > MOST_STRATEGIES || scenarios > MOST_SCENARIOS {
            return Err("more strategies or scenarios than can be shown");
        }
        if self.leaderboard.len() > strategies
            || self.leaderboard.iter().any(|standing| standing.by_scenario.len() != scenarios)
        {
            return Err("the leaderboard has other strategies or scenarios");
        }
        if self.payoffs.len() != strategies || self.payoffs.iter().any(|row| row.len() != strategies) {
            return Err("the payoffs are of other strategies");
        }
        if self.differences.len() > strategies * strategies {
            return Err("more differences than pairs");
        }
        let longest = self.names().map(str::len).max();
        if longest.is_some_and(|longest| longest > MOST_LETTERS) {
            return Err("a name is longer than names are");
        }
        let parts = self.population.iter().flat_map(|population| {
            let equilibria = population.equilibria.iter().map(|mixed| mixed.mixture.len());
            equilibria.chain([population.replicator.mixture.len(), population.best_responses.len()])
        });
        if parts.clone().count() > 1_000
            || parts.clone().any(|strategies_in_it| strategies_in_it > strategies)
        {
            return Err("the population has more strategies than there are");
        }
        let steps = self.population.iter().flat_map(|population| &population.trajectory);
        if steps.clone().count() > 1_000 || steps.clone().any(|shares| shares.len() != strategies) {
            return Err("the population is of other strategies");
        }
        Ok(())
    }
}

impl Results {
    /// Whatever is a name in it.
    fn names(&self) -> impl Iterator<Item = &str> {
        let board = self.leaderboard.iter().map(|standing| standing.strategy.as_str());
        let pairs = self.differences.iter().flat_map(|d| [d.better.as_str(), d.other.as_str()]);
        let mixed = self.population.iter().flat_map(|p| p.equilibria.iter().chain([&p.replicator]));
        let mixed = mixed.flat_map(|mixed| mixed.mixture.iter().map(|(name, _)| name.as_str()));
        let answers = self.population.iter().flat_map(|p| &p.best_responses);
        let answers = answers.flat_map(|(to, is, _)| [to.as_str(), is.as_str()]);
        let all = self.strategies.iter().chain(&self.scenarios).map(String::as_str);
        all.chain([self.name.as_str()]).chain(board).chain(pairs).chain(mixed).chain(answers)
    }
}

/// `timings.csv` of the same folder: of this machine at that time, and so apart from the results.
fn times(folder: &Path, strategies: &[String]) -> Option<Vec<Option<f64>>> {
    let file = std::fs::File::open(folder.join("timings.csv")).ok()?.take(MOST_BYTES);
    let mut of = vec![None; strategies.len()];
    for row in csv::Reader::from_reader(file).into_records().take(MOST_STRATEGIES) {
        let row = row.ok()?;
        let (name, each) = (row.get(0)?, row.get(3)?.parse::<f64>().ok()?);
        if let Some(place) = strategies.iter().position(|strategy| strategy == name) {
            of[place] = each.is_finite().then_some(each);
        }
    }
    Some(of)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use serde_json::json;

    use super::*;

    fn two() -> serde_json::Value {
        let standing = |strategy: &str, rank: u32| {
            json!({
                "rank": rank, "strategy": strategy, "mean_utility": 0.6, "ci95": null, "advantage": 0.2,
                "agreement_rate": 1.0, "by_scenario": [0.6], "welfare": 1.2, "fairness": null,
                "pareto_distance": 0.0, "nash_distance": 0.1, "kalai_smorodinsky_distance": 0.1,
                "rounds": 20.0, "turns": 40, "missed_turns": 0, "missed_reason": null, "forfeits": 0,
            })
        };
        let mut modelling = standing("micro", 1);
        modelling["model_spearman"] = json!(0.7);
        json!({
            "name": "small", "seed": 7, "talks": 8, "offers": 90, "repetitions": 1,
            "repetitions_identical": true, "strategies": ["micro", "a, \"b\""], "scenarios": ["laptop"],
            "leaderboard": [modelling, standing("a, \"b\"", 2)], "differences": [],
            "payoffs": [[0.5, 0.6], [0.7, 0.4]], "population": null,
        })
    }

    fn folder(results: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("lab-small")).unwrap();
        std::fs::write(folder.path().join("lab-small/results.json"), results).unwrap();
        folder
    }

    #[test]
    fn results_are_found_below_a_folder_and_in_it() {
        let folder = folder(&two().to_string());
        std::fs::write(
            folder.path().join("lab-small/timings.csv"),
            "strategy,decisions,seconds,microseconds_per_decision\n\"a, \"\"b\"\"\",8,0.1,2.5\n",
        )
        .unwrap();
        for place in [folder.path().to_owned(), folder.path().join("lab-small")] {
            let tournaments = Tournaments::within(vec![place.clone(), place]);
            let listed = tournaments.list();
            assert_eq!(listed.len(), 1, "{listed:?}");
            assert_eq!(listed[0].id, "lab-small");
            assert!(
                matches!(&listed[0].about, About::Results { first: Some(first), .. } if first == "micro")
            );
            let played = tournaments.get("lab-small").unwrap().unwrap();
            let models: Vec<Option<f64>> =
                played.results.leaderboard.iter().map(|s| s.model_spearman).collect();
            assert_eq!(models, [Some(0.7), None], "results of before there were such figures are read too");
            assert_eq!((played.results.talks, played.decision_us), (8, vec![None, Some(2.5)]));
            assert!(tournaments.get("../lab-small").is_none());
        }
        assert!(Tournaments::within(vec!["/nowhere/at/all".into()]).list().is_empty());
    }

    #[test]
    fn what_is_no_result_is_listed_with_its_reason() {
        let mut bent = two();
        bent["payoffs"][0] = json!([0.5]);
        let huge = format!("\"{}\"", "x".repeat(usize::try_from(MOST_BYTES).unwrap()));
        for (text, reason) in [
            ("{}".to_owned(), "is no result of a tournament: missing field `name`"),
            (bent.to_string(), "does not fit itself: the payoffs are of other strategies"),
            (huge, "is larger than 16 MiB"),
            (json!({ "name": [], "x": "y".repeat(100_000) }).to_string(), "is no result of a tournament"),
            ("[".repeat(100_000), "is no result of a tournament"),
        ] {
            let folder = folder(&text);
            let listed = Tournaments::within(vec![folder.path().to_owned()]).list();
            let About::Problem { problem } = &listed[0].about else { panic!("{listed:?}") };
            assert!(problem.contains(reason) && problem.len() < 300, "{problem}");
        }
    }
}
