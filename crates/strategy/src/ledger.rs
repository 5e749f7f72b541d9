use std::collections::HashSet;

use talks::{Past, What};
use tariff::{Offer, PartyId};

use crate::{Brief, Situation};

/// What was proposed so far, in the eyes of one party. It is read off the history, each entry once,
/// so a turn costs the same however long the talk has been.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    brief: Option<Brief>,
    last: Option<Past>,
    read: usize,
    starts: u64,
    own: Side,
    others: Vec<(PartyId, Side)>,
}

/// The proposals of one party.
#[derive(Debug, Clone, Default)]
pub struct Side {
    heard: Vec<Heard>,
    offers: Vec<Offer>,
    distinct: HashSet<Offer>,
}

/// One proposal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// The progress of the talk when it was made, from 0 to 1.
    pub progress: f64,
    /// What it is worth to the party that keeps the ledger.
    pub value: f64,
}

impl Side {
    /// The proposals, oldest first.
    #[must_use]
    pub fn heard(&self) -> &[Heard] {
        &self.heard
    }

    /// The offers themselves, oldest first.
    #[must_use]
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// How many different offers it proposed.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.distinct.len()
    }

    /// The offer it proposed last.
    #[must_use]
    pub fn last(&self) -> Option<&Offer> {
        self.offers.last()
    }

    fn note(&mut self, heard: Heard, offer: &Offer) {
        self.heard.push(heard);
        self.distinct.insert(offer.clone());
        self.offers.push(offer.clone());
    }
}

impl Ledger {
    /// The party's own proposals.
    #[must_use]
    pub fn own(&self) -> &Side {
        &self.own
    }

    /// The proposals of every other party, in seat order.
    pub fn others(&self) -> impl Iterator<Item = &Side> {
        self.others.iter().map(|(_, side)| side)
    }

    /// How often it started anew: what was derived from an earlier start is of another talk.
    #[must_use]
    pub fn starts(&self) -> u64 {
        self.starts
    }

    /// Brings the ledger up to date. One that was kept for another talk or brief starts anew.
    pub fn follow(&mut self, situation: &Situation<'_>) {
        if !self.continues(situation) {
            *self = Self { starts: self.starts + 1, ..Self::of(situation) };
        }
        let history = situation.talk().history();
        for past in &history[self.read..] {
            self.note(situation, past);
        }
        (self.read, self.last) = (history.len(), history.last().cloned());
    }

    fn continues(&self, situation: &Situation<'_>) -> bool {
        let same = self.brief.as_ref().is_some_and(|brief| brief.is_same(situation.brief()));
        let before = self.read.checked_sub(1).map(|place| situation.talk().history().get(place));
        same && before.flatten() == self.last.as_ref()
    }

    fn of(situation: &Situation<'_>) -> Self {
        let parties = situation.talk().terms().parties().iter();
        let others = parties.filter(|p| *p != situation.me()).map(|p| (p.clone(), Side::default()));
        Self { brief: Some(situation.brief().clone()), others: others.collect(), ..Self::default() }
    }

    fn note(&mut self, situation: &Situation<'_>, past: &Past) {
        let What::Proposed(offer) = &past.what else { return };
        let heard = Heard { progress: situation.progress_at(past), value: situation.value(offer) };
        if past.party == *situation.me() {
            self.own.note(heard, offer);
        } else if let Some((_, side)) = self.others.iter_mut().find(|(party, _)| *party == past.party) {
            side.note(heard, offer);
        }
    }
}
