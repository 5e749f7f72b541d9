use crate::ScoringError;

/// Why there are no tariffs to report.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// There is no such region.
    #[error("there is no region {given}: expected a number below {regions}")]
    UnknownRegion {
        /// What was asked for, from 0.
        given: usize,
        /// How many there are.
        regions: usize,
    },
    /// Tariffs of another world than the game's.
    #[error("tariffs of {given}: expected {expected}, as in the base year")]
    OtherShape {
        /// Sectors and regions of the tariffs.
        given: String,
        /// Sectors and regions of the game.
        expected: String,
    },
    /// The model has no equilibrium to report under these tariffs.
    #[error(transparent)]
    NoEquilibrium(#[from] ScoringError),
    /// The optimiser ended where welfare still rises.
    #[error(
        "no optimum: the gradient is {gradient_norm:e} after {steps} steps, expected at most {tolerance:e}"
    )]
    NotOptimal {
        /// Euclidean norm of the scaled gradient.
        gradient_norm: f64,
        /// Steps taken.
        steps: usize,
        /// The largest that is accepted.
        tolerance: f64,
    },
    /// Best responses went on changing.
    #[error(
        "no Nash tariffs: best responses still change ln(1 + t) by {change:e} after {rounds} rounds, \
         expected at most {tolerance:e}"
    )]
    NoFixedPoint {
        /// The largest change of the last round.
        change: f64,
        /// Rounds played.
        rounds: usize,
        /// The largest that is accepted.
        tolerance: f64,
    },
    /// A region would leave the tariffs that best responses ended in.
    #[error(
        "no Nash tariffs: {region} gains {gain:e} in ln welfare by leaving them, expected at most {tolerance:e}"
    )]
    Deviates {
        /// The region.
        region: String,
        /// What it gains.
        gain: f64,
        /// The largest that is accepted.
        tolerance: f64,
    },
    /// No tariffs give every region the same gain.
    #[error(
        "no cooperative tariffs: gains differ by {spread:e} after {rounds} rounds, expected at most {tolerance:e}"
    )]
    NoCommonGain {
        /// The largest gain less the smallest.
        spread: f64,
        /// Rounds taken.
        rounds: usize,
        /// The largest that is accepted.
        tolerance: f64,
    },
}
