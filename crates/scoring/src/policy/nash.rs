//! The tariffs of a tariff war: each region's are its best against those of the others.

use crate::Bilateral;

use super::levers::{Levers, check_shape, norm};
use super::unilateral::{own_welfare, unilateral};
use super::{Deviation, Outcome, PolicyError, TariffGame};

/// The largest |Δ ln(1 + t)| in a round of best responses that counts as none.
const SETTLED: f64 = 1e-8;
/// Rounds before the war is called endless.
const MAX_ROUNDS: usize = 200;
/// The largest gain in ln Ŵ of a region that leaves alone.
const DEVIATION: f64 = 1e-8;

/// Nash tariffs: rounds of best responses from `tariffs`, regions in order, until none changes; then
/// every region's deviation is searched for, from two places.
///
/// There may be other Nash tariffs, autarky among them; these are the ones a war leads to from here.
///
/// # Errors
/// [`PolicyError::NoFixedPoint`] where rounds go on, [`PolicyError::Deviates`] where a region gains by
/// leaving, and as [`unilateral`].
pub fn nash(game: &dyn TariffGame, tariffs: &Bilateral) -> Result<Outcome, PolicyError> {
    check_shape(game, tariffs)?;
    let (settled, rounds) = settle(game, tariffs)?;
    let regions = 0..game.regions().len();
    let tested = regions.clone().map(|region| deviation(game, region, &settled, tariffs));
    let deviations = tested.collect::<Result<Vec<_>, _>>()?;
    if let Some(leaver) = deviations.iter().find(|d| d.gain.is_nan() || d.gain > DEVIATION) {
        let Deviation { region, gain, .. } = leaver.clone();
        return Err(PolicyError::Deviates { region, gain, tolerance: DEVIATION });
    }
    let slopes = regions.map(|region| {
        let levers = Levers::new(game, Some(region));
        own_welfare(game, region, &settled, &levers).map(|(_, slopes)| norm(&slopes))
    });
    let gradient_norm = norm(&slopes.collect::<Result<Vec<_>, _>>()?);
    let welfare_hat = game.welfare(&settled)?;
    Ok(Outcome { tariffs: settled, welfare_hat, iterations: rounds, gradient_norm, deviations })
}

/// Rounds of best responses until one changes nothing, and their number.
fn settle(game: &dyn TariffGame, start: &Bilateral) -> Result<(Bilateral, usize), PolicyError> {
    let everyone = Levers::new(game, None);
    let mut tariffs = start.clone();
    let mut change = f64::INFINITY;
    for round in 1..=MAX_ROUNDS {
        let before = tariffs.clone();
        for region in 0..game.regions().len() {
            tariffs = unilateral(game, region, &tariffs)?.tariffs;
        }
        change = everyone.distance(&before, &tariffs);
        if change <= SETTLED {
            return Ok((tariffs, round));
        }
    }
    Err(PolicyError::NoFixedPoint { change, rounds: MAX_ROUNDS, tolerance: SETTLED })
}

/// The best a region finds alone, searching from where it stands and from where it stood.
fn deviation(
    game: &dyn TariffGame,
    region: usize,
    settled: &Bilateral,
    base: &Bilateral,
) -> Result<Deviation, PolicyError> {
    let levers = Levers::new(game, Some(region));
    let stood = levers.set(settled, &levers.read(base));
    let now = game.welfare(settled)?[region].ln();
    let mut best =
        Deviation { region: game.regions()[region].clone(), gain: f64::NEG_INFINITY, distance: 0.0 };
    for start in [settled, &stood] {
        let found = unilateral(game, region, start)?;
        let gain = found.welfare_hat[region].ln() - now;
        if gain > best.gain || gain.is_nan() {
            best.gain = gain;
            best.distance = levers.distance(settled, &found.tariffs);
        }
    }
    Ok(best)
}
