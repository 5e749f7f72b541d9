use talks::{Act, Command, Corrupt, Seq, Stamp, Talk, Terms, Time};

use crate::{Brief, Decision, Situation, Strategy};

/// A party of a talk in this process.
pub struct Seat<'a> {
    /// Its papers.
    pub brief: &'a Brief,
    /// How it bargains.
    pub strategy: &'a mut dyn Strategy,
}

/// The most turns that room is made for before there are any.
const ROOM: usize = 4_096;

/// Plays a talk under `terms` to its end; seats stand in the order of its parties. A strategy that
/// fails misses its turn, which needs a turn limit in the terms.
///
/// # Errors
/// Never, unless the rules of procedure contradict themselves.
pub fn play(terms: Terms, seats: &mut [Seat<'_>]) -> Result<Talk, Corrupt> {
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
            Err(_) => {
                miss(&mut talk)?;
                continue;
            }
        };
        if talk.take_turn(talk.tip().time, act).is_err() {
            miss(&mut talk)?;
        }
    }
    for seat in seats {
        seat.strategy.conclude(&talk, seat.brief);
    }
    Ok(talk)
}

/// Lets the turn at hand run out.
fn miss(talk: &mut Talk) -> Result<(), Corrupt> {
    let late = talk.next_wakeup().unwrap_or(talk.tip().time);
    carry_out(talk, late, Command::Tick);
    Ok(())
}

/// Carries out a command; whether it was not refused.
fn carry_out(talk: &mut Talk, now: Time, command: Command) -> bool {
    talk.advance(now, command).is_ok()
}
