use tariff::TariffError;

/// Why a utility, its red lines or a plan could not be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UtilityError {
    /// A group names places that are not on the agenda, unsorted, or twice.
    #[error("group {places:?} is not valid: expected ascending places below {issues}")]
    BadGroup {
        /// The places as given.
        places: Vec<usize>,
        /// How many issues the agenda has.
        issues: usize,
    },
    /// The issues of a group, or of groups that overlap, have too many combinations to list.
    #[error("issues {places:?} have {combinations} combinations together: expected at most {max}")]
    GroupTooLarge {
        /// The places on the agenda.
        places: Vec<usize>,
        /// The product of their levels.
        combinations: u128,
        /// The most that are allowed.
        max: usize,
    },
    /// A table or mask does not have one entry per combination of its group.
    #[error("the table over issues {places:?} has {given} entries: expected {expected}")]
    TableSize {
        /// The places on the agenda.
        places: Vec<usize>,
        /// Entries given.
        given: usize,
        /// Entries expected.
        expected: usize,
    },
    /// A table entry is not a finite number of moderate size.
    #[error("the table over issues {places:?} holds {value}: expected a number between -1 and 1")]
    BadEntry {
        /// The places on the agenda.
        places: Vec<usize>,
        /// The entry.
        value: f64,
    },
    /// The sum of all parts can leave [0, 1].
    #[error("the utility reaches from {low:.6} to {high:.6}: expected to stay within 0 and 1")]
    OutOfUnit {
        /// Least possible sum of the parts.
        low: f64,
        /// Greatest possible sum of the parts.
        high: f64,
    },
    /// The walk-away value is not a utility.
    #[error("walk-away value {0} is not valid: expected a number from 0 to 1")]
    BadWalkAway(f64),
    /// The discount factor is none.
    #[error("discount factor {0} is not valid: expected a number above 0, at most 1")]
    BadDiscount(f64),
    /// Parts were made for different agendas.
    #[error("the parts were made for different agendas")]
    OtherAgenda,
    /// An opponent prior with a black-box remainder cannot be planned with.
    #[error("the opponent prior has a black-box remainder: expected tables only")]
    PriorNotAdditive,
    /// A landing zone lies between parties.
    #[error("a landing zone of {0} parties: expected the preferences of two or more")]
    TooFewParties(usize),
    /// The red lines leave no offer at all.
    #[error("the red lines on issues {0:?} leave no value")]
    NothingAcceptable(Vec<usize>),
    /// The agenda refused an offer.
    #[error(transparent)]
    Tariff(#[from] TariffError),
}
