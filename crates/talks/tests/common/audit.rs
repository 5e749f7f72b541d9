//! The rules of procedure a second time, read off a whole record: the oracle of the state machine.

use detente_talks::{Act, Event, Failure, MISSES_TO_FORFEIT, Outcome, Seq, Stamp, Submission, Terms, Time};
use tariff::PartyId;

enum Turn {
    Proposed(Seq),
    Accepted(Seq),
    Missed,
}

/// What a record amounts to, turn by turn.
#[derive(Default)]
struct Minutes {
    turns: Vec<(PartyId, Turn)>,
    walked: Option<PartyId>,
    open: bool,
    opened: bool,
    closed: Option<Outcome>,
    numbers: Vec<(PartyId, u64)>,
}

/// Panics unless `entries` are a legal record under `terms`, complete up to its last decision.
pub(crate) fn audit(terms: &Terms, entries: &[(Stamp, Event)], convened: Stamp) {
    let mut minutes = Minutes::default();
    let mut previous = convened;
    for (stamp, event) in entries {
        assert!(minutes.closed.is_none(), "nothing follows the end");
        assert_eq!(stamp.seq.0, previous.seq.0 + 1, "dense");
        assert!(stamp.time >= previous.time, "time runs forward");
        let takeover = matches!(event, Event::EpochTaken { .. });
        assert_eq!(stamp.epoch, previous.epoch + u64::from(takeover), "one epoch at a time");
        minutes.note(terms, *stamp, event);
        previous = *stamp;
    }
    minutes.check_end(terms);
}

impl Minutes {
    fn note(&mut self, terms: &Terms, stamp: Stamp, event: &Event) {
        match event {
            Event::Opened => {
                assert!(!self.opened, "opened once");
                (self.open, self.opened) = (true, true);
            }
            Event::Adjourned => assert!(std::mem::take(&mut self.open), "only an open talk is adjourned"),
            Event::Reconvened => {
                assert!(self.opened && !self.open, "only an adjourned talk is reconvened");
                self.open = true;
            }
            Event::EpochTaken { epoch } => assert_eq!(*epoch, stamp.epoch),
            Event::TurnMissed { party } => {
                assert!(terms.turn_limit_us().is_some());
                self.turn(terms, party, Turn::Missed);
            }
            Event::Moved(given) => self.moved(terms, stamp.seq, given),
            Event::Closed(outcome) => self.close(terms, stamp.time, outcome),
        }
    }

    fn moved(&mut self, terms: &Terms, seq: Seq, given: &Submission) {
        let earlier = self.numbers.iter().filter(|(p, _)| *p == given.party).count() as u64;
        assert_eq!(given.client_seq, earlier + 1, "numbers are dense");
        self.numbers.push((given.party.clone(), given.client_seq));
        assert!(self.walked.is_none());
        match &given.act {
            Act::WalkAway => self.walked = Some(given.party.clone()),
            Act::Propose(_) => {
                self.check_base(given);
                self.turn(terms, &given.party, Turn::Proposed(seq));
            }
            Act::Accept { offer } => {
                let (by, standing) = self.standing().expect("something to accept");
                assert_eq!(standing, *offer, "only the standing offer is accepted");
                assert_ne!(by, given.party, "never one's own");
                self.check_base(given);
                self.turn(terms, &given.party, Turn::Accepted(*offer));
            }
        }
    }

    fn check_base(&self, given: &Submission) {
        if let Some(base) = given.reply_to {
            assert_eq!(self.standing().map(|(_, seq)| seq), Some(base), "a reply is to the standing offer");
        }
    }

    fn standing(&self) -> Option<(PartyId, Seq)> {
        self.turns.iter().rev().find_map(|(party, turn)| match turn {
            Turn::Proposed(seq) => Some((party.clone(), *seq)),
            _ => None,
        })
    }

    fn turn(&mut self, terms: &Terms, party: &PartyId, turn: Turn) {
        let seats = terms.parties();
        assert!(self.open, "turns are taken in an open talk");
        assert!(self.turns.len() < seats.len() * terms.rounds() as usize, "within the rounds");
        assert_eq!(*party, seats[self.turns.len() % seats.len()], "in seat order");
        assert_eq!(self.ending(terms), None, "the end was due");
        self.turns.push((party.clone(), turn));
    }

    /// The ending the turns so far have made due.
    fn ending(&self, terms: &Terms) -> Option<Outcome> {
        let others = terms.parties().len() - 1;
        if let Some(party) = self.walked.clone() {
            return Some(Outcome::Failed(Failure::WalkedAway { party }));
        }
        if let Some((_, offer)) = self.standing() {
            let tail = self.turns.iter().rev().take(others);
            if tail.filter(|(_, t)| matches!(t, Turn::Accepted(o) if *o == offer)).count() == others {
                return Some(Outcome::Agreed { offer });
            }
        }
        let (party, _) = self.turns.last()?;
        let own = self.turns.iter().rev().filter(|(p, _)| p == party);
        let missed = own.take_while(|(_, t)| matches!(t, Turn::Missed)).count();
        if missed == usize::from(MISSES_TO_FORFEIT) {
            return Some(Outcome::Failed(Failure::Forfeited { party: party.clone() }));
        }
        let all = terms.parties().len() * terms.rounds() as usize;
        (self.turns.len() == all).then_some(Outcome::Failed(Failure::RoundsExhausted))
    }

    fn close(&mut self, terms: &Terms, time: Time, outcome: &Outcome) {
        match self.ending(terms) {
            Some(due) => assert_eq!(due, *outcome),
            None => {
                assert_eq!(*outcome, Outcome::Failed(Failure::DeadlinePassed));
                assert!(terms.deadline().is_some_and(|d| d <= time));
            }
        }
        self.closed = Some(outcome.clone());
    }

    fn check_end(&self, terms: &Terms) {
        assert!(
            self.closed.is_some() || self.ending(terms).is_none(),
            "an end that is due is written at once"
        );
    }
}
