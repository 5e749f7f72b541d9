//! A general equilibrium of one sector in which deficits survive (Ignatenko, Lashkaripour, Macedoni &
//! Simonovska 2025).
//!
//! X_ji is trade from j to i, E_i = Σ_j X_ji what i spends, λ_ji = X_ji/E_i. A share ν of what a
//! region buys is services added where it is bought, so that income is Y_j = Σ_i(1 − ν_i)X_ji +
//! ν_j·Σ_k X_kj; transfers T = E − Y pay for deficits and grow with world income. With ε the trade
//! elasticity, κ the elasticity of labour supply, ψ the scale elasticity of entry, and
//! φ = (1 + ψν)/(1 − ν) the pass-through of a tariff into what buyers pay for the imported part:
//!
//! - A_ji = λ_ji·(ŵ_j/L̂_j^ψ)^{−ε}·(1 + t_ji)^{−εφ_i} and λ' = A/Σ_j A;
//! - prices P̂_i = (Ê_i/ŵ_i)^{1−φ_i}·(Σ_j A_ji)^{−1/ε};
//! - trade X' = λ'·E'/(1 + t), revenue R_i = Σ_j t_ji·X'_ji;
//! - wages Σ_i(1 − ν_i)X'_ji + ν_j·Σ_k X'_kj = Y'_j = ŵ_j·L̂_j·Y_j;
//! - spending E' = R + Y' + T·ΣY'/ΣY;
//! - labour L̂ = (ŵ/(P̂·(1 − R/Y')))^κ: revenue cuts the tax on income, unless it is handed out;
//! - welfare δ·Ê/P̂ + (1 − δ)·ŵL̂/P̂ with δ = E/(E − κ/(1 + κ)·(1 − R/Y')·Y).
//!
//! The numéraire is world spending at base weights: Σ(P̂ − 1)·E = 0. Tariffs are those *added* to the
//! base year, whose own are not modelled. Amounts are in the unit of the data. The model for what
//! becomes of a total deficit; for bilateral trade by sector use the partial equilibrium.
//!
//! ```
//! use detente_scoring::deficit_ge::{Data, Economy, Parameters, Rebate};
//! let economy = Economy::new(Data {
//!     trade: vec![vec![0.0, 145.0], vec![440.0, 0.0]],
//!     gdp: vec![27_800.0, 17_800.0],
//!     nu: vec![0.27, 0.11],
//!     parameters: Parameters::default(),
//! })?;
//! let after = economy.solve(&[vec![0.0, 0.0], vec![0.2, 0.0]], Rebate::IncomeTax)?;
//! assert!(after.trade[1][0] < 440.0 && after.deficit[0] < 440.0 - 145.0);
//! # Ok::<(), detente_scoring::ScoringError>(())
//! ```

mod data;
mod study;
mod system;

use crate::solve::{Newton, Vector, largest};
use crate::{ScoringError, check};

pub use data::{Data, Economy, Parameters};
pub(crate) use study::read;
use system::{Shock, State};

/// The largest violation of any equation, relative to its base value, that is accepted.
const TOLERANCE: f64 = 1e-9;
/// Newton goes further: what it leaves adds up in the equation that Walras' law implies.
const NEWTON: Newton = Newton { tolerance: 1e-11, max_steps: 100, max_halvings: 40 };

/// Who gets the revenue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rebate {
    /// It cuts the tax on income, so that work pays more.
    #[default]
    IncomeTax,
    /// It is handed out, whoever works.
    LumpSum,
}

/// An equilibrium under added tariffs. Changes are in percent of the base year; lists are by region.
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibrium {
    /// Change of welfare.
    pub welfare_pct: Vec<f64>,
    /// Change of the deficit over its size in the base year; none where there was none.
    pub deficit_pct: Vec<Option<f64>>,
    /// Change of exports over income.
    pub exports_to_gdp_pct: Vec<f64>,
    /// Change of imports over income.
    pub imports_to_gdp_pct: Vec<f64>,
    /// Change of employment.
    pub employment_pct: Vec<f64>,
    /// Change of the price index.
    pub price_index_pct: Vec<f64>,
    /// Revenue over the spending of the base year.
    pub revenue_share: Vec<f64>,
    /// Trade after, without duty, `[exporter][importer]`, domestic sales on the diagonal.
    pub trade: Vec<Vec<f64>>,
    /// ŵ.
    pub wage_hat: Vec<f64>,
    /// Ê.
    pub expenditure_hat: Vec<f64>,
    /// Imports less exports after.
    pub deficit: Vec<f64>,
    /// Largest violation of an equation, relative to its base value.
    pub residual: f64,
}

