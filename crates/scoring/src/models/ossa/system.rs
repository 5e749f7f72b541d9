//! The equations, as a system in the logarithms of ŵ and Ê.
//!
//! Given wages and expenditures, prices and trade are closed forms, so 2N unknowns are enough. Both
//! conditions compare two sums of positive terms, so their logarithms exist at any tariff above −1,
//! subsidies included, and the system stays close to linear over large shocks.

use crate::Bilateral;
use crate::solve::{Matrix, System, Vector};

use super::economy::{Economy, by_exporter, by_importer, labour_share, total, weighted};

/// An economy under other tariffs: what does not depend on wages is raised to its power once.
pub(super) struct Shock<'a> {
    economy: &'a Economy,
    /// T·τ̂^(−σ).
    demand: Bilateral,
    /// The same with the new duties.
    cost: Bilateral,
}

/// Everything that follows from one pair of wages and expenditures.
pub(super) struct State {
    /// ŵ.
    pub(super) wage: Vec<f64>,
    /// Ê.
    pub(super) expenditure: Vec<f64>,
    /// By sector and importer: P̂^(1−σ) = Σ_i γ (ŵτ̂)^(1−σ).
    pub(super) index: Vec<Vec<f64>>,
    /// γ': shares of the new spending of a sector and importer.
    pub(super) share: Bilateral,
    /// T': the new trade before duties.
    pub(super) trade: Bilateral,
    /// By sector and exporter: new sales.
    pub(super) output: Vec<Vec<f64>>,
    sums: Sums,
}

/// Both sides of each condition.
struct Sums {
    /// What new sales leave after profits, by exporter.
    labour: Vec<f64>,
    /// New spending without duties, by importer.
    purchases: Vec<f64>,
    /// What pays for it: wages and profits less net exports.
    income: Vec<f64>,
    /// Σ wL·ŵ, which the numéraire holds at Σ wL.
    wages: f64,
}

impl<'a> Shock<'a> {
    pub(super) fn new(economy: &'a Economy, tariffs: &Bilateral) -> Self {
        let power = tariffs.map(|tariff| 1.0 + tariff);
        let tau = power.zip(&economy.power, |new, base| new / base);
        // Most tariffs stand in most cases, and 1 to any power is 1.
        let raised = tau.map_by_sector(|s, tau| if tau == 1.0 { 1.0 } else { tau.powf(-economy.sigma[s]) });
        let demand = economy.trade.zip(&raised, |flow, raised| flow * raised);
        let cost = demand.zip(&power, |demand, power| demand * power);
        Self { economy, demand, cost }
    }

    /// Prices and trade at ln ŵ and ln Ê.
    fn at(&self, wages: &[f64], expenditures: &[f64]) -> State {
        let economy = self.economy;
        let n = economy.regions.len();
        let wage: Vec<f64> = wages.iter().map(|ln| ln.exp()).collect();
        let expenditure: Vec<f64> = expenditures.iter().map(|ln| ln.exp()).collect();
        let priced = |flows: &Bilateral| {
            let mut priced = flows.clone();
            for (s, sigma) in economy.sigma.iter().enumerate() {
                for (i, ln_wage) in wages.iter().enumerate() {
                    let raised = ((1.0 - sigma) * ln_wage).exp();
                    priced.row_mut(s, i).iter_mut().for_each(|flow| *flow *= raised);
                }
            }
            priced
        };
        let cost = priced(&self.cost);
        let spent = by_importer(&cost);
        // Nobody buys in a sector without spending, whose price is of no concern.
        let ratio = |new: f64, base: f64| if base > 0.0 { new / base } else { 1.0 };
        let index: Vec<Vec<f64>> = (spent.iter().zip(&economy.spending))
            .map(|(new, base)| new.iter().zip(base).map(|(new, base)| ratio(*new, *base)).collect())
            .collect();
        let mut share = cost;
        let mut trade = priced(&self.demand);
        for (s, index) in index.iter().enumerate() {
            for i in 0..n {
                for (j, flow) in trade.row_mut(s, i).iter_mut().enumerate() {
                    *flow *= expenditure[j] / index[j];
                }
                for (j, share) in share.row_mut(s, i).iter_mut().enumerate() {
                    *share = if spent[s][j] > 0.0 { *share / spent[s][j] } else { 0.0 };
                }
            }
        }
        let output = by_exporter(&trade);
        let sums = Sums::new(economy, &wage, &trade, &output);
        State { wage, expenditure, index, share, trade, output, sums }
    }
}

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

impl Sums {
    fn new(economy: &Economy, wage: &[f64], trade: &Bilateral, output: &[Vec<f64>]) -> Self {
        let weighted = |weight: fn(f64) -> f64| weighted(output, &economy.sigma, weight);
        let profit = weighted(|sigma| 1.0 / sigma);
        let paid: Vec<f64> = economy.labour_income.iter().zip(wage).map(|(base, hat)| base * hat).collect();
        let income = |i: usize| paid[i] + profit[i] - economy.net_exports[i];
        Self {
            labour: weighted(labour_share),
            purchases: total(&by_importer(trade)),
            income: (0..wage.len()).map(income).collect(),
            wages: paid.iter().sum(),
        }
    }
}

