//! SMART on a file: each case is a market of its own.
//!
//! Keys of a case: `name`, `trade_value`, `tariff0`, `tariff1` (lists by partner),
//! `import_elasticity`, `substitution_elasticity`, and `export_supply_elasticity`, infinite where it
//! is left out.

use serde_json::json;

use crate::study::{Axis, Case, Input, Solved, Study, StudyError};
use crate::{Flag, Supply};

use super::{Effect, Imports, Market};

struct SmartStudy(Vec<(String, Effect)>);

/// Reads and, since the formulas are closed, evaluates the cases.
pub(crate) fn read(input: Input<'_>) -> Result<Box<dyn Study>, StudyError> {
    let cases = input.cases()?;
    let effects = cases.iter().map(|case| Ok((case.name.clone(), effect(case)?)));
    Ok(Box::new(SmartStudy(effects.collect::<Result<_, StudyError>>()?)))
}

fn effect(case: &Case<'_>) -> Result<Effect, StudyError> {
    let input = case.input;
    input.no_typos(&["export_supply_elasticity"], &[])?;
    let trade_value = input.numbers("trade_value")?;
    let partners = Axis::new(trade_value.len(), "partner");
    let imports = Imports {
        tariff0: input.list("tariff0", partners)?,
        import_elasticity: input.number_at("import_elasticity")?,
        substitution_elasticity: input.number_at("substitution_elasticity")?,
        export_supply: export_supply(input)?,
        trade_value,
    };
    let market = Market::new(imports).map_err(|error| input.explain(error))?;
    market.solve(&input.list("tariff1", partners)?).map_err(|error| input.explain(error))
}

fn export_supply(input: Input<'_>) -> Result<Supply, StudyError> {
    let given = input.find("export_supply_elasticity")?.map(Input::number_or_infinity).transpose()?;
    Ok(given.map_or(Supply::Infinite, Supply::from))
}

impl Study for SmartStudy {
    fn model(&self) -> &'static str {
        "smart"
    }

    fn solve_each(&self) -> Vec<Result<Solved, StudyError>> {
        self.0.iter().map(|(name, effect)| Ok(solved(name, effect))).collect()
    }
}

fn solved(name: &str, effect: &Effect) -> Solved {
    let codes: Vec<&str> = effect.flags.iter().map(Flag::as_str).collect();
    // The formulas are evaluated, not solved: nothing is left over.
    Solved::new(
        name,
        0.0,
        [
            ("trade_creation", json!(effect.trade_creation)),
            ("trade_diversion", json!(effect.trade_diversion)),
            ("trade_total_effect", json!(effect.trade_total_effect)),
            ("new_trade", json!(effect.new_trade)),
            ("revenue_change", json!(effect.revenue_change)),
            ("welfare_change_harberger", json!(effect.welfare_change_harberger)),
            ("flags", json!(codes)),
        ],
    )
}
