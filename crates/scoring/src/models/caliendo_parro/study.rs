//! Caliendo & Parro on a file.
//!
//! Keys: `regions`, `sectors`, `theta`, `trade_exporter_by_importer` and `tariff_base`
//! (`[sector][exporter][importer]`), `gamma_va` (`[region][sector]`), `gamma_io`
//! (`[region][input][output]`), and cases with `name` and `tariff_counterfactual`. What follows from
//! these (`wL`, `D`, `income`, `alpha`) may be given too and is then compared.

use serde_json::json;

use crate::study::{Axis, Case, Input, Solved, Study, StudyError};

use super::{Data, Economy, Equilibrium};

type Cube = Vec<Vec<Vec<f64>>>;

struct CaliendoParroStudy {
    economy: Economy,
    cases: Vec<(String, Cube)>,
}

/// Reads a study.
pub(crate) fn read(input: Input<'_>) -> Result<Box<dyn Study>, StudyError> {
    input.no_typos(&["wL", "D", "income", "alpha"], &[])?;
    let regions = Axis::new(input.names("regions")?.len(), "region");
    let sectors = Axis::new(input.names("sectors")?.len(), "sector");
    let (exporters, importers) = (Axis::new(regions.len, "exporter"), Axis::new(regions.len, "importer"));
    let inputs = Axis::new(sectors.len, "input");
    let flows = [sectors, exporters, importers];
    let data = Data {
        trade: input.cube("trade_exporter_by_importer", flows)?,
        tariff: input.cube("tariff_base", flows)?,
        theta: input.list("theta", sectors)?,
        gamma_va: input.matrix("gamma_va", [regions, sectors])?,
        gamma_io: input.cube("gamma_io", [regions, inputs, sectors])?,
    };
    let economy = Economy::new(data).map_err(|error| input.explain(error))?;
    compare(input, &economy, regions, sectors)?;
    let case = |case: Case<'_>| {
        let tariffs = case.input.cube("tariff_counterfactual", flows)?;
        economy.check(&tariffs).map_err(|error| case.input.explain(error))?;
        Ok((case.name, tariffs))
    };
    let cases = input.cases()?.into_iter().map(case).collect::<Result<_, StudyError>>()?;
    Ok(Box::new(CaliendoParroStudy { economy, cases }))
}

/// Holds what the file says of derived figures against what follows from its data.
fn compare(input: Input<'_>, economy: &Economy, regions: Axis, sectors: Axis) -> Result<(), StudyError> {
    let size = economy.income().iter().copied().fold(0.0, f64::max);
    let lists = [
        ("wL", economy.value_added(), "value added of the output that trade gives"),
        ("D", economy.deficit(), "imports less exports of the trade given"),
        ("income", economy.income(), "value added, tariff revenue and deficit"),
    ];
    for (key, derived, follows_from) in lists {
        if let Some(given) = input.find(key)? {
            given.agrees(regions, derived, size, follows_from)?;
        }
    }
    if let Some(alpha) = input.find("alpha")? {
        for (row, derived) in alpha.along(regions)?.into_iter().zip(economy.alpha()) {
            row.agrees(sectors, derived, 1.0, "spending less inputs, over income")?;
        }
    }
    Ok(())
}

impl Study for CaliendoParroStudy {
    fn model(&self) -> &'static str {
        "caliendo-parro"
    }

    fn solve_each(&self) -> Vec<Result<Solved, StudyError>> {
        let solve = |(name, tariffs): &(String, Cube)| {
            let after = self.economy.solve(tariffs).map_err(|error| StudyError::unsolved(name, error))?;
            Ok(solved(name, &after))
        };
        self.cases.iter().map(solve).collect()
    }
}

fn solved(name: &str, after: &Equilibrium) -> Solved {
    Solved::new(
        name,
        after.residual,
        [
            ("wage_hat", json!(after.wage_hat)),
            ("price_index_hat", json!(after.price_index_hat)),
            ("welfare_hat", json!(after.welfare_hat)),
            ("real_wage_hat", json!(after.real_wage_hat)),
            ("sector_price_hat", json!(after.sector_price_hat)),
            ("trade_counterfactual_exporter_by_importer", json!(after.trade)),
            ("tariff_revenue", json!(after.tariff_revenue)),
        ],
    )
}
