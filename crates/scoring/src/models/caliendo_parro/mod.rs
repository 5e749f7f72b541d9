//! Caliendo & Parro (2015): many sectors that use one another's goods, perfect competition, fixed
//! nominal deficits. Exact hat algebra (Dekle, Eaton & Kortum 2008): x̂ = x'/x.
//!
//! T_ijs is trade of sector s from i to j without duty, X_js = Σ_i T_ijs(1 + t_ijs) what j spends,
//! π_ijs the share of i in it, Y_is = Σ_j T_ijs what i produces, θ_s the trade elasticity, γ_js the
//! share of value added in output and γ_j^{ks} that of inputs from sector k. Then
//!
//! - cost ĉ_js = ŵ_j^{γ_js}·Π_k P̂_jk^{γ_j^{ks}};
//! - price P̂_js = [Σ_i π_ijs(κ̂_ijs·ĉ_is)^{−θ_s}]^{−1/θ_s} with κ̂ = (1 + t')/(1 + t);
//! - shares π' = π·(κ̂_ijs·ĉ_is/P̂_js)^{−θ_s};
//! - spending X'_js = Σ_k γ_j^{sk}·Y'_jk + α_js·I'_j, income I' = ŵ·wL + R' + D;
//! - labour ŵ_j·wL_j = Σ_s γ_js·Y'_js, which is balance of trade up to D and solved as such.
//!
//! Assumptions: labour moves between sectors and not between regions, technology and trade costs
//! other than tariffs stand, revenue is handed to consumers, D stays what it is in nominal terms. The
//! numéraire is world value added, Σ ŵ·wL = Σ wL: nominal hats are relative to it, and that is what D
//! is fixed in.
//!
//! wL, D, income and the consumption shares α follow from trade, tariffs and input shares, so that the
//! base year is an equilibrium of the model to the last digit. Amounts are in the unit of the data.
//!
//! ```
//! use detente_scoring::caliendo_parro::{Data, Economy};
//! let economy = Economy::new(Data {
//!     trade: vec![vec![vec![400.0, 40.0], vec![70.0, 900.0]]],
//!     tariff: vec![vec![vec![0.0, 0.05], vec![0.05, 0.0]]],
//!     theta: vec![4.0],
//!     gamma_va: vec![vec![0.5], vec![0.5]],
//!     gamma_io: vec![vec![vec![0.5]], vec![vec![0.5]]],
//! })?;
//! assert_eq!(economy.deficit(), [30.0, -30.0]);
//! let after = economy.solve(&[vec![vec![0.0, 0.05], vec![0.3, 0.0]]])?;
//! assert!(after.trade[0][1][0] < 70.0 && after.wage_hat[0] > 1.0);
//! # Ok::<(), detente_scoring::ScoringError>(())
//! ```

mod data;
mod study;
mod system;

use crate::ScoringError;
use crate::solve::{Newton, Root, Vector, largest};

pub use data::{Data, Economy};
pub(crate) use study::read;
use system::{Shock, State};

/// The largest violation of any equation, relative to its base value, that is accepted.
const TOLERANCE: f64 = 1e-9;
/// Newton goes further: what it leaves adds up in the equation that Walras' law implies.
const NEWTON: Newton = Newton { tolerance: 1e-11, max_steps: 100, max_halvings: 40 };

/// Shocks on the way to one that is too large for one go.
const STAGES: u32 = 16;

/// An equilibrium under other tariffs. Hats are new over old; lists are by region.
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibrium {
    /// ŵ, relative to world value added.
    pub wage_hat: Vec<f64>,
    /// P̂_js, `[region][sector]`.
    pub sector_price_hat: Vec<Vec<f64>>,
    /// P̂_j = Π_s P̂_js^{α_js}.
    pub price_index_hat: Vec<f64>,
    /// Real income: Î/P̂.
    pub welfare_hat: Vec<f64>,
    /// ŵ/P̂.
    pub real_wage_hat: Vec<f64>,
    /// Trade without duty, `[sector][exporter][importer]`.
    pub trade: Vec<Vec<Vec<f64>>>,
    /// Tariff revenue.
    pub tariff_revenue: Vec<f64>,
    /// Largest violation of an equation, relative to its base value, and of the balance of trade,
    /// relative to trade after.
    pub residual: f64,
}

