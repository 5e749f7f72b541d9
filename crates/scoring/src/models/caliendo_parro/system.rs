//! The equations and their Jacobian.
//!
//! Unknowns, in this order: ln ŵ by region, ln P̂ by region and sector, ln X̂ by region and sector. Every
//! factor is 1 where nothing changes, so that the base year solves the unchanged system to rounding.
//! Every equation compares two sums of positive terms (a surplus or a subsidy counts on the other side)
//! by their logarithms, which exist at any tariff above −1 and stay close to linear over large shocks.
//!
//! Trade must balance up to D. That is labour clearing once budgets hold, but a labour gap is relative to value added, and domestic sales drown what little
//! trade a prohibitive tariff leaves: then it would not pin the terms of trade.

use crate::ScoringError;
use crate::solve::{Matrix, System, Vector, largest, solve_bordered, solve_linear};

use super::Economy;
use super::data::{abroad, revenue};

/// An economy with other tariffs.
pub(super) struct Shock<'a> {
    pub(super) economy: &'a Economy,
    tariffs: &'a [Vec<Vec<f64>>],
    /// κ̂, `[sector][exporter][importer]`.
    cost_ratio: Vec<Vec<Vec<f64>>>,
}

/// Everything that follows from wages, prices and spending.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) wage: Vec<f64>,
    pub(super) ln_price: Vec<Vec<f64>>,
    pub(super) spending_hat: Vec<Vec<f64>>,
    /// π'/π, `[sector][exporter][importer]`.
    share_hat: Vec<Vec<Vec<f64>>>,
    /// T', the same.
    pub(super) trade: Vec<Vec<Vec<f64>>>,
    /// Tariff revenue, without subsidies.
    duties: Vec<f64>,
    /// What negative tariffs cost.
    subsidies: Vec<f64>,
    pub(super) income: Vec<f64>,
}

impl<'a> Shock<'a> {
    pub(super) fn new(economy: &'a Economy, tariffs: &'a [Vec<Vec<f64>>]) -> Self {
        let (n, base) = (economy.regions(), &economy.data.tariff);
        let ratio = |s: usize, i: usize, j: usize| (1.0 + tariffs[s][i][j]) / (1.0 + base[s][i][j]);
        Self { economy, tariffs, cost_ratio: cube(economy.sectors(), n, ratio) }
    }

    /// Σ t'·T' by importer.
    pub(super) fn revenue(&self, trade: &[Vec<Vec<f64>>]) -> Vec<f64> {
        revenue(self.tariffs, trade)
    }

    /// The largest excess demand for labour, relative to value added: not among the equations, but
    /// implied by them.
    pub(super) fn labour_gap(&self, state: &State) -> f64 {
        let Economy { data, value_added, .. } = self.economy;
        let gap = |n: usize| -> f64 {
            let earned: f64 = (0..data.theta.len()).map(|s| data.gamma_va[n][s] * output(state, n, s)).sum();
            earned / value_added[n] - state.wage[n]
        };
        largest((0..value_added.len()).map(gap))
    }

    /// ln of what a region pays abroad over what it has from there, and the logarithm of the level of
    /// wages.
    ///
    /// All imports are all exports, so one balance follows from the others. Adding the numéraire's ln
    /// ratio to every balance settles the level without singling out a region: summed up, they can only
    /// be met where it is 0. A region that trades with nobody has no balance to keep.
    fn balance_gap(&self, state: &State, n: usize) -> f64 {
        let level = self.level(state).ln();
        let Sides { paid, received } = self.sides(state, n);
        if self.trades(n) { (paid / received).ln() + level } else { level }
    }

    /// A deficit counts as received and a surplus as paid: both sides are sums of positive terms.
    fn sides(&self, state: &State, n: usize) -> Sides {
        let (deficit, flows) = (self.economy.deficit[n], abroad(&state.trade, n));
        Sides { paid: flows.imports + (-deficit).max(0.0), received: flows.exports + deficit.max(0.0) }
    }

    /// Whether a region trades with anybody.
    fn trades(&self, n: usize) -> bool {
        let flows = abroad(&self.economy.data.trade, n);
        flows.imports > 0.0 || flows.exports > 0.0
    }

    /// Σ ŵ·wL/Σ wL: 1, by choice of the numéraire.
    fn level(&self, state: &State) -> f64 {
        let earned: f64 = self.economy.value_added.iter().zip(&state.wage).map(|(va, w)| va * w).sum();
        earned / self.economy.value_added.iter().sum::<f64>()
    }

    fn price_row(&self, j: usize, s: usize) -> usize {
        self.economy.regions() + j * self.economy.sectors() + s
    }

    fn spending_row(&self, j: usize, s: usize) -> usize {
        self.price_row(j, s) + self.economy.regions() * self.economy.sectors()
    }

    /// Whether anybody sells goods of a sector here.
    fn buys(&self, j: usize, s: usize) -> bool {
        self.economy.spending[j][s] > 0.0
    }

