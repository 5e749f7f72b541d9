//! Tariffs that somebody would choose: the best of one region against given others, those of a tariff
//! war (Nash), and those all would agree on from there (cooperative).
//!
//! Each region's objective is its real expenditure, Ŵ. A region sets the tariffs on its own imports,
//! by sector and exporter; domestic sales pay none. The variables are ln(1 + t), so that no tariff falls
//! to −100%, and flows that are 0 in the base year keep theirs, for no tariff on them changes anything.
//!
//! What a region has in the tariff war is what it falls back on when talks fail: its threat point, and so
//! a walk-away value from theory (Ossa 2014).

mod ascent;
mod cooperative;
mod error;
mod levers;
mod nash;
mod unilateral;

use crate::Bilateral;

pub use cooperative::{Cooperation, cooperative};
pub use error::PolicyError;
pub use nash::nash;
pub use unilateral::unilateral;

/// A general equilibrium in which every region sets tariffs.
pub trait TariffGame {
    /// Names of the regions, in the order of every result.
    fn regions(&self) -> &[String];

    /// Tariffs of the base year, as fractions, by sector, exporter and importer.
    fn base_tariffs(&self) -> &Bilateral;

    /// Share of each flow in the spending of its importer in the base year.
    fn spending_shares(&self) -> Bilateral;

    /// Ŵ of every region under `tariffs`.
    ///
    /// # Errors
    /// [`PolicyError::NoEquilibrium`] where the model has none to report.
    fn welfare(&self, tariffs: &Bilateral) -> Result<Vec<f64>, PolicyError>;

    /// Ŵ of every region under `tariffs`, and the derivatives of Σ_j weight_j·ln Ŵ_j with respect to
    /// every ln(1 + t), for the weights that `weigh` gives for this Ŵ.
    ///
    /// # Errors
    /// [`PolicyError::NoEquilibrium`] where the model has none to report.
    fn gradient(
        &self,
        tariffs: &Bilateral,
        weigh: &dyn Fn(&[f64]) -> Vec<f64>,
    ) -> Result<(Vec<f64>, Bilateral), PolicyError>;
}

/// Tariffs somebody would choose, and what they do.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Tariffs as fractions, by sector, exporter and importer; those nobody chose are as given.
    pub tariffs: Bilateral,
    /// Ŵ of every region, relative to the base year.
    pub welfare_hat: Vec<f64>,
    /// Steps of the optimiser (unilateral), rounds of best responses (Nash), or rounds of the common
    /// gain (cooperative).
    pub iterations: usize,
    /// Euclidean norm of the derivatives that should be 0, each with respect to √share·ln(1 + t) where
    /// share is the flow's in its importer's spending; of all regions in a tariff war.
    pub gradient_norm: f64,
    /// What each region could still gain alone; empty unless this is a tariff war.
    pub deviations: Vec<Deviation>,
}

/// What a region gains by leaving a tariff war's tariffs alone for its best.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// The region.
    pub region: String,
    /// ln Ŵ after less before, the larger of two searches: from the tariffs at hand, and from those
    /// of the base year. Below 0 where the second ends in a worse place.
    pub gain: f64,
    /// How far the best differs from the tariffs at hand, as the largest |Δ ln(1 + t)|.
    pub distance: f64,
}
