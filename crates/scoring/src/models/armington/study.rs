//! One market on a file: each case stands alone.
//!
//! Keys of a case, under `inputs` or beside the name: `v0` (tariff-inclusive spending by source),
//! `t0`, `t1` (tariffs before and after), `sig` (σ), `eta` (η), `eps` (elasticity of supply by
//! source, or one for all). Supply is infinite where `eps` is left out, and for an entry `"inf"`. Outputs come under the names of the USITC's models.

use serde_json::json;

use crate::study::{Axis, Case, Input, Solved, Study, StudyError};
use crate::{Market, ScoringError, Supply, ces, equilibrium};

/// The data of one case.
struct Sources {
    name: String,
    v0: Vec<f64>,
    t0: Vec<f64>,
    t1: Vec<f64>,
    sigma: f64,
    eta: f64,
    supply: Vec<Supply>,
}

struct ArmingtonStudy(Vec<Sources>);

/// Reads a study.
pub(crate) fn read(input: Input<'_>) -> Result<Box<dyn Study>, StudyError> {
    let cases = input.cases()?.into_iter().map(sources);
    Ok(Box::new(ArmingtonStudy(cases.collect::<Result<_, _>>()?)))
}

fn sources(case: Case<'_>) -> Result<Sources, StudyError> {
    let input = case.input.find("inputs")?.unwrap_or(case.input);
    case.input.no_typos(&["inputs"], &["name"])?;
    input.no_typos(&["eps"], &["v0", "t0", "t1", "sig", "eta"])?;
    let v0 = input.numbers("v0")?;
    let axis = Axis::new(v0.len(), "source");
    let supply = match input.find("eps")? {
        Some(_) => input.each_or_one("eps", axis, |eps| eps.number_or_infinity().map(Supply::from))?,
        None => vec![Supply::Infinite; v0.len()],
    };
    let sources = Sources {
        t0: input.list("t0", axis)?,
        t1: input.list("t1", axis)?,
        sigma: input.number_at("sig")?,
        eta: input.number_at("eta")?,
        name: case.name,
        v0,
        supply,
    };
    ces::check(&sources.market()).map_err(|error| input.explain(under_its_key(error)))?;
    Ok(sources)
}

/// The error with its place named as the file does.
fn under_its_key(error: ScoringError) -> ScoringError {
    match error {
        ScoringError::BadFact { place, given, expected } => {
            let place = match place.as_str() {
                "market: sigma" => "sig".to_owned(),
                "market: eta" => "eta".to_owned(),
                _ => place.replacen("supply[", "eps[", 1),
            };
            let place = place.split(':').next().unwrap_or_default().to_owned();
            ScoringError::BadFact { place, given, expected }
        }
        other => other,
    }
}

impl Sources {
    fn market(&self) -> Market<'_> {
        Market {
            v0: &self.v0,
            t0: &self.t0,
            t1: &self.t1,
            sigma: self.sigma,
            eta: self.eta,
            supply: &self.supply,
        }
    }
}

impl Study for ArmingtonStudy {
    fn model(&self) -> &'static str {
        "armington"
    }

    fn solve_each(&self) -> Vec<Result<Solved, StudyError>> {
        self.0.iter().map(solved).collect()
    }
}

fn solved(sources: &Sources) -> Result<Solved, StudyError> {
    let name = &sources.name;
    let after = equilibrium(&sources.market()).map_err(|error| StudyError::unsolved(name, error))?;
    Ok(Solved::new(
        name,
        after.residual,
        [
            ("producer_price_hat", json!(after.producer_price)),
            ("consumer_price_hat", json!(after.consumer_price)),
            ("quantity_hat", json!(after.quantity)),
            ("industry_price_hat", json!(after.price_index)),
            ("expenditure_new", json!(after.expenditure)),
            ("exporter_revenue_new", json!(after.exporter_revenue)),
            ("tariff_revenue_old", json!(after.duty_before)),
            ("tariff_revenue_new", json!(after.duty_after)),
            ("tariff_pass_through_to_consumer_price", json!(after.pass_through)),
        ],
    ))
}
