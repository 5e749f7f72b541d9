//! Each rule of procedure once, by hand.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may unwrap as it does")]

mod common;

use common::{DEADLINE, LIMIT, Room, agenda, offer, party, submission, terms};
use detente_talks::{
    Act, Command, Corrupt, Decision, Event, Failure, Outcome, Phase, Procedure, Refusal, Seq, Stamp, Terms,
    TermsError, Time, What,
};

fn failed(failure: Failure) -> Option<Outcome> {
    Some(Outcome::Failed(failure))
}

#[test]
fn two_parties_agree_on_the_offer_that_stands() {
    let mut room = Room::opened(&terms(2, 5));
    room.propose(0, 100);
    let counter = room.propose(1, 30);
    assert_eq!(room.talk.round(), 2);
    let decision = room.accept(0, counter).unwrap();
    let Decision::Append(events) = decision else { panic!("{decision:?}") };
    assert!(
        matches!(&events[..], [Event::Moved(_), Event::Closed(Outcome::Agreed { offer })] if *offer == counter)
    );
    assert_eq!(room.talk.agreed(), Some(&offer(30)));
    assert_eq!(room.talk.turn(), None);
}

#[test]
fn after_the_end_the_round_is_the_one_it_ended_in() {
    let mut room = Room::opened(&terms(2, 5));
    let proposal = room.propose(0, 100);
    room.accept(1, proposal).unwrap();
    assert_eq!(room.talk.outcome(), Some(&Outcome::Agreed { offer: proposal }));
    assert_eq!(room.talk.round(), 1, "the last seat's acceptance begins no further round");
}

#[test]
fn of_four_parties_all_three_others_must_accept_in_a_row() {
    let mut room = Room::opened(&terms(4, 5));
    let first = room.propose(0, 100);
    room.accept(1, first).unwrap();
    room.accept(2, first).unwrap();
    assert_eq!(room.talk.standing().unwrap().acceptances, [party(1), party(2)]);
    let second = room.propose(3, 50);
    assert!(room.talk.standing().unwrap().acceptances.is_empty());
    for seat in [0, 1] {
        room.accept(seat, second).unwrap();
        assert_eq!(room.talk.outcome(), None);
    }
    room.accept(2, second).unwrap();
    assert_eq!(room.talk.outcome(), Some(&Outcome::Agreed { offer: second }));
}

#[test]
fn a_superseded_offer_cannot_be_accepted_or_answered() {
    let mut room = Room::opened(&terms(2, 5));
    let first = room.propose(0, 100);
    let second = room.propose(1, 50);
    let stale = Err(Refusal::StaleBase { standing: Some(second) });
    assert_eq!(room.accept(0, first), stale);
    let mut late = submission(0, 2, Act::Propose(offer(90)));
    late.reply_to = Some(first);
    assert_eq!(room.run(&Command::Submit(late.clone())), stale);
    late.reply_to = Some(second);
    assert!(room.run(&Command::Submit(late)).is_ok());
}

#[test]
fn there_must_be_something_of_another_to_accept() {
    let mut room = Room::opened(&terms(2, 5).with_turn_limit_us(LIMIT).unwrap());
    assert_eq!(room.accept(0, Seq(2)), Err(Refusal::NothingToAccept));
    let mut reply = submission(0, 1, Act::Propose(offer(5)));
    reply.reply_to = Some(Seq(1));
    assert_eq!(room.run(&Command::Submit(reply)), Err(Refusal::StaleBase { standing: None }));
    let own = room.propose(0, 100);
    room.sleep_through();
    assert_eq!(room.accept(0, own), Err(Refusal::OwnOffer));
}

