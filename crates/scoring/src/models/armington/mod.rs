//! Armington CES partial equilibrium: per sector and importer, with sources domestic, the partner
//! (in tranches by duty), third countries, rest of the world. EQUATIONS as in [`crate::ces`].

mod by_flow;
mod closed;
mod delta;
mod draws;
mod dynamics;
mod finite;
mod groups;
mod levers;
mod limited;
mod lookup;
mod market;
mod settings;
mod study;
mod wto;

use tariff::{Agenda, Offer};

use crate::assemble::{Frame, Snapshot};
use crate::lines::Beside;
use crate::outcome::{Limited, Outcome};
use crate::time::{Adjustment, Horizon};
use crate::{
    ElasticitySet, Flow, FlowElasticities, Headlines, Impact, Model, ScoringError, Supply, TradeBase,
};
use closed::ClosedForm;
use levers::Levers;
use market::{Market, Terms};

pub(crate) use by_flow::ByFlow;
pub use delta::Nearby;
pub(crate) use draws::bare;
pub(crate) use dynamics::{Dynamics, Response};
pub(crate) use settings::Settings;
pub(crate) use study::read;
pub use wto::{TradeChange, WtoExperiment, trade_under, wto_experiment};

const NAME: &str = "armington_ces";
/// The largest |η|/σ where not the facts but a draw or a horizon set it: past 1 diversion would turn
/// negative.
const MOST_ETA: f64 = 0.95;

/// Which elasticity of substitution each sector has.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Sigma {
    /// That of the facts.
    #[default]
    BySector,
    /// One for all.
    Uniform(f64),
}

/// The elasticities a model is compiled with; by default those of the facts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elasticities {
    /// Elasticity of substitution.
    pub sigma: Sigma,
    /// Factor on σ, such as 0.38 for the first year.
    pub scale: f64,
    /// Elasticity of total demand instead of that of the facts.
    pub eta: Option<f64>,
    /// Supply elasticity of every source instead of those of the facts.
    pub supply: Option<Supply>,
    /// How long after the change the figures are read: what results say of themselves. [`scale`] is
    /// what makes it so.
    ///
    /// [`scale`]: Self::scale
    pub horizon: Horizon,
}

impl Default for Elasticities {
    fn default() -> Self {
        Self { sigma: Sigma::BySector, scale: 1.0, eta: None, supply: None, horizon: Horizon::LongRun }
    }
}

impl Elasticities {
    /// The same σ in every sector.
    #[must_use]
    pub fn uniform(sigma: f64) -> Self {
        Self { sigma: Sigma::Uniform(sigma), ..Self::default() }
    }

    /// The elasticities of the facts `years` after the change: σ·ε(h)/ε(∞), with ε as Boehm,
    /// Levchenko & Pandalai-Nayar (2023) have it.
    #[must_use]
    pub fn at_horizon(years: f64) -> Self {
        Self { scale: Adjustment::default().scale(years), horizon: Horizon::At(years), ..Self::default() }
    }

    /// What they come to on these facts, for who reads a result.
    fn set(&self, base: &TradeBase) -> ElasticitySet {
        let name = match self.sigma {
            Sigma::BySector => base.facts().elasticities.clone(),
            Sigma::Uniform(sigma) => format!("uniform {sigma}"),
        };
        let scaled = if self.scale == 1.0 { name } else { format!("{name}, times {}", self.scale) };
        ElasticitySet::of(base, scaled, |flow| FlowElasticities {
            sigma: self.sigma_of(flow),
            eta: self.eta_of(flow),
            supply: self.supply.unwrap_or(flow.supply),
        })
    }

    pub(crate) fn sigma_of(&self, flow: &Flow) -> f64 {
        self.scale * self.unscaled(flow)
    }

    fn unscaled(&self, flow: &Flow) -> f64 {
        match self.sigma {
            Sigma::BySector => flow.sigma,
            Sigma::Uniform(sigma) => sigma,
        }
    }

    /// η: cut where only the scale of σ leaves it too large in size, as in a draw.
    pub(crate) fn eta_of(&self, flow: &Flow) -> f64 {
        let eta = self.eta.unwrap_or(flow.eta);
        let sound = -eta < self.unscaled(flow);
        if sound && self.scale < 1.0 { eta.max(-MOST_ETA * self.sigma_of(flow)) } else { eta }
    }
}

/// One power a closed-form impact needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Power {
    /// What is raised.
    pub base: f64,
    /// To what.
    pub exponent: f64,
}

/// Computes `powers` and nothing else: the bare cost below which no impact can fall. The sum keeps
/// the compiler from leaving any out.
#[must_use]
pub fn bare_powers(powers: &[Power]) -> f64 {
    powers.iter().map(|p| p.base.powf(p.exponent)).sum()
}

/// The default model, compiled.
#[derive(Debug, Clone)]
pub struct ArmingtonCes {
    frame: Frame,
    agenda: Agenda,
    markets: Markets,
    levers: Levers,
    base: Snapshot,
    before: Snapshot,
}

impl ArmingtonCes {
    /// The model for an agenda, with the elasticities of the facts.
    ///
    /// # Errors
    /// As [`Self::compile_with`].
    pub fn compile(base: &TradeBase, agenda: &Agenda, status_quo: &Offer) -> Result<Self, ScoringError> {
        Self::compile_with(base, agenda, status_quo, &Elasticities::default())
    }

