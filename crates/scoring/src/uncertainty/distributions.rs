use crate::{ScoringError, TradeBase};

use super::broda_weinstein;

/// The standard normal quantile at 95%.
pub(super) const Z95: f64 = 1.644_853_626_951_472_2;
/// The standard normal quantile at 75%.
const Z75: f64 = 0.674_489_750_196_081_7;
/// A dispersion of 2 has the 95th percentile at 27 times the median: more says nothing.
const MAX_DISPERSION: f64 = 2.0;

/// Range of the elasticity of substitution that the literature implies, study quality and publication
/// bias accounted for: 2.5 to 5.1 around a median of 3.8 (Bajzik, Havránek, Iršová & Schwarz 2020).
const LEVEL_RANGE: (f64, f64) = (2.5, 5.1);
/// Range of the elasticity after 7 to 10 years (Boehm, Levchenko & Pandalai-Nayar 2023).
const LONG_RUN_RANGE: (f64, f64) = (1.75, 2.25);
/// Half and double the demand elasticity of the facts. Declared: partial-equilibrium studies assume
/// this parameter more often than they estimate it.
const ETA_RANGE: (f64, f64) = (0.5, 2.0);
/// A fifth less and a quarter more of the import penetration. Declared: the facts call it an estimate
/// and give no error.
const PENETRATION_RANGE: (f64, f64) = (0.8, 1.25);
/// Spread of σ in a sector without quartiles: the middle of those of the 24 policy sectors. Declared.
const SECTOR_DISPERSION: f64 = 0.2;

/// How far a parameter may lie from its median, in relative terms: a lognormal factor with median 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread(f64);

impl Spread {
    /// None: the parameter is known.
    pub const NONE: Self = Self(0.0);

    /// With this standard deviation of the logarithm, from 0 to 2.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for any other number.
    pub fn new(dispersion: f64) -> Result<Self, ScoringError> {
        if (0.0..=MAX_DISPERSION).contains(&dispersion) {
            return Ok(Self(dispersion));
        }
        Err(ScoringError::BadFact {
            place: "dispersion".to_owned(),
            given: dispersion.to_string(),
            expected: "a standard deviation of the logarithm from 0 to 2",
        })
    }

    /// Such that 90% lie in a range of this relative width; both ends positive.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for a range that is none, or wider than any spread.
    pub fn of_range((low, high): (f64, f64)) -> Result<Self, ScoringError> {
        Self::new((high / low).ln() / (2.0 * Z95))
    }

    /// Of the constants above, which are ranges.
    const fn declared(dispersion: f64) -> Self {
        Self(dispersion)
    }

    /// The standard deviation of the logarithm.
    #[must_use]
    pub fn dispersion(self) -> f64 {
        self.0
    }

    /// The same where only so much of the parameter counts, from 0 to 1.
    pub(super) fn weighted(self, weight: f64) -> Self {
        Self(self.0 * weight)
    }

    /// The factor at a standard normal quantile; exactly 1 at the median, and where nothing is spread.
    pub(super) fn factor(self, z: f64) -> f64 {
        (self.0 * z).exp()
    }
}

/// Standard deviation of the logarithm of goods whose quartiles are these.
pub(super) fn dispersion_of_quartiles(p25: f64, p75: f64) -> f64 {
    (p75 / p25).ln() / (2.0 * Z75)
}

/// The supply elasticity of every source as a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplySpread {
    /// Its median, positive.
    pub median: f64,
    /// How far it may lie from there.
    pub spread: Spread,
}

/// What is not known exactly, and how far it may lie from the facts. Every median is the parameter of
/// the facts, so that without spread the model is the one without uncertainty.
///
/// σ of a sector is its median times three factors: one for the level of all σ, one for the long run,
/// both common to all sectors, and one of its own. Without the common ones the sectors would be
/// independent, their errors would average out over two dozen of them, and the bands of totals
/// would be far too narrow. The sector's factor is the same in both directions of trade.
#[derive(Debug, Clone, PartialEq)]
pub struct Distributions {
    /// The level of σ in all sectors.
    pub sigma_level: Spread,
    /// The long-run trade elasticity in all sectors.
    pub long_run: Spread,
    /// σ of each sector, in the order of the facts.
    pub sigma: Vec<Spread>,
    /// The elasticity of total demand, common to all sectors and both parties; kept below σ.
    pub eta: Spread,
    /// Import penetration of home and of the partner, through which the shares in spending move.
    pub penetration: [Spread; 2],
    /// The supply elasticity, common to all sources, in place of that of the facts; none leaves that.
    pub supply: Option<SupplySpread>,
}

impl Distributions {
    /// Nothing is uncertain.
    #[must_use]
    pub fn none(base: &TradeBase) -> Self {
        Self {
            sigma_level: Spread::NONE,
            long_run: Spread::NONE,
            sigma: vec![Spread::NONE; base.facts().sectors.len()],
            eta: Spread::NONE,
            penetration: [Spread::NONE; 2],
            supply: None,
        }
    }

    /// The published ranges, and where none is published a declared one; `docs/scoring/uncertainty.md`
    /// lists them. Sectors that bear the name of a policy sector have the spread of their own
    /// estimates (Broda & Weinstein 2006), the others a typical one.
    #[must_use]
    pub fn published(base: &TradeBase) -> Self {
        let sectors = base.facts().sectors.iter();
        let published = broda_weinstein::sector_dispersions();
        let sigma = sectors.map(|sector| published.get(sector.id.as_str()).copied());
        Self {
            sigma_level: declared(LEVEL_RANGE),
            long_run: declared(LONG_RUN_RANGE),
            sigma: sigma.map(|found| Spread::declared(found.unwrap_or(SECTOR_DISPERSION))).collect(),
            eta: declared(ETA_RANGE),
            penetration: [declared(PENETRATION_RANGE); 2],
            supply: None,
        }
    }

    /// Whether they fit the facts.
    pub(super) fn check(&self, base: &TradeBase) -> Result<(), ScoringError> {
        if self.sigma.len() != base.facts().sectors.len() {
            return Err(ScoringError::BadFact {
                place: "distributions: sigma".to_owned(),
                given: self.sigma.len().to_string(),
                expected: "one spread per sector of the facts",
            });
        }
        match self.supply {
            Some(supply) if !(supply.median.is_finite() && supply.median > 0.0) => {
                Err(ScoringError::BadFact {
                    place: "distributions: supply elasticity".to_owned(),
                    given: supply.median.to_string(),
                    expected: "a positive number",
                })
            }
            _ => Ok(()),
        }
    }
}

fn declared((low, high): (f64, f64)) -> Spread {
    Spread::declared((high / low).ln() / (2.0 * Z95))
}
