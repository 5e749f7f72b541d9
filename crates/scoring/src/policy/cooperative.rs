//! The tariffs all regions would agree on: the largest gain over a fallback that everybody has in full.

use crate::Bilateral;

use super::ascent::{Slope, climb};
use super::levers::{Levers, check_shape};
use super::{Outcome, PolicyError, TariffGame};

/// Weight of squared differences between gains beside the gains themselves.
const PENALTY: f64 = 50.0;
/// The largest difference between gains that counts as none.
const EQUAL: f64 = 1e-10;
/// Rounds before gains are called unequal.
const MAX_ROUNDS: usize = 100;

/// Cooperative tariffs and what they are worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Cooperation {
    /// The tariffs and Ŵ.
    pub outcome: Outcome,
    /// Ŵ over that of the fallback, the same for every region.
    pub gain: f64,
    /// The weights on ln Ŵ of the regions whose weighted sum these tariffs maximise; they sum to 1.
    /// None is negative where no region could be given more without another getting less.
    pub weights: Vec<f64>,
}

/// The tariffs of all regions that maximise the gain over `fallback` (usually [`super::nash`]) where
/// every region's Ŵ rises by the same factor (Ossa 2014, section on tariff talks).
///
/// Solved as an augmented Lagrangian: gains are summed, differences between them priced, and the prices
/// raised round by round until none is left.
///
/// # Errors
/// [`PolicyError::NoCommonGain`] where gains stay apart, and as [`super::unilateral`].
pub fn cooperative(game: &dyn TariffGame, fallback: &Outcome) -> Result<Cooperation, PolicyError> {
    check_shape(game, &fallback.tariffs)?;
    let levers = Levers::new(game, None);
    let regions = game.regions().len();
    let mut talks = Talks { game, levers: &levers, fallback, prices: vec![0.0; regions] };
    let mut tariffs = fallback.tariffs.clone();
    let mut spread = f64::INFINITY;
    for round in 1..=MAX_ROUNDS {
        let objective = |variables: &[f64]| talks.value(&levers.set(&tariffs, variables));
        let summit = climb(&objective, levers.read(&tariffs))?;
        tariffs = levers.set(&tariffs, &summit.point);
        let welfare_hat = game.welfare(&tariffs)?;
        let gains = talks.gains(&welfare_hat);
        spread = spread_of(&gains);
        if spread <= EQUAL {
            let weights = talks.weights(&gains);
            let gain = mean(&gains).exp();
            let gradient_norm = summit.gradient_norm;
            let deviations = Vec::new();
            let outcome = Outcome { tariffs, welfare_hat, iterations: round, gradient_norm, deviations };
            return Ok(Cooperation { outcome, gain, weights });
        }
        talks.reprice(&gains);
    }
    Err(PolicyError::NoCommonGain { spread, rounds: MAX_ROUNDS, tolerance: EQUAL })
}

/// The objective of a round.
struct Talks<'a> {
    game: &'a dyn TariffGame,
    levers: &'a Levers,
    fallback: &'a Outcome,
    /// What a region's gain above the mean is worth beyond the gain itself; they sum to 0.
    prices: Vec<f64>,
}

impl Talks<'_> {
    /// ln Ŵ over that of the fallback.
    fn gains(&self, welfare: &[f64]) -> Vec<f64> {
        welfare.iter().zip(&self.fallback.welfare_hat).map(|(new, old)| (new / old).ln()).collect()
    }

    /// The mean gain, and what differences from it cost.
    fn value(&self, tariffs: &Bilateral) -> Result<Slope, PolicyError> {
        let weigh = |welfare: &[f64]| self.weights(&self.gains(welfare));
        let (welfare, gradient) = self.game.gradient(tariffs, &weigh)?;
        let gains = self.gains(&welfare);
        let mean = mean(&gains);
        let cost = |(gain, price): (&f64, &f64)| {
            let above = gain - mean;
            price * above - 0.5 * PENALTY * above * above
        };
        let value = mean + gains.iter().zip(&self.prices).map(cost).sum::<f64>();
        Ok((value, self.levers.slopes(&gradient)))
    }

    /// What a little more gain of each region adds to the objective.
    fn weights(&self, gains: &[f64]) -> Vec<f64> {
        let mean = mean(gains);
        let equal = 1.0 / gains.len() as f64;
        let weight = |(gain, price): (&f64, &f64)| equal + price - PENALTY * (gain - mean);
        gains.iter().zip(&self.prices).map(weight).collect()
    }

    fn reprice(&mut self, gains: &[f64]) {
        let mean = mean(gains);
        for (price, gain) in self.prices.iter_mut().zip(gains) {
            *price -= PENALTY * (gain - mean);
        }
    }
}

fn mean(gains: &[f64]) -> f64 {
    gains.iter().sum::<f64>() / gains.len() as f64
}

fn spread_of(gains: &[f64]) -> f64 {
    let largest = gains.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let smallest = gains.iter().copied().fold(f64::INFINITY, f64::min);
    largest - smallest
}
