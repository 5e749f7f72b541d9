use tariff::{PartyId, TariffError};

use crate::{Event, Seq, Time};

/// Why a command was refused. Nothing was written, and no `client_seq` was consumed: a corrected
/// submission uses the same number again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The sender has no seat.
    #[error("{party} has no seat in this talk")]
    NotAParty {
        /// The sender.
        party: PartyId,
    },
    /// A number was left out, or is 0.
    #[error("client_seq is not the next one: submit with {expected}")]
    SequenceGap {
        /// The number to use.
        expected: u64,
    },
    /// A number that was taken, with another payload.
    #[error(
        "client_seq was used for other bytes, now entry {entry}: submit a new move under the next number"
    )]
    RequestIdReused {
        /// The entry that used the number.
        entry: Seq,
    },
    /// The talk is over.
    #[error("the talk is closed: read its outcome")]
    TalkClosed,
    /// The talk has not begun.
    #[error("the talk is not open yet: wait for the entry that opens it")]
    NotOpen,
    /// The talk has begun.
    #[error("the talk has been opened before")]
    AlreadyOpen,
    /// The talk is paused.
    #[error("the talk is adjourned: wait until it is reconvened")]
    Adjourned,
    /// The talk is not paused.
    #[error("the talk is not adjourned")]
    NotAdjourned,
    /// A move meant for another round.
    #[error("round {given} is not the current one: decide anew for round {current}")]
    RoundClosed {
        /// The round it was meant for.
        given: u32,
        /// The round at hand.
        current: u32,
    },
    /// The turn or the talk was over when the move came; the entry that says so is about to be
    /// written (by a tick), so that the move is late on the record and not by somebody's clock.
    #[error("time ran out at {since} µs of mediator time: wait for the entry that says so")]
    Late {
        /// When time ran out.
        since: Time,
    },
    /// Another party has the turn.
    #[error("it is the turn of {turn}: wait for its move")]
    OutOfTurn {
        /// The party whose turn it is.
        turn: PartyId,
    },
    /// The move answers an offer which does not stand, or no longer.
    #[error("the move answers an offer that does not stand: {}", advice(*standing))]
    StaleBase {
        /// The entry of the standing offer.
        standing: Option<Seq>,
    },
    /// An acceptance before any proposal.
    #[error("no offer stands: propose one")]
    NothingToAccept,
    /// An acceptance of one's own proposal.
    #[error("the standing offer is the party's own: propose another or walk away")]
    OwnOffer,
    /// A proposal made for another agenda.
    #[error(transparent)]
    OtherAgenda(TariffError),
    /// A takeover under an epoch that is not the next.
    #[error("the epoch is not the next one: read the record again and take over with {expected}")]
    StaleEpoch {
        /// The epoch to take over with.
        expected: u64,
    },
}

fn advice(standing: Option<Seq>) -> String {
    standing.map_or_else(|| "none does".to_owned(), |seq| format!("reply to entry {seq}"))
}

impl Refusal {
    /// The stable name for machines, in the spelling of `google.rpc.ErrorInfo`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotAParty { .. } => "NOT_A_PARTY",
            Self::SequenceGap { .. } => "SEQUENCE_GAP",
            Self::RequestIdReused { .. } => "REQUEST_ID_REUSED",
            Self::TalkClosed => "TALK_CLOSED",
            Self::NotOpen => "NOT_OPEN",
            Self::AlreadyOpen => "ALREADY_OPEN",
            Self::Adjourned => "ADJOURNED",
            Self::NotAdjourned => "NOT_ADJOURNED",
            Self::RoundClosed { .. } | Self::Late { .. } => "ROUND_CLOSED",
            Self::OutOfTurn { .. } => "OUT_OF_TURN",
            Self::StaleBase { .. } => "STALE_BASE",
            Self::NothingToAccept => "NOTHING_TO_ACCEPT",
            Self::OwnOffer => "OWN_OFFER",
            Self::OtherAgenda(_) => "OTHER_AGENDA",
            Self::StaleEpoch { .. } => "STALE_EPOCH",
        }
    }
}

/// Why an entry cannot be part of this talk's record: the record is damaged, or entries were
/// applied out of order. The talk is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Corrupt {
    /// An entry is missing or comes twice.
    #[error("entry {found} stands where entry {expected} is due")]
    Sequence {
        /// The place that is due.
        expected: Seq,
        /// The place of the entry.
        found: Seq,
    },
    /// An entry is older than the one before.
    #[error("entry {seq} was written at {found} µs, before the entry it follows ({previous} µs)")]
    TimeBackwards {
        /// The entry.
        seq: Seq,
        /// When the entry before was written.
        previous: Time,
        /// When this one was.
        found: Time,
    },
    /// An entry by a mediator which does not hold the talk.
    #[error("entry {seq} is of epoch {found}, expected epoch {expected}")]
    Epoch {
        /// The entry.
        seq: Seq,
        /// The epoch that holds the talk.
        expected: u64,
        /// The epoch of the entry.
        found: u64,
    },
    /// An event the rules of procedure do not allow here.
    #[error("entry {seq} breaks the rules of procedure: {refusal}")]
    Refused {
        /// The entry.
        seq: Seq,
        /// What the rules say.
        #[source]
        refusal: Refusal,
    },
    /// A missed turn or an ending which nothing in the record has made due.
    #[error("entry {seq} records {event:?}, which was not due")]
    NotDue {
        /// The entry.
        seq: Seq,
        /// What it records.
        event: Box<Event>,
    },
}
