use super::{Offering, Plan};
use crate::{Heard, Ledger, Situation, StrategyError};

/// How a concession is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// By the same amount of own utility as the other side gave.
    Absolute,
    /// In the proportion in which it gave way over a window.
    Averaged,
}

/// Tit-for-tat, absolute and averaged (Faratin, Sierra & Jennings 1998), in own utility. Absolute: the
/// next offer is worth the last own one less what the opponent's offers rose by, δ offers ago. Averaged:
/// the last own one times the proportion u(oₙ₋γ)/u(oₙ) over its last γ concessions. Both open with the
/// best; of several opponents the one that gave least counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TitForTat {
    /// How it answers.
    pub reply: Reply,
    /// δ, or γ: so many offers; at least 1.
    pub delta: usize,
}

impl TitForTat {
    /// What the next own offer is worth after `last`, by the offers of one opponent.
    #[must_use]
    pub fn next(&self, last: f64, heard: &[Heard]) -> Option<f64> {
        let value = |at: usize| heard.get(at).map(|h| h.value);
        match self.reply {
            Reply::Absolute => {
                let after = heard.len().checked_sub(self.delta)?;
                Some(last - (value(after)? - value(after.checked_sub(1)?)?))
            }
            Reply::Averaged => {
                let now = heard.len().checked_sub(1)?;
                let before = value(now.saturating_sub(self.delta))?;
                (now > 0).then_some(if value(now)? > 0.0 { last * before / value(now)? } else { last })
            }
        }
    }
}

impl Offering for TitForTat {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (best, _) = situation.brief().best()?;
        let (Some(last), Some(worth)) = (ledger.own().last(), ledger.own().heard().last()) else {
            return Ok(Plan::of(situation, best.clone()));
        };
        let next: Option<Vec<f64>> =
            ledger.others().map(|side| self.next(worth.value, side.heard())).collect();
        Ok(match next.and_then(|next| next.into_iter().reduce(f64::max)) {
            Some(next) if next != worth.value => Plan::at(situation, next),
            _ => Plan::of(situation, last.clone()),
        })
    }
}