    /// What goods of a sector from i are spent on in j, with the duty of the base year.
    fn base_spending(&self, s: usize, i: usize, j: usize) -> f64 {
        let data = &self.economy.data;
        data.trade[s][i][j] * (1.0 + data.tariff[s][i][j])
    }

    /// ln Σ_i π_ijs·(π'/π) / θ_s: zero where the price index is right.
    fn price_gap(&self, state: &State, j: usize, s: usize) -> f64 {
        if !self.buys(j, s) {
            return state.ln_price[j][s];
        }
        (self.new_shares(state, j, s).1 / self.economy.spending[j][s]).ln() / self.economy.data.theta[s]
    }

    /// What j would spend on sector s from each exporter at base spending, and the sum.
    fn new_shares(&self, state: &State, j: usize, s: usize) -> (Vec<f64>, f64) {
        let spent = |i: usize| self.base_spending(s, i, j) * state.share_hat[s][i][j];
        let all: Vec<f64> = (0..self.economy.regions()).map(spent).collect();
        let sum = all.iter().sum();
        (all, sum)
    }

    fn spending_gap(&self, state: &State, j: usize, s: usize) -> f64 {
        if !self.buys(j, s) {
            return state.spending_hat[j][s].ln();
        }
        let Sides { paid, received } = self.budget(state, j, s);
        (paid / received).ln()
    }

    /// What j spends on sector s, and what it has for that: the inputs of its users, and the part α of
    /// income.
    fn budget(&self, state: &State, j: usize, s: usize) -> Sides {
        let Economy { data, alpha, spending, value_added, deficit, .. } = self.economy;
        let inputs: f64 =
            (0..data.theta.len()).map(|user| data.gamma_io[j][s][user] * output(state, j, user)).sum();
        let earned = state.wage[j] * value_added[j] + state.duties[j] + deficit[j].max(0.0);
        let given_away = state.subsidies[j] + (-deficit[j]).max(0.0);
        Sides {
            paid: state.spending_hat[j][s] * spending[j][s] + alpha[j][s] * given_away,
            received: inputs + alpha[j][s] * earned,
        }
    }
}

/// The two sides of a region's balance of trade, or of its budget.
struct Sides {
    paid: f64,
    received: f64,
}

/// Y'_is.
fn output(state: &State, i: usize, s: usize) -> f64 {
    state.trade[s][i].iter().sum()
}

fn cube(s: usize, n: usize, f: impl Fn(usize, usize, usize) -> f64) -> Vec<Vec<Vec<f64>>> {
    let f = &f;
    (0..s).map(|s| (0..n).map(|i| (0..n).map(|j| f(s, i, j)).collect()).collect()).collect()
}

impl System for Shock<'_> {
    type State = State;

    fn state(&self, x: &Vector<f64>) -> State {
        let Economy { data, value_added, deficit, .. } = self.economy;
        let (n, s) = (self.economy.regions(), self.economy.sectors());
        let table = |row: &dyn Fn(usize, usize) -> usize| -> Vec<Vec<f64>> {
            (0..n).map(|j| (0..s).map(|k| x[row(j, k)]).collect()).collect()
        };
        let ln_price = table(&|j, k| self.price_row(j, k));
        let ln_spending = table(&|j, k| self.spending_row(j, k));
        let spending_hat: Vec<Vec<f64>> =
            ln_spending.iter().map(|row| row.iter().map(|x| x.exp()).collect()).collect();
        let ln_cost = |i: usize, k: usize| {
            let inputs: f64 = (0..s).map(|input| data.gamma_io[i][input][k] * ln_price[i][input]).sum();
            data.gamma_va[i][k] * x[i] + inputs
        };
        let ln_costs: Vec<Vec<f64>> = (0..n).map(|i| (0..s).map(|k| ln_cost(i, k)).collect()).collect();
        let share_hat = cube(s, n, |k, i, j| {
            let dearer = self.cost_ratio[k][i][j].ln() + ln_costs[i][k] - ln_price[j][k];
            (-data.theta[k] * dearer).exp()
        });
        let trade = cube(s, n, |k, i, j| {
            data.trade[k][i][j] * share_hat[k][i][j] * spending_hat[j][k] / self.cost_ratio[k][i][j]
        });
        let wage: Vec<f64> = (0..n).map(|j| x[j].exp()).collect();
        let part =
            |sign: f64| revenue(&cube(s, n, |k, i, j| (sign * self.tariffs[k][i][j]).max(0.0)), &trade);
        let (duties, subsidies) = (part(1.0), part(-1.0));
        let income =
            (0..n).map(|j| wage[j] * value_added[j] + duties[j] - subsidies[j] + deficit[j]).collect();
        State { wage, ln_price, spending_hat, share_hat, trade, duties, subsidies, income }
    }

    fn residuals(&self, state: &State) -> Vector<f64> {
        let (n, s) = (self.economy.regions(), self.economy.sectors());
        let mut gaps = Vector::zeros(n + 2 * n * s);
        for j in 0..n {
            gaps[j] = self.balance_gap(state, j);
            for k in 0..s {
                gaps[self.price_row(j, k)] = self.price_gap(state, j, k);
                gaps[self.spending_row(j, k)] = self.spending_gap(state, j, k);
            }
        }
        gaps
    }

    fn jacobian(&self, state: &State) -> Matrix<f64> {
        let (n, s) = (self.economy.regions(), self.economy.sectors());
        let unknowns = n + 2 * n * s;
        let mut slopes = Slopes { shock: self, state, matrix: Matrix::zeros(unknowns, unknowns) };
        for j in 0..n {
            slopes.balance(j);
            for k in 0..s {
                slopes.price(j, k);
                slopes.spending(j, k);
            }
        }
        slopes.matrix
    }

    /// Prices follow from wages, spending from both: a system of the size of one at a time. Where such a
    /// part has no solution of its own, the whole may.
    fn step(&self, state: &State, residuals: &Vector<f64>) -> Result<Vector<f64>, ScoringError> {
        let (n, s) = (self.economy.regions(), self.economy.sectors());
        let (slopes, wanted) = (self.jacobian(state), -residuals);
        solve_bordered(&slopes, &wanted, (n, &[n * s, n * s])).or_else(|_| solve_linear(slopes, wanted))
    }
}

