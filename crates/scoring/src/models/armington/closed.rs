//! All markets with infinite supply at once, in closed form.
//!
//! Everything that no offer changes is summed ahead, so a market costs three powers: τ̂^(−σ) of the
//! negotiated tranche, and the price index and the demand shift from the index sum S. The last two
//! share ln S, and with exponents this small e^(y·ln x) is as exact as a power and half its cost.

use crate::assemble::Outcome;
use crate::ces::UNIT_SIGMA;

use super::Power;
use super::market::{Market, Terms};

/// The compiled markets.
#[derive(Debug, Clone)]
pub(super) struct ClosedForm {
    markets: Vec<Sums>,
    moved: Vec<Moved>,
}

/// Sums over tranches before the demand shift of the whole market.
#[derive(Debug, Clone, Copy, Default)]
struct Response {
    /// Σ v·τ̂^(−σ), US dollars.
    value: f64,
    /// The same times the rate.
    duty: f64,
    /// Σ s·τ̂^(1−σ), or Σ s·ln τ̂ at σ = 1.
    index: f64,
    /// Σ of the share of the flow times the rate.
    rate: f64,
}

/// What no offer changes in one market.
#[derive(Debug, Clone, Copy)]
struct Sums {
    shape: Shape,
    /// Other sources and fixed tranches.
    fixed: Response,
    /// The index sum at unchanged tariffs: dividing by it makes P̂ exactly 1 there.
    index_at_rest: f64,
    sigma: f64,
    /// 1 + the base rate.
    base_power: f64,
    /// Places of its negotiated tranches.
    moved: (usize, usize),
}

/// A negotiated tranche.
#[derive(Debug, Clone, Copy)]
struct Moved {
    /// Base value, share of spending, share of the flow.
    weights: Weights,
    /// The rate without the added layer, and how goods that pay it respond.
    old: Point,
}

#[derive(Debug, Clone, Copy)]
struct Weights {
    value: f64,
    spending: f64,
    flow: f64,
}

/// What one tariff does to a unit of trade.
#[derive(Debug, Clone, Copy)]
struct Point {
    rate: f64,
    quantity: f64,
    index: f64,
}

/// How the index sum gives ln P̂.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// 1/(1−σ) where S = Σ s·τ̂^(1−σ); none at σ = 1, where S = Σ s·ln τ̂ is ln P̂ itself.
    index: Option<f64>,
    /// η + σ: the exponent of P̂ in demand.
    demand: f64,
}

impl Shape {
    fn new(sigma: f64, eta: f64) -> Self {
        let unit = (sigma - 1.0).abs() < UNIT_SIGMA;
        Self { index: (!unit).then(|| 1.0 / (1.0 - sigma)), demand: eta + sigma }
    }

    /// P̂ and P̂^(η+σ) for a mean of the index terms.
    fn index_and_demand(self, mean: f64) -> (f64, f64) {
        let ln_index = self.index.map_or(mean, |power| power * mean.ln());
        (ln_index.exp(), (self.demand * ln_index).exp())
    }
}

impl ClosedForm {
    pub(super) fn new(markets: &[Market]) -> Self {
        let mut compiled = Self { markets: Vec::with_capacity(markets.len()), moved: Vec::new() };
        markets.iter().for_each(|market| compiled.push(market));
        compiled
    }

    fn push(&mut self, market: &Market) {
        let flow = &market.flow;
        let shape = Shape::new(flow.sigma, flow.eta);
        let point = |rate: f64| Point::new(shape, flow.sigma, rate, market.tau(rate));
        let others = 1.0 - market.share;
        let mut fixed = Response { index: others * point(flow.base_rate).index, ..Response::default() };
        let mut index_at_rest = others;
        for tranche in flow.tranches.iter().filter(|t| !t.negotiated) {
            let weights = Weights::of(market, tranche.share);
            fixed.add(weights, point(flow.base_rate + tranche.extra).alone());
            index_at_rest += weights.spending;
        }
        let first = self.moved.len();
        for tranche in flow.tranches.iter().filter(|t| t.negotiated) {
            let weights = Weights::of(market, tranche.share);
            self.moved.push(Moved { weights, old: point(flow.base_rate + tranche.extra) });
            index_at_rest += weights.spending;
        }
        let moved = (first, self.moved.len());
        let base_power = 1.0 + flow.base_rate;
        self.markets.push(Sums { shape, fixed, index_at_rest, sigma: flow.sigma, base_power, moved });
    }

