//! A talk in this process ends, whatever its strategies do.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may unwrap as it does")]

mod common;

use common::{agenda, brief_of, open, party};
use detente_strategy::{Decision, PlayError, Seat, Situation, Strategy, StrategyError, play};
use talks::{Failure, Outcome, Procedure, Terms};

/// Never has a move, or one that the rules refuse.
struct Useless {
    fails: bool,
}

impl Strategy for Useless {
    fn name(&self) -> &str {
        "useless"
    }

    fn decide(&mut self, _: &Situation<'_>) -> Result<Decision, StrategyError> {
        let failed = StrategyError::Failed { strategy: "useless".to_owned(), message: "no idea".to_owned() };
        // Nothing is on the table yet, or an own offer.
        if self.fails { Err(failed) } else { Ok(Decision::Accept) }
    }
}

fn played(fails: bool, turn_limit_us: Option<i64>) -> Result<talks::Talk, PlayError> {
    let agenda = agenda(2, 2_500);
    let briefs = [0, 1].map(|seat| brief_of(seat, &agenda, 0.2, 7));
    let terms = Terms::new(Procedure::AlternatingOffers, vec![party(0), party(1)], agenda, 10).unwrap();
    let terms = turn_limit_us.map_or(Ok(terms.clone()), |limit| terms.with_turn_limit_us(limit)).unwrap();
    let (mut useless, mut other) = (Useless { fails }, open("linear"));
    let mut seats = [
        Seat { brief: &briefs[0], strategy: &mut useless },
        Seat { brief: &briefs[1], strategy: other.as_mut() },
    ];
    play(terms, &mut seats)
}

#[test]
fn a_strategy_without_a_move_forfeits_where_turns_end_and_is_told_of_where_they_do_not() {
    let talk = played(true, Some(1_000_000)).unwrap();
    let forfeit = Outcome::Failed(Failure::Forfeited { party: party(0) });
    assert_eq!(talk.outcome(), Some(&forfeit));
    for (fails, said) in [(true, "no idea"), (false, "no offer stands")] {
        let PlayError::Stuck { party: stuck, why } = played(fails, None).unwrap_err();
        assert_eq!(stuck, party(0));
        assert!(why.contains(said), "{why}");
    }
}
