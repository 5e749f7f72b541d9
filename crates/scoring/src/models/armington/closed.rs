//! All markets with infinite supply at once, in closed form.
//!
//! Everything that no offer changes is summed ahead, so a market costs three powers: τ̂^(−σ) of the
//! negotiated tranche, and the price index and the demand shift from the index sum S. The last two
//! share ln S, and with exponents this small e^(y·ln x) is as exact as a power and cheaper. Logarithms
//! and exponentials run in passes of their own over all markets: within a market each waits for the
//! one before, across markets the processor overlaps them.

mod one;

use crate::ces::UNIT_SIGMA;
use crate::outcome::Outcome;
use crate::third::index_term;

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
}

/// A negotiated tranche.
#[derive(Debug, Clone, Copy)]
struct Moved {
    market: usize,
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

    /// What goods add to the index sum.
    fn index_term(self, tau: f64, quantity: f64) -> f64 {
        if self.index.is_some() { tau * quantity } else { tau.ln() }
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
        let index = market.resting() * point(flow.base_rate).index
            + market.moved.iter().map(|m| m.share * index_term(m.tau, flow.sigma)).sum::<f64>();
        let mut fixed = Response { index, ..Response::default() };
        let mut index_at_rest = others;
        for tranche in flow.tranches.iter().filter(|t| !t.negotiated) {
            let weights = Weights::of(market, tranche.share);
            fixed.add(weights, point(flow.base_rate + tranche.extra).alone());
            index_at_rest += weights.spending;
        }
        let place = self.markets.len();
        for tranche in flow.tranches.iter().filter(|t| t.negotiated) {
            let weights = Weights::of(market, tranche.share);
            self.moved.push(Moved { market: place, weights, old: point(flow.base_rate + tranche.extra) });
            index_at_rest += weights.spending;
        }
        let base_power = 1.0 + flow.base_rate;
        self.markets.push(Sums { shape, fixed, index_at_rest, sigma: flow.sigma, base_power });
    }

    /// Every market under the terms at its place.
    pub(super) fn outcomes(&self, terms: &[Terms]) -> Vec<Outcome> {
        let sums = self.sums(terms);
        let indexed = self.markets.iter().zip(&sums);
        let ln_indices: Vec<f64> = indexed.map(|(market, sum)| market.ln_index(sum)).collect();
        let outcome = |((market, sum), ln_index): ((&Sums, &Response), &f64)| market.outcome(sum, *ln_index);
        self.markets.iter().zip(&sums).zip(&ln_indices).map(outcome).collect()
    }

    fn sums(&self, terms: &[Terms]) -> Vec<Response> {
        let market = |m: &Moved| &self.markets[m.market];
        let tau = |m: &Moved| market(m).tau(m.rate(terms[m.market].added));
        // First ln τ̂, then in its place τ̂^(−σ).
        let mut quantities: Vec<f64> = self.moved.iter().map(|m| tau(m).ln()).collect();
        for (quantity, moved) in quantities.iter_mut().zip(&self.moved) {
            *quantity = (-market(moved).sigma * *quantity).exp();
        }
        let mut sums: Vec<Response> = self.markets.iter().map(|m| m.fixed).collect();
        for (moved, quantity) in self.moved.iter().zip(quantities) {
            let index = market(moved).shape.index_term(tau(moved), quantity);
            let new = Point { rate: moved.rate(terms[moved.market].added), quantity, index };
            let excluded = terms[moved.market].excluded;
            sums[moved.market].add(moved.weights, new.mixed_with(moved.old, excluded));
        }
        sums
    }

    /// The powers that [`Self::outcomes`] needs.
    pub(super) fn powers(&self, terms: &[Terms]) -> Vec<Power> {
        let quantity = |m: &Moved| {
            let market = &self.markets[m.market];
            Power { base: market.tau(m.rate(terms[m.market].added)), exponent: -market.sigma }
        };
        let sums = self.sums(terms);
        let shifts = self.markets.iter().zip(&sums).flat_map(|(market, sum)| {
            let base = sum.index / market.index_at_rest;
            let Shape { index, demand } = market.shape;
            let exponents = index.map(|index| [index, demand * index]);
            exponents.into_iter().flatten().map(move |exponent| Power { base, exponent })
        });
        self.moved.iter().map(quantity).chain(shifts).collect()
    }
}

impl Moved {
    /// What the goods that pay the added layer pay in all.
    fn rate(&self, added: f64) -> f64 {
        self.old.rate + added
    }
}

impl Sums {
    /// τ̂ of goods at a rate.
    fn tau(&self, rate: f64) -> f64 {
        (1.0 + rate) / self.base_power
    }

    /// What the market comes to, given the sums over tranches and ln P̂.
    fn outcome(&self, sum: &Response, ln_index: f64) -> Outcome {
        let demand = (self.shape.demand * ln_index).exp();
        Outcome {
            value: sum.value * demand,
            duty: sum.duty * demand,
            rate: sum.rate,
            price: ln_index.exp(),
            others: demand,
            supply_price: 1.0,
            exceeds_market: false,
            exceeds_supply: false,
        }
    }

    /// ln P̂, given the sums over tranches.
    fn ln_index(&self, sum: &Response) -> f64 {
        let mean = sum.index / self.index_at_rest;
        self.shape.index.map_or(mean, |power| power * mean.ln())
    }
}

impl Weights {
    fn of(market: &Market, share: f64) -> Self {
        Self { value: market.flow.value_usd * share, spending: market.share * share, flow: share }
    }
}

impl Point {
    fn new(shape: Shape, sigma: f64, rate: f64, tau: f64) -> Self {
        let quantity = (-sigma * tau.ln()).exp();
        Self { rate, quantity, index: shape.index_term(tau, quantity) }
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
