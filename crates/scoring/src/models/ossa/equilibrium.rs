//! The equilibrium under other tariffs, and how welfare in it answers to every tariff.

use crate::solve::{Newton, Vector, solve_linear};
use crate::{Bilateral, ScoringError, check};

use super::economy::{Economy, check_tariffs};
use super::state::{Shock, State, ratios};

/// Newton ends at residuals this small; one more step would only move the last digits.
const NEWTON: Newton = Newton { tolerance: 1e-13, max_steps: 200, max_halvings: 40 };
/// The largest violation of the equations as they are written that is accepted.
const TOLERANCE: f64 = 1e-12;

/// An economy under other tariffs. A hat is the new value over that of the base year; nominal
/// figures are in units of the world's labour income (Σ wL·ŵ = Σ wL).
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibrium {
    /// ŵ by region.
    pub wage_hat: Vec<f64>,
    /// Ê by region: expenditure, revenue from duties included.
    pub expenditure_hat: Vec<f64>,
    /// P̂ by region: the price of what consumers buy, duties included.
    pub price_index_hat: Vec<f64>,
    /// Ŵ = Ê/P̂ by region: real expenditure.
    pub welfare_hat: Vec<f64>,
    /// `[sector][region]`: profits; 1 where there were no sales.
    pub profit_hat: Vec<Vec<f64>>,
    /// T': value of trade before duties, in the unit of the data.
    pub trade_counterfactual: Bilateral,
    /// The tariffs it belongs to.
    pub tariffs: Bilateral,
    /// The largest violation of the equations left, relative to the size of each.
    pub residual: f64,
    /// Newton steps taken.
    pub steps: u32,
}

impl Economy {
    /// The equilibrium under `tariffs`. Tariffs equal to the base year's give exactly 1 and the base
    /// year's trade, to the bit.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for tariffs of another shape, at or below −1, or on domestic sales;
    /// [`ScoringError::NotConverged`] or [`ScoringError::Singular`] where there is no solution to report.
    pub fn solve(&self, tariffs: &Bilateral) -> Result<Equilibrium, ScoringError> {
        Ok(self.solved(tariffs)?.1)
    }

    /// The equilibrium under `tariffs`, and the derivatives of Σ_j weight_j·ln Ŵ_j with respect to
    /// ln(1 + t') of every sector, exporter and importer, for the weights `weigh` gives for its Ŵ.
    ///
    /// By the implicit function theorem, with the transpose of the last Jacobian: one linear solve for
    /// all of them, whatever their number.
    ///
    /// # Errors
    /// As [`Self::solve`], and [`ScoringError::BadFact`] unless there is one weight per region.
    pub fn solve_with_gradient(
        &self,
        tariffs: &Bilateral,
        weigh: impl FnOnce(&[f64]) -> Vec<f64>,
    ) -> Result<(Equilibrium, Bilateral), ScoringError> {
        let (state, equilibrium) = self.solved(tariffs)?;
        let weights = weigh(&equilibrium.welfare_hat);
        if weights.len() != self.regions.len() {
            return check::bad("weights", &format!("a list of {}", weights.len()), "one weight per region");
        }
        Ok((equilibrium, self.adjoint(&state, &weights)?))
    }

    fn solved(&self, tariffs: &Bilateral) -> Result<(State, Equilibrium), ScoringError> {
        check_tariffs("tariff_counterfactual", &tariffs.nested(), self.shape())?;
        let shock = Shock::new(self, tariffs);
        let root = NEWTON.solve(&shock, Vector::zeros(2 * self.regions.len()))?;
        let residual = root.state.residual(self);
        if residual.is_nan() || residual > TOLERANCE {
            return Err(ScoringError::NotConverged { residual, steps: root.steps, tolerance: TOLERANCE });
        }
        let equilibrium = self.describe(&root.state, tariffs, residual, root.steps);
        Ok((root.state, equilibrium))
    }

    fn describe(&self, state: &State, tariffs: &Bilateral, residual: f64, steps: u32) -> Equilibrium {
        let price_index_hat: Vec<f64> = (0..self.regions.len()).map(|j| self.price_index(state, j)).collect();
        let real = state.expenditure.iter().zip(&price_index_hat).map(|(e, p)| e / p);
        Equilibrium {
            welfare_hat: real.collect(),
            price_index_hat,
            profit_hat: ratios(&state.output, &self.output),
            wage_hat: state.wage.clone(),
            expenditure_hat: state.expenditure.clone(),
            trade_counterfactual: state.trade.clone(),
            tariffs: tariffs.clone(),
            residual,
            steps,
        }
    }

    /// Π_s P̂_s^μ_s.
    fn price_index(&self, state: &State, importer: usize) -> f64 {
        let logs =
            self.sigma.iter().enumerate().map(|(s, sigma)| {
                self.budget_share(s, importer) * state.index[s][importer].ln() / (1.0 - sigma)
            });
        logs.sum::<f64>().exp()
    }

    /// μ: the sector's share of spending.
    fn budget_share(&self, sector: usize, importer: usize) -> f64 {
        self.spending[sector][importer] / self.expenditure[importer]
    }

    /// d ln W/d ln(1+t) = ∂ln W − λ·∂F, where Jᵀλ = ∂ln W/∂(ln ŵ, ln Ê).
    fn adjoint(&self, state: &State, weights: &[f64]) -> Result<Bilateral, ScoringError> {
        let n = self.regions.len();
        let mut gradient = Bilateral::filled(self.sectors.len(), n, 0.0);
        let mut direct = Vector::zeros(2 * n);
        // ∂ln P̂ of the importer is μγ', for the tariff as for the exporter's wage.
        for (s, i, j) in gradient.clone().places() {
            let price = -weights[j] * self.budget_share(s, j) * state.share.at(s, i, j);
            direct[i] += price;
            gradient.row_mut(s, i)[j] = price;
        }
        for (j, weight) in weights.iter().enumerate() {
            direct[n + j] = *weight;
        }
        let multipliers = solve_linear(state.slopes(self).transpose(), direct)?;
        for (s, sigma) in self.sigma.iter().enumerate() {
            for j in 0..n {
                let weighed = |i: usize| state.weigh(&multipliers, s, *sigma, i, j);
                let all: f64 = (0..n).map(weighed).sum();
                for k in 0..n {
                    let moved = -sigma * weighed(k) - (1.0 - sigma) * state.share.at(s, k, j) * all;
                    gradient.row_mut(s, k)[j] -= moved;
                }
            }
        }
        Ok(gradient)
    }
}
