use tariff::{Offer, PartyId};

use crate::{Act, Failure, Outcome, Past, Refusal, Seq, Submission, Terms, Time, What};

/// A party that misses so many turns in a row forfeits the talk.
pub const MISSES_TO_FORFEIT: u8 = 3;

/// The offer on the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The entry that proposed it: the name an acceptance gives it.
    pub seq: Seq,
    /// Who proposed it.
    pub by: &'a PartyId,
    /// The offer.
    pub offer: &'a Offer,
    /// Who has accepted it since, without a gap. A missed turn clears them.
    pub acceptances: &'a [PartyId],
}

/// What the table keeps of a standing offer, which itself is in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Laid {
    pub(crate) seq: Seq,
    pub(crate) seat: usize,
    /// Where the proposal is in the history.
    pub(crate) place: usize,
    pub(crate) acceptances: Vec<PartyId>,
}

/// The table of stacked alternating offers: whose turn it is, and what stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) seat: usize,
    pub(crate) round: u32,
    pub(crate) began: Time,
    pub(crate) standing: Option<Laid>,
    misses: Vec<u8>,
}

impl Table {
    pub(crate) fn new(terms: &Terms, began: Time) -> Self {
        Self { seat: 0, round: 1, began, standing: None, misses: vec![0; terms.parties().len()] }
    }

    /// The instant the turn at hand is over.
    pub(crate) fn turn_ends(&self, terms: &Terms) -> Option<Time> {
        terms.turn_limit_us().map(|limit| self.began.plus_us(limit))
    }

    /// Whether the rules allow this move now. A walk-away is not asked about: it always is.
    pub(crate) fn check(&self, terms: &Terms, seat: usize, given: &Submission) -> Result<(), Refusal> {
        if let Some(round) = given.round
            && round != self.round
        {
            return Err(Refusal::RoundClosed { given: round, current: self.round });
        }
        if seat != self.seat {
            return Err(Refusal::OutOfTurn { turn: terms.parties()[self.seat].clone() });
        }
        if let Some(base) = given.reply_to {
            self.check_base(base)?;
        }
        self.check_act(terms, seat, &given.act)
    }

    /// [`Table::check`] of what the party at turn, which has this seat, wants to do.
    pub(crate) fn check_act(&self, terms: &Terms, seat: usize, act: &Act) -> Result<(), Refusal> {
        match act {
            Act::Propose(offer) => terms.agenda().check(offer).map_err(Refusal::OtherAgenda),
            Act::Accept { offer } => self.check_acceptance(seat, *offer),
            Act::WalkAway => Ok(()),
        }
    }

    fn check_base(&self, named: Seq) -> Result<(), Refusal> {
        let standing = self.standing.as_ref().map(|s| s.seq);
        if standing == Some(named) { Ok(()) } else { Err(Refusal::StaleBase { standing }) }
    }

    fn check_acceptance(&self, seat: usize, named: Seq) -> Result<(), Refusal> {
        let standing = self.standing.as_ref().ok_or(Refusal::NothingToAccept)?;
        self.check_base(named)?;
        if standing.seat == seat { Err(Refusal::OwnOffer) } else { Ok(()) }
    }

    /// The ending, if any, that a legal move brings about.
    pub(crate) fn ending_of_move(&self, terms: &Terms, seat: usize, act: &Act) -> Option<Outcome> {
        match act {
            Act::WalkAway => {
                let party = terms.parties()[seat].clone();
                Some(Outcome::Failed(Failure::WalkedAway { party }))
            }
            Act::Accept { offer } if self.completes(terms) => Some(Outcome::Agreed { offer: *offer }),
            _ => self.ending_of_turn(terms),
        }
    }

    /// The ending, if any, that a missed turn brings about. Forfeit comes before exhaustion: it
    /// says more about why the talk failed.
    pub(crate) fn ending_of_miss(&self, terms: &Terms) -> Option<Outcome> {
        if self.misses[self.seat] + 1 >= MISSES_TO_FORFEIT {
            let party = terms.parties()[self.seat].clone();
            return Some(Outcome::Failed(Failure::Forfeited { party }));
        }
        self.ending_of_turn(terms)
    }

    fn completes(&self, terms: &Terms) -> bool {
        let accepted = self.standing.as_ref().map_or(0, |s| s.acceptances.len());
        accepted + 2 >= terms.parties().len() // with this one, and the proposer
    }

    fn ending_of_turn(&self, terms: &Terms) -> Option<Outcome> {
        let last = self.round == terms.rounds() && self.seat + 1 == terms.parties().len();
        last.then_some(Outcome::Failed(Failure::RoundsExhausted))
    }

    /// Carries out a turn as the rules allow it, which will be at `place` of the history and is the
    /// last if `over`. A walk-away leaves the table as it stood.
    #[inline]
    pub(crate) fn take(&mut self, terms: &Terms, turn: &Past, place: usize, over: bool) {
        let mut misses = 0;
        match &turn.what {
            What::Proposed(_) => {
                self.standing = Some(Laid { seq: turn.seq, seat: self.seat, place, acceptances: Vec::new() });
            }
            What::Accepted { .. } => {
                self.standing.iter_mut().for_each(|s| s.acceptances.push(turn.party.clone()));
            }
            What::Missed => {
                self.standing.iter_mut().for_each(|s| s.acceptances.clear());
                misses = self.misses[self.seat] + 1;
            }
            What::WalkedAway => return,
        }
        self.misses[self.seat] = misses;
        self.pass(terms, turn.time, over);
    }

    /// Gives the turn to the next seat; after an ending nobody has one, and the round stays the one
    /// it ended in.
    fn pass(&mut self, terms: &Terms, time: Time, over: bool) {
        if over {
            return;
        }
        self.began = time;
        self.seat += 1;
        if self.seat == terms.parties().len() {
            (self.seat, self.round) = (0, self.round + 1);
        }
    }
}
