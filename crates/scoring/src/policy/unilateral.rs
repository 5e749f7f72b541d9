//! The best tariffs of one region against those of the others.

use crate::Bilateral;

use super::ascent::{Slope, Summit, climb};
use super::levers::{Levers, check_shape};
use super::{Outcome, PolicyError, TariffGame};

/// The tariffs that give `region` (its place in [`TariffGame::regions`]) the largest Ŵ where all others
/// keep `tariffs`, from which the search starts.
///
/// # Errors
/// [`PolicyError::UnknownRegion`], [`PolicyError::OtherShape`], [`PolicyError::NoEquilibrium`] at the start or the end, or
/// [`PolicyError::NotOptimal`] where no search reaches a point without slope.
pub fn unilateral(game: &dyn TariffGame, region: usize, tariffs: &Bilateral) -> Result<Outcome, PolicyError> {
    let regions = game.regions().len();
    if region >= regions {
        return Err(PolicyError::UnknownRegion { given: region, regions });
    }
    check_shape(game, tariffs)?;
    let levers = Levers::new(game, Some(region));
    let Summit { point, steps, gradient_norm } = best(game, region, tariffs, &levers)?;
    let tariffs = levers.set(tariffs, &point);
    let welfare_hat = game.welfare(&tariffs)?;
    Ok(Outcome { tariffs, welfare_hat, iterations: steps, gradient_norm, deviations: Vec::new() })
}

fn best(
    game: &dyn TariffGame,
    region: usize,
    tariffs: &Bilateral,
    levers: &Levers,
) -> Result<Summit, PolicyError> {
    let objective = |variables: &[f64]| own_welfare(game, region, &levers.set(tariffs, variables), levers);
    climb(&objective, levers.read(tariffs))
}

/// ln Ŵ of a region and its slopes along its own levers.
pub(super) fn own_welfare(
    game: &dyn TariffGame,
    region: usize,
    tariffs: &Bilateral,
    levers: &Levers,
) -> Result<Slope, PolicyError> {
    let alone = |welfare: &[f64]| (0..welfare.len()).map(|i| f64::from(u8::from(i == region))).collect();
    let (welfare, gradient) = game.gradient(tariffs, &alone)?;
    Ok((welfare[region].ln(), levers.slopes(&gradient)))
}
