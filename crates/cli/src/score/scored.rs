//! What a score is made of: the impact under the chosen model, how sure it is, the months after.

use scoring::time::Path;
use scoring::uncertainty::{Distributions, Ensemble, Tornado, with_bands};
use scoring::{
    ArmingtonCes, Elasticities, Impact, Model as _, OFFER_MODELS, ScoringError, TradeBase, compile_model,
};
use scoring_server::Bench;
use tariff::Offer;

use crate::output::{Failure, exit};
use crate::report::Months;

/// Draws of the elasticities that bands are made of, unless another number is asked for.
pub(crate) const DRAWS: usize = 1000;
/// The seed of the draws, so that the same offer has the same bands.
const SEED: u32 = 1;
/// Draws a path over months is banded with: each is a whole path.
const PATH_DRAWS: [f64; 2] = [-1.0, 1.0];

/// How an offer is scored.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    /// One of [`OFFER_MODELS`].
    pub(crate) model: String,
    /// Years after the change; none for the long run.
    pub(crate) horizon: Option<f64>,
    /// Draws of the elasticities; 0 for no bands.
    pub(crate) draws: usize,
}

impl Default for Manner {
    fn default() -> Self {
        Self { model: OFFER_MODELS[0].0.to_owned(), horizon: None, draws: DRAWS }
    }
}

impl Manner {
    /// Whether the model is the one that has elasticities to draw and months to show.
    pub(crate) fn is_default_model(&self) -> bool {
        self.model == OFFER_MODELS[0].0
    }

    /// The impact, with bands if draws are asked for and the model has elasticities to draw.
    pub(crate) fn impact(&self, bench: &Bench, offer: &Offer) -> Result<Impact, Failure> {
        if !self.is_default_model() {
            let linear = compile_model(&self.model, base(bench)?, bench.agenda(), bench.status_quo());
            return linear.and_then(|model| model.impact(offer)).map_err(not_scored);
        }
        let elasticities = self.elasticities();
        let model =
            ArmingtonCes::compile_with(base(bench)?, bench.agenda(), bench.status_quo(), &elasticities);
        let impact = model.and_then(|model| model.impact(offer)).map_err(not_scored)?;
        if self.draws == 0 {
            return Ok(impact);
        }
        with_bands(impact, &self.ensemble(bench)?, offer).map_err(not_scored)
    }

    /// What the deficit at an offer depends on most.
    pub(crate) fn tornado(&self, bench: &Bench, offer: &Offer) -> Result<Tornado, Failure> {
        Self { draws: 1, ..self.clone() }.ensemble(bench)?.tornado(offer).map_err(not_scored)
    }

    fn elasticities(&self) -> Elasticities {
        self.horizon.map_or_else(Elasticities::default, Elasticities::at_horizon)
    }

    fn ensemble(&self, bench: &Bench) -> Result<Ensemble, Failure> {
        let base = base(bench)?;
        let elasticities = self.elasticities();
        let model = ArmingtonCes::compile_with(base, bench.agenda(), bench.status_quo(), &elasticities);
        let spread = Distributions::published(base);
        model
            .and_then(|model| Ensemble::around(model, &elasticities, &spread, self.draws, SEED))
            .map_err(not_scored)
    }
}

/// The months from the agreement on, as the scenario's timetable has them.
pub(crate) fn path(bench: &Bench, offer: &Offer, months: u32) -> Result<Path, Failure> {
    path_on(base(bench)?, bench, offer, months)
}

/// The months with the band of the level of σ; no band where elasticities at its end are out of the
/// model's reach.
pub(crate) fn months(bench: &Bench, offer: &Offer, months: u32) -> Result<Months, Failure> {
    let path = path(bench, offer, months)?;
    Ok(Months { path, band: path_band(bench, offer, months).ok() })
}

/// The path with the level of σ at its 5th and at its 95th percentile, all else at the median.
fn path_band(bench: &Bench, offer: &Offer, months: u32) -> Result<[Path; 2], Failure> {
    let base = base(bench)?;
    let spread = Distributions::published(base);
    let at = |end: f64| {
        let factor = (end * Z95 * spread.sigma_level.dispersion()).exp();
        let mut facts = base.facts().clone();
        for flow in facts.imports.iter_mut().chain(&mut facts.exports) {
            flow.sigma *= factor;
        }
        path_on(&TradeBase::new(facts).map_err(not_scored)?, bench, offer, months)
    };
    let [low, high] = PATH_DRAWS;
    Ok([at(low)?, at(high)?])
}

/// The 95th percentile of a standard normal.
const Z95: f64 = 1.644_853_626_951_472_6;

fn path_on(base: &TradeBase, bench: &Bench, offer: &Offer, months: u32) -> Result<Path, Failure> {
    let timetable = &base.facts().timetable;
    scoring::time::path(base, bench.agenda(), bench.status_quo(), offer, timetable, months)
        .map_err(not_scored)
}

/// The facts of a scenario's trade.
pub(crate) fn base(bench: &Bench) -> Result<&TradeBase, Failure> {
    bench.model().map(|model| model.base()).ok_or_else(|| {
        let message = format!("{} has no trade data: nothing in it can be scored", bench.scenario().name());
        Failure::new(exit::USAGE, "NO_TRADE_DATA", message)
            .hint("`detente explain` says what an offer is worth to a party")
    })
}

fn not_scored(error: ScoringError) -> Failure {
    match error {
        ScoringError::BadFact { .. } => Failure::new(exit::USAGE, "BAD_ARGUMENT", error.to_string()),
        other => Failure::internal(other),
    }
}
