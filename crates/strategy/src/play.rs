use talks::{Act, Command, Seq, Stamp, Talk, Terms, Time};
use tariff::PartyId;

use crate::{Brief, Decision, Situation, Strategy};

/// A party of a talk in this process.
pub struct Seat<'a> {
    /// Its papers.
    pub brief: &'a Brief,
    /// How it bargains.
    pub strategy: &'a mut dyn Strategy,
}

/// Why a talk in this process goes on no further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlayError {
    /// A strategy had no move that the rules allow, and nothing ends its turn.
    #[error(
        "{party} has no move ({why}), and its turn has no end: give the terms a turn limit or a deadline"
    )]
    Stuck {
        /// Whose turn it is.
        party: PartyId,
        /// What was wrong with its move, or why there was none.
        why: String,
    },
}

/// The most turns that room is made for before there are any.
const ROOM: usize = 4_096;

/// Plays a talk under `terms` to its end; seats stand in the order of its parties. A strategy that
/// fails misses its turn, which needs a turn limit in the terms.
///
/// # Errors
/// A strategy failed, and the terms have neither a turn limit nor a deadline.
pub fn play(terms: Terms, seats: &mut [Seat<'_>]) -> Result<Talk, PlayError> {
    let mut talk = Talk::convene(terms, Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
    let turns = seats.len().saturating_mul(talk.terms().rounds() as usize);
    talk.reserve(turns.min(ROOM));
    carry_out(&mut talk, Time(0), Command::Open);
    while let Some(seat) = talk.turn().and_then(|party| talk.terms().seat(party)) {
        let Seat { brief, strategy } = &mut seats[seat];
        let decided = Situation::new(&talk, brief).and_then(|situation| strategy.decide(&situation));
        let act = match decided {
            Ok(Decision::Propose(offer)) => Act::Propose(offer),
            Ok(Decision::Accept) => Act::Accept { offer: talk.standing().map_or(Seq(0), |s| s.seq) },
            Ok(Decision::WalkAway) => Act::WalkAway,
            Err(error) => {
                miss(&mut talk, &error)?;
                continue;
            }
        };
        if let Err(refusal) = talk.take_turn(talk.tip().time, act) {
            miss(&mut talk, &refusal)?;
        }
    }
    for seat in seats {
        seat.strategy.conclude(&talk, seat.brief);
    }
    Ok(talk)
}

/// Lets the turn at hand run out.
fn miss(talk: &mut Talk, why: &dyn std::fmt::Display) -> Result<(), PlayError> {
    if talk.next_wakeup().is_some_and(|late| carry_out(talk, late, Command::Tick)) {
        return Ok(());
    }
    // Whoever has a move to miss is at turn.
    let Some(party) = talk.turn().cloned() else { return Ok(()) };
    Err(PlayError::Stuck { party, why: why.to_string() })
}

/// Carries out a command; whether it was not refused.
fn carry_out(talk: &mut Talk, now: Time, command: Command) -> bool {
    talk.advance(now, command).is_ok()
}
