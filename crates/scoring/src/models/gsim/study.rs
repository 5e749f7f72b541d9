//! GSIM on a file.
//!
//! Keys: `regions`, `trade_exporter_by_importer`, `tariff_power_base` (1 + t, `[exporter][importer]`),
//! `Em`, `Ex`, `Es` (one number, or a list by region), and cases with `name` and `tariff_power`.
//! An `Ex` of `"inf"` is infinite supply.

use serde_json::json;

use crate::study::{Axis, Input, Solved, Study, StudyError};
use crate::{Flag, Supply};

use super::{Effect, Industry, World};

struct GsimStudy {
    industry: Industry,
    cases: Vec<(String, Vec<Vec<f64>>)>,
}

/// Reads a study.
pub(crate) fn read(input: Input<'_>) -> Result<Box<dyn Study>, StudyError> {
    let n = input.names("regions")?.len();
    let (exporters, importers) = (Axis::new(n, "exporter"), Axis::new(n, "importer"));
    let world = World {
        trade: input.matrix("trade_exporter_by_importer", [exporters, importers])?,
        tariff_power: input.matrix("tariff_power_base", [exporters, importers])?,
        demand: input.each_or_one("Em", importers, Input::number)?,
        supply: input.each_or_one("Ex", exporters, |ex| ex.number_or_infinity().map(Supply::from))?,
        substitution: input.each_or_one("Es", importers, Input::number)?,
    };
    let industry = Industry::new(world).map_err(|error| input.explain(error))?;
    let mut cases = Vec::new();
    for case in input.cases()? {
        let tariffs = case.input.matrix("tariff_power", [exporters, importers])?;
        industry.check(&tariffs).map_err(|error| case.input.explain(error))?;
        cases.push((case.name, tariffs));
    }
    Ok(Box::new(GsimStudy { industry, cases }))
}

impl Study for GsimStudy {
    fn model(&self) -> &'static str {
        "gsim"
    }

    fn solve_each(&self) -> Vec<Result<Solved, StudyError>> {
        let solve = |(name, tariffs): &(String, Vec<Vec<f64>>)| {
            let effect = self.industry.solve(tariffs).map_err(|error| StudyError::unsolved(name, error))?;
            Ok(solved(name, &effect))
        };
        self.cases.iter().map(solve).collect()
    }
}

fn solved(name: &str, effect: &Effect) -> Solved {
    let codes: Vec<&str> = effect.flags.iter().map(Flag::as_str).collect();
    Solved::new(
        name,
        effect.residual,
        [
            ("world_price_change", json!(effect.world_price_change)),
            ("new_trade", json!(effect.new_trade)),
            ("composite_price_change", json!(effect.composite_price_change)),
            ("producer_surplus", json!(effect.producer_surplus)),
            ("consumer_surplus", json!(effect.consumer_surplus)),
            ("tariff_revenue_change", json!(effect.tariff_revenue_change)),
            ("net_welfare", json!(effect.net_welfare)),
            ("flags", json!(codes)),
        ],
    )
}
