//! A market under a tariff-rate quota, an export control, or both.
//!
//! Both are wedges between what the buyer pays and what the exporter supplies for, found so that a
//! quantity is met. For goods under a quota Q it is a rate t* between the two rates in law:
//! t* = t_in where less than Q is wanted at t_in (under-filled), t* = t_out where more than Q is
//! wanted at t_out (over-filled), and between them the t* at which exactly Q is bought (binding). An
//! export control multiplies every price of the flow by the shadow power s ≥ 1 at which its total
//! quantity is the cap. Imports are continuous in Q and in the cap, since both solve one equation
//! whose ends are the neighbouring regimes.
//!
//! What the buyer pays above supply price and duty is rent: p̂(t* − t_in)·Q to whoever holds the
//! quota, p̂(s − 1)(1 + t*)·q to the exporter. Spending on the flow is value + duty + both rents.

use crate::ScoringError;
use crate::ces::{Cleared, Source, UNIT_SIGMA, clear};
use crate::outcome::{Limited, Outcome, Regime};
use crate::root::falling_root;
use crate::{Flow, Supply};

use super::finite::{self, Goods};
use super::market::{Market, Terms};
use super::settings::{Limits, Quota};

/// Distance in ln quantity at which a limit counts as met.
const TOLERANCE: f64 = 1e-13;
/// A cap this little below what is bought does not bind, and rates this close are one.
const SLACK: f64 = 1e-12;
/// ln s past which a price is beyond what numbers hold.
const MAX_LN_SHADOW: f64 = 600.0;
/// ln τ̂ of banned goods over 1/(σ − 1): nothing of their share is left in the index.
const BANNED: f64 = 800.0;

/// The market of one flow, before its limits are met.
struct World<'a> {
    market: &'a Market,
    goods: Vec<Goods>,
    others: Vec<Source>,
    quota: Option<Open>,
}

/// A quota that lets something in below the full rate.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Its goods, by place.
    goods: usize,
    usd: f64,
    in_rate: f64,
    out_rate: f64,
}

/// The market at one pair of wedges.
struct State {
    ln_shadow: f64,
    /// t*.
    rate: f64,
    regime: Regime,
    cleared: Cleared,
}

impl Limited {
    /// Limits that touch nothing.
    pub(super) fn under(limits: &Limits) -> Self {
        Self {
            quota_usd: limits.quota.map_or(0.0, |quota| quota.usd),
            cap: limits.control.and_then(|control| control.cap),
            ..Self::default()
        }
    }
}

/// The market under `limits`; `free` is what it does without them.
pub(super) fn outcome(
    market: &Market,
    terms: Terms,
    limits: &Limits,
    free: Outcome,
) -> Result<(Outcome, Limited), ScoringError> {
    let unlimited = Limited::under(limits);
    if market.flow.value_usd <= 0.0 {
        return Ok((free, unlimited));
    }
    let cap = limits.control.and_then(|control| control.cap);
    if cap.is_some_and(|cap| cap <= 0.0) {
        return Ok((banned(market, free)?, Limited { shadow: f64::INFINITY, ..unlimited }));
    }
    let world = World::new(market, terms, limits.quota);
    let open = world.at(0.0)?;
    let most = cap.map(|cap| cap * market.flow.value_usd);
    let state = match most.filter(|most| world.quantity(&open) > most * (1.0 + SLACK)) {
        Some(most) => world.at(world.shadow(&open, most)?)?,
        None => open,
    };
    let (outcome, limited) = world.figures(&state, unlimited);
    let untouched = state.ln_shadow == 0.0 && world.quota.is_none_or(|q| q.in_rate >= q.out_rate);
    Ok(if untouched { (free, limited) } else { (outcome, limited) })
}

/// The market without these goods. What others sell takes their place, which has a limit only where
/// goods can do without each other: σ > 1.
fn banned(market: &Market, free: Outcome) -> Result<Outcome, ScoringError> {
    let Flow { eta, .. } = market.flow;
    let sigma = market.flow.sigma.max(market.least_ban_sigma);
    let left = 1.0 - market.share;
    if sigma <= 1.0 + UNIT_SIGMA || left <= 0.0 {
        return Err(ScoringError::BadFact {
            place: "export control".to_owned(),
            given: format!("a ban at sigma {sigma} with {left} of the spending elsewhere"),
            expected: "a sigma above 1 and other suppliers, or a cap above 0: no price stops these goods",
        });
    }
    let gone = Source { weight: market.share, ln_tau: BANNED / (sigma - 1.0), supply: Supply::Infinite };
    let mut sources = finite::others(market);
    let resting = sources[0];
    sources.push(gone);
    let cleared = clear(&sources, sigma, eta)?;
    let others = (cleared.ln_producer_price(&resting) + cleared.ln_quantity(&resting)).exp();
    let price = cleared.ln_index.exp();
    Ok(Outcome { value: 0.0, duty: 0.0, price, others, supply_price: 1.0, ..free })
}

