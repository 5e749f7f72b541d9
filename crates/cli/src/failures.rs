//! Errors of the libraries as failures of the command: code, message, where, hint, exit code.

use delegation::service::ServiceError;
use delegation::{BriefingError, DelegationError};
use mandate::MandateError;
use record::{OpenError, ReadError};
use scenario::ScenarioError;
use transcript::TranscriptError;

use crate::output::{Failure, exit, unheard};

impl From<ScenarioError> for Failure {
    fn from(error: ScenarioError) -> Self {
        let message = error.to_string();
        match &error {
            ScenarioError::NotFound { .. } => Self::new(exit::NOT_FOUND, "NO_SUCH_SCENARIO", message)
                .hint("`detente scenario list` shows what ships with the command"),
            ScenarioError::Series { .. } | ScenarioError::NotInSeries { .. } => {
                Self::new(exit::NOT_FOUND, "NO_SUCH_SCENARIO", message)
                    .hint("a member is named after a colon, such as usmca-2026:CAN")
            }
            ScenarioError::Unreadable { path, .. } => {
                Self::new(exit::NOT_FOUND, "UNREADABLE_FILE", message.clone()).at(path)
            }
            ScenarioError::Broken(problems) => {
                let failure = Self::new(exit::USAGE, "BROKEN_SCENARIO", message)
                    .hint("`detente scenario check DIR` also checks the mandates beside it");
                match problems.first() {
                    Some(first) => failure.at(format!("{}:{}:{}", first.file, first.line, first.column)),
                    None => failure,
                }
            }
            _ => Self::new(exit::USAGE, "BROKEN_SCENARIO", message),
        }
    }
}

impl From<MandateError> for Failure {
    fn from(error: MandateError) -> Self {
        let failure = Self::new(exit::USAGE, "BROKEN_MANDATE", error.to_string());
        match &error {
            MandateError::Broken(problems) => match problems.first() {
                Some(first) => failure.at(format!("{}:{}", first.file, first.line)),
                None => failure,
            },
            MandateError::TooLarge { file, .. } => failure.at(file),
            _ => failure,
        }
    }
}

impl From<BriefingError> for Failure {
    fn from(error: BriefingError) -> Self {
        match error {
            BriefingError::Scenario(error) => error.into(),
            BriefingError::Mandate(error) => error.into(),
            other => Self::new(exit::USAGE, "BAD_BRIEFING", other.to_string()),
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        let message = error.to_string();
        match error {
            ServiceError::Scenario(error) => error.into(),
            ServiceError::Mandate(error) => error.into(),
            ServiceError::MandateFile { path, .. } => {
                Self::new(exit::NOT_FOUND, "UNREADABLE_FILE", message).at(path.display().to_string())
            }
            ServiceError::NoMandate { .. } | ServiceError::NoMandateBeside { .. } => Self::new(exit::USAGE, "NO_MANDATE", message)
                .hint("give one with --mandate (a FILE to `explain`, PARTY=FILE elsewhere); docs/mandates.md shows the format"),
            ServiceError::Strategy(_) => Self::new(exit::USAGE, "BAD_STRATEGY", message),
            ServiceError::Listen { address, why } | ServiceError::Seat { address, why } => {
                unheard(address, &why, message)
            }
            ServiceError::SeatInTheOpen(_) => Self::new(exit::USAGE, "BAD_ARGUMENT", message).at("--seat"),
            ServiceError::Party(_) => Self::new(exit::USAGE, "BAD_ARGUMENT", message),
            ServiceError::Serve(_) => Self::new(exit::INTERNAL, "INTERNAL", message),
            ServiceError::Delegation(DelegationError::Briefing(error)) => error.into(),
            ServiceError::Delegation(_) => Self::new(exit::UNAVAILABLE, "LEFT_THE_TALK", message),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let message = error.to_string();
        let (exit, code) = match &error {
            OpenError::InUse { .. } => (exit::UNAVAILABLE, "RECORD_IN_USE"),
            OpenError::Missing { .. } => (exit::NOT_FOUND, "NO_SUCH_RECORD"),
            _ => (exit::USAGE, "UNUSABLE_RECORD"),
        };
        let failure = Self::new(exit, code, message).hint("--record FILE names another one");
        match &error {
            OpenError::InUse { path }
            | OpenError::Missing { path }
            | OpenError::NotARecord { path, .. }
            | OpenError::NewerFormat { path, .. }
            | OpenError::Io { path, .. }
            | OpenError::Sqlite { path, .. } => failure.at(path.display().to_string()),
            _ => failure,
        }
    }
}

impl From<mediator::ServiceError> for Failure {
    fn from(error: mediator::ServiceError) -> Self {
        let message = error.to_string();
        match error {
            mediator::ServiceError::Record(error) => error.into(),
            mediator::ServiceError::Scenario(error) => error.into(),
            mediator::ServiceError::Listen { address, why } => unheard(address, &why, message),
            mediator::ServiceError::Serve(_) => Self::new(exit::INTERNAL, "INTERNAL", message),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match &error {
            ReadError::Broken(_) => Self::new(exit::BAD_DATA, "BROKEN_RECORD", error.to_string()),
            ReadError::Unavailable(_) => Self::new(exit::UNAVAILABLE, "UNUSABLE_RECORD", error.to_string()),
        }
    }
}

impl From<TranscriptError> for Failure {
    fn from(error: TranscriptError) -> Self {
        Self::new(exit::BAD_DATA, "BROKEN_RECORD", error.to_string())
    }
}
