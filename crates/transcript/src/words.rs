//! What a talk's entries mean, in words.

use talks::{Failure as TalkFailure, Outcome, Procedure};

/// A procedure's name, as files write it.
#[must_use]
pub fn procedure(procedure: Procedure) -> &'static str {
    match procedure {
        Procedure::AlternatingOffers => "alternating-offers",
    }
}

/// An outcome in a sentence.
#[must_use]
pub fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Agreed { offer } => format!("all parties accepted the offer of entry {offer}"),
        Outcome::Failed(TalkFailure::RoundsExhausted) => {
            "the last round ended without agreement; the status quo stands".to_owned()
        }
        Outcome::Failed(TalkFailure::DeadlinePassed) => {
            "the deadline passed without agreement; the status quo stands".to_owned()
        }
        Outcome::Failed(TalkFailure::WalkedAway { party }) => {
            format!("{party} walked away; the status quo stands")
        }
        Outcome::Failed(TalkFailure::Forfeited { party }) => {
            let misses = talks::MISSES_TO_FORFEIT;
            format!("{party} missed {misses} turns in a row and forfeited; the status quo stands")
        }
    }
}