impl<'a> World<'a> {
    fn new(market: &'a Market, terms: Terms, quota: Option<Quota>) -> Self {
        let goods = finite::goods(market, terms);
        let covered = goods.iter().position(|g| g.negotiated && g.value > 0.0);
        let quota = quota.filter(|quota| quota.usd > 0.0).zip(covered).map(|(quota, covered)| {
            let out_rate = goods[covered].rate;
            // Rates are sums of decimals: equal ones may differ in their last bit.
            let below = quota.in_rate < out_rate - SLACK;
            let in_rate = if below { quota.in_rate } else { out_rate };
            Open { goods: covered, usd: quota.usd, in_rate, out_rate }
        });
        Self { market, goods, others: finite::others(market), quota }
    }

    /// The goods at place `k` under the wedges.
    fn source(&self, k: usize, rate: f64, ln_shadow: f64) -> Source {
        let source = self.goods[k].source;
        let covered = self.quota.is_some_and(|quota| quota.goods == k);
        let ln_tau = if covered { self.market.tau(rate).ln() } else { source.ln_tau };
        Source { ln_tau: ln_tau + ln_shadow, ..source }
    }

    fn cleared(&self, rate: f64, ln_shadow: f64) -> Result<Cleared, ScoringError> {
        let goods = (0..self.goods.len()).map(|k| self.source(k, rate, ln_shadow));
        let sources: Vec<Source> = goods.chain(self.others.iter().copied()).collect();
        clear(&sources, self.market.flow.sigma, self.market.flow.eta)
    }

    /// The market at a shadow power, with the quota in its regime.
    fn at(&self, ln_shadow: f64) -> Result<State, ScoringError> {
        let state = |rate: f64, regime: Regime| {
            Ok(State { ln_shadow, rate, regime, cleared: self.cleared(rate, ln_shadow)? })
        };
        let Some(quota) = self.quota else { return state(0.0, Regime::None) };
        // ln of what is wanted over the quota.
        let excess = |state: &State| self.ln_wanted(quota, state) - quota.usd.ln();
        let full = state(quota.out_rate, Regime::OverFilled)?;
        if excess(&full) >= 0.0 {
            return Ok(full);
        }
        let low = state(quota.in_rate, Regime::UnderFilled)?;
        if excess(&low) <= 0.0 {
            return Ok(low);
        }
        let bracket = (quota.in_rate.ln_1p(), quota.out_rate.ln_1p());
        let found = falling_root(bracket, TOLERANCE, |ln_power| {
            state(ln_power.exp_m1(), Regime::Binding).map(|state| excess(&state))
        })?;
        state(found.map_or(quota.out_rate, f64::exp_m1), Regime::Binding)
    }

    /// ln of the quantity of the quota's goods, in dollars of the data year.
    fn ln_wanted(&self, quota: Open, state: &State) -> f64 {
        let source = self.source(quota.goods, state.rate, state.ln_shadow);
        self.goods[quota.goods].value.ln() + state.cleared.ln_quantity(&source)
    }

    /// The quantity of the whole flow, in dollars of the data year.
    fn quantity(&self, state: &State) -> f64 {
        let each = self.goods.iter().enumerate().map(|(k, good)| {
            let source = self.source(k, state.rate, state.ln_shadow);
            good.value * state.cleared.ln_quantity(&source).exp()
        });
        each.sum()
    }

    /// ln s at which no more than `most` is bought.
    fn shadow(&self, open: &State, most: f64) -> Result<f64, ScoringError> {
        let excess = |ln_shadow: f64| self.at(ln_shadow).map(|state| (self.quantity(&state) / most).ln());
        // No quantity falls faster than with the power σ of its price, few much slower.
        let mut high = (self.quantity(open) / most).ln() / self.market.flow.sigma;
        while excess(high)? > 0.0 && high < MAX_LN_SHADOW {
            high *= 2.0;
        }
        falling_root((0.0, high), TOLERANCE, excess)?.ok_or_else(|| ScoringError::BadFact {
            place: "export control".to_owned(),
            given: format!("a cap of {most} US dollars"),
            expected: "a cap that some price keeps: with neither other suppliers nor elastic demand none does",
        })
    }

    /// What follows from a state; `limited` has the limits themselves.
    fn figures(&self, state: &State, mut limited: Limited) -> (Outcome, Limited) {
        let cleared = &state.cleared;
        let revenue =
            |source: &Source| (cleared.ln_producer_price(source) + cleared.ln_quantity(source)).exp();
        let mut out =
            Outcome { price: cleared.ln_index.exp(), others: revenue(&self.others[0]), ..Outcome::default() };
        (limited.regime, limited.shadow) = (state.regime, state.ln_shadow.exp());
        for (k, good) in self.goods.iter().enumerate() {
            let source = self.source(k, state.rate, state.ln_shadow);
            let value = good.value * revenue(&source);
            let quota = self.quota.filter(|quota| quota.goods == k);
            let marginal = if quota.is_some() { state.rate } else { good.rate };
            let mut duty = value * marginal;
            if let Some(quota) = quota {
                let price = cleared.ln_producer_price(&source).exp();
                limited.in_quota = quota.usd.min(value / price);
                limited.quota_rent = price * (marginal - quota.in_rate) * limited.in_quota;
                duty -= limited.quota_rent;
            }
            limited.control_rent += state.ln_shadow.exp_m1() * (1.0 + marginal) * value;
            let paid = if value > 0.0 { duty / value } else { marginal };
            out.value += value;
            out.duty += duty;
            out.rate += good.share * paid;
        }
        out.supply_price = finite::unit_value(out.value, self.quantity(state));
        (out, limited)
    }
}
