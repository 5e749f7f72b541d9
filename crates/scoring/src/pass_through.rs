//! How much of a tariff reaches the buyers: what the trade war of 2018 taught, asked of the model.

use crate::{Market, ScoringError, Side, Supply, TradeBase, equilibrium};

/// Pass-through of a duty of `added` (a fraction) on all of the home party's imports from the
/// partner: ln(p̂τ̂)/ln τ̂, weighted by imports of the data year. 1 where buyers bear all of it.
///
/// `supply` is the supply elasticity of the partner's exporters; other sources sell any quantity at
/// their price. With [`Supply::Infinite`] the answer is 1 by construction and shows nothing.
///
/// # Errors
/// [`ScoringError::BadFact`] for an elasticity that cannot be or a duty at or below −1;
/// [`ScoringError::NotCleared`] where a market does not clear.
pub fn pass_through(base: &TradeBase, added: f64, supply: Supply) -> Result<f64, ScoringError> {
    let (mut weighted, mut weight) = (0.0, 0.0);
    for flow in base.facts().flows(Side::Home).iter().filter(|flow| flow.value_usd > 0.0) {
        let share = flow.share();
        let cleared = equilibrium(&Market {
            v0: &[share, 1.0 - share],
            t0: &[flow.base_rate, 0.0],
            t1: &[flow.base_rate + added, 0.0],
            sigma: flow.sigma,
            eta: flow.eta,
            supply: &[supply, Supply::Infinite],
        })?;
        let Some(passed) = cleared.pass_through[0] else { continue };
        weighted += flow.value_usd * passed;
        weight += flow.value_usd;
    }
    Ok(if weight > 0.0 { weighted / weight } else { 1.0 })
}
