/// Why an economy cannot be, or has no equilibrium.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OssaError {
    /// Something in the data cannot be.
    #[error("{path}: {given} is not valid: expected {expected}")]
    BadInput {
        /// Where it stands, such as `trade_exporter_by_importer[1][0][2]`.
        path: String,
        /// What was given.
        given: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// A region's exports and imports differ; the model is one of balanced trade.
    #[error(
        "trade_exporter_by_importer: net exports of {region} are {net_exports} ({percent:.2}% of its \
         output): expected balanced trade, or to have imbalances purged first"
    )]
    Unbalanced {
        /// The region.
        region: String,
        /// Exports less imports, in the unit of the data.
        net_exports: f64,
        /// The same in percent of what the region produces.
        percent: f64,
    },
    /// No equilibrium within the tolerance: no figure is given rather than a wrong one.
    #[error("no equilibrium: residual {residual:e} after {steps} steps, expected at most {tolerance:e}")]
    NotConverged {
        /// The largest violation left, relative to the size of its equation.
        residual: f64,
        /// Newton steps taken.
        steps: usize,
        /// The largest violation that is accepted.
        tolerance: f64,
    },
    /// The equations do not determine every wage: some regions do not trade with the others.
    #[error(
        "the system is singular after {steps} steps: expected every region to trade, directly or \
         through others, with every other"
    )]
    Singular {
        /// Newton steps taken.
        steps: usize,
    },
}
