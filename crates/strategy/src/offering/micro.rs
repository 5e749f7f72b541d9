use std::sync::Arc;

use tariff::Offer;
use utility::{Ladder, Planner};

use super::{Offering, Plan};
use crate::{Brief, Ledger, Situation, StrategyError};

/// MiCRO (de Jonge 2022): down a ladder of offers, one rung for each new offer that the opponent
/// makes. With m different offers sent and n received it proposes rung m + 1 if m ≤ n, and else
/// repeats a random earlier one; it accepts what is worth rung m + 1 or rung m accordingly.
///
/// The definition sorts *all* offers: with 0 rungs so does this, where at most
/// [`utility::MAX_RANKED`] offers are permitted. Otherwise the ladder is coarsened to a given number of equal steps of own utility from the best offer to the walk-away value, each the
/// best for the opponent prior at its utility. The number is part of the strategy: with many more
/// rungs than rounds it has no time to concede. Towards several opponents n is that of the one that
/// made the fewest.
#[derive(Debug, Clone)]
pub struct Micro {
    rungs: usize,
    built: Option<(Brief, Order)>,
}

/// The order in which offers are made, the best first.
#[derive(Debug, Clone)]
enum Order {
    Coarse(Arc<Ladder>),
    /// So many of the planner's ranking: all that are acceptable.
    Full(usize),
}

/// What stands for every offer where these cannot be ranked.
const MOST_RUNGS: usize = 10_000;

impl Order {
    fn new(planner: &Planner, rungs: usize) -> Self {
        match planner.ranking() {
            Some(ranking) if rungs == 0 => Self::Full(ranking.acceptable()),
            _ if rungs == 0 => Self::Coarse(planner.shared_ladder(MOST_RUNGS)),
            _ => Self::Coarse(planner.shared_ladder(rungs)),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Coarse(ladder) => ladder.rungs().len(),
            Self::Full(count) => *count,
        }
    }

    fn own(&self, planner: &Planner, rung: usize) -> f64 {
        match self {
            Self::Coarse(ladder) => ladder.rungs().get(rung).map_or(0.0, |rung| rung.own),
            Self::Full(_) => planner.ranking().map_or(0.0, |ranking| ranking.own(rung)),
        }
    }

    fn offer<'a>(&'a self, planner: &'a Planner, rung: usize) -> &'a Offer {
        let found = match self {
            Self::Coarse(ladder) => ladder.rungs().get(rung).map(|rung| &rung.offer),
            Self::Full(_) => planner.ranked(rung),
        };
        found.unwrap_or(planner.best())
    }
}

impl Micro {
    /// MiCRO on a ladder of at most `rungs` offers; 0 is every offer, where they can be ranked.
    #[must_use]
    pub fn new(rungs: usize) -> Self {
        Self { rungs, built: None }
    }

    /// Built once per talk: it depends on the brief alone.
    fn order(&mut self, brief: &Brief) -> &Order {
        if !self.built.as_ref().is_some_and(|(of, _)| of.is_same(brief)) {
            self.built = None;
        }
        let rungs = self.rungs;
        &self.built.get_or_insert_with(|| (brief.clone(), Order::new(brief.planner(), rungs))).1
    }
}

impl Offering for Micro {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (best, _) = situation.brief().best()?;
        let (planner, order) = (situation.planner(), self.order(situation.brief()));
        let sent = ledger.own().distinct().min(order.len());
        let received = ledger.others().map(crate::Side::distinct).min().unwrap_or(0);
        if sent < order.len() && sent <= received {
            return Ok(Plan {
                offer: order.offer(planner, sent).clone(),
                aspiration: order.own(planner, sent),
                verdict: None,
            });
        }
        let Some(lowest) = sent.checked_sub(1) else { return Ok(Plan::of(situation, best.clone())) };
        let again = situation.rng().below(sent);
        Ok(Plan {
            offer: order.offer(planner, again).clone(),
            aspiration: order.own(planner, lowest),
            verdict: None,
        })
    }
}