    /// Every market under its terms.
    pub(super) fn outcomes(&self, terms: impl Fn(usize) -> Terms) -> Vec<Outcome> {
        let outcome = |(place, market): (usize, &Sums)| {
            let sum = self.respond(market, terms(place));
            let (price, demand) = market.shape.index_and_demand(sum.index / market.index_at_rest);
            Outcome {
                value: sum.value * demand,
                duty: sum.duty * demand,
                rate: sum.rate,
                price,
                others: demand,
                exceeds_market: false,
            }
        };
        self.markets.iter().enumerate().map(outcome).collect()
    }

    fn moved(&self, market: &Sums) -> &[Moved] {
        &self.moved[market.moved.0..market.moved.1]
    }

    fn respond(&self, market: &Sums, terms: Terms) -> Response {
        let mut sum = market.fixed;
        for moved in self.moved(market) {
            let rate = moved.old.rate + terms.added;
            let new = Point::new(market.shape, market.sigma, rate, market.tau(rate));
            sum.add(moved.weights, new.mixed_with(moved.old, terms.excluded));
        }
        sum
    }

    /// The powers that [`Self::outcomes`] needs.
    pub(super) fn powers(&self, terms: impl Fn(usize) -> Terms) -> Vec<Power> {
        let mut powers = Vec::new();
        for (place, market) in self.markets.iter().enumerate() {
            let terms = terms(place);
            for moved in self.moved(market) {
                powers
                    .push(Power { base: market.tau(moved.old.rate + terms.added), exponent: -market.sigma });
            }
            let base = self.respond(market, terms).index / market.index_at_rest;
            let Shape { index, demand } = market.shape;
            let exponents = index.map(|index| [index, demand * index]);
            powers.extend(exponents.into_iter().flatten().map(|exponent| Power { base, exponent }));
        }
        powers
    }
}

impl Sums {
    /// τ̂ of goods at a rate.
    fn tau(&self, rate: f64) -> f64 {
        (1.0 + rate) / self.base_power
    }
}

impl Weights {
    fn of(market: &Market, share: f64) -> Self {
        Self { value: market.flow.value_usd * share, spending: market.share * share, flow: share }
    }
}

impl Point {
    fn new(shape: Shape, sigma: f64, rate: f64, tau: f64) -> Self {
        let ln_tau = tau.ln();
        let quantity = (-sigma * ln_tau).exp();
        let index = if shape.index.is_some() { tau * quantity } else { ln_tau };
        Self { rate, quantity, index }
    }

    fn alone(self) -> Response {
        let Self { rate, quantity, index } = self;
        Response { value: quantity, duty: quantity * rate, index, rate }
    }

    /// `share` of the goods at `other`, the rest here; exact at 0, at 1, and where both stand at rest.
    fn mixed_with(self, other: Self, share: f64) -> Response {
        let (here, there) = (self.alone(), other.alone());
        let mix = |here: f64, there: f64| (1.0 - share) * here + share * there;
        Response {
            value: mix(here.value, there.value),
            duty: mix(here.duty, there.duty),
            index: mix(here.index, there.index),
            rate: mix(here.rate, there.rate),
        }
    }
}

impl Response {
    /// Adds a unit response with the weights of its goods.
    fn add(&mut self, weights: Weights, unit: Self) {
        self.value += weights.value * unit.value;
        self.duty += weights.value * unit.duty;
        self.index += weights.spending * unit.index;
        self.rate += weights.flow * unit.rate;
    }
}
