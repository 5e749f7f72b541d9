//! The Armington CES partial equilibrium with supply elasticity: one market, exact hats.
//!
//! Structure of the USITC's partial-equilibrium models (Hallren & Riker 2017). A hat is the new
//! value over the old: P̂ = (Σ s_j (p̂_j τ̂_j)^(1−σ))^(1/(1−σ)), q̂_j = P̂^(η+σ) (p̂_j τ̂_j)^(−σ),
//! p̂_j^ε_j = q̂_j, where s_j is a source's share of tariff-inclusive spending.

use std::convert::Infallible;

use crate::ScoringError;
use crate::root::falling_root;

/// Distance of σ from 1 below which the Cobb–Douglas limit is used.
pub(crate) const UNIT_SIGMA: f64 = 1e-6;
/// Largest |ε·ln p̂ − ln q̂| accepted as cleared, where the terms of it are of the size of 1.
const TOLERANCE: f64 = 1e-12;
/// Newton converges quadratically on a monotone function; more steps mean bad input.
const MAX_STEPS: u32 = 200;
/// Past this a step is below the precision of its start.
const MAX_HALVINGS: i32 = 60;

/// How much more exporters supply when their price rises: the elasticity ε ≥ 0, or infinity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Supply {
    /// A finite elasticity; part of a tariff is borne by the exporter.
    Finite(f64),
    /// Any quantity at the same price: full pass-through, closed form.
    Infinite,
}

impl From<f64> for Supply {
    /// Infinity is infinite supply; anything else, whether allowed or not, is finite.
    fn from(elasticity: f64) -> Self {
        if elasticity == f64::INFINITY { Self::Infinite } else { Self::Finite(elasticity) }
    }
}

/// One market before and after a change of tariffs. All slices have one entry per source.
#[derive(Debug, Clone, Copy)]
pub struct Market<'a> {
    /// Tariff-inclusive spending on each source; any unit, not negative, not all zero.
    pub v0: &'a [f64],
    /// Ad valorem tariff before, as a fraction; above −1.
    pub t0: &'a [f64],
    /// Ad valorem tariff after.
    pub t1: &'a [f64],
    /// Elasticity of substitution between sources, above |η|.
    pub sigma: f64,
    /// Elasticity of total demand, at most 0.
    pub eta: f64,
    /// Elasticity of supply of each source.
    pub supply: &'a [Supply],
}

/// A cleared market; one entry per source, in the order of the [`Market`].
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibrium {
    /// p̂: what the exporter receives, new over old.
    pub producer_price: Vec<f64>,
    /// p̂·τ̂: what the buyer pays, new over old.
    pub consumer_price: Vec<f64>,
    /// q̂: quantity, new over old.
    pub quantity: Vec<f64>,
    /// P̂: price index of the market, new over old.
    pub price_index: f64,
    /// Spending after, tariffs included; in the unit of `v0`.
    pub expenditure: Vec<f64>,
    /// What exporters receive after; in the unit of `v0`.
    pub exporter_revenue: Vec<f64>,
    /// Duties before.
    pub duty_before: Vec<f64>,
    /// Duties after.
    pub duty_after: Vec<f64>,
    /// ln(p̂τ̂)/ln τ̂: share of the tariff change that reaches the buyer; none where the tariff stands.
    pub pass_through: Vec<Option<f64>>,
    /// Largest |ε·ln p̂ − ln q̂| left by the solver.
    pub residual: f64,
}

