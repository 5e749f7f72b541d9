use tariff::TariffError;

/// Why facts, elasticities or an offer could not be scored.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoringError {
    /// A fact of the trade base, or an input of a model, that cannot be.
    #[error("{place}: {given} is not valid: expected {expected}")]
    BadFact {
        /// Where it stands, such as `USA imports of steel: base rate`.
        place: String,
        /// What was given.
        given: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// An instrument about parties or goods that the trade base has no facts on.
    #[error("{instrument}: no trade data: expected {expected}")]
    NoData {
        /// The instrument as it reads.
        instrument: String,
        /// What the trade base does cover.
        expected: String,
    },
    /// An offer that does not belong to the agenda the model was compiled for.
    #[error(transparent)]
    Offer(#[from] TariffError),
    /// The market did not clear: no figure is given rather than a wrong one.
    #[error(
        "the market of {sources} sources did not clear: residual {residual:e} after {steps} steps, expected at most {tolerance:e}"
    )]
    NotCleared {
        /// How many sources compete.
        sources: usize,
        /// Largest |ε·ln p̂ − ln q̂| left.
        residual: f64,
        /// Newton steps taken.
        steps: u32,
        /// The largest residual that is accepted.
        tolerance: f64,
    },
    /// A system of equations was not solved: no figure is given rather than a wrong one.
    #[error("no solution: residual {residual:e} after {steps} steps, expected at most {tolerance:e}")]
    NotConverged {
        /// The largest residual left, in size; each model says in which unit.
        residual: f64,
        /// Newton steps taken.
        steps: u32,
        /// The largest residual that is accepted.
        tolerance: f64,
    },
    /// A linear system without one solution.
    #[error("the system of {unknowns} equations is singular: expected data that determine every unknown")]
    Singular {
        /// How many unknowns it has.
        unknowns: usize,
    },
}
