use serde::Deserialize;

use crate::Information;

/// A tournament as its file describes it; docs/lab.md has every key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TournamentFile {
    /// What the tournament is called.
    pub name: String,
    /// Strategies, as `--strategy` names them.
    pub strategies: Vec<String>,
    /// Scenarios between two parties.
    pub scenarios: Vec<String>,
    /// Repetitions of every talk, under seeds of their own.
    #[serde(default = "one")]
    pub repetitions: u32,
    /// Rounds of a talk; each scenario's own if left out.
    #[serde(default)]
    pub rounds: Vec<u32>,
    /// What the strategies are told of the other side.
    #[serde(default = "model")]
    pub information: Vec<Information>,
    /// The seed of everything.
    #[serde(default)]
    pub seed: u64,
    /// Whether strategies also meet themselves.
    #[serde(default = "yes")]
    pub self_play: bool,
    /// Whether opponent models are compared with the truth after every decision.
    #[serde(default)]
    pub model_rounds: bool,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

fn model() -> Vec<Information> {
    vec![Information::Model]
}

/// Why a file describes no tournament.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct FileError {
    /// The file.
    pub file: String,
    /// What is wrong, and where in it.
    pub why: String,
}

impl TournamentFile {
    /// Reads the text of `file`.
    ///
    /// # Errors
    /// The text is no TOML, or lacks or repeats what a tournament needs.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        let error = |why: String| FileError { file: file.to_owned(), why };
        let found: Self = toml::from_str(text).map_err(|problem| error(problem.to_string()))?;
        found.check().map_err(error)?;
        Ok(found)
    }

    fn check(&self) -> Result<(), String> {
        let distinct = |key: &str, names: &[String]| match names {
            [] => Err(format!("{key}: expected at least one")),
            names => match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
                Some((_, twice)) => Err(format!("{key}: {twice:?} is named twice")),
                None => Ok(()),
            },
        };
        distinct("strategies", &self.strategies)?;
        distinct("scenarios", &self.scenarios)?;
        if self.strategies.len() < 2 && !self.self_play {
            return Err("strategies: expected two, or self_play = true".to_owned());
        }
        if !(1..=100_000).contains(&self.repetitions) {
            return Err(format!("repetitions: {} is not valid, expected 1 to 100000", self.repetitions));
        }
        if let Some(rounds) = self.rounds.iter().find(|r| !(1..=talks::MAX_ROUNDS).contains(*r)) {
            return Err(format!("rounds: {rounds} is not valid, expected 1 to {}", talks::MAX_ROUNDS));
        }
        let once = |rounds: &[u32]| (1..rounds.len()).all(|at| !rounds[..at].contains(&rounds[at]));
        if !once(&self.rounds) {
            return Err(format!("rounds: {:?} names one twice", self.rounds));
        }
        if (1..self.information.len()).any(|at| self.information[..at].contains(&self.information[at])) {
            return Err("information: one is named twice".to_owned());
        }
        if self.information.is_empty() {
            return Err("information: expected none, model or truth".to_owned());
        }
        Ok(())
    }
}
