use rayon::prelude::*;
use tariff::{Agenda, Offer};

use crate::models::armington::{Markets, bare};
use crate::{ArmingtonCes, Elasticities, Headlines, Impact, Model as _, Power, ScoringError, TradeBase};

use crate::time::{Adjustment, Horizon};

use super::draw::{Quantiles, check_draws};
use super::{Bands, Distributions};

/// The most draws: the length of the Sobol sequence.
pub const MAX_DRAWS: usize = 1 << 16;
/// Draws that one thread takes at a time.
const CHUNK: usize = 32;

/// The default model, compiled once at the medians and once for every draw.
#[derive(Debug, Clone)]
pub struct Ensemble {
    pub(super) model: ArmingtonCes,
    pub(super) elasticities: Elasticities,
    pub(super) distributions: Distributions,
    seed: u32,
    drawn: Vec<Markets>,
}

impl Ensemble {
    /// Compiles `draws` models around the elasticities of the facts.
    ///
    /// # Errors
    /// As [`ArmingtonCes::compile`]; [`ScoringError::BadFact`] for distributions that do not fit the
    /// facts, and for none or more than [`MAX_DRAWS`] draws, or two million draws times flows.
    pub fn compile(
        base: &TradeBase,
        agenda: &Agenda,
        status_quo: &Offer,
        distributions: &Distributions,
        draws: usize,
        seed: u32,
    ) -> Result<Self, ScoringError> {
        let model = ArmingtonCes::compile(base, agenda, status_quo)?;
        Self::around(model, &Elasticities::default(), distributions, draws, seed)
    }

    /// Compiles `draws` models around one that is compiled with `elasticities`.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn around(
        model: ArmingtonCes,
        elasticities: &Elasticities,
        distributions: &Distributions,
        draws: usize,
        seed: u32,
    ) -> Result<Self, ScoringError> {
        let sectors = model.base().facts().sectors.len();
        check_draws(draws, MAX_DRAWS, 2 * sectors)?;
        distributions.check(model.base())?;
        let distributions = &seen_at(elasticities.horizon, distributions);
        let drawn = (0..draws as u32).into_par_iter().with_min_len(CHUNK).map_init(
            || model.redrawer(elasticities),
            |redrawer, place| {
                let quantiles = Quantiles::sample(place, sectors, seed);
                redrawer.markets(&quantiles.draw(distributions))
            },
        );
        let drawn = in_order(drawn)?;
        Ok(Self { model, elasticities: *elasticities, distributions: distributions.clone(), seed, drawn })
    }

    /// The model at the medians: what a point estimate is.
    #[must_use]
    pub fn model(&self) -> &ArmingtonCes {
        &self.model
    }

    /// How many draws there are.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.drawn.len()
    }

    /// The bands of every headline figure at an offer. Draws are shared out over the threads of the
    /// current `rayon` pool; the result does not depend on their number.
    ///
    /// # Errors
    /// [`ScoringError::Offer`] for an offer of another agenda, [`ScoringError::NotCleared`] where a
    /// market with finite supply does not clear in some draw.
    pub fn bands(&self, offer: &Offer) -> Result<Bands, ScoringError> {
        Ok(Bands::over(&self.headlines(offer)?, self.seed))
    }

    /// The headline figures at an offer in every draw, in the order of the draws.
    ///
    /// # Errors
    /// As [`Self::bands`].
    pub fn headlines(&self, offer: &Offer) -> Result<Vec<Headlines>, ScoringError> {
        let settings = self.model.settings(offer)?;
        let drawn = self.drawn.par_iter().with_min_len(CHUNK);
        in_order(drawn.map(|markets| self.model.headlines_under(markets, &settings)))
    }

    /// The powers that [`Self::bands`] of an offer needs in markets with infinite supply, draw after
    /// draw: what a benchmark compares with.
    ///
    /// # Errors
    /// [`ScoringError::Offer`] for an offer of another agenda.
    pub fn powers(&self, offer: &Offer) -> Result<Vec<Power>, ScoringError> {
        let settings = self.model.settings(offer)?;
        Ok(self.drawn.iter().flat_map(|markets| bare(markets, &settings)).collect())
    }
}

/// The distributions as they bear on a horizon: soon after a change little rests on the long run.
fn seen_at(horizon: Horizon, distributions: &Distributions) -> Distributions {
    let weight = horizon.years().map_or(1.0, |years| Adjustment::default().weight_of_long_run(years));
    Distributions { long_run: distributions.long_run.weighted(weight), ..distributions.clone() }
}

/// All results in order, or the first error in order: not the first in time.
fn in_order<T: Send>(
    results: impl IndexedParallelIterator<Item = Result<T, ScoringError>>,
) -> Result<Vec<T>, ScoringError> {
    let mut all = Vec::new();
    results.collect_into_vec(&mut all);
    all.into_iter().collect()
}

/// An impact with the bands of its headline figures.
///
/// # Errors
/// As [`Ensemble::bands`].
pub fn with_bands(impact: Impact, ensemble: &Ensemble, offer: &Offer) -> Result<Impact, ScoringError> {
    Ok(Impact { bands: Some(Box::new(ensemble.bands(offer)?)), ..impact })
}
