use super::{Offering, Plan};
use crate::{Ledger, Situation, StrategyError};

/// The random walker: any acceptable offer, drawn anew each turn. A yardstick, not a way to win.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RandomWalker;

impl Offering for RandomWalker {
    fn plan(&mut self, situation: &Situation<'_>, _: &Ledger) -> Result<Plan, StrategyError> {
        let (best, _) = situation.brief().best()?;
        let mut rng = situation.rng();
        let walk_away = situation.preferences().walk_away();
        let drawn = situation.planner().random(walk_away, &mut || rng.next_u64());
        Ok(Plan::of(situation, drawn.unwrap_or_else(|| best.clone())))
    }
}
