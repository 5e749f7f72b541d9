//! The equations and their Jacobian.
//!
//! Unknowns, in this order: ln ŵ, ln Ê, ln L̂, each by region. Every factor is 1 where nothing changes,
//! so that the base year solves the unchanged system to rounding.

use crate::solve::{Matrix, System, Vector};

use super::{Economy, Rebate};

/// An economy with added tariffs, `[exporter][importer]`.
pub(super) struct Shock<'a> {
    pub(super) economy: &'a Economy,
    pub(super) added: &'a [Vec<f64>],
    pub(super) rebate: Rebate,
}

/// Everything that follows from wages, spending and employment.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) wage: Vec<f64>,
    pub(super) expenditure: Vec<f64>,
    pub(super) labour: Vec<f64>,
    /// λ', `[exporter][importer]`.
    shares: Vec<Vec<f64>>,
    pub(super) ln_price: Vec<f64>,
    /// X', the same.
    pub(super) trade: Vec<Vec<f64>>,
    pub(super) revenue: Vec<f64>,
    /// R/Y' where revenue cuts the income tax, else 0.
    tax_cut: Vec<f64>,
}

impl State {
    /// Y'/Y.
    pub(super) fn income_hat(&self, i: usize) -> f64 {
        self.wage[i] * self.labour[i]
    }
}

impl Shock<'_> {
    /// Ŵ.
    pub(super) fn welfare(&self, state: &State, i: usize) -> f64 {
        let economy = self.economy;
        let kappa = economy.parameters.kappa;
        let (spending, income) = (economy.expenditure()[i], economy.income()[i]);
        let work = kappa / (1.0 + kappa) * (1.0 - state.tax_cut[i]) * income;
        let delta = spending / (spending - work);
        let (consumed, earned) = (state.expenditure[i], state.income_hat(i));
        (earned + delta * (consumed - earned)) / state.ln_price[i].exp()
    }

    /// Excess sales of the last region, relative to its income.
    pub(super) fn last_wage_gap(&self, state: &State) -> f64 {
        self.wage_gap(state, self.economy.regions() - 1)
    }

    fn wage_gap(&self, state: &State, j: usize) -> f64 {
        let (n, nu) = (self.economy.regions(), self.economy.nu());
        let sold: f64 = (0..n).map(|i| (1.0 - nu[i]) * state.trade[j][i]).sum();
        let bought: f64 = (0..n).map(|k| state.trade[k][j]).sum();
        (sold + nu[j] * bought) / self.economy.income()[j] - state.income_hat(j)
    }

    fn spending_gap(&self, state: &State, i: usize) -> f64 {
        let economy = self.economy;
        let income = state.income_hat(i) * economy.income()[i];
        let transfer = economy.transfer()[i] * self.world_income_hat(state);
        (state.revenue[i] + income + transfer) / economy.expenditure()[i] - state.expenditure[i]
    }

    fn labour_gap(&self, state: &State, i: usize) -> f64 {
        let net_wage = state.wage[i].ln() - state.ln_price[i] - (1.0 - state.tax_cut[i]).ln();
        state.labour[i].ln() - self.economy.parameters.kappa * net_wage
    }

    /// Σ(P̂ − 1)·E over ΣE.
    fn numeraire_gap(&self, state: &State) -> f64 {
        let spending = self.economy.expenditure();
        let dearer: f64 = spending.iter().zip(&state.ln_price).map(|(e, p)| p.exp_m1() * e).sum();
        dearer / spending.iter().sum::<f64>()
    }

    fn world_income_hat(&self, state: &State) -> f64 {
        let income = self.economy.income();
        let after: f64 = income.iter().enumerate().map(|(i, y)| state.income_hat(i) * y).sum();
        after / income.iter().sum::<f64>()
    }
}

impl System for Shock<'_> {
    type State = State;

    fn state(&self, x: &Vector<f64>) -> State {
        let economy = self.economy;
        let n = economy.regions();
        let (eps, psi) = (economy.parameters.eps, economy.parameters.psi);
        let phi = economy.pass_through();
        let by_region = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
        let table = |f: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..n).map(|j| (0..n).map(|i| f(j, i)).collect()).collect()
        };
        let appeal = table(&|j, i| {
            let cost = x[j] - psi * x[2 * n + j] + phi[i] * self.added[j][i].ln_1p();
            economy.trade()[j][i] * (-eps * cost).exp()
        });
        let sums = by_region(&|i| appeal.iter().map(|row| row[i]).sum());
        let expenditure = by_region(&|i| x[n + i].exp());
        let trade = table(&|j, i| {
            let rescaled = expenditure[i] * (economy.expenditure()[i] / sums[i]);
            appeal[j][i] * rescaled / (1.0 + self.added[j][i])
        });
        let revenue = by_region(&|i| (0..n).map(|j| self.added[j][i] * trade[j][i]).sum());
        let wage = by_region(&|i| x[i].exp());
        let labour = by_region(&|i| x[2 * n + i].exp());
        let income = |i: usize| wage[i] * labour[i] * economy.income()[i];
        let tax_cut = match self.rebate {
            Rebate::IncomeTax => by_region(&|i| revenue[i] / income(i)),
            Rebate::LumpSum => vec![0.0; n],
        };
        let ln_price = by_region(&|i| {
            (1.0 - phi[i]) * (x[n + i] - x[i]) - (sums[i] / economy.expenditure()[i]).ln() / eps
        });
        State {
            shares: table(&|j, i| appeal[j][i] / sums[i]),
            wage,
            expenditure,
            labour,
            ln_price,
            trade,
            revenue,
            tax_cut,
        }
    }

    fn residuals(&self, state: &State) -> Vector<f64> {
        let n = self.economy.regions();
        let mut gaps = Vector::zeros(3 * n);
        for i in 0..n {
            gaps[i] = self.wage_gap(state, i);
            gaps[n + i] = self.spending_gap(state, i);
            gaps[2 * n + i] = self.labour_gap(state, i);
        }
        gaps[n - 1] = self.numeraire_gap(state);
        gaps
    }

    fn jacobian(&self, state: &State) -> Matrix<f64> {
        let n = self.economy.regions();
        let mut slopes = Slopes { shock: self, state, n, matrix: Matrix::zeros(3 * n, 3 * n) };
        for i in 0..n {
            slopes.wage(i);
            slopes.spending(i);
            slopes.labour(i);
        }
        slopes.numeraire();
        slopes.matrix
    }
}