impl Economy {
    /// The equilibrium under tariffs added to those of the base year, `[exporter][importer]`, as
    /// fractions. Without any the base year comes back, to the bit.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for a tariff out of bounds or on domestic sales,
    /// [`ScoringError::NotConverged`] or
    /// [`ScoringError::Singular`] where no equilibrium is found.
    pub fn solve(&self, added: &[Vec<f64>], rebate: Rebate) -> Result<Equilibrium, ScoringError> {
        self.check(added)?;
        let shock = Shock { economy: self, added, rebate };
        let root = NEWTON.solve(&shock, Vector::zeros(3 * self.regions()))?;
        let residual = largest([root.residual, shock.last_wage_gap(&root.state)]);
        if residual <= TOLERANCE {
            return Ok(self.equilibrium(&shock, &root.state, residual));
        }
        Err(ScoringError::NotConverged { residual, steps: root.steps, tolerance: TOLERANCE })
    }

    /// Whether these can be added tariffs.
    fn check(&self, added: &[Vec<f64>]) -> Result<(), ScoringError> {
        let n = self.regions();
        check::table("added_tariff_exporter_by_importer", added, &[n, n], check::TARIFF)?;
        check::domestic("added_tariff_exporter_by_importer", added)
    }

    fn equilibrium(&self, shock: &Shock<'_>, state: &State, residual: f64) -> Equilibrium {
        let by_region = |f: &dyn Fn(usize) -> f64| (0..self.regions()).map(f).collect::<Vec<f64>>();
        let percent = |hat: f64| 100.0 * (hat - 1.0);
        let before = Totals::of(self.trade());
        let after = Totals::of(&state.trade);
        let over_income = |after: f64, before: f64, i: usize| {
            percent(if before > 0.0 { after / before / state.income_hat(i) } else { 1.0 })
        };
        let deficit = |i: usize| {
            let (old, new) = (before.deficit(i), after.deficit(i));
            (old != 0.0).then(|| 100.0 * (new - old) / old.abs())
        };
        Equilibrium {
            welfare_pct: by_region(&|i| percent(shock.welfare(state, i))),
            deficit_pct: (0..self.regions()).map(deficit).collect(),
            exports_to_gdp_pct: by_region(&|i| over_income(after.exports[i], before.exports[i], i)),
            imports_to_gdp_pct: by_region(&|i| over_income(after.imports[i], before.imports[i], i)),
            employment_pct: by_region(&|i| percent(state.labour[i])),
            price_index_pct: by_region(&|i| percent(state.ln_price[i].exp())),
            revenue_share: by_region(&|i| state.revenue[i] / self.expenditure()[i]),
            wage_hat: state.wage.clone(),
            expenditure_hat: state.expenditure.clone(),
            deficit: by_region(&|i| after.deficit(i)),
            trade: state.trade.clone(),
            residual,
        }
    }
}

/// What crosses borders.
struct Totals {
    exports: Vec<f64>,
    imports: Vec<f64>,
}

impl Totals {
    fn of(trade: &[Vec<f64>]) -> Self {
        let n = trade.len();
        let foreign = |i: usize| (0..n).filter(move |j| *j != i);
        Self {
            exports: (0..n).map(|i| foreign(i).map(|j| trade[i][j]).sum()).collect(),
            imports: (0..n).map(|i| foreign(i).map(|j| trade[j][i]).sum()).collect(),
        }
    }

    fn deficit(&self, i: usize) -> f64 {
        self.imports[i] - self.exports[i]
    }
}
