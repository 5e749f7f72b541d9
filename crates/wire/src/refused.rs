use std::collections::HashMap;
use std::time::Duration;

use record::{AppendError, ReadError};
use talks::Refusal;
use tariff::TariffError;
use tonic::Code;
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::WireError;

/// The domain of every `google.rpc.ErrorInfo` this project sends.
pub const ERROR_DOMAIN: &str = "detente";

/// An answer of no: a gRPC code, a stable reason for machines, a sentence for people, and the
/// details that help to do better. This file is the one place that decides which error gets which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The gRPC code.
    pub code: Code,
    /// The stable reason, as in `google.rpc.ErrorInfo`.
    pub reason: &'static str,
    /// What was wrong, and what to do.
    pub message: String,
    /// More for machines, such as the expected number.
    pub metadata: Vec<(&'static str, String)>,
    /// The field at fault, for bad input.
    pub field: Option<String>,
    /// When to try again, for passing troubles.
    pub retry_after: Option<Duration>,
}

impl Refused {
    /// An answer with neither details nor a time to try again.
    #[must_use]
    pub fn new(code: Code, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), metadata: Vec::new(), field: None, retry_after: None }
    }

    /// Adds a detail for machines.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        self.metadata.push((key, value.to_string()));
        self
    }

    /// Names the field at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// There is no such talk.
    #[must_use]
    pub fn no_such_talk(talk: &str) -> Self {
        let talk: String = talk.chars().take(80).collect();
        Self::new(
            Code::NotFound,
            "NO_SUCH_TALK",
            format!("there is no talk {talk:?}: list the talks to see their names"),
        )
    }

    /// The service cannot answer now.
    #[must_use]
    pub fn unavailable(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, reason, message).retry_after(Duration::from_secs(1))
    }

    /// As the status of a call or the end of a stream.
    #[must_use]
    pub fn status(&self) -> tonic::Status {
        let metadata: HashMap<String, String> =
            self.metadata.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        let mut details = ErrorDetails::with_error_info(self.reason, ERROR_DOMAIN, metadata);
        if let Some(field) = &self.field {
            details.add_bad_request_violation(field.as_str(), self.message.as_str());
        }
        if let Some(wait) = self.retry_after {
            details.set_retry_info(Some(wait));
        }
        tonic::Status::with_error_details(self.code, self.message.as_str(), details)
    }

    /// As the message inside a `Rejected`.
    #[must_use]
    pub fn rpc_status(&self) -> tonic_types::Status {
        let status = self.status();
        // The details of a rich status are an encoded google.rpc.Status.
        prost::Message::decode(status.details()).unwrap_or_else(|_| tonic_types::Status {
            code: self.code.into(),
            message: self.message.clone(),
            details: Vec::new(),
        })
    }

    /// The reason inside a status that a mediator sent, if it is one of ours.
    #[must_use]
    pub fn reason_of(status: &tonic::Status) -> Option<String> {
        status.get_details_error_info().filter(|info| info.domain == ERROR_DOMAIN).map(|info| info.reason)
    }
}

impl From<Refused> for tonic::Status {
    fn from(refused: Refused) -> Self {
        refused.status()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let code = match &refusal {
            Refusal::NotAParty { .. } => Code::PermissionDenied,
            Refusal::RequestIdReused { .. } => Code::AlreadyExists,
            Refusal::StaleBase { .. } | Refusal::StaleEpoch { .. } => Code::Aborted,
            Refusal::OtherAgenda(_) => Code::InvalidArgument,
            Refusal::SequenceGap { .. }
            | Refusal::TalkClosed
            | Refusal::NotOpen
            | Refusal::AlreadyOpen
            | Refusal::Adjourned
            | Refusal::NotAdjourned
            | Refusal::RoundClosed { .. }
            | Refusal::Late { .. }
            | Refusal::OutOfTurn { .. }
            | Refusal::NothingToAccept
            | Refusal::OwnOffer => Code::FailedPrecondition,
        };
        let refused = Self::new(code, refusal.reason(), refusal.to_string());
        match refusal {
            Refusal::SequenceGap { expected } | Refusal::StaleEpoch { expected } => {
                refused.with("expected", expected)
            }
            Refusal::RequestIdReused { entry } => refused.with("entry", entry),
            Refusal::StaleBase { standing: Some(seq) } => refused.with("tip", seq),
            Refusal::RoundClosed { current, .. } => refused.with("round", current),
            Refusal::OutOfTurn { turn } => refused.with("turn", turn),
            _ => refused,
        }
    }
}