/// The Jacobian while it is filled.
struct Slopes<'a, 'b> {
    shock: &'a Shock<'b>,
    state: &'a State,
    n: usize,
    matrix: Matrix<f64>,
}

impl Slopes<'_, '_> {
    /// Adds `weight`·d ln A_ji to a row.
    fn add_appeal(&mut self, row: usize, weight: f64, j: usize) {
        let parameters = self.shock.economy.parameters;
        self.matrix[(row, j)] -= weight * parameters.eps;
        self.matrix[(row, 2 * self.n + j)] += weight * parameters.eps * parameters.psi;
    }

    /// Adds `weight`·d ln Σ_j A_ji to a row.
    fn add_appeal_sum(&mut self, row: usize, weight: f64, i: usize) {
        for j in 0..self.n {
            self.add_appeal(row, weight * self.state.shares[j][i], j);
        }
    }

    /// Adds `weight`·dX'_ji, summed over the exporters j that `part` weighs, to a row.
    fn add_purchases(&mut self, row: usize, i: usize, part: impl Fn(usize) -> f64) {
        let mut moved = 0.0;
        for j in 0..self.n {
            let value = part(j) * self.state.trade[j][i];
            self.add_appeal(row, value, j);
            moved += value;
        }
        self.matrix[(row, self.n + i)] += moved;
        self.add_appeal_sum(row, -moved, i);
    }

    /// Adds `weight`·d ln P̂_i to a row.
    fn add_price(&mut self, row: usize, weight: f64, i: usize) {
        let economy = self.shock.economy;
        let local = weight * (1.0 - economy.pass_through()[i]);
        self.matrix[(row, self.n + i)] += local;
        self.matrix[(row, i)] -= local;
        self.add_appeal_sum(row, -weight / economy.parameters.eps, i);
    }

    /// Adds `weight`·d ln Y'_i to a row.
    fn add_income(&mut self, row: usize, weight: f64, i: usize) {
        self.matrix[(row, i)] += weight;
        self.matrix[(row, 2 * self.n + i)] += weight;
    }

    /// Adds `weight`·dR_i to a row.
    fn add_revenue(&mut self, row: usize, weight: f64, i: usize) {
        let added = self.shock.added;
        self.add_purchases(row, i, |j| weight * added[j][i]);
    }

    fn wage(&mut self, j: usize) {
        let economy = self.shock.economy;
        let (nu, income) = (economy.nu(), economy.income()[j]);
        for (i, nu) in nu.iter().enumerate() {
            self.add_purchases(j, i, |k| if k == j { (1.0 - nu) / income } else { 0.0 });
        }
        self.add_purchases(j, j, |_| nu[j] / income);
        self.add_income(j, -self.state.income_hat(j), j);
    }

    fn spending(&mut self, i: usize) {
        let economy = self.shock.economy;
        let (row, spending) = (self.n + i, economy.expenditure()[i]);
        self.add_revenue(row, 1.0 / spending, i);
        let income = |k: usize| self.state.income_hat(k) * economy.income()[k];
        let own = income(i) / spending;
        let share = economy.transfer()[i] / economy.income().iter().sum::<f64>() / spending;
        let world: Vec<f64> = (0..self.n).map(|k| share * income(k)).collect();
        self.add_income(row, own, i);
        for (k, weight) in world.into_iter().enumerate() {
            self.add_income(row, weight, k);
        }
        self.matrix[(row, self.n + i)] -= self.state.expenditure[i];
    }

    fn labour(&mut self, i: usize) {
        let (row, kappa) = (2 * self.n + i, self.shock.economy.parameters.kappa);
        self.matrix[(row, 2 * self.n + i)] += 1.0;
        self.matrix[(row, i)] -= kappa;
        self.add_price(row, kappa, i);
        if self.shock.rebate == Rebate::IncomeTax {
            // d ln(1 − R/Y') = −(dR/Y' − R/Y'·d ln Y')/(1 − R/Y').
            let cut = self.state.tax_cut[i];
            let income = self.state.income_hat(i) * self.shock.economy.income()[i];
            self.add_revenue(row, -kappa / (income * (1.0 - cut)), i);
            self.add_income(row, kappa * cut / (1.0 - cut), i);
        }
    }

    /// The last wage equation follows from the others: the numéraire takes its place.
    fn numeraire(&mut self) {
        let (row, spending) = (self.n - 1, self.shock.economy.expenditure());
        self.matrix.row_mut(row).fill(0.0);
        let world: f64 = spending.iter().sum();
        for (i, spent) in spending.iter().enumerate() {
            self.add_price(row, spent / world * self.state.ln_price[i].exp(), i);
        }
    }
}
