use std::fmt;

use scoring::ScoringError;
use utility::UtilityError;

/// What is wrong with a mandate file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The key, such as `objective.weight`; empty where the file is not TOML at all.
    pub key: String,
    /// What was wrong and what was expected.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, key, what } = self;
        if key.is_empty() {
            write!(f, "{file}:{line}: {what}")
        } else {
            write!(f, "{file}:{line}: {key}: {what}")
        }
    }
}

/// Why a mandate could not be read, compiled or explained.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MandateError {
    /// The file is not a mandate, or does not fit the agenda; every problem found, by line.
    #[error("{}", lines(.0))]
    Broken(Vec<Problem>),
    /// The file is too large to be one.
    #[error("{file}: {given} bytes: expected at most {max}")]
    TooLarge {
        /// The file as it was named.
        file: String,
        /// Its size.
        given: usize,
        /// The most that is read.
        max: usize,
    },
    /// Impacts would be needed for more combinations than can be listed.
    #[error("the agenda's interacting issues have {given} combinations: expected at most {max}")]
    TooManyCombinations {
        /// How many there are.
        given: u128,
        /// The most that are evaluated.
        max: u128,
    },
    /// The model refused an offer.
    #[error("the trade model failed")]
    Scoring(#[from] ScoringError),
    /// The parts do not make a utility.
    #[error("the objectives do not make a utility")]
    Utility(#[from] UtilityError),
    /// An offer for another agenda.
    #[error(transparent)]
    Offer(#[from] tariff::TariffError),
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