    /// The model for an agenda, with chosen elasticities.
    ///
    /// # Errors
    /// [`ScoringError::NoData`] for an instrument the facts do not cover, [`ScoringError::BadFact`]
    /// for elasticities out of bounds, [`ScoringError::Offer`] for a status quo of another agenda,
    /// [`ScoringError::NotCleared`] where a market with finite supply does not clear.
    pub fn compile_with(
        base: &TradeBase,
        agenda: &Agenda,
        status_quo: &Offer,
        elasticities: &Elasticities,
    ) -> Result<Self, ScoringError> {
        agenda.check(status_quo)?;
        elasticities.horizon.check()?;
        let markets = Markets::new(base, elasticities)?;
        let levers = Levers::find(base, agenda)?;
        let mut frame = Frame::new(base, levers.flags(), levers.limit_lines()).at(elasticities.horizon);
        let rest = frame.snapshot(Beside::at_rest(base, levers.limits.len()), &markets.at_rest()?)?;
        frame.move_third_countries(|place, sector, country| {
            let flow = &markets.all[place].flow;
            country.drift(sector, flow.sigma, flow.others_supply)
        });
        let before = snapshot(&frame, &markets, &levers, status_quo)?;
        let frame = frame.with_elasticities(elasticities.set(base));
        Ok(Self { frame, agenda: agenda.clone(), markets, levers, base: rest, before })
    }

    /// The powers that [`Model::impact`] of `offer` needs in its markets with infinite supply.
    ///
    /// # Errors
    /// [`ScoringError::Offer`] for an offer of another agenda.
    pub fn powers(&self, offer: &Offer) -> Result<Vec<Power>, ScoringError> {
        self.agenda.check(offer)?;
        Ok(self.markets.closed.powers(&self.levers.terms(offer)))
    }
}

impl Model for ArmingtonCes {
    fn name(&self) -> &'static str {
        NAME
    }

    fn base(&self) -> &TradeBase {
        self.frame.base()
    }

    fn impact(&self, offer: &Offer) -> Result<Impact, ScoringError> {
        self.agenda.check(offer)?;
        let after = snapshot(&self.frame, &self.markets, &self.levers, offer)?;
        Ok(self.frame.impact(NAME, &self.base, &self.before, &after))
    }

    fn headlines(&self, offer: &Offer) -> Result<Headlines, ScoringError> {
        self.headlines_under(&self.markets, &self.settings(offer)?)
    }

    fn interactions(&self) -> &[Vec<usize>] {
        self.levers.groups()
    }
}

/// The markets of both parties: the home party's by sector, then the partner's.
#[derive(Debug, Clone)]
pub(crate) struct Markets {
    all: Vec<Market>,
    closed: ClosedForm,
    /// Places of the markets that must be solved.
    finite: Vec<usize>,
}

impl Markets {
    fn new(base: &TradeBase, elasticities: &Elasticities) -> Result<Self, ScoringError> {
        let all = market::markets(base, elasticities)?;
        let finite = (0..all.len()).filter(|place| !all[*place].closed_form()).collect();
        Ok(Self { closed: ClosedForm::new(&all), finite, all })
    }

    /// Every market with the tariffs of the data year: the same sums in the same order, so that a
    /// schedule equal to that year's gives the same figures to the bit.
    fn at_rest(&self) -> Result<Vec<Outcome>, ScoringError> {
        let mut still = self.all.clone();
        for market in &mut still {
            market.moved.clear();
            market.flow.tranches.iter_mut().for_each(|tranche| tranche.extra = 0.0);
        }
        let still = Self { closed: ClosedForm::new(&still), finite: self.finite.clone(), all: still };
        still.outcomes(&vec![Terms::default(); self.all.len()])
    }

    /// Every market under the terms at its place, without limits.
    fn outcomes(&self, terms: &[Terms]) -> Result<Vec<Outcome>, ScoringError> {
        let mut outcomes = self.closed.outcomes(terms);
        for place in &self.finite {
            outcomes[*place] = finite::outcome(&self.all[*place], terms[*place])?;
        }
        Ok(outcomes)
    }

    /// Every market under everything an offer sets: rates, then quotas and export controls, then
    /// purchase commitments.
    fn settle(&self, settings: &Settings) -> Result<(Vec<Outcome>, Vec<Limited>), ScoringError> {
        let mut outcomes = self.outcomes(&settings.terms)?;
        let mut limited = Vec::with_capacity(settings.limits.len());
        for limits in &settings.limits {
            let place = limits.flow;
            let (outcome, under) =
                limited::outcome(&self.all[place], settings.terms[place], limits, outcomes[place])?;
            outcomes[place] = outcome;
            limited.push(under);
        }
        for (place, floor) in &settings.floors {
            outcomes[*place] = self.all[*place].with_floor(outcomes[*place], *floor, settings.most(*place));
        }
        Ok((outcomes, limited))
    }
}

fn snapshot(
    frame: &Frame,
    markets: &Markets,
    levers: &Levers,
    offer: &Offer,
) -> Result<Snapshot, ScoringError> {
    let settings = levers.settings(offer);
    let (outcomes, limits) = markets.settle(&settings)?;
    let Settings { thresholds, services, .. } = settings;
    frame.snapshot(Beside { thresholds, services, limits }, &outcomes)
}