impl State {
    /// The conditions that hold in equilibrium, as logarithms of ratios: labour earns what sales
    /// leave it, for every region, then spending before duties is income from production.
    ///
    /// Purchases of all regions add up to their sales, so one condition follows from the others and
    /// the level of all wages is open. Adding the numéraire's ln ratio to every labour condition
    /// settles it without singling out a region: summed, they are only met where it is 0.
    fn conditions(&self, economy: &Economy) -> Vector<f64> {
        let n = self.wage.len();
        let numeraire = self.numeraire(economy);
        let labour =
            |i: usize| (self.sums.labour[i] / economy.labour_income[i]).ln() - self.wage[i].ln() + numeraire;
        let balance = |j: usize| (self.sums.purchases[j] / self.sums.income[j]).ln();
        Vector::from_iterator(2 * n, (0..n).map(labour).chain((0..n).map(balance)))
    }

    /// The largest violation of the equations as they are written, each relative to its size.
    pub(super) fn residual(&self, economy: &Economy) -> f64 {
        let n = self.wage.len();
        let labour = |i: usize| self.sums.labour[i] / (economy.labour_income[i] * self.wage[i]) - 1.0;
        let balance = |j: usize| {
            (self.sums.purchases[j] - self.sums.income[j]) / (economy.expenditure[j] * self.expenditure[j])
        };
        let violations = (0..n).map(labour).chain((0..n).map(balance)).chain([self.numeraire(economy)]);
        // NaN must not pass for zero, as it would through f64::max.
        violations.map(f64::abs).fold(0.0, |worst, v| if v <= worst { worst } else { v })
    }

    fn numeraire(&self, economy: &Economy) -> f64 {
        (self.sums.wages / economy.labour_income.iter().sum::<f64>()).ln()
    }

    /// Derivatives of [`Self::conditions`] (rows) with respect to ln ŵ, then ln Ê (columns).
    ///
    /// With ∂ln T'_ij/∂ln ŵ_k = (1−σ)(δ_ik − γ'_kj) and ∂ln T'_ij/∂ln Ê_j = 1.
    pub(super) fn slopes(&self, economy: &Economy) -> Matrix<f64> {
        let n = self.wage.len();
        let mut jacobian = Matrix::zeros(2 * n, 2 * n);
        for (s, sigma) in economy.sigma.iter().enumerate() {
            self.add_sector(&mut jacobian, s, *sigma);
        }
        for i in 0..n {
            let paid = economy.labour_income[i] * self.wage[i];
            for k in 0..n {
                let numeraire = economy.labour_income[k] * self.wage[k] / self.sums.wages;
                jacobian[(i, k)] += numeraire;
            }
            jacobian[(i, i)] -= 1.0;
            jacobian[(n + i, i)] -= paid / self.sums.income[i];
            jacobian[(n + i, n + i)] += 1.0;
        }
        jacobian
    }

    fn add_sector(&self, jacobian: &mut Matrix<f64>, s: usize, sigma: f64) {
        let n = self.wage.len();
        for i in 0..n {
            let labour = labour_share(sigma) / self.sums.labour[i];
            let profit = 1.0 / (sigma * self.sums.income[i]);
            for k in 0..n {
                let crowding: f64 =
                    self.trade.row(s, i).iter().zip(self.share.row(s, k)).map(|(t, g)| t * g).sum();
                let own = if i == k { self.output[s][i] } else { 0.0 };
                let sales = (1.0 - sigma) * (own - crowding);
                jacobian[(i, k)] += labour * sales;
                jacobian[(n + i, k)] -= profit * sales;
                let flow = self.trade.at(s, i, k);
                jacobian[(i, n + k)] += labour * flow;
                jacobian[(n + i, n + k)] -= profit * flow;
            }
        }
        for j in 0..n {
            let purchases: f64 = (0..n).map(|i| self.trade.at(s, i, j)).sum();
            for k in 0..n {
                let moved = self.trade.at(s, k, j) - self.share.at(s, k, j) * purchases;
                jacobian[(n + j, k)] += (1.0 - sigma) * moved / self.sums.purchases[j];
            }
        }
    }

    /// What one condition at a time loses per unit of ln T', given a weight on each condition.
    pub(super) fn weigh(&self, weights: &Vector<f64>, sigma: f64, i: usize, j: usize) -> f64 {
        let n = self.wage.len();
        weights[i] * labour_share(sigma) / self.sums.labour[i] + weights[n + j] / self.sums.purchases[j]
            - weights[n + i] / (sigma * self.sums.income[i])
    }
}
