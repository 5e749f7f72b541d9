use talks::{Past, Seq, Time, What};
use tariff::{Offer, PartyId};

use crate::seen::{Dense, Seen};
use crate::{Brief, Situation};

/// What was proposed so far, in the eyes of one party. It is read off the history, each entry once,
/// so a turn costs the same however long the talk has been.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    brief: Option<Brief>,
    last: Option<Last>,
    read: usize,
    starts: u64,
    /// The own offer that was judged last, before it was made.
    next: Option<(Offer, Judged)>,
    dense: Option<Dense>,
    own: Side,
    others: Vec<(PartyId, Side)>,
}

/// The proposals of one party.
#[derive(Debug, Clone, Default)]
pub struct Side {
    heard: Vec<Heard>,
    seen: Seen,
    last: Option<(Offer, Judged)>,
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

    /// How many different offers it proposed.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.seen.len()
    }

    /// The offer it proposed last.
    #[must_use]
    pub fn last(&self) -> Option<&Offer> {
        self.last.as_ref().map(|(offer, _)| offer)
    }

    /// Notes a proposal; one that is not the last repeated comes from `read` with its judgement.
    fn note(&mut self, progress: f64, offer: &Offer, read: impl FnOnce() -> (Offer, Judged)) {
        let value = if let Some(judged) = known(&self.last, offer) {
            judged.value
        } else {
            let (offer, judged) = read();
            self.seen.insert(&offer, judged.place);
            self.last = Some((offer, judged));
            judged.value
        };
        self.heard.push(Heard { progress, value });
    }
}

/// What the party thinks of an offer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged {
    pub(crate) value: f64,
    pub(crate) acceptable: bool,
    /// Its number on an agenda small enough to number all.
    place: Option<usize>,
}

impl Judged {
    fn new(situation: &Situation<'_>, offer: &Offer, dense: Option<&Dense>) -> Self {
        let preferences = situation.preferences();
        let Ok(levels) = preferences.agenda().levels_of(offer) else {
            return Self { value: 0.0, acceptable: false, place: None };
        };
        let (value, acceptable) = preferences.judge_at(levels, offer);
        Self { value, acceptable, place: dense.map(|dense| dense.place(levels)) }
    }
}

/// What was thought of `offer`, if it is a clone of the one that was judged.
fn known(last: &Option<(Offer, Judged)>, offer: &Offer) -> Option<Judged> {
    last.as_ref().filter(|(known, _)| known.is_same(offer)).map(|(_, judged)| *judged)
}

/// The last entry that was read: all of it, except that its offer is the last of its side.
#[derive(Debug, Clone)]
struct Last {
    seq: Seq,
    time: Time,
    round: u32,
    party: PartyId,
    /// What it was, unless a proposal.
    what: Option<What>,
}

impl Last {
    fn of(past: &Past) -> Self {
        let Past { seq, time, round, .. } = *past;
        let what = if let What::Proposed(_) = past.what { None } else { Some(past.what.clone()) };
        Self { seq, time, round, party: past.party.clone(), what }
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

    /// Whether the party has made this offer, whose levels these are.
    pub(crate) fn made(&self, offer: &Offer, levels: &[u32]) -> bool {
        self.own.seen.contains(offer, self.dense.as_ref().map(|dense| dense.place(levels)))
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
        (self.read, self.last) = (history.len(), history.last().map(Last::of));
    }

    fn continues(&self, situation: &Situation<'_>) -> bool {
        let same = self.brief.as_ref().is_some_and(|brief| brief.is_same(situation.brief()));
        let before = self.read.checked_sub(1).and_then(|place| situation.talk().history().get(place));
        same && match (&self.last, before) {
            (None, _) => self.read == 0,
            (Some(last), Some(before)) => self.is_last(last, before, situation.me()),
            (Some(_), None) => false,
        }
    }

    fn is_last(&self, last: &Last, past: &Past, me: &PartyId) -> bool {
        let same = last.seq == past.seq && last.time == past.time && last.round == past.round;
        same && last.party == past.party
            && match (&last.what, &past.what) {
                (None, What::Proposed(offer)) => {
                    self.side(&past.party, me).and_then(Side::last) == Some(offer)
                }
                (Some(what), now) => what == now,
                (None, _) => false,
            }
    }

    fn side(&self, party: &PartyId, me: &PartyId) -> Option<&Side> {
        if party == me {
            return Some(&self.own);
        }
        self.others.iter().find(|(other, _)| other == party).map(|(_, side)| side)
    }

    fn of(situation: &Situation<'_>) -> Self {
        let parties = situation.talk().terms().parties().iter();
        let others = parties.filter(|p| *p != situation.me()).map(|p| (p.clone(), Side::default()));
        let dense = Dense::of(situation.preferences().agenda());
        Self { brief: Some(situation.brief().clone()), others: others.collect(), dense, ..Self::default() }
    }

    fn note(&mut self, situation: &Situation<'_>, past: &Past) {
        let What::Proposed(offer) = &past.what else { return };
        let progress = situation.progress_at(past);
        let Self { next, dense, own, others, .. } = self;
        let judge = || (offer.clone(), Judged::new(situation, offer, dense.as_ref()));
        if past.party == *situation.me() {
            let announced = |(next, _): &mut (Offer, Judged)| next.is_same(offer);
            own.note(progress, offer, || next.take_if(announced).unwrap_or_else(judge));
        } else if let Some((_, side)) = others.iter_mut().find(|(party, _)| *party == past.party) {
            side.note(progress, offer, judge);
        }
    }

    /// What the party thinks of the offer on the table, which is the last of its side.
    pub(crate) fn judge(&self, situation: &Situation<'_>, offer: &Offer) -> Judged {
        let last = self.others.iter().find_map(|(_, side)| known(&side.last, offer));
        last.unwrap_or_else(|| Judged::new(situation, offer, self.dense.as_ref()))
    }

    /// Judges an offer that the party is about to make.
    pub(crate) fn judge_next(&mut self, situation: &Situation<'_>, offer: &Offer) -> Judged {
        known(&self.own.last, offer).or_else(|| known(&self.next, offer)).unwrap_or_else(|| {
            let judged = Judged::new(situation, offer, self.dense.as_ref());
            self.next = Some((offer.clone(), judged));
            judged
        })
    }
}