impl From<TariffError> for Refused {
    fn from(error: TariffError) -> Self {
        let (reason, field) = match &error {
            TariffError::OutOfRange { issue, .. } => ("RATE_OUT_OF_RANGE", Some(issue.to_string())),
            TariffError::OffStep { issue, .. } => ("OFF_STEP", Some(issue.to_string())),
            TariffError::WrongKind { issue, .. } => ("WRONG_KIND", Some(issue.to_string())),
            TariffError::UnknownLabel { issue, .. } => ("UNKNOWN_LABEL", Some(issue.to_string())),
            TariffError::UnknownIssue(issue) => ("UNKNOWN_ISSUE", Some(issue.clone())),
            TariffError::DuplicateIssue(issue) => ("DUPLICATE_ISSUE", Some(issue.to_string())),
            TariffError::IncompleteOffer(issue) => ("INCOMPLETE_OFFER", Some(issue.to_string())),
            TariffError::IssueOrder { given, .. } => ("ISSUE_ORDER", Some(given.to_string())),
            TariffError::OtherAgenda { .. } => ("OTHER_AGENDA", None),
            TariffError::BadName { kind, .. } => ("BAD_NAME", Some((*kind).to_owned())),
            TariffError::BadRange { .. } | TariffError::BadChoices(_) | TariffError::IssueCount { .. } => {
                ("BAD_AGENDA", None)
            }
            TariffError::InstrumentKind { issue, .. } | TariffError::DuplicateInstrument(issue) => {
                ("BAD_AGENDA", Some(issue.to_string()))
            }
        };
        let mut refused = Self::new(Code::InvalidArgument, reason, error.to_string());
        if let TariffError::OutOfRange { min, max, .. } = error {
            refused = refused.with("min", min).with("max", max);
        }
        match field {
            Some(field) => refused.at(field),
            None => refused,
        }
    }
}

impl From<WireError> for Refused {
    fn from(error: WireError) -> Self {
        let message = error.to_string();
        match error {
            WireError::Noun(error) => error.into(),
            WireError::Terms(_) => Self::new(Code::InvalidArgument, "BAD_TERMS", message).at("terms"),
            WireError::Malformed { field, .. } => {
                Self::new(Code::InvalidArgument, "MALFORMED", message).at(field)
            }
            WireError::Undecodable { what, .. } => {
                Self::new(Code::InvalidArgument, "UNDECODABLE", message).at(what)
            }
            WireError::Unsupported { field } => {
                Self::new(Code::InvalidArgument, "UNSUPPORTED_VERSION", message).at(field)
            }
        }
    }
}

impl From<AppendError> for Refused {
    fn from(error: AppendError) -> Self {
        let message = error.to_string();
        match error {
            AppendError::Conflict { .. } | AppendError::Fenced { .. } => Self::unavailable("FENCED", message),
            AppendError::Refused { .. } => Self::new(Code::InvalidArgument, "MALFORMED", message),
            AppendError::Broken(_) => Self::new(Code::DataLoss, "RECORD_BROKEN", message),
            // Only a restart of the mediator helps: no need to ask every second.
            AppendError::Unavailable(_) => {
                Self::unavailable("RECORD_UNAVAILABLE", message).retry_after(Duration::from_secs(10))
            }
        }
    }
}

impl From<ReadError> for Refused {
    fn from(error: ReadError) -> Self {
        let message = error.to_string();
        match error {
            ReadError::Broken(_) => Self::new(Code::DataLoss, "RECORD_BROKEN", message),
            ReadError::Unavailable(_) => Self::unavailable("RECORD_UNAVAILABLE", message),
        }
    }
}