impl Economy {
    /// The equilibrium under other tariffs, `[sector][exporter][importer]`, as fractions. Tariffs of
    /// the base year give the base year, to the bit.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for a tariff out of bounds or on domestic sales,
    /// [`ScoringError::NotConverged`] or
    /// [`ScoringError::Singular`] where no equilibrium is found.
    pub fn solve(&self, tariffs: &[Vec<Vec<f64>>]) -> Result<Equilibrium, ScoringError> {
        self.check(tariffs)?;
        let shock = Shock::new(self, tariffs);
        let root = match NEWTON.solve(&shock, shock.start()) {
            Err(ScoringError::NotConverged { .. }) => self.approach(tariffs)?,
            found => found?,
        };
        // Trade balances: Walras' law clears labour markets, and this tests it.
        let residual = largest([root.residual, shock.labour_gap(&root.state)]);
        if residual <= TOLERANCE {
            return Ok(self.equilibrium(&shock, &root, residual));
        }
        Err(ScoringError::NotConverged { residual, steps: root.steps, tolerance: TOLERANCE })
    }

    /// The equilibrium by way of smaller shocks, each from where the last one ended: κ̂ in equal ratios.
    fn approach(&self, tariffs: &[Vec<Vec<f64>>]) -> Result<Root<State>, ScoringError> {
        let mut start = Shock::new(self, tariffs).start();
        for stage in 1..STAGES {
            let between = self.between(tariffs, f64::from(stage) / f64::from(STAGES));
            let shock = Shock::new(self, &between);
            start = shock.point(&NEWTON.solve(&shock, start)?.state);
        }
        NEWTON.solve(&Shock::new(self, tariffs), start)
    }

    /// Tariffs a part of the way from those of the base year.
    fn between(&self, tariffs: &[Vec<Vec<f64>>], part: f64) -> Vec<Vec<Vec<f64>>> {
        let mut between = self.data.tariff.clone();
        let rows = between.iter_mut().flatten().zip(tariffs.iter().flatten());
        for (rate, after) in rows.flat_map(|(row, after)| row.iter_mut().zip(after)) {
            *rate = (1.0 + *rate) * ((1.0 + after) / (1.0 + *rate)).powf(part) - 1.0;
        }
        between
    }

    /// Whether these can be tariffs after.
    fn check(&self, tariffs: &[Vec<Vec<f64>>]) -> Result<(), ScoringError> {
        data::check_tariffs("tariff_counterfactual", tariffs, [self.sectors(), self.regions()])
    }

    fn equilibrium(&self, shock: &Shock<'_>, root: &Root<State>, residual: f64) -> Equilibrium {
        let (state, regions) = (&root.state, 0..self.regions());
        let prices: Vec<Vec<f64>> =
            state.ln_price.iter().map(|row| row.iter().map(|p| p.exp()).collect()).collect();
        let ln_index =
            |n: usize| -> f64 { (0..self.sectors()).map(|s| self.alpha[n][s] * state.ln_price[n][s]).sum() };
        let index: Vec<f64> = regions.clone().map(|n| ln_index(n).exp()).collect();
        Equilibrium {
            welfare_hat: regions.clone().map(|n| state.income[n] / self.income[n] / index[n]).collect(),
            real_wage_hat: regions.map(|n| state.wage[n] / index[n]).collect(),
            wage_hat: state.wage.clone(),
            sector_price_hat: prices,
            price_index_hat: index,
            tariff_revenue: shock.revenue(&state.trade),
            trade: state.trade.clone(),
            residual,
        }
    }
}

impl Shock<'_> {
    /// Everything as in the base year.
    fn start(&self) -> Vector<f64> {
        let (n, s) = (self.economy.regions(), self.economy.sectors());
        Vector::zeros(n + 2 * n * s)
    }
    /// The unknowns at a state.
    fn point(&self, state: &State) -> Vector<f64> {
        let wages = state.wage.iter().map(|w| w.ln());
        let prices = state.ln_price.iter().flatten().copied();
        let spending = state.spending_hat.iter().flatten().map(|x| x.ln());
        let unknowns: Vec<f64> = wages.chain(prices).chain(spending).collect();
        Vector::from_vec(unknowns)
    }
}