#[test]
fn moves_are_taken_in_turn_in_their_round_by_seated_parties_on_this_agenda() {
    let mut room = Room::opened(&terms(2, 5));
    assert_eq!(room.submit(1, Act::Propose(offer(5))), Err(Refusal::OutOfTurn { turn: party(0) }));
    let mut early = submission(0, 1, Act::Propose(offer(5)));
    early.round = Some(2);
    let closed = Refusal::RoundClosed { given: 2, current: 1 };
    assert_eq!(room.run(&Command::Submit(early)), Err(closed));
    let stranger = submission(7, 1, Act::WalkAway);
    assert_eq!(room.run(&Command::Submit(stranger)), Err(Refusal::NotAParty { party: party(7) }));
    let elsewhere =
        tariff::Agenda::new(agenda(1).issues().to_vec(), tariff::AgendaDigest::of(b"other")).unwrap();
    let foreign = Act::Propose(elsewhere.offer_at(&[0]).unwrap());
    assert!(matches!(room.submit(0, foreign), Err(Refusal::OtherAgenda(_))));
}

#[test]
fn numbers_are_dense_and_only_accepted_submissions_use_one() {
    let mut room = Room::opened(&terms(2, 5));
    let gap = Err(Refusal::SequenceGap { expected: 1 });
    for number in [0, 2, u64::MAX] {
        assert_eq!(room.run(&Command::Submit(submission(0, number, Act::Propose(offer(5))))), gap);
    }
    assert_eq!(room.accept(0, Seq(9)), Err(Refusal::NothingToAccept));
    let first = submission(0, 1, Act::Propose(offer(5)));
    room.run(&Command::Submit(first.clone())).unwrap();
    assert_eq!(room.talk.last_client_seq(&party(0)), Some(1));
    assert_eq!(room.run(&Command::Submit(first)), Ok(Decision::Duplicate { entry: Seq(3) }));
    let other = submission(0, 1, Act::WalkAway);
    assert_eq!(room.run(&Command::Submit(other)), Err(Refusal::RequestIdReused { entry: Seq(3) }));
}

#[test]
fn anybody_may_walk_away_at_any_time_and_that_is_the_end() {
    let opened = Room::opened(&terms(3, 5).with_deadline(Time(DEADLINE)));
    let mut adjourned = opened.clone();
    adjourned.run(&Command::Adjourn).unwrap();
    let mut late = opened.clone();
    late.now = DEADLINE + 1;
    for mut room in [Room::new(&terms(3, 5)), opened, adjourned, late] {
        let mut leave = submission(2, 1, Act::WalkAway);
        (leave.round, leave.reply_to) = (Some(4), Some(Seq(99))); // neither holds anybody back
        room.run(&Command::Submit(leave.clone())).unwrap();
        assert_eq!(room.talk.outcome().cloned(), failed(Failure::WalkedAway { party: party(2) }));
        let entry = room.talk.history()[0].seq;
        assert_eq!(room.talk.history()[0].what, What::WalkedAway);
        assert_eq!(room.run(&Command::Submit(leave)), Ok(Decision::Duplicate { entry }));
        assert_eq!(room.submit(2, Act::WalkAway), Err(Refusal::TalkClosed));
        assert_eq!(room.submit(0, Act::Propose(offer(5))), Err(Refusal::TalkClosed));
    }
}

#[test]
fn after_the_end_no_command_has_an_effect() {
    let mut room = Room::opened(&terms(2, 5));
    room.submit(1, Act::WalkAway).unwrap();
    for command in [Command::Open, Command::Adjourn, Command::Reconvene, Command::TakeOver { epoch: 2 }] {
        assert_eq!(room.run(&command), Err(Refusal::TalkClosed));
    }
    assert_eq!(room.run(&Command::Tick), Ok(Decision::Append(vec![])));
}

#[test]
fn a_missed_turn_passes_clears_acceptances_and_leaves_the_offer_standing() {
    let mut room = Room::opened(&terms(3, 5).with_turn_limit_us(LIMIT).unwrap());
    let first = room.propose(0, 100);
    room.accept(1, first).unwrap();
    assert_eq!(room.sleep_through(), [Event::TurnMissed { party: party(2) }]);
    let standing = room.talk.standing().unwrap();
    assert_eq!((standing.seq, standing.acceptances.len()), (first, 0));
    assert_eq!((room.talk.turn(), room.talk.round()), (Some(&party(0)), 2));
    assert_eq!(room.talk.history().last().unwrap().what, What::Missed);
}

