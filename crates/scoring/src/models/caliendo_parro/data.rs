use crate::ScoringError;
use crate::check::{self, AMOUNT, POSITIVE, SHARE, SLACK, TARIFF};

/// A base year. Tables of trade and tariffs are `[sector][exporter][importer]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// Trade without duty, what a region buys at home on the diagonal; any unit.
    pub trade: Vec<Vec<Vec<f64>>>,
    /// Ad valorem tariffs, as fractions; 0 on the diagonal.
    pub tariff: Vec<Vec<Vec<f64>>>,
    /// Trade elasticity θ by sector, above 0 (σ − 1 of an Armington demand).
    pub theta: Vec<f64>,
    /// Share of value added in output, `[region][sector]`.
    pub gamma_va: Vec<Vec<f64>>,
    /// Share of inputs in output, `[region][input][output]`; with value added they sum to 1.
    pub gamma_io: Vec<Vec<Vec<f64>>>,
}

/// Checked [`Data`], and what follows from them. Lists are by region, tables `[region][sector]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Economy {
    pub(super) data: Data,
    /// X: spending with duty.
    pub(super) spending: Vec<Vec<f64>>,
    /// Value added.
    pub(super) value_added: Vec<f64>,
    /// D: imports less exports.
    pub(super) deficit: Vec<f64>,
    /// Value added, tariff revenue and deficit.
    pub(super) income: Vec<f64>,
    /// Shares of sectors in consumption.
    pub(super) alpha: Vec<Vec<f64>>,
}

impl Economy {
    /// Checks the data and derives value added, deficits, income and consumption.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for the first value out of its bounds, for input shares that do not
    /// sum to 1, for more than 3,000 unknowns (N + 2·N·S), for a region without value added, and where the inputs of a sector's users exceed
    /// what is spent on it. Places go by the keys of a study's file.
    pub fn new(data: Data) -> Result<Self, ScoringError> {
        bounds(&data)?;
        let (n, s) = (data.gamma_va.len(), data.theta.len());
        let by_region = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
        let table = |f: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..n).map(|j| (0..s).map(|k| f(j, k)).collect()).collect()
        };
        let power = |k: usize, i: usize, j: usize| 1.0 + data.tariff[k][i][j];
        let spending = table(&|j, k| (0..n).map(|i| data.trade[k][i][j] * power(k, i, j)).sum());
        let output = table(&|i, k| data.trade[k][i].iter().sum());
        let value_added = by_region(&|j| (0..s).map(|k| data.gamma_va[j][k] * output[j][k]).sum());
        let deficit = by_region(&|j| abroad(&data.trade, j).deficit());
        let duties = revenue(&data.tariff, &data.trade);
        let income = by_region(&|j| value_added[j] + duties[j] + deficit[j]);
        let used = |j: usize, k: usize| -> f64 {
            (0..s).map(|user| data.gamma_io[j][k][user] * output[j][user]).sum()
        };
        let consumed = table(&|j, k| spending[j][k] - used(j, k));
        let alpha = table(&|j, k| clean(consumed[j][k], spending[j][k]) / income[j]);
        let economy = Self { spending, value_added, deficit, income, alpha, data };
        economy.calibrated()?;
        Ok(economy)
    }

    /// How many regions.
    #[must_use]
    pub fn regions(&self) -> usize {
        self.value_added.len()
    }

    /// How many sectors.
    #[must_use]
    pub fn sectors(&self) -> usize {
        self.data.theta.len()
    }

    /// Value added by region, in the unit of the data.
    #[must_use]
    pub fn value_added(&self) -> &[f64] {
        &self.value_added
    }

    /// Imports less exports by region.
    #[must_use]
    pub fn deficit(&self) -> &[f64] {
        &self.deficit
    }

    /// Income by region: value added, tariff revenue and deficit.
    #[must_use]
    pub fn income(&self) -> &[f64] {
        &self.income
    }

    /// Shares of sectors in consumption, `[region][sector]`.
    #[must_use]
    pub fn alpha(&self) -> &[Vec<f64>] {
        &self.alpha
    }

    /// What the data imply must be possible.
    fn calibrated(&self) -> Result<(), ScoringError> {
        for n in 0..self.regions() {
            if !(self.value_added[n] > 0.0 && self.income[n] > 0.0) {
                let given = format!("value added {}, income {}", self.value_added[n], self.income[n]);
                return check::bad(&format!("gamma_va[{n}]"), &given, "a region with value added and income");
            }
            for (s, alpha) in self.alpha[n].iter().enumerate() {
                if *alpha < 0.0 || alpha.is_nan() {
                    let given = format!("inputs above the spending of region {n} on sector {s}");
                    let expected = "uses of a sector as inputs within what is spent on it";
                    return check::bad(&format!("gamma_io[{n}][{s}]"), &given, expected);
                }
            }
        }
        Ok(())
    }
}

