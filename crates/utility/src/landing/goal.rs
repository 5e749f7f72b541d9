//! What a climb tries to reach.

use crate::table::Grains;

/// A figure of the parties' gains over their walk-away values that is made as large as can be.
#[derive(Debug, Clone)]
pub(super) enum Goal {
    /// The product of gains (Nash 1950).
    Product,
    /// The least gain in the parties' own scales: all alike (Kalai 1977), or their greatest gains
    /// (Kalai and Smorodinsky 1975).
    Least(Vec<f64>),
    /// One party's gain, the others at their walk-away values or better.
    Best(usize),
    /// A weighted sum.
    Sum(Vec<f64>),
}

/// Greater is better; then the greater sum of gains.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Score(f64, f64);

impl Score {
    /// What nothing is worse than.
    pub(super) const WORST: Self = Self(f64::NEG_INFINITY, f64::NEG_INFINITY);
}

impl Goal {
    /// How well `worth` does against the walk-away values `walk`. Outside the landing zone goals
    /// within it count the greatest shortfall, so that a climb from outside finds its way in.
    pub(super) fn score(&self, worth: &[Grains], walk: &[Grains]) -> Score {
        let gains = || worth.iter().zip(walk).map(|(worth, walk)| (worth - walk) as f64);
        let least = gains().fold(f64::INFINITY, f64::min);
        let reached = match self {
            Self::Sum(weights) => gains().zip(weights).map(|(gain, weight)| gain * weight).sum(),
            Self::Least(scales) => {
                let shares = gains().zip(scales).filter(|(_, scale)| **scale > 0.0).map(|(g, s)| g / s);
                if least < 0.0 { least } else { shares.fold(f64::INFINITY, f64::min) }
            }
            _ if least < 0.0 => least,
            Self::Product => gains().product(),
            Self::Best(party) => (worth[*party] - walk[*party]) as f64,
        };
        Score(reached, gains().sum())
    }
}
