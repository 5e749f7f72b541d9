//! The conditions of an equilibrium, as a system in the logarithms of ŵ and Ê.
//!
//! Prices and trade are closed forms of those, so 2N unknowns are enough. Every condition compares two
//! sums of positive terms: their logarithms exist at any tariff above −1, subsidies included, and stay
//! close to linear over large shocks. Trade must balance as imports against exports, not as spending
//! against income, lest domestic sales drown what little trade a prohibitive tariff leaves.

use crate::solve::{Matrix, System, Vector};

use super::economy::{Economy, labour_share};
use super::state::{Shock, State};

impl System for Shock<'_> {
    type State = State;

    /// At ln ŵ of every region, then ln Ê.
    fn state(&self, x: &Vector<f64>) -> State {
        let (wages, expenditures) = x.as_slice().split_at(self.economy.regions.len());
        self.at(wages, expenditures)
    }

    fn residuals(&self, state: &State) -> Vector<f64> {
        state.conditions(self.economy)
    }

    fn jacobian(&self, state: &State) -> Matrix<f64> {
        state.slopes(self.economy)
    }
}

impl State {
    /// For every region, labour earns what sales leave it; then, for every region, imports are worth
    /// what exports are. Both as logarithms of ratios.
    ///
    /// All imports are all exports, so one balance follows from the others and the level of wages is
    /// open. Adding the numéraire's ln ratio to every balance settles it without singling out a region:
    /// summed up, they can only be met where it is 0.
    fn conditions(&self, economy: &Economy) -> Vector<f64> {
        let n = self.wage.len();
        let level = self.level(economy).ln();
        let labour = |i: usize| (self.labour[i] / economy.labour_income[i] / self.wage[i]).ln();
        let balance = |j: usize| (self.imports[j] / self.exports[j]).ln() + level;
        Vector::from_iterator(2 * n, (0..n).map(labour).chain((0..n).map(balance)))
    }

    /// The largest violation of the conditions as they are written, the numéraire's among them, each
    /// relative to its size.
    pub(super) fn residual(&self, economy: &Economy) -> f64 {
        let labour = |i: usize| self.labour[i] / (economy.labour_income[i] * self.wage[i]);
        let balance = |j: usize| self.imports[j] / self.exports[j];
        let regions = 0..self.wage.len();
        let sides = regions.clone().map(labour).chain(regions.map(balance)).chain([self.level(economy)]);
        // NaN must not pass for zero, as it would through f64::max.
        sides.map(|ratio| (ratio - 1.0).abs()).fold(0.0, |worst, v| if v <= worst { worst } else { v })
    }

    /// Σ wL·ŵ over Σ wL: 1, by choice of the numéraire.
    fn level(&self, economy: &Economy) -> f64 {
        let paid = economy.labour_income.iter().zip(&self.wage).map(|(base, hat)| base * hat);
        paid.sum::<f64>() / economy.labour_income.iter().sum::<f64>()
    }

    /// Derivatives of [`Self::conditions`] (rows) with respect to ln ŵ, then ln Ê (columns).
    ///
    /// With ∂ln T'_ij/∂ln ŵ_k = (1−σ)(δ_ik − γ'_kj) and ∂ln T'_ij/∂ln Ê_j = 1.
    pub(super) fn slopes(&self, economy: &Economy) -> Matrix<f64> {
        let n = self.wage.len();
        let mut slopes = Matrix::zeros(2 * n, 2 * n);
        for (s, sigma) in economy.sigma.iter().enumerate() {
            self.add_sales(&mut slopes, s, *sigma);
            self.add_imports(&mut slopes, s, *sigma);
        }
        let paid = |k: usize| economy.labour_income[k] * self.wage[k];
        let all: f64 = (0..n).map(paid).sum();
        for i in 0..n {
            slopes[(i, i)] -= 1.0;
            slopes[(n + i, n + i)] += 1.0;
            (0..n).for_each(|k| slopes[(n + i, k)] += paid(k) / all);
        }
        slopes
    }

    /// What sales do to labour, and those abroad to exports. Exports are summed by themselves: as a
    /// difference of sales they would lose their digits where they are small.
    fn add_sales(&self, slopes: &mut Matrix<f64>, s: usize, sigma: f64) {
        let n = self.wage.len();
        for i in 0..n {
            let sales = self.trade.row(s, i);
            let labour = labour_share(sigma) / self.labour[i];
            let exports = 1.0 / self.exports[i];
            for k in 0..n {
                let share = self.share.row(s, k);
                let crowded = |j: usize| sales[j] * share[j];
                let crowded_abroad: f64 = (0..n).filter(|j| *j != i).map(crowded).sum();
                let own = f64::from(u8::from(i == k));
                let all = own * self.output[s][i] - (crowded_abroad + crowded(i));
                let abroad = own * self.abroad[s][i] - crowded_abroad;
                slopes[(i, k)] += labour * (1.0 - sigma) * all;
                slopes[(n + i, k)] -= exports * (1.0 - sigma) * abroad;
                slopes[(i, n + k)] += labour * sales[k];
                if i != k {
                    slopes[(n + i, n + k)] -= exports * sales[k];
                }
            }
        }
    }

    /// What purchases abroad do to imports; that they rise with Ê one for one is added once for all
    /// sectors.
    fn add_imports(&self, slopes: &mut Matrix<f64>, s: usize, sigma: f64) {
        let n = self.wage.len();
        for j in 0..n {
            let foreign = self.foreign[s][j];
            for k in 0..n {
                let own = if k == j { 0.0 } else { self.trade.at(s, k, j) };
                let moved = own - self.share.at(s, k, j) * foreign;
                slopes[(n + j, k)] += (1.0 - sigma) * moved / self.imports[j];
            }
        }
    }

    /// What a unit of ln T'_ij adds to all conditions, each weighed.
    pub(super) fn weigh(&self, weights: &Vector<f64>, s: usize, sigma: f64, i: usize, j: usize) -> f64 {
        let n = self.wage.len();
        let labour = weights[i] * labour_share(sigma) / self.labour[i];
        let abroad = weights[n + j] / self.imports[j] - weights[n + i] / self.exports[i];
        self.trade.at(s, i, j) * if i == j { labour } else { labour + abroad }
    }
}