/// The Jacobian while it is filled.
struct Slopes<'a, 'b> {
    shock: &'a Shock<'b>,
    state: &'a State,
    matrix: Matrix<f64>,
}

impl Slopes<'_, '_> {
    /// Adds `weight`·d ln ĉ_is to a row.
    fn add_cost(&mut self, row: usize, weight: f64, i: usize, s: usize) {
        let shock = self.shock;
        let data = &shock.economy.data;
        self.matrix[(row, i)] += weight * data.gamma_va[i][s];
        for input in 0..data.theta.len() {
            self.matrix[(row, shock.price_row(i, input))] += weight * data.gamma_io[i][input][s];
        }
    }

    /// Adds `weight`·dT'_ijs to a row.
    fn add_flow(&mut self, row: usize, weight: f64, [s, i, j]: [usize; 3]) {
        let (shock, state) = (self.shock, self.state);
        let moved = weight * state.trade[s][i][j];
        if moved == 0.0 {
            return;
        }
        let theta = shock.economy.data.theta[s];
        self.add_cost(row, -theta * moved, i, s);
        self.matrix[(row, shock.price_row(j, s))] += theta * moved;
        self.matrix[(row, shock.spending_row(j, s))] += moved;
    }

    /// Adds `weight`·dY'_is to a row.
    fn add_output(&mut self, row: usize, weight: f64, i: usize, s: usize) {
        for j in 0..self.shock.economy.regions() {
            self.add_flow(row, weight, [s, i, j]);
        }
    }

    /// Takes what income adds to what j has for a row's sector, of which the part `alpha`; subsidies
    /// are on the side of what it pays.
    fn take_income(&mut self, row: usize, alpha: f64, j: usize, &Sides { paid, received }: &Sides) {
        let (shock, state) = (self.shock, self.state);
        self.matrix[(row, j)] -= alpha * state.wage[j] * shock.economy.value_added[j] / received;
        for s in 0..shock.economy.sectors() {
            for i in 0..shock.economy.regions() {
                let tariff = shock.tariffs[s][i][j];
                let side = if tariff > 0.0 { received } else { paid };
                self.add_flow(row, -alpha * tariff / side, [s, i, j]);
            }
        }
    }

    fn balance(&mut self, n: usize) {
        let (shock, state) = (self.shock, self.state);
        let value_added = &shock.economy.value_added;
        if shock.trades(n) {
            let Sides { paid, received } = shock.sides(state, n);
            for s in 0..shock.economy.sectors() {
                for other in (0..value_added.len()).filter(|other| *other != n) {
                    self.add_flow(n, 1.0 / paid, [s, other, n]);
                    self.add_flow(n, -1.0 / received, [s, n, other]);
                }
            }
        }
        let world: f64 = value_added.iter().zip(&state.wage).map(|(va, w)| va * w).sum();
        for (k, va) in value_added.iter().enumerate() {
            self.matrix[(n, k)] += va * state.wage[k] / world;
        }
    }

    fn price(&mut self, j: usize, s: usize) {
        let row = self.shock.price_row(j, s);
        self.matrix[(row, row)] += 1.0;
        if self.shock.buys(j, s) {
            let (shares, sum) = self.shock.new_shares(self.state, j, s);
            for (i, share) in shares.iter().enumerate() {
                self.add_cost(row, -share / sum, i, s);
            }
        }
    }

    fn spending(&mut self, j: usize, s: usize) {
        let shock = self.shock;
        let row = shock.spending_row(j, s);
        if !shock.buys(j, s) {
            self.matrix[(row, row)] += 1.0;
            return;
        }
        let Economy { data, alpha, spending, .. } = shock.economy;
        let sides = shock.budget(self.state, j, s);
        self.matrix[(row, row)] += self.state.spending_hat[j][s] * spending[j][s] / sides.paid;
        for user in 0..data.theta.len() {
            self.add_output(row, -data.gamma_io[j][s][user] / sides.received, j, user);
        }
        self.take_income(row, alpha[j][s], j, &sides);
    }
}
