use statrs::distribution::{ContinuousCDF as _, Normal};
use tariff::SectorId;

use crate::{ScoringError, Side, Supply, TradeBase};

use super::Distributions;

/// Sobol directions of the generator; further dimensions are padded with another scramble.
const DIRECTIONS: usize = sobol_burley::NUM_DIMENSIONS as usize;
/// Half the step of the generator's numbers: moves them from [0, 1) into (0, 1).
const HALF_STEP: f64 = 1.0 / (1_u64 << 25) as f64;

/// A parameter that is not known exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// The level of σ in all sectors.
    SigmaLevel,
    /// The long-run trade elasticity.
    LongRun,
    /// The elasticity of total demand.
    Eta,
    /// The import penetration of one party.
    Penetration(Side),
    /// The supply elasticity of every source.
    Supply,
    /// σ of one sector.
    Sigma(SectorId),
}

/// One value of every parameter, relative to the facts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draw {
    /// Factor on σ by sector.
    pub(crate) sigma: Vec<f64>,
    /// Factor on η.
    pub(crate) eta: f64,
    /// Factor on the partner's share in spending, by importer.
    pub(crate) penetration: [f64; 2],
    /// The supply elasticity in place of that of the facts.
    pub(crate) supply: Option<Supply>,
}

/// A standard normal quantile for every parameter.
#[derive(Debug, Clone)]
pub(super) struct Quantiles(Vec<f64>);

/// The most draws times flows.
const MAX_FLOW_DRAWS: usize = 2_000_000;
/// Parameters before those of the sectors, in the order of the quantiles.
const COMMON: usize = 6;

impl Quantiles {
    /// Every parameter at its median.
    pub(super) fn median(sectors: usize) -> Self {
        Self(vec![0.0; COMMON + sectors])
    }

    /// The point at a place of the sequence.
    pub(super) fn sample(place: u32, sectors: usize, seed: u32) -> Self {
        let normal = Normal::standard();
        let at = |dimension: usize| {
            let scramble = seed.wrapping_add((dimension / DIRECTIONS) as u32);
            let drawn = sobol_burley::sample(place, (dimension % DIRECTIONS) as u32, scramble);
            normal.inverse_cdf(f64::from(drawn) + HALF_STEP)
        };
        Self((0..COMMON + sectors).map(at).collect())
    }

    /// The same with one parameter elsewhere.
    pub(super) fn with(mut self, parameter: usize, z: f64) -> Self {
        if let Some(quantile) = self.0.get_mut(parameter) {
            *quantile = z;
        }
        self
    }

    /// What they mean for the parameters.
    pub(super) fn draw(&self, spreads: &Distributions) -> Draw {
        let (common, sectors) = self.0.split_at(COMMON.min(self.0.len()));
        let z = |place: usize| common.get(place).copied().unwrap_or_default();
        let level = spreads.sigma_level.factor(z(0)) * spreads.long_run.factor(z(1));
        let sigma = spreads.sigma.iter().zip(sectors).map(|(spread, z)| level * spread.factor(*z));
        let [home, partner] = spreads.penetration;
        let supply = spreads.supply.map(|s| Supply::Finite(s.median * s.spread.factor(z(5))));
        Draw {
            sigma: sigma.collect(),
            eta: spreads.eta.factor(z(2)),
            penetration: [home.factor(z(3)), partner.factor(z(4))],
            supply,
        }
    }
}

/// The parameters in the order of the quantiles.
pub(super) fn parameters(base: &TradeBase) -> Vec<Parameter> {
    let sectors = base.facts().sectors.iter().map(|sector| Parameter::Sigma(sector.id.clone()));
    let common = [
        Parameter::SigmaLevel,
        Parameter::LongRun,
        Parameter::Eta,
        Parameter::Penetration(Side::Home),
        Parameter::Penetration(Side::Partner),
        Parameter::Supply,
    ];
    common.into_iter().chain(sectors).collect()
}

/// How many draws there can be, and at least one; and how many markets they come to.
pub(super) fn check_draws(draws: usize, most: usize, flows: usize) -> Result<(), ScoringError> {
    if (1..=most).contains(&draws) {
        return check_flows(draws, flows);
    }
    Err(ScoringError::BadFact {
        place: "draws".to_owned(),
        given: draws.to_string(),
        expected: "1 to 65536 draws",
    })
}

/// Every flow of every draw stays compiled, at half a kilobyte or more.
fn check_flows(draws: usize, flows: usize) -> Result<(), ScoringError> {
    if draws.saturating_mul(flows) <= MAX_FLOW_DRAWS {
        return Ok(());
    }
    Err(ScoringError::BadFact {
        place: "draws".to_owned(),
        given: format!("{draws} of {flows} flows"),
        expected: "draws times flows of at most 2000000, which take some gigabyte of memory",
    })
}