#[test]
fn three_missed_turns_in_a_row_forfeit_and_a_move_in_between_starts_the_count_again() {
    let mut room = Room::opened(&terms(2, 9).with_turn_limit_us(LIMIT).unwrap());
    for _ in 0..2 {
        room.sleep_through();
        room.propose(1, 50);
    }
    room.propose(0, 100);
    for _ in 0..2 {
        room.propose(1, 50);
        room.sleep_through();
    }
    room.propose(1, 50);
    let events = room.sleep_through();
    let forfeit = Outcome::Failed(Failure::Forfeited { party: party(0) });
    assert_eq!(events, [Event::TurnMissed { party: party(0) }, Event::Closed(forfeit)]);
}

#[test]
fn forfeit_goes_before_exhaustion() {
    let mut room = Room::opened(&terms(2, 3).with_turn_limit_us(LIMIT).unwrap());
    for _ in 0..3 {
        room.propose(0, 100);
        room.sleep_through();
    }
    assert_eq!(room.talk.outcome().cloned(), failed(Failure::Forfeited { party: party(1) }));
}

#[test]
fn a_move_after_the_turn_is_late_until_a_tick_says_who_missed_it() {
    let mut room = Room::opened(&terms(2, 5).with_turn_limit_us(LIMIT).unwrap());
    room.now = LIMIT - 1;
    room.propose(0, 100);
    let ends = 2 * LIMIT - 1;
    room.now = ends;
    let late = Err(Refusal::Late { since: Time(ends) });
    assert_eq!(room.submit(1, Act::Propose(offer(5))), late);
    assert_eq!(room.submit(0, Act::Propose(offer(5))), late);
    assert_eq!(room.run(&Command::Adjourn), late);
    room.now = ends + 50 * LIMIT; // however long the mediator slept, one tick misses one turn
    room.run(&Command::Tick).unwrap();
    assert_eq!(room.run(&Command::Tick), Ok(Decision::Append(vec![])));
    assert_eq!(room.submit(1, Act::Propose(offer(5))), Err(Refusal::OutOfTurn { turn: party(0) }));
    room.propose(0, 90);
}

#[test]
fn the_last_turn_of_the_last_round_ends_the_talk_in_the_same_decision() {
    let mut room = Room::opened(&terms(2, 1));
    room.propose(0, 100);
    let decision = room.submit(1, Act::Propose(offer(5))).unwrap();
    let exhausted = Event::Closed(Outcome::Failed(Failure::RoundsExhausted));
    assert!(matches!(decision, Decision::Append(events) if events[1..] == [exhausted]));
    assert_eq!((room.talk.round(), room.talk.rounds_left()), (1, 0));

    let mut room = Room::opened(&terms(2, 1));
    let last = room.propose(0, 100);
    room.accept(1, last).unwrap();
    assert_eq!(room.talk.outcome(), Some(&Outcome::Agreed { offer: last }));
}

#[test]
fn the_deadline_ends_a_talk_in_whatever_phase_it_is() {
    let terms = terms(2, 5).with_deadline(Time(DEADLINE)).with_turn_limit_us(DEADLINE * 2).unwrap();
    let mut adjourned = Room::opened(&terms);
    adjourned.run(&Command::Adjourn).unwrap();
    for mut room in [Room::new(&terms), Room::opened(&terms), adjourned] {
        room.now = DEADLINE;
        let late = Err(Refusal::Late { since: Time(DEADLINE) });
        let step = match room.talk.phase() {
            Phase::Convened => Command::Open,
            Phase::Adjourned => Command::Reconvene,
            _ => Command::Submit(submission(0, 1, Act::Propose(offer(5)))),
        };
        assert_eq!(room.run(&step), late);
        assert_eq!(room.sleep_through(), [Event::Closed(Outcome::Failed(Failure::DeadlinePassed))]);
        assert_eq!(room.talk.next_wakeup(), None);
    }
}