/// Clears one market.
///
/// # Errors
/// [`ScoringError::BadFact`] for inputs outside their bounds, [`ScoringError::Singular`] where neither
/// demand nor any supply responds (η = 0, every ε = 0), [`ScoringError::NotCleared`] where the solver
/// does not reach its tolerance.
///
/// ```
/// use detente_scoring::{Market, Supply, equilibrium};
/// let market = Market {
///     v0: &[60.0, 25.0, 15.0],
///     t0: &[0.0, 0.11, 0.03],
///     t1: &[0.0, 1.56, 0.03],
///     sigma: 2.85,
///     eta: -0.5,
///     supply: &[Supply::Infinite; 3],
/// };
/// let after = equilibrium(&market)?;
/// assert!((after.price_index - 1.1257034777).abs() < 1e-9);
/// assert!((after.quantity[1] - 0.1220486575).abs() < 1e-9);
/// # Ok::<(), detente_scoring::ScoringError>(())
/// ```
pub fn equilibrium(market: &Market<'_>) -> Result<Equilibrium, ScoringError> {
    check(market)?;
    let Market { v0, t0, t1, sigma, eta, supply } = *market;
    let tau: Vec<f64> = t0.iter().zip(t1).map(|(a, b)| (1.0 + b) / (1.0 + a)).collect();
    let sources: Vec<Source> =
        (0..v0.len()).map(|j| Source { weight: v0[j], ln_tau: tau[j].ln(), supply: supply[j] }).collect();
    let cleared = clear(&sources, sigma, eta)?;
    let producer_price: Vec<f64> = sources.iter().map(|s| cleared.ln_producer_price(s).exp()).collect();
    let consumer_price: Vec<f64> = producer_price.iter().zip(&tau).map(|(p, t)| p * t).collect();
    let quantity: Vec<f64> = sources.iter().map(|s| cleared.ln_quantity(s).exp()).collect();
    let expenditure: Vec<f64> = (0..v0.len()).map(|j| v0[j] * consumer_price[j] * quantity[j]).collect();
    let exporter_revenue: Vec<f64> = expenditure.iter().zip(t1).map(|(e, t)| e / (1.0 + t)).collect();
    Ok(Equilibrium {
        pass_through: sources.iter().map(|s| cleared.pass_through(s)).collect(),
        duty_before: v0.iter().zip(t0).map(|(v, t)| v * t / (1.0 + t)).collect(),
        duty_after: exporter_revenue.iter().zip(t1).map(|(r, t)| r * t).collect(),
        price_index: cleared.ln_index.exp(),
        residual: cleared.residual,
        producer_price,
        consumer_price,
        quantity,
        expenditure,
        exporter_revenue,
    })
}

/// A source as the solver sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    /// Spending before, tariffs included; only ratios count.
    pub(crate) weight: f64,
    /// ln τ̂.
    pub(crate) ln_tau: f64,
    /// Its elasticity of supply.
    pub(crate) supply: Supply,
}

/// A cleared market: every price and quantity follows from the index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cleared {
    pub(crate) ln_index: f64,
    sigma: f64,
    eta: f64,
    residual: f64,
}

impl Cleared {
    pub(crate) fn ln_producer_price(&self, source: &Source) -> f64 {
        ln_producer_price(source, self.ln_index, self.sigma, self.eta)
    }

    pub(crate) fn ln_quantity(&self, source: &Source) -> f64 {
        let ln_paid = self.ln_producer_price(source) + source.ln_tau;
        (self.eta + self.sigma) * self.ln_index - self.sigma * ln_paid
    }

    fn pass_through(&self, source: &Source) -> Option<f64> {
        let ln_paid = self.ln_producer_price(source) + source.ln_tau;
        (source.ln_tau != 0.0).then(|| ln_paid / source.ln_tau)
    }
}

/// Clears a market of valid sources.
///
/// Supply and demand of one source give ln p̂_j = ((η+σ)·ln P̂ − σ·ln τ̂_j)/(ε_j+σ), so the system
/// reduces to one equation in ln P̂. Its slope lies in (0, 1 + (η+σ)⁻], since η ≤ 0 ≤ ε: one root, but
/// where demand and all supply are fixed (η = 0, every ε_j = 0) and any P̂ is one.
pub(crate) fn clear(sources: &[Source], sigma: f64, eta: f64) -> Result<Cleared, ScoringError> {
    let Some(bracket) = index_bracket(sources, eta) else {
        return Err(ScoringError::Singular { unknowns: sources.len() });
    };
    let gap_at = |ln_index: f64| index_gap(sources, ln_index, sigma, eta);
    let (mut ln_index, mut steps) = (0.0, 0);
    let mut gap = gap_at(ln_index);
    while gap.value != 0.0 && steps < MAX_STEPS {
        let Some((nearer, left)) = damped_step(ln_index, &gap, gap_at) else { break };
        (ln_index, gap) = (nearer, left);
        steps += 1;
    }
    let cleared = |ln_index: f64, gap: &Gap| {
        let (residual, accepted) = residual(sources, ln_index, gap.value, sigma, eta);
        let cleared = Cleared { ln_index, sigma, eta, residual };
        if accepted { Ok(cleared) } else { Err(residual) }
    };
    // Where one source takes almost all, the slope is flat and a Newton step useless.
    let found = cleared(ln_index, &gap).or_else(|left| {
        let root = falling_root(bracket, 0.0, |at| Ok::<_, Infallible>(-gap_at(at).value));
        root.ok().flatten().map_or(Err(left), |root| cleared(root, &gap_at(root)))
    });
    found.map_err(|residual| ScoringError::NotCleared {
        sources: sources.len(),
        residual,
        steps,
        tolerance: TOLERANCE,
    })
}

