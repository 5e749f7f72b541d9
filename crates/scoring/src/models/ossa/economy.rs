//! The base year: what an analyst gives, checked, and the sums the equations need.

use crate::check::{self, AMOUNT, SUBSTITUTION, TARIFF};
use crate::{Bilateral, ScoringError};

use super::state::without_domestic;

/// The name under which files hold trade flows.
const TRADE: &str = "trade_exporter_by_importer";
/// Net exports, as a share of a region's exports, that pass for rounding of published figures.
const BALANCE_SLACK: f64 = 1e-6;
/// One purge is an equilibrium to 1e-13, a second one to the precision of the numbers.
const MAX_PURGES: usize = 5;

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
    /// By sector and exporter: sales everywhere.
    pub(super) output: Vec<Vec<f64>>,
    /// wL: what sales leave after profits.
    pub(super) labour_income: Vec<f64>,
}

impl Economy {
    /// An economy from data in which every region's trade is balanced.
    ///
    /// What imports and exports differ by up to 1e-6 counts as rounding and is purged.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] naming the place, also where trade is not balanced: the model has no
    /// theory of deficits ([`Self::purged`] removes them).
    pub fn new(facts: Facts) -> Result<Self, ScoringError> {
        let economy = Self::of_any_balance(facts)?;
        economy.check_balance()?;
        economy.balanced()
    }

    /// An economy from data with deficits: the world as the model says it would be without them, at
    /// the same tariffs (Ossa 2014, after Dekle, Eaton & Kortum 2007). Every figure is then relative to
    /// that world, not to the data.
    ///
    /// # Errors
    /// As [`Self::new`], and as [`Self::solve`] where there is no such world.
    pub fn purged(facts: Facts) -> Result<Self, ScoringError> {
        Self::of_any_balance(facts)?.balanced()
    }

    /// The equilibrium without deficits, as data: this economy itself where it is one already. Once
    /// more where rounding leaves it just short, so that what stands is an equilibrium to the bit.
    fn balanced(mut self) -> Result<Self, ScoringError> {
        for _ in 0..MAX_PURGES {
            let balanced = self.solve(&self.tariffs)?;
            if balanced.steps == 0 {
                break;
            }
            let Self { regions, sectors, sigma, tariffs, .. } = self;
            self = Self::from_flows(regions, sectors, sigma, balanced.trade_counterfactual, tariffs)?;
        }
        Ok(self)
    }

    fn check_balance(&self) -> Result<(), ScoringError> {
        let abroad = without_domestic(&self.trade);
        let (exports, imports) = (total(&by_exporter(&abroad)), total(&by_importer(&abroad)));
        for (i, region) in self.regions.iter().enumerate() {
            let net = exports[i] - imports[i];
            if net.abs() > BALANCE_SLACK * exports[i] {
                let percent = 100.0 * net / exports[i];
                let given = format!("net exports of {region} of {net} ({percent:.2}% of its exports)");
                let expected = "balanced trade, or imbalances purged (\"imbalances\": \"purge\")";
                return check::bad(TRADE, &given, expected);
            }
        }
        Ok(())
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

    /// Everything checked but the balance of trade.
    fn of_any_balance(facts: Facts) -> Result<Self, ScoringError> {
        let Facts { regions, sectors, sigma, trade, tariffs } = facts;
        check_names("regions", &regions)?;
        check_names("sectors", &sectors)?;
        let shape = [sectors.len(), regions.len(), regions.len()];
        check::table("sigma", &sigma, &shape[..1], SUBSTITUTION)?;
        check::table(TRADE, &trade, &shape, AMOUNT)?;
        check_tariffs("tariff_base", &tariffs, shape)?;
        Self::from_flows(regions, sectors, sigma, Bilateral::of(&trade), Bilateral::of(&tariffs))
    }

    /// The sums over checked flows.
    fn from_flows(
        regions: Vec<String>,
        sectors: Vec<String>,
        sigma: Vec<f64>,
        trade: Bilateral,
        tariffs: Bilateral,
    ) -> Result<Self, ScoringError> {
        let power = tariffs.map(|tariff| 1.0 + tariff);
        let output = by_exporter(&trade);
        let spending = by_importer(&trade.zip(&power, |flow, power| flow * power));
        let (expenditure, labour_income) = (total(&spending), weighted(&output, &sigma, labour_share));
        let abroad = without_domestic(&trade);
        let (exports, imports) = (total(&by_exporter(&abroad)), total(&by_importer(&abroad)));
        for (i, region) in regions.iter().enumerate() {
            check_total(region, "labour income", labour_income[i])?;
            check_total(region, "spending", expenditure[i])?;
            check_total(region, "exports", exports[i])?;
            check_total(region, "imports", imports[i])?;
        }
        Ok(Self {
            regions,
            sectors,
            sigma,
            trade,
            tariffs,
            power,
            spending,
            expenditure,
            output,
            labour_income,
        })
    }

    /// Sectors, exporters, importers.
    pub(super) fn shape(&self) -> [usize; 3] {
        [self.sectors.len(), self.regions.len(), self.regions.len()]
    }
}

/// By region: sales of all sectors, each sector's weighed by what `weight` makes of its σ.
pub(super) fn weighted(output: &[Vec<f64>], sigma: &[f64], weight: impl Fn(f64) -> f64) -> Vec<f64> {
    let scaled = |(row, sigma): (&Vec<f64>, &f64)| row.iter().map(|sales| weight(*sigma) * sales).collect();
    total(&output.iter().zip(sigma).map(scaled).collect::<Vec<Vec<f64>>>())
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

/// Checks tariffs, given as `name`, against the shape of the economy.
pub(super) fn check_tariffs(
    name: &str,
    tariffs: &Vec<Vec<Vec<f64>>>,
    shape: [usize; 3],
) -> Result<(), ScoringError> {
    check::table(name, tariffs, &shape, TARIFF)?;
    for (s, sector) in tariffs.iter().enumerate() {
        if let Some(i) = (0..sector.len()).find(|i| sector[*i][*i] != 0.0) {
            let given = sector[i][i].to_string();
            return check::bad(&format!("{name}[{s}][{i}][{i}]"), &given, "0: domestic sales pay no tariff");
        }
    }
    Ok(())
}

fn check_names(place: &str, names: &[String]) -> Result<(), ScoringError> {
    check::not_empty(place, names.len())?;
    match (0..names.len()).find(|at| names[..*at].contains(&names[*at])) {
        Some(at) => check::bad(&format!("{place}[{at}]"), &names[at], "each name once"),
        None => Ok(()),
    }
}

/// Conditions are relative to these, so every region needs some of each: without trade its wage could
/// not be compared with others.
fn check_total(region: &str, of: &str, total: f64) -> Result<(), ScoringError> {
    if total.is_finite() && total > 0.0 {
        return Ok(());
    }
    check::bad(TRADE, &format!("{of} of {region}: {total}"), "a finite amount above 0 for every region")
}
