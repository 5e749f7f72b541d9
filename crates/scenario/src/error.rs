use std::fmt;

use scoring::ScoringError;
use talks::TermsError;
use tariff::TariffError;

/// One thing that is wrong with a scenario's files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file inside the public part.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The character of that line, from 1.
    pub column: usize,
    /// The key or column, such as `issue[3].number.step`.
    pub key: String,
    /// What stands there; nothing where something is missing.
    pub found: Option<String>,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, key, found, expected } = self;
        write!(f, "{file}:{line}:{column}: {key}: ")?;
        match found {
            Some(found) => write!(f, "found {found}, expected {expected}"),
            None => write!(f, "missing, expected {expected}"),
        }
    }
}

/// Why a scenario could not be loaded or used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// Neither a shipped scenario nor a folder that holds one.
    #[error("no scenario {given:?}: expected one of {} or a folder with a scenario.toml", known.join(", "))]
    NotFound {
        /// What was asked for.
        given: String,
        /// The shipped scenarios.
        known: Vec<&'static str>,
    },
    /// A series of talks, each of which is a scenario.
    #[error("a series of talks: expected one of its members after ':', which are {}", members.join(", "))]
    Series {
        /// The members.
        members: Vec<String>,
    },
    /// A member that the scenario does not have.
    #[error("no member {given:?}: {}", known_members(members))]
    NotInSeries {
        /// What was asked for.
        given: String,
        /// The members; none where the scenario is one talk.
        members: Vec<String>,
    },
    /// A file that cannot be read.
    #[error("{path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// Files that say something wrong: everything found in one pass, in order of file and line.
    #[error("{}", listed(.0))]
    Broken(Vec<Problem>),
    /// The issues or values do not fit together.
    #[error(transparent)]
    Agenda(#[from] TariffError),
    /// The rules of procedure do not allow these terms.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// The trade model cannot be compiled for this agenda.
    #[error(transparent)]
    Scoring(#[from] ScoringError),
}

impl ScenarioError {
    /// Where the files are wrong; empty for any other error.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Broken(problems) => problems,
            _ => &[],
        }
    }
}

fn known_members(members: &[String]) -> String {
    match members {
        [] => "expected nothing after ':', the scenario is one talk".to_owned(),
        _ => format!("expected one of {}", members.join(", ")),
    }
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
