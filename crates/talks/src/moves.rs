use std::fmt;

use tariff::{Offer, PartyId};

/// Mediator time: microseconds since the Unix epoch, never running backwards within a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// This instant and so many microseconds; stops at the end of time.
    #[must_use]
    pub fn plus_us(self, microseconds: i64) -> Self {
        Self(self.0.saturating_add(microseconds))
    }
}

/// The place of an entry in a talk's record. The convening entry is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

impl Seq {
    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The caller's hash of a submission's payload bytes. It is only ever compared: the same number
/// with the same fingerprint is a repeat, with another it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// Where and when an entry stands in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Its place; places are dense.
    pub seq: Seq,
    /// When the mediator wrote it.
    pub time: Time,
    /// The mediator's epoch.
    pub epoch: u64,
}

/// What a party does with a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Puts an offer on the table, in place of the standing one.
    Propose(Offer),
    /// Accepts the standing offer, named by the entry that proposed it.
    Accept {
        /// The entry of the proposal.
        offer: Seq,
    },
    /// Leaves the talk, which ends it for all.
    WalkAway,
}

/// A move as a party hands it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Who moves. That it is they is for the caller to know.
    pub party: PartyId,
    /// The party's own count of its accepted submissions, this one included: 1, 2, 3, …
    pub client_seq: u64,
    /// The round the move is meant for; refused in any other. A walk-away ignores it.
    pub round: Option<u32>,
    /// The proposal the move answers; refused if another one stands. A walk-away ignores it.
    pub reply_to: Option<Seq>,
    /// The move.
    pub act: Act,
    /// Tells a repeat from a reused number.
    pub fingerprint: Fingerprint,
}

/// What the world asks of a talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin: the first turn starts.
    Open,
    /// Take a move.
    Submit(Submission),
    /// Write down what has become due. Free to ask at any time; [`crate::Talk::next_wakeup`] says
    /// when it can have an effect.
    Tick,
    /// Pause.
    Adjourn,
    /// Go on; the turn that was interrupted starts afresh.
    Reconvene,
    /// A mediator takes the talk over under the next epoch; the turn at hand starts afresh, for
    /// its party could not be heard meanwhile.
    TakeOver {
        /// The new epoch: the present one plus one.
        epoch: u64,
    },
}

/// What happened, as the record keeps it. A talk is its convening entry and these, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The talk was opened.
    Opened,
    /// A party moved.
    Moved(Submission),
    /// A party let its turn pass. Nobody spoke for it.
    TurnMissed {
        /// The party.
        party: PartyId,
    },
    /// The talk ended. No entry follows.
    Closed(Outcome),
    /// The talk was paused.
    Adjourned,
    /// The talk went on.
    Reconvened,
    /// A mediator took over.
    EpochTaken {
        /// Its epoch, which is also that of this entry's stamp.
        epoch: u64,
    },
}

/// How a talk ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All agreed.
    Agreed {
        /// The entry that proposed what was agreed.
        offer: Seq,
    },
    /// There is no agreement.
    Failed(Failure),
}

/// Why there is no agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The last turn of the last round passed.
    RoundsExhausted,
    /// The deadline passed.
    DeadlinePassed,
    /// A party left.
    WalkedAway {
        /// The party.
        party: PartyId,
    },
    /// A party missed [`crate::MISSES_TO_FORFEIT`] turns in a row.
    Forfeited {
        /// The party.
        party: PartyId,
    },
}

/// What a command leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// These events, to be appended together or not at all, under consecutive places. A tick that
    /// finds nothing due yields none.
    Append(Vec<Event>),
    /// The submission was taken before; this is its entry.
    Duplicate {
        /// The entry of the original.
        entry: Seq,
    },
}

/// Where a talk stands in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Convened, not yet open.
    Convened,
    /// Under way.
    Open,
    /// Paused.
    Adjourned,
    /// Over.
    Closed(Outcome),
}

/// A turn of the public history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Its entry.
    pub seq: Seq,
    /// When it was written.
    pub time: Time,
    /// In which round, from 1.
    pub round: u32,
    /// Whose move or miss it was.
    pub party: PartyId,
    /// What it was.
    pub what: What,
}

/// What a turn of the history was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The party proposed.
    Proposed(Offer),
    /// The party accepted the offer of this entry.
    Accepted {
        /// The entry of the proposal.
        offer: Seq,
    },
    /// The party left.
    WalkedAway,
    /// The party let its turn pass.
    Missed,
}
