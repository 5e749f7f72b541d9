//! The model on a file.
//!
//! Keys: `regions`, `sectors` (names), `sigma` (by sector), `trade_exporter_by_importer` and
//! `tariff_base` (`[sector][exporter][importer]`), and `cases`, each with `name` and
//! `tariff_counterfactual`. Trade must be balanced, unless `imbalances` is `"purge"`: then every figure
//! is relative to the world without them.

use serde_json::{Map, Value, json};

use crate::policy::{self, Outcome};
use crate::study::{self, Axis, Input, Solved, Study, StudyError};
use crate::{Bilateral, ScoringError};

use super::economy::check_tariffs;
use super::{Economy, Equilibrium, Facts};

/// Whose choice of tariffs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Each region's best against the base tariffs of the others.
    Optimal,
    /// The tariffs of a tariff war.
    Nash,
    /// The tariffs all would agree on from there.
    Cooperative,
}

/// What a file lacks that is a study of another model, or none.
const NEEDED: &str = "tariffs are chosen on a study for ossa, with the keys sigma, \
                      trade_exporter_by_importer and tariff_base";

/// The tariffs somebody would choose, for the data in `text` (JSON; its cases are left alone).
///
/// As JSON: `unilateral_optimal` (an object by region), `nash`, or `nash` and `cooperative`, each with
/// `tariffs` (`[sector][exporter][importer]`) and `welfare_hat`, and how well it is solved.
///
/// # Errors
/// [`StudyError::BadInput`] with line and column, [`StudyError::NoTariffs`] where none were found.
pub fn policy(text: &str, choice: Choice) -> Result<Map<String, Value>, StudyError> {
    let economy = study::parse(text, |input| {
        for key in ["sigma", "trade_exporter_by_importer", "tariff_base"] {
            if input.find(key)?.is_none() {
                return Err(input.fault(format!("missing key {key:?}: {NEEDED}")));
            }
        }
        economy(input)
    })?;
    chosen(&economy, choice).map_err(StudyError::NoTariffs)
}

fn chosen(economy: &Economy, choice: Choice) -> Result<Map<String, Value>, policy::PolicyError> {
    let mut found = Map::new();
    if choice == Choice::Optimal {
        let base = economy.base_tariffs();
        let optima =
            economy.regions().iter().enumerate().map(|(i, region)| {
                Ok((region.clone(), outcome(&policy::unilateral(economy, i, base)?).into()))
            });
        let optima = optima.collect::<Result<Map<String, Value>, policy::PolicyError>>()?;
        found.insert("unilateral_optimal".to_owned(), optima.into());
        return Ok(found);
    }
    let war = policy::nash(economy, economy.base_tariffs())?;
    if choice == Choice::Cooperative {
        let peace = policy::cooperative(economy, &war)?;
        let mut described = outcome(&peace.outcome);
        described.insert("gain_over_nash".to_owned(), json!(peace.gain));
        described.insert("weights".to_owned(), json!(peace.weights));
        found.insert("cooperative".to_owned(), described.into());
    }
    found.insert("nash".to_owned(), at_war(&war).into());
    Ok(found)
}

fn outcome(outcome: &Outcome) -> Map<String, Value> {
    let figures = [
        ("tariffs", json!(outcome.tariffs.nested())),
        ("welfare_hat", json!(outcome.welfare_hat)),
        ("iterations", json!(outcome.iterations)),
        ("gradient_norm", json!(outcome.gradient_norm)),
    ];
    figures.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

fn at_war(war: &Outcome) -> Map<String, Value> {
    let deviation =
        |d: &policy::Deviation| json!({"region": d.region, "gain": d.gain, "distance": d.distance});
    let mut described = outcome(war);
    described.insert("deviations".to_owned(), war.deviations.iter().map(deviation).collect());
    described
}

struct OssaStudy {
    economy: Economy,
    cases: Vec<(String, Bilateral)>,
}

pub(crate) fn read(input: Input<'_>) -> Result<Box<dyn Study>, StudyError> {
    let economy = economy(input)?;
    let shape = economy.shape();
    let tariffs = |case: Input<'_>| {
        let tariffs = case.cube("tariff_counterfactual", axes(shape))?;
        check_tariffs("tariff_counterfactual", &tariffs, shape).map_err(|error| case.explain(error))?;
        Ok(Bilateral::of(&tariffs))
    };
    let cases = input.cases()?.into_iter().map(|case| Ok((case.name, tariffs(case.input)?)));
    let cases = cases.collect::<Result<_, StudyError>>()?;
    Ok(Box::new(OssaStudy { economy, cases }))
}

fn economy(input: Input<'_>) -> Result<Economy, StudyError> {
    input.no_typos(&["imbalances"], &[])?;
    let (regions, sectors) = (input.names("regions")?, input.names("sectors")?);
    let shape = [sectors.len(), regions.len(), regions.len()];
    let facts = Facts {
        sigma: input.list("sigma", Axis::new(sectors.len(), "sector"))?,
        trade: input.cube("trade_exporter_by_importer", axes(shape))?,
        tariffs: input.cube("tariff_base", axes(shape))?,
        regions,
        sectors,
    };
    let made = if purges(input)? { Economy::purged(facts) } else { Economy::new(facts) };
    made.map_err(|error: ScoringError| input.explain(error))
}

/// Whether the file asks for imbalances to be purged.
fn purges(input: Input<'_>) -> Result<bool, StudyError> {
    let Some(given) = input.find("imbalances")? else { return Ok(false) };
    match given.text()?.as_str() {
        "purge" => Ok(true),
        "refuse" => Ok(false),
        _ => Err(given.refuse("\"purge\" or \"refuse\"")),
    }
}

fn axes([sectors, exporters, importers]: [usize; 3]) -> [Axis; 3] {
    [Axis::new(sectors, "sector"), Axis::new(exporters, "exporter"), Axis::new(importers, "importer")]
}

impl Study for OssaStudy {
    fn model(&self) -> &'static str {
        "ossa"
    }

    fn solve_each(&self) -> Vec<Result<Solved, StudyError>> {
        let case = |(name, tariffs): &(String, Bilateral)| {
            let equilibrium = self.economy.solve(tariffs);
            equilibrium.map(|e| solved(name, &e)).map_err(|error| StudyError::unsolved(name, error))
        };
        self.cases.iter().map(case).collect()
    }
}

fn solved(name: &str, equilibrium: &Equilibrium) -> Solved {
    Solved::new(
        name,
        equilibrium.residual,
        [
            ("welfare_hat", json!(equilibrium.welfare_hat)),
            ("wage_hat", json!(equilibrium.wage_hat)),
            ("expenditure_hat", json!(equilibrium.expenditure_hat)),
            ("price_index_hat", json!(equilibrium.price_index_hat)),
            ("profit_hat", json!(equilibrium.profit_hat)),
            ("trade_counterfactual_exporter_by_importer", json!(equilibrium.trade_counterfactual.nested())),
            ("tariff_counterfactual", json!(equilibrium.tariffs.nested())),
        ],
    )
}
