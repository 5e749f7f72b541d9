//! The equilibrium with deficits on a file.
//!
//! Keys: `regions`, `trade_2023_musd_exporter_by_importer_offdiag` (zero on the diagonal; any year
//! and unit, as long as it is that of `gdp_musd`), `gdp_musd`, `nu`; `eps`, `kappa` and `psi`, those
//! of the paper where left out; cases with `name`, `added_tariff_exporter_by_importer` and
//! `lump_sum_rebate` (1 where revenue is handed out, else 0 or left out). `derived` may be given too
//! and is then compared.

use serde_json::{Value, json};

use crate::study::{Axis, Case, Input, Solved, Study, StudyError};

use super::{Data, Economy, Equilibrium, Parameters, Rebate};

/// The figures of a row of `results`, in this order.
const COLUMNS: [&str; 7] = [
    "welfare_pct",
    "deficit_pct",
    "exports_to_gdp_pct",
    "imports_to_gdp_pct",
    "employment_pct",
    "price_index_pct",
    "tariff_revenue_share_of_E",
];

struct Scenario {
    name: String,
    added: Vec<Vec<f64>>,
    rebate: Rebate,
}

struct DeficitStudy {
    economy: Economy,
    cases: Vec<Scenario>,
}

/// Reads a study.
pub(crate) fn read(input: Input<'_>) -> Result<Box<dyn Study>, StudyError> {
    input.no_typos(&["eps", "kappa", "psi", "derived"], &[])?;
    let n = input.names("regions")?.len();
    let (regions, flows) = (Axis::new(n, "region"), [Axis::new(n, "exporter"), Axis::new(n, "importer")]);
    let data = Data {
        trade: input.matrix("trade_2023_musd_exporter_by_importer_offdiag", flows)?,
        gdp: input.list("gdp_musd", regions)?,
        nu: input.list("nu", regions)?,
        parameters: parameters(input)?,
    };
    let economy = Economy::new(data).map_err(|error| input.explain(error))?;
    compare(input, &economy, regions)?;
    let case = |Case { name, input }: Case<'_>| {
        input.no_typos(&["lump_sum_rebate"], &[])?;
        let added = input.matrix("added_tariff_exporter_by_importer", flows)?;
        economy.check(&added).map_err(|error| input.explain(error))?;
        Ok(Scenario { name, added, rebate: rebate(input)? })
    };
    let cases = input.cases()?.into_iter().map(case).collect::<Result<_, StudyError>>()?;
    Ok(Box::new(DeficitStudy { economy, cases }))
}

fn parameters(input: Input<'_>) -> Result<Parameters, StudyError> {
    let given = |key: &str| input.find(key)?.map(Input::number).transpose();
    let paper = Parameters::default();
    let eps = given("eps")?.unwrap_or(paper.eps);
    Ok(Parameters {
        eps,
        kappa: given("kappa")?.unwrap_or(paper.kappa),
        psi: given("psi")?.unwrap_or(paper.psi * paper.eps / eps),
    })
}

fn rebate(input: Input<'_>) -> Result<Rebate, StudyError> {
    let Some(given) = input.find("lump_sum_rebate")? else {
        return Ok(Rebate::default());
    };
    match given.number()? {
        0.0 => Ok(Rebate::IncomeTax),
        1.0 => Ok(Rebate::LumpSum),
        _ => Err(given.refuse("0 (revenue cuts the income tax) or 1 (it is handed out)")),
    }
}

/// Holds what the file says of derived figures against what follows from its data.
fn compare(input: Input<'_>, economy: &Economy, regions: Axis) -> Result<(), StudyError> {
    let Some(derived) = input.find("derived")? else {
        return Ok(());
    };
    let domestic: Vec<f64> = economy.trade().iter().enumerate().map(|(i, row)| row[i]).collect();
    let size = economy.expenditure().iter().copied().fold(0.0, f64::max);
    let lists = [
        ("E", economy.expenditure(), size, "GDP and the transfers that pay for trade"),
        ("Y", economy.income(), size, "what sales and services earn"),
        ("T", economy.transfer(), size, "spending less income"),
        ("domestic_sales", &domestic, size, "spending less imports"),
        ("phi", economy.pass_through(), 1.0, "(1 + psi nu)/(1 - nu)"),
    ];
    for (key, values, size, follows_from) in lists {
        if let Some(given) = derived.find(key)? {
            given.agrees(regions, values, size, follows_from)?;
        }
    }
    Ok(())
}

impl Study for DeficitStudy {
    fn model(&self) -> &'static str {
        "deficit-ge"
    }

    fn solve_each(&self) -> Vec<Result<Solved, StudyError>> {
        let solve = |case: &Scenario| {
            let after = self.economy.solve(&case.added, case.rebate);
            Ok(solved(&case.name, &after.map_err(|error| StudyError::unsolved(&case.name, error))?))
        };
        self.cases.iter().map(solve).collect()
    }
}

fn solved(name: &str, after: &Equilibrium) -> Solved {
    let results: Vec<Value> = (0..after.trade.len()).map(|i| row(after, i)).collect();
    Solved::new(
        name,
        after.residual,
        [
            ("result_columns", json!(COLUMNS)),
            ("results", json!(results)),
            ("trade_counterfactual_exporter_by_importer_musd", json!(after.trade)),
            ("wage_hat", json!(after.wage_hat)),
            ("expenditure_hat", json!(after.expenditure_hat)),
        ],
    )
}

/// The figures of one region, in the order of [`COLUMNS`].
fn row(after: &Equilibrium, i: usize) -> Value {
    json!([
        after.welfare_pct[i],
        after.deficit_pct[i],
        after.exports_to_gdp_pct[i],
        after.imports_to_gdp_pct[i],
        after.employment_pct[i],
        after.price_index_pct[i],
        after.revenue_share[i],
    ])
}
