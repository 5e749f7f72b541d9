use transcript::TranscriptError;
use wire::{Refused, WireError};

use crate::{BriefingError, NegotiatorError};

/// Why a delegation left a talk, or could not take part.
#[derive(Debug, thiserror::Error)]
pub enum DelegationError {
    /// The mediator's address is no address.
    #[error("mediator address {address:?} is not valid: expected something like http://127.0.0.1:7400")]
    Address {
        /// What was given.
        address: String,
    },
    /// The mediator cannot be reached, or the connection broke. Trying again may help.
    #[error("the mediator at {address} cannot be reached: {why}")]
    Unreachable {
        /// Where it was sought.
        address: String,
        /// What the transport said.
        why: String,
    },
    /// The mediator ended the stream with a status.
    #[error("the mediator refuses: {} ({reason})", status.message())]
    Refused {
        /// Its reason, `UNKNOWN` if it gave none.
        reason: String,
        /// Its status.
        status: Box<tonic::Status>,
    },
    /// The mediator went quiet for longer than it promised.
    #[error("the mediator was silent for too long")]
    Silent,
    /// The mediator asked to come back later, or closed the stream before the talk was over.
    #[error("the mediator is going away")]
    GoingAway,
    /// What the mediator sent is no part of the contract.
    #[error("the mediator sent what cannot be read: {0}")]
    Wire(#[from] WireError),
    /// What the mediator sent is no continuation of the record. The delegation keeps its evidence
    /// and goes no further.
    #[error("the mediator's record is not to be trusted: {0}")]
    Record(#[from] TranscriptError),
    /// The delegation cannot prepare for the talk.
    #[error(transparent)]
    Briefing(#[from] BriefingError),
    /// The delegation could not decide on a move.
    #[error(transparent)]
    Negotiator(#[from] NegotiatorError),
}

impl DelegationError {
    /// Whether trying again can help.
    #[must_use]
    pub fn passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Silent | Self::GoingAway => true,
            Self::Refused { status, reason } => {
                let unexplained = reason == "UNKNOWN";
                match status.code() {
                    tonic::Code::Unavailable | tonic::Code::Cancelled | tonic::Code::DeadlineExceeded => true,
                    // No answer of the mediator's, but of something between: a proxy, a reset stream.
                    tonic::Code::Unknown | tonic::Code::Internal | tonic::Code::ResourceExhausted => {
                        unexplained || reason == "SLOW_CONSUMER"
                    }
                    _ => false,
                }
            }
            Self::Address { .. }
            | Self::Wire(_)
            | Self::Record(_)
            | Self::Briefing(_)
            | Self::Negotiator(_) => false,
        }
    }
}

impl From<tonic::Status> for DelegationError {
    fn from(status: tonic::Status) -> Self {
        let reason = Refused::reason_of(&status).unwrap_or_else(|| "UNKNOWN".to_owned());
        Self::Refused { reason, status: Box::new(status) }
    }
}
