use tariff::{Agenda, PartyId};

use crate::Time;

/// The most seats a talk can have.
pub const MAX_PARTIES: usize = 64;

/// The most rounds a talk can have.
pub const MAX_ROUNDS: u32 = 100_000;

/// The rules of procedure a talk follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Procedure {
    /// Stacked alternating offers: in each round every seat has one turn, in seat order
    /// (Aydoğan, Festen, Hindriks & Jonker 2017).
    AlternatingOffers,
}

/// What is fixed when a talk is convened. It stands in the convening entry and never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    procedure: Procedure,
    parties: Vec<PartyId>,
    agenda: Agenda,
    rounds: u32,
    deadline: Option<Time>,
    turn_limit_us: Option<i64>,
}

/// Why terms were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// Too few or too many seats.
    #[error("{0} parties were named, a talk has 2 to {MAX_PARTIES}")]
    PartyCount(usize),
    /// One party named for two seats.
    #[error("party {0} is named twice, each seat needs a party of its own")]
    DuplicateParty(PartyId),
    /// No round, or too many.
    #[error("{0} rounds were asked for, a talk has 1 to {MAX_ROUNDS}")]
    RoundCount(u32),
    /// A turn limit which no turn could meet.
    #[error("a turn limit of {0} µs was asked for, expected a positive one")]
    TurnLimit(i64),
}

impl Terms {
    /// Terms with neither a deadline nor a turn limit. `parties` stand in seat order.
    ///
    /// # Errors
    /// Parties are 2 to [`MAX_PARTIES`], all different; rounds 1 to [`MAX_ROUNDS`].
    pub fn new(
        procedure: Procedure,
        parties: Vec<PartyId>,
        agenda: Agenda,
        rounds: u32,
    ) -> Result<Self, TermsError> {
        if !(2..=MAX_PARTIES).contains(&parties.len()) {
            return Err(TermsError::PartyCount(parties.len()));
        }
        let earlier = |(seat, party): &(usize, &PartyId)| parties[..*seat].contains(party);
        if let Some((_, twice)) = parties.iter().enumerate().find(earlier) {
            return Err(TermsError::DuplicateParty(twice.clone()));
        }
        if !(1..=MAX_ROUNDS).contains(&rounds) {
            return Err(TermsError::RoundCount(rounds));
        }
        Ok(Self { procedure, parties, agenda, rounds, deadline: None, turn_limit_us: None })
    }

    /// The same terms under a deadline, in mediator time: at that instant the talk is over.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Time) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The same terms with a limit for each turn, in microseconds of mediator time.
    ///
    /// # Errors
    /// The limit is positive.
    pub fn with_turn_limit_us(mut self, limit: i64) -> Result<Self, TermsError> {
        if limit <= 0 {
            return Err(TermsError::TurnLimit(limit));
        }
        self.turn_limit_us = Some(limit);
        Ok(self)
    }

    /// The rules of procedure.
    #[must_use]
    pub fn procedure(&self) -> Procedure {
        self.procedure
    }

    /// The parties in seat order.
    #[inline]
    #[must_use]
    pub fn parties(&self) -> &[PartyId] {
        &self.parties
    }

    /// The seat of a party, from 0.
    #[inline]
    #[must_use]
    pub fn seat(&self, party: &PartyId) -> Option<usize> {
        self.parties.iter().position(|p| p == party)
    }

    /// What is to be settled.
    #[inline]
    #[must_use]
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// How many rounds there are.
    #[inline]
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// When the talk is over whatever its round, in mediator time.
    #[inline]
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        self.deadline
    }

    /// How long a turn may last, in microseconds of mediator time.
    #[inline]
    #[must_use]
    pub fn turn_limit_us(&self) -> Option<i64> {
        self.turn_limit_us
    }
}
