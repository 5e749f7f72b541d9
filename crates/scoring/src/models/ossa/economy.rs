//! The base year: what an analyst gives, checked, and the sums the equations need.

use crate::Bilateral;

use super::OssaError;

/// The name under which files hold trade flows.
const TRADE: &str = "trade_exporter_by_importer";
/// Net exports, as a share of a region's output, that pass for rounding of published figures.
const BALANCE_SLACK: f64 = 1e-6;

/// The data of a base year, as an analyst gives them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// Names of the regions.
    pub regions: Vec<String>,
    /// Names of the sectors.
    pub sectors: Vec<String>,
    /// Elasticity of substitution between varieties of a sector, each above 1.
    pub sigma: Vec<f64>,
    /// `[sector][exporter][importer]`: value of trade before duties, domestic sales on the diagonal;
    /// any one unit.
    pub trade: Vec<Vec<Vec<f64>>>,
    /// `[sector][exporter][importer]`: ad valorem tariff as a fraction, above −1, 0 on the diagonal.
    pub tariffs: Vec<Vec<Vec<f64>>>,
}

/// An economy in its base year, ready to be solved under other tariffs.
#[derive(Debug, Clone, PartialEq)]
pub struct Economy {
    pub(super) regions: Vec<String>,
    pub(super) sectors: Vec<String>,
    pub(super) sigma: Vec<f64>,
    /// T: value of trade before duties.
    pub(super) trade: Bilateral,
    /// t.
    pub(super) tariffs: Bilateral,
    /// 1 + t.
    pub(super) power: Bilateral,
    /// By sector and importer: spending with duties.
    pub(super) spending: Vec<Vec<f64>>,
    /// By importer: spending of all sectors with duties, E.
    pub(super) expenditure: Vec<f64>,
    /// By importer: spending without duties.
    pub(super) purchases: Vec<f64>,
    /// By sector and exporter: sales everywhere.
    pub(super) output: Vec<Vec<f64>>,
    /// wL: what sales leave after profits.
    pub(super) labour_income: Vec<f64>,
    /// NX: zero but for rounding, unless the data are about to be purged.
    pub(super) net_exports: Vec<f64>,
}

impl Economy {
    /// An economy from data in which every region's trade is balanced.
    ///
    /// Imbalances up to 1e-6 of a region's output count as rounding and are carried along.
    ///
    /// # Errors
    /// [`OssaError::BadInput`] naming the place, [`OssaError::Unbalanced`] where trade is not: the
    /// model has no theory of deficits ([`Self::purged`] removes them).
    pub fn new(facts: Facts) -> Result<Self, OssaError> {
        let economy = Self::unchecked_balance(facts)?;
        let imbalance = |i: &usize| economy.net_exports[*i].abs() / economy.sales(*i);
        match (0..economy.regions.len()).find(|i| imbalance(i) > BALANCE_SLACK) {
            None => Ok(economy),
            Some(i) => Err(OssaError::Unbalanced {
                region: economy.regions[i].clone(),
                net_exports: economy.net_exports[i],
                percent: 100.0 * economy.net_exports[i] / economy.sales(i),
            }),
        }
    }

    /// An economy from data with deficits: the world as the model says it would be without them, at
    /// the same tariffs (Ossa 2014 after Dekle, Eaton & Kortum 2007). Every figure is then relative to
    /// that world, not to the data.
    ///
    /// # Errors
    /// As [`Self::new`], and as [`Self::solve`] where there is no such world.
    pub fn purged(facts: Facts) -> Result<Self, OssaError> {
        let mut given = Self::unchecked_balance(facts.clone())?;
        given.net_exports.fill(0.0);
        let balanced = given.solve(&given.tariffs)?;
        Self::new(Facts { trade: balanced.trade_counterfactual.nested(), ..facts })
    }

    /// Names of the regions, in the order of every result.
    #[must_use]
    pub fn regions(&self) -> &[String] {
        &self.regions
    }

    /// Names of the sectors, in the order of every result.
    #[must_use]
    pub fn sectors(&self) -> &[String] {
        &self.sectors
    }

    /// Value of trade before duties in the base year, in the unit of the data.
    #[must_use]
    pub fn trade(&self) -> &Bilateral {
        &self.trade
    }

    /// Tariffs of the base year, as fractions.
    #[must_use]
    pub fn base_tariffs(&self) -> &Bilateral {
        &self.tariffs
    }

    fn unchecked_balance(facts: Facts) -> Result<Self, OssaError> {
        let Facts { regions, sectors, sigma, trade, tariffs } = facts;
        check_names("regions", &regions)?;
        check_names("sectors", &sectors)?;
        check_sigma(&sigma, sectors.len())?;
        let shape = (sectors.len(), regions.len());
        let trade = shaped(TRADE, &trade, shape)?;
        check_trade(&trade)?;
        let tariffs = shaped("tariff_base", &tariffs, shape)?;
        check_tariffs("tariff_base", &tariffs)?;
        let power = tariffs.map(|tariff| 1.0 + tariff);
        let output = by_exporter(&trade);
        let spending = by_importer(&trade.zip(&power, |flow, power| flow * power));
        let purchases = total(&by_importer(&trade));
        let labour = |s: usize, i: usize| labour_share(sigma[s]) * output[s][i];
        let over = |i: usize, of: &dyn Fn(usize, usize) -> f64| (0..sectors.len()).map(|s| of(s, i)).sum();
        let labour_income: Vec<f64> = (0..regions.len()).map(|i| over(i, &labour)).collect();
        let net_exports = (0..regions.len()).map(|i| over(i, &|s, i| output[s][i]) - purchases[i]).collect();
        let expenditure = total(&spending);
        check_totals(&regions, &labour_income, &expenditure)?;
        Ok(Self {
            regions,
            sectors,
            sigma,
            trade,
            tariffs,
            power,
            spending,
            expenditure,
            purchases,
            output,
            labour_income,
            net_exports,
        })
    }

