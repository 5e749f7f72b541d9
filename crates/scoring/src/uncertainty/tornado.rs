use serde::{Serialize, Serializer};
use tariff::Offer;

use crate::{Model as _, ScoringError, Side, TradeFacts};

use super::distributions::Z95;
use super::draw::{Quantiles, parameters};
use super::{Ensemble, Parameter};

/// The long-run elasticity that σ of the facts stands for (Boehm, Levchenko & Pandalai-Nayar 2023).
const LONG_RUN: f64 = 2.0;

/// How far one figure moves with each parameter alone, the widest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tornado {
    /// The figure.
    pub figure: &'static str,
    /// Its value with every parameter at its median, whole US dollars.
    pub at_median: i64,
    /// One bar for each parameter with a spread.
    pub bars: Vec<Bar>,
}

/// The figure with one parameter at its 5th and 95th percentile and all others at their medians.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// The parameter.
    #[serde(serialize_with = "name")]
    pub parameter: Parameter,
    /// Its median; 1 where the parameter is a factor on what the facts say.
    pub median: f64,
    /// Its 5th percentile (of η: of its size).
    pub low: f64,
    /// Its 95th percentile; of a penetration what is left of it where other suppliers have no room.
    pub high: f64,
    /// The figure where the parameter is low, whole US dollars.
    pub at_low: i64,
    /// The figure where it is high.
    pub at_high: i64,
}

impl Bar {
    /// How far the figure moves from end to end, whole US dollars.
    #[must_use]
    pub fn swing(&self) -> u64 {
        self.at_low.abs_diff(self.at_high)
    }
}

impl Ensemble {
    /// What the bilateral deficit at an offer depends on most.
    ///
    /// # Errors
    /// As [`Ensemble::bands`].
    pub fn tornado(&self, offer: &Offer) -> Result<Tornado, ScoringError> {
        let settings = self.model.settings(offer)?;
        let facts = self.model.base().facts();
        let mut redrawer = self.model.redrawer(&self.elasticities);
        let mut deficit = |quantiles: Quantiles| {
            let markets = redrawer.markets(&quantiles.draw(&self.distributions))?;
            let figures = self.model.headlines_under(&markets, &settings)?;
            Ok::<_, ScoringError>(figures.bilateral_deficit)
        };
        let median = Quantiles::median(facts.sectors.len());
        let bounds = self.model.redrawer(&self.elasticities);
        let at_median = deficit(median.clone())?;
        let mut bars = Vec::new();
        for (place, parameter) in parameters(self.model.base()).into_iter().enumerate() {
            let spread = self.spread(&parameter, facts);
            if spread == 0.0 {
                continue;
            }
            let middle = self.median(&parameter, facts);
            let end = |z: f64| match parameter {
                Parameter::Penetration(side) => bounds.growth(side, middle * (z * spread).exp()),
                _ => middle * (z * spread).exp(),
            };
            bars.push(Bar {
                low: end(-Z95),
                high: end(Z95),
                median: middle,
                parameter,
                at_low: deficit(median.clone().with(place, -Z95))?,
                at_high: deficit(median.clone().with(place, Z95))?,
            });
        }
        // Stable: bars of equal swing keep the order of the parameters.
        bars.sort_by_key(|bar| std::cmp::Reverse(bar.swing()));
        Ok(Tornado { figure: "bilateral_deficit_usd", at_median, bars })
    }

    fn spread(&self, parameter: &Parameter, facts: &TradeFacts) -> f64 {
        let spreads = &self.distributions;
        let spread = match parameter {
            Parameter::SigmaLevel => Some(spreads.sigma_level),
            Parameter::LongRun => Some(spreads.long_run),
            Parameter::Eta => Some(spreads.eta),
            Parameter::Penetration(side) => Some(spreads.penetration[side.index()]),
            Parameter::Supply => spreads.supply.map(|supply| supply.spread),
            Parameter::Sigma(sector) => {
                let place = facts.sectors.iter().position(|s| s.id == *sector);
                place.and_then(|place| spreads.sigma.get(place).copied())
            }
        };
        spread.map_or(0.0, |spread| spread.dispersion())
    }

    fn median(&self, parameter: &Parameter, facts: &TradeFacts) -> f64 {
        match parameter {
            Parameter::SigmaLevel | Parameter::Penetration(_) => 1.0,
            Parameter::LongRun => LONG_RUN,
            Parameter::Eta => common_eta(facts, self.elasticities.eta),
            Parameter::Supply => self.distributions.supply.map_or(1.0, |supply| supply.median),
            Parameter::Sigma(sector) => {
                let place = facts.sectors.iter().position(|s| s.id == *sector);
                let flow = place.and_then(|place| facts.imports.get(place));
                flow.map_or(1.0, |flow| self.elasticities.sigma_of(flow))
            }
        }
    }
}

/// η where all flows share it; otherwise 1, as a factor.
fn common_eta(facts: &TradeFacts, chosen: Option<f64>) -> f64 {
    let mut all = facts.imports.iter().chain(&facts.exports).map(|flow| flow.eta);
    match (chosen, all.next()) {
        (Some(eta), _) => eta,
        (None, Some(first)) if all.all(|eta| eta == first) => first,
        _ => 1.0,
    }
}

impl std::fmt::Display for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SigmaLevel => f.write_str("sigma_level"),
            Self::LongRun => f.write_str("long_run_elasticity"),
            Self::Eta => f.write_str("eta"),
            Self::Penetration(Side::Home) => f.write_str("penetration:home"),
            Self::Penetration(Side::Partner) => f.write_str("penetration:partner"),
            Self::Supply => f.write_str("supply_elasticity"),
            Self::Sigma(sector) => write!(f, "sigma:{sector}"),
        }
    }
}

fn name<S: Serializer>(parameter: &Parameter, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(parameter)
}