#[test]
fn a_pause_stops_the_turn_and_gives_it_back_whole() {
    let mut room = Room::opened(&terms(2, 5).with_turn_limit_us(LIMIT).unwrap());
    room.now = LIMIT - 1;
    room.run(&Command::Adjourn).unwrap();
    assert_eq!((room.talk.next_wakeup(), room.talk.turn()), (None, None));
    assert_eq!(room.submit(0, Act::Propose(offer(5))), Err(Refusal::Adjourned));
    assert_eq!(room.run(&Command::Adjourn), Err(Refusal::Adjourned));
    room.now = 10 * LIMIT;
    room.run(&Command::Reconvene).unwrap();
    assert_eq!(room.run(&Command::Reconvene), Err(Refusal::NotAdjourned));
    assert_eq!(room.talk.next_wakeup(), Some(Time(11 * LIMIT)));
}

#[test]
fn before_it_is_opened_a_talk_only_waits() {
    let mut room = Room::new(&terms(2, 5).with_turn_limit_us(LIMIT).unwrap());
    assert_eq!(room.submit(0, Act::Propose(offer(5))), Err(Refusal::NotOpen));
    assert_eq!(room.run(&Command::Adjourn), Err(Refusal::NotOpen));
    assert_eq!((room.talk.next_wakeup(), room.talk.turn()), (None, None));
    room.run(&Command::Open).unwrap();
    assert_eq!(room.run(&Command::Open), Err(Refusal::AlreadyOpen));
}

#[test]
fn a_takeover_is_by_the_next_epoch_and_starts_the_turn_afresh() {
    let mut room = Room::opened(&terms(2, 5).with_turn_limit_us(LIMIT).unwrap());
    for epoch in [0, 1, 3] {
        assert_eq!(room.run(&Command::TakeOver { epoch }), Err(Refusal::StaleEpoch { expected: 2 }));
    }
    room.now = 5 * LIMIT;
    room.run(&Command::TakeOver { epoch: 2 }).unwrap();
    assert_eq!((room.talk.epoch(), room.talk.next_wakeup()), (2, Some(Time(6 * LIMIT))));
    let deposed = Stamp { seq: Seq(4), time: Time(5 * LIMIT), epoch: 1 };
    let fenced = Corrupt::Epoch { seq: Seq(4), expected: 2, found: 1 };
    assert_eq!(room.talk.apply(deposed, &Event::Adjourned), Err(fenced));
}

#[test]
fn a_clock_that_runs_backwards_counts_as_standing_still() {
    let mut room = Room::opened(&terms(2, 5).with_turn_limit_us(LIMIT).unwrap());
    room.now = 500;
    room.propose(0, 100);
    room.now = -500;
    room.propose(1, 50);
    assert_eq!(room.talk.tip().time, Time(500));
    assert_eq!(room.talk.next_wakeup(), Some(Time(500 + LIMIT)));
}

#[test]
fn a_clock_that_runs_backwards_does_not_undo_a_deadline() {
    let mut room = Room::opened(&terms(2, 5).with_deadline(Time(DEADLINE)));
    room.now = DEADLINE;
    room.run(&Command::TakeOver { epoch: 2 }).unwrap(); // the record has reached the deadline
    room.now = 0;
    let late = Err(Refusal::Late { since: Time(DEADLINE) });
    assert_eq!(room.submit(0, Act::Propose(offer(5))), late);
    room.run(&Command::Tick).unwrap();
    assert_eq!(room.talk.outcome().cloned(), failed(Failure::DeadlinePassed));
}