    /// What a region produces.
    fn sales(&self, region: usize) -> f64 {
        self.output.iter().map(|sector| sector[region]).sum()
    }
}

/// (σ − 1)/σ: what is left of sales after profits.
pub(super) fn labour_share(sigma: f64) -> f64 {
    (sigma - 1.0) / sigma
}

/// By sector and exporter: the sum over importers.
pub(super) fn by_exporter(trade: &Bilateral) -> Vec<Vec<f64>> {
    let row = |s: usize, i: usize| trade.row(s, i).iter().sum();
    (0..trade.sectors()).map(|s| (0..trade.regions()).map(|i| row(s, i)).collect()).collect()
}

/// By sector and importer: the sum over exporters.
pub(super) fn by_importer(flows: &Bilateral) -> Vec<Vec<f64>> {
    let column = |s: usize, j: usize| (0..flows.regions()).map(|i| flows.at(s, i, j)).sum();
    (0..flows.sectors()).map(|s| (0..flows.regions()).map(|j| column(s, j)).collect()).collect()
}

/// By region: the sum over sectors.
pub(super) fn total(by_sector: &[Vec<f64>]) -> Vec<f64> {
    let regions = by_sector.first().map_or(0, Vec::len);
    (0..regions).map(|i| by_sector.iter().map(|sector| sector[i]).sum()).collect()
}

/// Checks the tariffs of a case or of the base year, given as `name`.
pub(super) fn check_tariffs(name: &str, tariffs: &Bilateral) -> Result<(), OssaError> {
    for (s, i, j) in tariffs.places() {
        let tariff = tariffs.at(s, i, j);
        let path = || format!("{name}[{s}][{i}][{j}]");
        if !(tariff.is_finite() && tariff > -1.0) {
            return bad(path(), tariff, "a fraction above -1");
        }
        if i == j && tariff != 0.0 {
            return bad(path(), tariff, "0, for domestic sales pay no tariff");
        }
    }
    Ok(())
}

fn check_names(path: &str, names: &[String]) -> Result<(), OssaError> {
    if names.is_empty() {
        return bad(path.to_owned(), "an empty list", "at least one name");
    }
    match (0..names.len()).find(|place| names[..*place].contains(&names[*place])) {
        Some(place) => bad(format!("{path}[{place}]"), &names[place], "each name once"),
        None => Ok(()),
    }
}

fn check_sigma(sigma: &[f64], sectors: usize) -> Result<(), OssaError> {
    if sigma.len() != sectors {
        return bad("sigma".to_owned(), format!("{} numbers", sigma.len()), "one number per sector");
    }
    match sigma.iter().position(|sigma| !(sigma.is_finite() && *sigma > 1.0)) {
        Some(s) => bad(format!("sigma[{s}]"), sigma[s], "an elasticity of substitution above 1"),
        None => Ok(()),
    }
}

fn check_trade(trade: &Bilateral) -> Result<(), OssaError> {
    let wrong = trade.places().find(|(s, i, j)| {
        let flow = trade.at(*s, *i, *j);
        !(flow.is_finite() && flow >= 0.0)
    });
    match wrong {
        Some((s, i, j)) => {
            bad(format!("{TRADE}[{s}][{i}][{j}]"), trade.at(s, i, j), "a finite value from 0, before duties")
        }
        None => Ok(()),
    }
}

fn check_totals(regions: &[String], labour: &[f64], expenditure: &[f64]) -> Result<(), OssaError> {
    for (i, region) in regions.iter().enumerate() {
        if !(labour[i].is_finite() && labour[i] > 0.0) {
            return bad(
                TRADE.to_owned(),
                format!("sales of {region} that leave labour {}", labour[i]),
                "a finite labour income above 0",
            );
        }
        if !(expenditure[i].is_finite() && expenditure[i] > 0.0) {
            return bad(
                TRADE.to_owned(),
                format!("purchases of {region} of {}", expenditure[i]),
                "a finite spending above 0",
            );
        }
    }
    Ok(())
}

/// The nested array, where it has the shape of the economy.
pub(super) fn shaped(
    name: &str,
    nested: &[Vec<Vec<f64>>],
    shape: (usize, usize),
) -> Result<Bilateral, OssaError> {
    match Bilateral::from_nested(nested) {
        Some(flows) if (flows.sectors(), flows.regions()) == shape => Ok(flows),
        _ => {
            let (sectors, regions) = shape;
            let expected = "[sector][exporter][importer], one entry for each";
            bad(name.to_owned(), format!("an array not of shape {sectors} x {regions} x {regions}"), expected)
        }
    }
}

pub(super) fn bad<T>(path: String, given: impl ToString, expected: &'static str) -> Result<T, OssaError> {
    Err(OssaError::BadInput { path, given: given.to_string(), expected })
}
