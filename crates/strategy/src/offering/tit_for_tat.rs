use super::{Offering, Plan};
use crate::{Heard, Ledger, Side, Situation, StrategyError};

/// Relative tit-for-tat (Faratin, Sierra & Jennings 1998), in own utility: the next offer is worth
/// the last own one times the proportion by which the opponent gave way δ offers ago,
/// `u(o₍n−δ₎)/u(o₍n−δ+1₎)`, between the walk-away value and the best. It opens with the best, and
/// keeps to its offer while the opponent keeps to its own; who takes back is answered in kind.
///
/// The definition is per issue and needs numbers; in utility it also holds for choices and
/// switches. Towards several opponents the one that gave way least counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelativeTitForTat {
    /// How many of the opponent's offers ago the concession lies that is answered; at least 1.
    pub delta: usize,
}

impl RelativeTitForTat {
    /// The proportion to answer; nothing before all have made enough offers.
    fn proportion(&self, ledger: &Ledger) -> Option<f64> {
        let proportions: Option<Vec<f64>> = ledger.others().map(|side| self.of(side)).collect();
        proportions?.into_iter().reduce(f64::max)
    }

    fn of(&self, side: &Side) -> Option<f64> {
        let heard = side.heard();
        let after = heard.len().checked_sub(self.delta)?;
        let before = after.checked_sub(1)?;
        Some(proportion(heard[before], heard[after]))
    }
}

/// Offers worth nothing give nothing to answer.
fn proportion(before: Heard, after: Heard) -> f64 {
    if after.value > 0.0 { before.value / after.value } else { 1.0 }
}

impl Offering for RelativeTitForTat {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (best, _) = situation.brief().best()?;
        let (Some(last), Some(worth)) = (ledger.own().last(), ledger.own().heard().last()) else {
            return Ok(Plan::of(situation, best.clone()));
        };
        Ok(match self.proportion(ledger) {
            Some(proportion) if proportion != 1.0 => Plan::at(situation, worth.value * proportion),
            _ => Plan::of(situation, last.clone()),
        })
    }
}