/// Where ln P̂ must lie, a little widened against rounding; none where it is not determined.
///
/// Alone, source j would have ln P̂ = ln p̂_j·τ̂_j at ε_j·ln τ̂_j/(ε_j − η). Where P̂ is above all of
/// these it is above the index its prices give, and below where it is below all. A source whose price
/// moves one for one with P̂ (η = 0 = ε_j) bounds nothing.
fn index_bracket(sources: &[Source], eta: f64) -> Option<(f64, f64)> {
    let alone = |s: &Source| match s.supply {
        Supply::Infinite => Some(s.ln_tau),
        Supply::Finite(eps) => (eps - eta > 0.0).then(|| s.ln_tau * (eps / (eps - eta))),
    };
    let mut bounds = sources.iter().filter(|s| s.weight > 0.0).filter_map(alone);
    let first = bounds.next()?;
    let (low, high) = bounds.fold((first, first), |(low, high), at| (at.min(low), at.max(high)));
    let margin = 1e-9 * (1.0 + low.abs().max(high.abs()));
    Some((low - margin, high + margin))
}

/// A Newton step, halved until it comes nearer; none at the precision of the numbers.
fn damped_step(ln_index: f64, gap: &Gap, gap_at: impl Fn(f64) -> Gap) -> Option<(f64, Gap)> {
    let full = gap.value / gap.slope;
    (0..MAX_HALVINGS).find_map(|halvings| {
        let nearer = ln_index - full * 0.5_f64.powi(halvings);
        let left = gap_at(nearer);
        (left.value.abs() < gap.value.abs()).then_some((nearer, left))
    })
}

struct Gap {
    value: f64,
    slope: f64,
}

/// How far a trial ln P̂ lies from the index its own prices give, and the slope of that distance.
fn index_gap(sources: &[Source], ln_index: f64, sigma: f64, eta: f64) -> Gap {
    let terms = || {
        sources.iter().filter(|s| s.weight > 0.0).map(|s| {
            let ln_paid = ln_producer_price(s, ln_index, sigma, eta) + s.ln_tau;
            (s.weight, ln_paid, ln_price_slope(s, sigma, eta))
        })
    };
    let base: f64 = terms().map(|(w, ..)| w).sum();
    if (sigma - 1.0).abs() < UNIT_SIGMA {
        let mean = terms().map(|(w, ln, _)| w * ln).sum::<f64>() / base;
        let slope = terms().map(|(w, _, slope)| w * slope).sum::<f64>() / base;
        return Gap { value: ln_index - mean, slope: 1.0 - slope };
    }
    // The largest term is factored out, so that no power overflows at any tariff, and sums are kept
    // as distances from 1, so that none loses its digits near σ = 1.
    let top = terms().map(|(_, ln, _)| (1.0 - sigma) * ln).fold(f64::NEG_INFINITY, f64::max);
    let below: f64 = terms().map(|(w, ln, _)| w * ((1.0 - sigma) * ln - top).exp_m1()).sum::<f64>() / base;
    let slope: f64 = terms().map(|(w, ln, slope)| slope * w * ((1.0 - sigma) * ln - top).exp()).sum();
    let implied = (top + below.ln_1p()) / (1.0 - sigma);
    Gap { value: ln_index - implied, slope: 1.0 - slope / (base * (1.0 + below)) }
}

