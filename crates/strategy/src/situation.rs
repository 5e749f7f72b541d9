use talks::{Past, Standing, Talk, Time};
use tariff::{Offer, PartyId};
use utility::{Planner, Preferences};

use crate::{Brief, StrategyError, TurnRng};

/// A party at its turn: all a decision may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    talk: &'a Talk,
    brief: &'a Brief,
}

impl<'a> Situation<'a> {
    /// The turn at hand, of the party whose brief it is.
    ///
    /// # Errors
    /// It is not that party's turn, or its preferences are about another agenda.
    pub fn new(talk: &'a Talk, brief: &'a Brief) -> Result<Self, StrategyError> {
        let me = brief.me();
        if talk.turn() != Some(me) {
            return Err(StrategyError::NotMyTurn { me: me.clone(), turn: talk.turn().cloned() });
        }
        if talk.terms().agenda().digest() != brief.preferences().agenda().digest() {
            return Err(StrategyError::OtherAgenda { me: me.clone() });
        }
        Ok(Self { talk, brief })
    }

    /// The talk: agenda, public history, standing offer, rounds.
    #[must_use]
    pub fn talk(&self) -> &'a Talk {
        self.talk
    }

    /// The party's own papers.
    #[must_use]
    pub fn brief(&self) -> &'a Brief {
        self.brief
    }

    /// The party.
    #[must_use]
    pub fn me(&self) -> &'a PartyId {
        self.brief.me()
    }

    /// What it wants.
    #[must_use]
    pub fn preferences(&self) -> &'a Preferences {
        self.brief.preferences()
    }

    /// Finds offers by what they are worth.
    #[must_use]
    pub fn planner(&self) -> &'a Planner {
        self.brief.planner()
    }

    /// What an offer is worth to the party, from 0 to 1.
    #[must_use]
    pub fn value(&self, offer: &Offer) -> f64 {
        self.preferences().utility().value(offer)
    }

    /// The offer on the table, if it is another's.
    #[must_use]
    pub fn offered(&self) -> Option<Standing<'a>> {
        self.talk.standing().filter(|standing| standing.by != self.me())
    }

    /// The time that counts for this decision: that of the last entry. Nothing reads a clock.
    #[must_use]
    pub fn now(&self) -> Time {
        self.talk.tip().time
    }

    /// How much of the talk has passed, from 0 at the first round to 1 at the last: the own turns
    /// taken over (rounds − 1), and with a deadline the time since the opening over the time to the
    /// deadline, if that is more. A single round is the last.
    #[must_use]
    pub fn progress(&self) -> f64 {
        progress(self.talk, self.talk.round(), self.now())
    }

    /// [`Situation::progress`] as it was when an entry of the history was written.
    #[must_use]
    pub fn progress_at(&self, past: &Past) -> f64 {
        progress(self.talk, past.round, past.time)
    }

    /// The random numbers of this turn, from the first.
    #[must_use]
    pub fn rng(&self) -> TurnRng {
        TurnRng::new(self.brief.seed(), self.me(), self.talk.round())
    }
}

fn progress(talk: &Talk, round: u32, time: Time) -> f64 {
    let last = talk.terms().rounds() - 1;
    let by_rounds = if last == 0 { 1.0 } else { f64::from(round - 1) / f64::from(last) };
    let (Some(deadline), Some(opened)) = (talk.terms().deadline(), talk.opened()) else { return by_rounds };
    let by_time = (time.0 - opened.0) as f64 / (deadline.0 - opened.0).max(1) as f64;
    by_rounds.max(by_time.clamp(0.0, 1.0))
}