/// Σ t·T by importer, for tables `[sector][exporter][importer]`.
pub(super) fn revenue(tariffs: &[Vec<Vec<f64>>], trade: &[Vec<Vec<f64>>]) -> Vec<f64> {
    let mut duties = vec![0.0; trade.first().map_or(0, Vec::len)];
    for (rates, values) in tariffs.iter().flatten().zip(trade.iter().flatten()) {
        for (duty, (rate, value)) in duties.iter_mut().zip(rates.iter().zip(values)) {
            *duty += rate * value;
        }
    }
    duties
}

/// What a region trades with others.
pub(super) struct Abroad {
    pub(super) imports: f64,
    pub(super) exports: f64,
}

impl Abroad {
    /// Imports less exports. Dust would be all that is left to balance once tariffs stop trade.
    fn deficit(&self) -> f64 {
        clean(self.imports - self.exports, self.imports.max(self.exports))
    }
}

/// Imports and exports of region n, for a table `[sector][exporter][importer]`. Domestic sales are left
/// out of the sums: as a difference of large ones, little trade would lose its digits.
pub(super) fn abroad(trade: &[Vec<Vec<f64>>], n: usize) -> Abroad {
    let mut sums = Abroad { imports: 0.0, exports: 0.0 };
    for table in trade {
        for other in (0..table.len()).filter(|other| *other != n) {
            sums.imports += table[other][n];
            sums.exports += table[n][other];
        }
    }
    sums
}

/// A difference of two sums, without the dust that rounding leaves where they are equal.
fn clean(difference: f64, of: f64) -> f64 {
    if difference.abs() <= 1e-12 * of { 0.0 } else { difference }
}

/// Whether these can be tariffs of so many sectors and regions: none on what a region sells at home.
pub(super) fn check_tariffs(
    name: &str,
    tariffs: &[Vec<Vec<f64>>],
    [s, n]: [usize; 2],
) -> Result<(), ScoringError> {
    check::table(name, tariffs, &[s, n, n], TARIFF)?;
    let mut sectors = tariffs.iter().enumerate();
    sectors.try_for_each(|(s, sector)| check::domestic(&format!("{name}[{s}]"), sector))
}

fn bounds(data: &Data) -> Result<(), ScoringError> {
    let (n, s) = (data.gamma_va.len(), data.theta.len());
    check::not_empty("theta", s)?;
    check::not_empty("gamma_va", n)?;
    let unknowns = n.saturating_mul(s).saturating_mul(2).saturating_add(n);
    check::solvable("regions", unknowns, &format!("{n} regions and {s} sectors"))?;
    check::table("theta", &data.theta, &[s], POSITIVE)?;
    check::table("trade_exporter_by_importer", &data.trade, &[s, n, n], AMOUNT)?;
    check_tariffs("tariff_base", &data.tariff, [s, n])?;
    check::table("gamma_va", &data.gamma_va, &[n, s], SHARE)?;
    check::table("gamma_io", &data.gamma_io, &[n, s, s], SHARE)?;
    for j in 0..n {
        for k in 0..s {
            let inputs: f64 = (0..s).map(|input| data.gamma_io[j][input][k]).sum();
            let sum = data.gamma_va[j][k] + inputs;
            if (sum - 1.0).abs() > SLACK {
                let expected = "value added and inputs (gamma_io[region][input][output]) that sum to 1";
                return check::bad(&format!("gamma_va[{j}][{k}]"), &format!("a sum of {sum}"), expected);
            }
        }
    }
    Ok(())
}
