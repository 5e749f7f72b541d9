use crate::ScoringError;
use crate::check::{self, AMOUNT, NOT_NEGATIVE, POSITIVE};

/// A base year: trade in goods between regions, and the size of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// Trade between regions, `[exporter][importer]`, zero on the diagonal; any unit.
    pub trade: Vec<Vec<f64>>,
    /// GDP by region, in the same unit.
    pub gdp: Vec<f64>,
    /// ν by region: services added where goods are bought, as a share of what is spent; below 1.
    pub nu: Vec<f64>,
    /// The elasticities.
    pub parameters: Parameters,
}

/// The elasticities of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters {
    /// ε: trade elasticity, above 0.
    pub eps: f64,
    /// κ: elasticity of labour supply, from 0.
    pub kappa: f64,
    /// ψ: scale elasticity of entry, from 0.
    pub psi: f64,
}

impl Default for Parameters {
    /// Those of the paper: ε = 4, κ = 0.5, ψ = 0.67/ε.
    fn default() -> Self {
        Self { eps: 4.0, kappa: 0.5, psi: 0.67 / 4.0 }
    }
}

/// Checked [`Data`], and what follows from them. Lists are by region.
#[derive(Debug, Clone, PartialEq)]
pub struct Economy {
    /// X with domestic sales on the diagonal.
    trade: Vec<Vec<f64>>,
    nu: Vec<f64>,
    pub(super) parameters: Parameters,
    expenditure: Vec<f64>,
    income: Vec<f64>,
    transfer: Vec<f64>,
    pass_through: Vec<f64>,
}

impl Economy {
    /// Checks the data and derives spending, income, transfers and domestic sales.
    ///
    /// Transfers pay for trade net of services: T_i = (1 − ν_i)·(M_i − Σ_j(1 − ν_j)X_ij) with M_i the
    /// imports of i. A region spends GDP + T; what it does not import it buys at home. Income is then
    /// what its sales and services earn, and T what it spends above that.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for the first value out of its bounds, for a diagonal that is not
    /// zero, for more than 1,000 regions, and for a region that imports more than it spends. Places go by the keys of a study's
    /// file for data in millions of US dollars.
    pub fn new(data: Data) -> Result<Self, ScoringError> {
        bounds(&data)?;
        let Data { trade: mut flows, gdp, nu, parameters } = data;
        let n = gdp.len();
        let earned =
            |flows: &[Vec<f64>], j: usize| -> f64 { (0..n).map(|i| (1.0 - nu[i]) * flows[j][i]).sum() };
        let bought = |flows: &[Vec<f64>], j: usize| -> f64 { (0..n).map(|i| flows[i][j]).sum() };
        for j in 0..n {
            let imports = bought(&flows, j) - flows[j][j];
            let transfer = (1.0 - nu[j]) * (imports - earned(&flows, j) + (1.0 - nu[j]) * flows[j][j]);
            let domestic = gdp[j] + transfer - imports;
            if domestic <= 0.0 {
                let given = format!("a GDP of {} with imports of {imports}", gdp[j]);
                return check::bad(&format!("gdp_musd[{j}]"), &given, "a region that buys something at home");
            }
            flows[j][j] = domestic;
        }
        let expenditure: Vec<f64> = (0..n).map(|j| bought(&flows, j)).collect();
        let income: Vec<f64> = (0..n).map(|j| earned(&flows, j) + nu[j] * bought(&flows, j)).collect();
        Ok(Self {
            transfer: expenditure.iter().zip(&income).map(|(e, y)| e - y).collect(),
            pass_through: nu.iter().map(|nu| (1.0 + parameters.psi * nu) / (1.0 - nu)).collect(),
            trade: flows,
            nu,
            parameters,
            expenditure,
            income,
        })
    }

    /// How many regions.
    #[must_use]
    pub fn regions(&self) -> usize {
        self.income.len()
    }

    /// Trade with domestic sales on the diagonal, `[exporter][importer]`.
    #[must_use]
    pub fn trade(&self) -> &[Vec<f64>] {
        &self.trade
    }

    /// E: spending.
    #[must_use]
    pub fn expenditure(&self) -> &[f64] {
        &self.expenditure
    }

    /// Y: income.
    #[must_use]
    pub fn income(&self) -> &[f64] {
        &self.income
    }

    /// T: spending above income; sums to 0 over the world.
    #[must_use]
    pub fn transfer(&self) -> &[f64] {
        &self.transfer
    }

    /// ν: the share of services.
    #[must_use]
    pub fn nu(&self) -> &[f64] {
        &self.nu
    }

    /// φ: pass-through of a tariff.
    #[must_use]
    pub fn pass_through(&self) -> &[f64] {
        &self.pass_through
    }
}

fn bounds(data: &Data) -> Result<(), ScoringError> {
    let n = data.gdp.len();
    check::not_empty("gdp_musd", n)?;
    check::solvable("regions", n.saturating_mul(3), &format!("{n} regions"))?;
    check::table("gdp_musd", &data.gdp, &[n], POSITIVE)?;
    check::table("trade_2023_musd_exporter_by_importer_offdiag", &data.trade, &[n, n], AMOUNT)?;
    check::table("nu", &data.nu, &[n], NOT_NEGATIVE)?;
    for i in 0..n {
        if data.nu[i] >= 1.0 {
            return check::bad(&format!("nu[{i}]"), &data.nu[i].to_string(), "a share of services below 1");
        }
        if data.trade[i][i] != 0.0 {
            let place = format!("trade_2023_musd_exporter_by_importer_offdiag[{i}][{i}]");
            let expected = "0: what a region buys at home follows from its GDP";
            return check::bad(&place, &data.trade[i][i].to_string(), expected);
        }
    }
    check::number("eps", data.parameters.eps, POSITIVE)?;
    check::number("kappa", data.parameters.kappa, NOT_NEGATIVE)?;
    check::number("psi", data.parameters.psi, NOT_NEGATIVE)
}
