use crate::ScoringError;
use crate::policy::PolicyError;

/// Why a study cannot be read or solved.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// There is no such model.
    #[error("there is no model {given:?}: known are {known}")]
    UnknownModel {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// Something in the file cannot be.
    #[error("line {line}, column {column}: {path}: {fault}")]
    BadInput {
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// Where it stands, such as `cases[1].tariff_power[0][2]`.
        path: String,
        /// What was found and what is expected there, or which key is missing.
        fault: String,
    },
    /// A case has no solution, or none was found: no figure is given rather than a wrong one.
    #[error("case {case:?}: {error}")]
    Unsolved {
        /// The name of the case.
        case: String,
        /// Why.
        error: ScoringError,
    },
    /// Nobody would choose any tariffs that were found.
    #[error(transparent)]
    NoTariffs(PolicyError),
}

impl StudyError {
    /// The error of a case that was read and could not be solved.
    pub(crate) fn unsolved(case: &str, error: ScoringError) -> Self {
        Self::Unsolved { case: case.to_owned(), error }
    }
}
