use utility::Ladder;

use super::{Offering, Plan};
use crate::{Brief, Ledger, Situation, StrategyError};

/// MiCRO (de Jonge 2022): down a ladder of offers, one rung for each new offer that the opponent
/// makes. With m different offers sent and n received it proposes rung m + 1 if m ≤ n, and else
/// repeats a random earlier one; it accepts what is worth rung m + 1 or rung m accordingly.
///
/// The definition sorts *all* offers. Where they cannot be listed the ladder is coarsened to a
/// given number of equal steps of own utility from the best offer to the walk-away value, each the
/// best for the opponent prior at its utility. The number is part of the strategy: with many more
/// rungs than rounds it has no time to concede. Towards several opponents n is that of the one that
/// made the fewest.
#[derive(Debug, Clone)]
pub struct Micro {
    rungs: usize,
    built: Option<(Brief, Ladder)>,
}

impl Micro {
    /// MiCRO on a ladder of at most `rungs` offers.
    #[must_use]
    pub fn new(rungs: usize) -> Self {
        Self { rungs, built: None }
    }

    /// Built once per talk: it depends on the brief alone.
    fn ladder(&mut self, brief: &Brief) -> &Ladder {
        if !self.built.as_ref().is_some_and(|(of, _)| of.is_same(brief)) {
            self.built = None;
        }
        let rungs = self.rungs;
        &self.built.get_or_insert_with(|| (brief.clone(), brief.planner().ladder(rungs))).1
    }
}

impl Offering for Micro {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (best, _) = situation.brief().best()?;
        let rungs = self.ladder(situation.brief()).rungs();
        let sent = ledger.own().distinct().min(rungs.len());
        let received = ledger.others().map(crate::Side::distinct).min().unwrap_or(0);
        match (rungs.get(sent).filter(|_| sent <= received), sent.checked_sub(1)) {
            (Some(next), _) => Ok(Plan { offer: next.offer.clone(), aspiration: next.own, verdict: None }),
            (None, Some(lowest)) => {
                let again = &rungs[situation.rng().below(sent)];
                Ok(Plan { offer: again.offer.clone(), aspiration: rungs[lowest].own, verdict: None })
            }
            (None, None) => Ok(Plan::of(situation, best.clone())),
        }
    }
}