/// Entries of one decision are appended together, yet a reader sees one after the other.
#[test]
fn between_a_move_and_the_ending_it_brings_nothing_else_can_happen() {
    let mut room = Room::opened(&terms(2, 5).with_deadline(Time(DEADLINE)));
    let leave = Event::Moved(submission(1, 1, Act::WalkAway));
    room.talk.apply(room.talk.next_stamp(Time(7), &leave), &leave).unwrap();
    assert_eq!((room.talk.turn(), room.talk.outcome()), (None, None));
    assert_eq!(room.talk.next_wakeup(), Some(Time(7)));
    assert_eq!(room.submit(0, Act::Propose(offer(5))), Err(Refusal::TalkClosed));
    let wrong = Event::Closed(Outcome::Failed(Failure::DeadlinePassed));
    let applied = room.talk.clone().apply(room.talk.next_stamp(Time(DEADLINE), &wrong), &wrong);
    assert_eq!(applied, Err(Corrupt::NotDue { seq: Seq(4), event: Box::new(wrong) }));
    let walked = Failure::WalkedAway { party: party(1) };
    assert_eq!(room.sleep_through(), [Event::Closed(Outcome::Failed(walked))]);
}

#[test]
fn a_record_that_breaks_the_rules_is_refused_entry_by_entry() {
    let room = Room::opened(&terms(2, 5));
    let try_on = |event: Event| room.talk.clone().apply(room.talk.next_stamp(Time(9), &event), &event);
    let due = |event: Event| Err(Corrupt::NotDue { seq: Seq(3), event: Box::new(event) });
    let missed = Event::TurnMissed { party: party(0) };
    assert_eq!(try_on(missed.clone()), due(missed)); // without a turn limit nobody misses one
    for outcome in [Outcome::Agreed { offer: Seq(2) }, Outcome::Failed(Failure::DeadlinePassed)] {
        assert_eq!(try_on(Event::Closed(outcome.clone())), due(Event::Closed(outcome)));
    }
    let breaks = |refusal| Err(Corrupt::Refused { seq: Seq(3), refusal });
    assert_eq!(try_on(Event::Opened), breaks(Refusal::AlreadyOpen));
    let out_of_turn = Event::Moved(submission(1, 1, Act::Propose(offer(5))));
    assert_eq!(try_on(out_of_turn), breaks(Refusal::OutOfTurn { turn: party(0) }));
}

#[test]
fn terms_that_no_talk_could_follow_are_refused() {
    let terms = |seats: &[usize], rounds| {
        let parties = seats.iter().map(|s| party(*s)).collect();
        Terms::new(Procedure::AlternatingOffers, parties, agenda(1), rounds)
    };
    assert_eq!(terms(&[0], 5), Err(TermsError::PartyCount(1)));
    assert_eq!(terms(&(0..65).collect::<Vec<_>>(), 5), Err(TermsError::PartyCount(65)));
    assert_eq!(terms(&[0, 1, 0], 5), Err(TermsError::DuplicateParty(party(0))));
    assert_eq!(terms(&[0, 1], 0), Err(TermsError::RoundCount(0)));
    assert_eq!(terms(&[0, 1], 100_001), Err(TermsError::RoundCount(100_001)));
    assert_eq!(terms(&[0, 1], 5).unwrap().with_turn_limit_us(0), Err(TermsError::TurnLimit(0)));
}

#[test]
fn refusals_say_what_to_do() {
    let cases = [
        (Refusal::StaleBase { standing: Some(Seq(7)) }, "STALE_BASE", "reply to entry 7"),
        (Refusal::StaleBase { standing: None }, "STALE_BASE", "none does"),
        (Refusal::SequenceGap { expected: 4 }, "SEQUENCE_GAP", "submit with 4"),
        (Refusal::OutOfTurn { turn: party(1) }, "OUT_OF_TURN", "turn of P1"),
        (Refusal::Late { since: Time(12) }, "ROUND_CLOSED", "ran out at 12 µs"),
    ];
    for (refusal, reason, text) in cases {
        assert_eq!(refusal.reason(), reason);
        assert!(refusal.to_string().contains(text), "{refusal}");
    }
}