fn ln_producer_price(source: &Source, ln_index: f64, sigma: f64, eta: f64) -> f64 {
    match source.supply {
        Supply::Infinite => 0.0,
        Supply::Finite(eps) => ((eta + sigma) * ln_index - sigma * source.ln_tau) / (eps + sigma),
    }
}

fn ln_price_slope(source: &Source, sigma: f64, eta: f64) -> f64 {
    match source.supply {
        Supply::Infinite => 0.0,
        Supply::Finite(eps) => (eta + sigma) / (eps + sigma),
    }
}

/// Largest violation of supply = demand, measured on the original equations with the index that
/// the prices themselves give; and whether every one is within the tolerance, at the size of its terms.
fn residual(sources: &[Source], ln_index: f64, gap: f64, sigma: f64, eta: f64) -> (f64, bool) {
    let implied = ln_index - gap;
    let violation = |s: &Source| match s.supply {
        Supply::Infinite => (gap.abs(), 1.0 + ln_index.abs()),
        Supply::Finite(eps) => {
            let ln_p = ln_producer_price(s, ln_index, sigma, eta);
            let (supplied, index) = (eps * ln_p, (eta + sigma) * implied);
            let paid = sigma * (ln_p + s.ln_tau);
            let size = supplied.abs() + index.abs() + sigma * (ln_p.abs() + s.ln_tau.abs());
            ((supplied - index + paid).abs(), 1.0 + size)
        }
    };
    // NaN must not pass for zero, as it would through f64::max.
    sources.iter().map(violation).fold((0.0, true), |(worst, accepted), (v, size)| {
        let worst = if f64::is_nan(worst) || v <= worst { worst } else { v };
        (worst, accepted && v <= TOLERANCE * size)
    })
}

pub(crate) fn check(market: &Market<'_>) -> Result<(), ScoringError> {
    let Market { v0, t0, t1, sigma, eta, supply } = *market;
    let bad = |place: String, given: f64, expected| {
        Err(ScoringError::BadFact { place, given: given.to_string(), expected })
    };
    if [t0.len(), t1.len(), supply.len()].iter().any(|n| *n != v0.len()) {
        return bad("market".into(), v0.len() as f64, "one tariff and one supply elasticity per source");
    }
    check_elasticities("market", sigma, eta)?;
    for (j, v) in v0.iter().enumerate() {
        if !(v.is_finite() && *v >= 0.0) {
            return bad(format!("v0[{j}]"), *v, "a finite amount from 0");
        }
        for (name, t) in [("t0", t0[j]), ("t1", t1[j])] {
            if !(t.is_finite() && t > -1.0) {
                return bad(format!("{name}[{j}]"), t, "a finite fraction above -1");
            }
        }
        check_supply(&format!("supply[{j}]"), supply[j])?;
    }
    if v0.iter().all(|v| *v == 0.0) {
        return bad("v0".into(), 0.0, "spending on at least one source");
    }
    Ok(())
}

pub(crate) fn check_elasticities(place: &str, sigma: f64, eta: f64) -> Result<(), ScoringError> {
    let bad = |name: &str, given: f64, expected| {
        Err(ScoringError::BadFact { place: format!("{place}: {name}"), given: given.to_string(), expected })
    };
    if !(sigma > 0.0 && sigma <= 100.0) {
        return bad("sigma", sigma, "an elasticity of substitution above 0 and at most 100");
    }
    if !(eta <= 0.0 && -eta < sigma) {
        return bad("eta", eta, "a demand elasticity at most 0 and smaller than sigma in size");
    }
    Ok(())
}

pub(crate) fn check_supply(place: &str, supply: Supply) -> Result<(), ScoringError> {
    match supply {
        Supply::Finite(eps) if !(eps.is_finite() && eps >= 0.0) => Err(ScoringError::BadFact {
            place: format!("{place}: supply elasticity"),
            given: eps.to_string(),
            expected: "a finite number from 0, or infinite supply",
        }),
        _ => Ok(()),
    }
}
