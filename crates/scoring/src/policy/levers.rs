//! The tariffs somebody sets, as variables of an optimiser.

use crate::Bilateral;

use super::{PolicyError, TariffGame};

/// Some tariffs of a game as variables √share·ln(1 + t).
///
/// Welfare answers to ln(1 + t) in proportion to the flow's share of spending; the root makes its second
/// derivatives alike for large and small flows, which is what a quasi-Newton method starts from.
pub(super) struct Levers {
    places: Vec<(usize, usize, usize)>,
    scales: Vec<f64>,
}

impl Levers {
    /// The tariffs that `importer` sets, or those of all regions.
    pub(super) fn new(game: &dyn TariffGame, importer: Option<usize>) -> Self {
        let shares = game.spending_shares();
        let set = |(s, i, j): &(usize, usize, usize)| {
            i != j && importer.is_none_or(|importer| importer == *j) && shares.at(*s, *i, *j) > 0.0
        };
        let places: Vec<_> = shares.places().filter(set).collect();
        let scales = places.iter().map(|(s, i, j)| shares.at(*s, *i, *j).sqrt()).collect();
        Self { places, scales }
    }

    /// Where these tariffs stand.
    pub(super) fn read(&self, tariffs: &Bilateral) -> Vec<f64> {
        let variable =
            |((s, i, j), scale): (&(usize, usize, usize), &f64)| scale * tariffs.at(*s, *i, *j).ln_1p();
        self.places.iter().zip(&self.scales).map(variable).collect()
    }

    /// `tariffs` with these set.
    pub(super) fn set(&self, tariffs: &Bilateral, variables: &[f64]) -> Bilateral {
        let mut tariffs = tariffs.clone();
        for (((s, i, j), scale), variable) in self.places.iter().zip(&self.scales).zip(variables) {
            tariffs.row_mut(*s, *i)[*j] = (variable / scale).exp_m1();
        }
        tariffs
    }

    /// Derivatives with respect to the variables, from those with respect to ln(1 + t).
    pub(super) fn slopes(&self, gradient: &Bilateral) -> Vec<f64> {
        let slope = |((s, i, j), scale): (&(usize, usize, usize), &f64)| gradient.at(*s, *i, *j) / scale;
        self.places.iter().zip(&self.scales).map(slope).collect()
    }

    /// The largest |Δ ln(1 + t)| between two settings.
    pub(super) fn distance(&self, one: &Bilateral, other: &Bilateral) -> f64 {
        let apart = |(s, i, j): &(usize, usize, usize)| {
            (one.at(*s, *i, *j).ln_1p() - other.at(*s, *i, *j).ln_1p()).abs()
        };
        self.places.iter().map(apart).fold(0.0, f64::max)
    }
}

/// Refuses tariffs that have other sectors or regions than the game.
pub(super) fn check_shape(game: &dyn TariffGame, tariffs: &Bilateral) -> Result<(), PolicyError> {
    let base = game.base_tariffs();
    let shape = |of: &Bilateral| format!("{} sectors and {} regions", of.sectors(), of.regions());
    if shape(tariffs) == shape(base) {
        return Ok(());
    }
    Err(PolicyError::OtherShape { given: shape(tariffs), expected: shape(base) })
}

/// Euclidean norm.
pub(super) fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}
