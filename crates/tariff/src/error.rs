use crate::{AgendaDigest, IssueId};

/// Why a noun could not be constructed. Every variant names what was wrong and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TariffError {
    /// A name is empty, too long, or holds characters its kind does not allow.
    #[error("{kind} {given:?} is not valid: expected {expected}")]
    BadName {
        /// The kind of name, such as `party`.
        kind: &'static str,
        /// What was given.
        given: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// A number's range is empty, has no step, or cannot be counted.
    #[error("range {min}..={max} step {step} is not valid: expected {expected}")]
    BadRange {
        /// Lowest scaled value.
        min: i64,
        /// Highest scaled value.
        max: i64,
        /// Step between values.
        step: i64,
        /// What was expected.
        expected: &'static str,
    },
    /// A choice has no labels, too many, or one twice.
    #[error("choices are not valid: {0}")]
    BadChoices(String),
    /// An issue's instrument asks for another kind of value.
    #[error("issue {issue}: its instrument needs {expected}")]
    InstrumentKind {
        /// The issue.
        issue: IssueId,
        /// The kind, unit and scale the instrument is measured in.
        expected: &'static str,
    },
    /// An agenda with no issue, or with more than [`crate::MAX_ISSUES`].
    #[error("an agenda has between 1 and {max} issues, not {given}")]
    IssueCount {
        /// How many were given.
        given: usize,
        /// The most that are allowed.
        max: usize,
    },
    /// Two issues of one agenda, or two values of one offer, carry the same name.
    #[error("issue {0} appears twice")]
    DuplicateIssue(IssueId),
    /// Two issues of one agenda set the same instrument.
    #[error("issue {0} sets an instrument that an earlier issue already sets")]
    DuplicateInstrument(IssueId),
    /// An offer names an issue that is not on the agenda.
    #[error("issue {0} is not on the agenda")]
    UnknownIssue(String),
    /// An offer leaves an issue out: nothing is agreed until everything is agreed.
    #[error("the offer gives no value for issue {0}: an offer is complete or it is refused")]
    IncompleteOffer(IssueId),
    /// An offer gives the issues in another order than the agenda.
    #[error("issue {given} stands where the agenda has {expected}")]
    IssueOrder {
        /// The issue found.
        given: IssueId,
        /// The issue the agenda has at this place.
        expected: IssueId,
    },
    /// A number is outside the issue's bounds.
    #[error("issue {issue}: {given} is outside {min}..={max} (scaled integers)")]
    OutOfRange {
        /// The issue.
        issue: IssueId,
        /// The scaled value given.
        given: i64,
        /// Lowest scaled value allowed.
        min: i64,
        /// Highest scaled value allowed.
        max: i64,
    },
    /// A number is inside the bounds but not on a step.
    #[error("issue {issue}: {given} is not {min} plus a multiple of {step}")]
    OffStep {
        /// The issue.
        issue: IssueId,
        /// The scaled value given.
        given: i64,
        /// Lowest scaled value allowed.
        min: i64,
        /// Step between values.
        step: i64,
    },
    /// A value of another kind than the issue's.
    #[error("issue {issue}: expected {expected}")]
    WrongKind {
        /// The issue.
        issue: IssueId,
        /// The kind of value the issue takes.
        expected: &'static str,
    },
    /// A label that the choice does not have.
    #[error("issue {issue}: {given:?} is not one of its labels")]
    UnknownLabel {
        /// The issue.
        issue: IssueId,
        /// What was given.
        given: String,
    },
    /// An offer made for another agenda.
    #[error("the offer is bound to agenda {given}, this is agenda {expected}")]
    OtherAgenda {
        /// The digest in the offer.
        given: AgendaDigest,
        /// The digest of the agenda at hand.
        expected: AgendaDigest,
    },
}
