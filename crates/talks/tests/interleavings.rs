//! Any interleaving of sense and nonsense leads to a legal record, and the record is the state.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may unwrap as it does")]

mod common;
#[path = "common/audit.rs"]
mod minutes;

use common::{DEADLINE, LIMIT, Room, convened, offer, party, submission, terms};
use detente_talks::{
    Act, Advanced, Command, Corrupt, Decision, Event, Fingerprint, Refusal, Seq, Stamp, Submission, Talk,
    Terms, Time,
};
use proptest::prelude::*;

/// A command in the making: what is relative to the talk is settled when it is given.
#[derive(Debug, Clone)]
enum Ask {
    Sense { accept: bool },
    Nonsense { seat: usize, number: u64, round: Option<u32>, base: Option<u64>, act: u8, of: u64 },
    Again { back: usize, altered: bool },
    Command(Command),
    Wait(i64),
    Oversleep,
}

fn ask() -> impl Strategy<Value = Ask> {
    let plain = prop_oneof![
        Just(Command::Open),
        Just(Command::Tick),
        Just(Command::Adjourn),
        Just(Command::Reconvene),
        (0_u64..6).prop_map(|epoch| Command::TakeOver { epoch }),
    ];
    let nonsense = (0_usize..7, 0_u64..6, option(0_u32..5), option(0_u64..12), 0_u8..9, 0_u64..12);
    prop_oneof![
        8 => prop::bool::weighted(0.3).prop_map(|accept| Ask::Sense { accept }),
        4 => nonsense.prop_map(|(seat, number, round, base, act, of)| {
            Ask::Nonsense { seat, number, round, base, act, of }
        }),
        2 => (0_usize..8, any::<bool>()).prop_map(|(back, altered)| Ask::Again { back, altered }),
        3 => plain.prop_map(Ask::Command),
        1 => (-500_i64..1_500).prop_map(Ask::Wait),
        2 => Just(Ask::Oversleep),
    ]
}

fn option<T: Clone + std::fmt::Debug + 'static>(
    some: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    prop_oneof![3 => Just(None), 2 => some.prop_map(Some)]
}

fn some_terms() -> impl Strategy<Value = Terms> {
    (2_usize..6, 1_u32..6, any::<bool>(), any::<bool>()).prop_map(|(parties, rounds, deadline, limit)| {
        let mut terms = terms(parties, rounds);
        if deadline {
            terms = terms.with_deadline(Time(DEADLINE / 10));
        }
        if limit { terms.with_turn_limit_us(LIMIT).unwrap() } else { terms }
    })
}

/// The move a sensible party would make now.
fn sense(talk: &Talk, accept: bool) -> Option<Submission> {
    let seat = talk.terms().seat(talk.turn()?)?;
    let number = talk.last_client_seq(&party(seat))? + 1;
    let standing = talk.standing().filter(|s| accept && *s.by != party(seat));
    let act = standing.map_or(Act::Propose(offer(number as i64 * 5)), |s| Act::Accept { offer: s.seq });
    let mut given = submission(seat, number, act);
    given.round = Some(talk.round());
    given.reply_to = talk.standing().map(|s| s.seq);
    Some(given)
}

fn nonsense(seat: usize, number: u64, round: Option<u32>, base: Option<u64>, act: u8, of: u64) -> Submission {
    let act = match act {
        0 => Act::WalkAway,
        1..=4 => Act::Accept { offer: Seq(of) },
        5 => Act::Propose(common::agenda(2).offer_at(&[0, 0]).unwrap()),
        _ => Act::Propose(offer(of as i64 * 5)),
    };
    let mut given = submission(seat, number, act);
    (given.round, given.reply_to) = (round, base.map(Seq));
    given
}

fn earlier(room: &Room, back: usize, altered: bool) -> Option<Submission> {
    let moved = |(_, e): &(Stamp, Event)| if let Event::Moved(s) = e { Some(s.clone()) } else { None };
    let mut given = room.entries.iter().rev().filter_map(moved).nth(back)?;
    given.fingerprint.0[31] ^= u8::from(altered);
    Some(given)
}

/// What `ask` comes to in this room, at its time.
fn command(room: &mut Room, ask: &Ask) -> Option<Command> {
    match ask {
        Ask::Sense { accept } => sense(&room.talk, *accept).map(Command::Submit),
        Ask::Nonsense { seat, number, round, base, act, of } => {
            Some(Command::Submit(nonsense(*seat, *number, *round, *base, *act, *of)))
        }
        Ask::Again { back, altered } => earlier(room, *back, *altered).map(Command::Submit),
        Ask::Command(command) => Some(command.clone()),
        Ask::Wait(us) => {
            room.now += us;
            None
        }
        Ask::Oversleep => {
            room.now = room.talk.next_wakeup().map_or(room.now, |t| t.0);
            Some(Command::Tick)
        }
    }
}

/// Carries `ask` out; whatever comes of it, the state stays legal.
fn carry_out(room: &mut Room, ask: &Ask) {
    if let Some(command) = command(room, ask) {
        let before = room.entries.len();
        let refused = room.run(&command).is_err();
        assert!(!refused || room.entries.len() == before);
    }
}

fn audit(room: &Room) {
    minutes::audit(room.talk.terms(), &room.entries, Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
}

/// What the views say of one moment agrees with itself.
fn check_views(talk: &Talk) {
    assert!((1..=talk.terms().rounds()).contains(&talk.round()));
    assert_eq!(talk.round() + talk.rounds_left(), talk.terms().rounds());
    assert_eq!(talk.turn().is_some(), *talk.phase() == detente_talks::Phase::Open);
    if let Some(standing) = talk.standing() {
        assert_eq!(talk.offer_at(standing.seq), Some(standing.offer));
        assert!(!standing.acceptances.contains(standing.by));
        let mut distinct = standing.acceptances.to_vec();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), standing.acceptances.len());
        assert!(standing.acceptances.len() < talk.terms().parties().len());
    }
    if talk.outcome().is_some() {
        assert_eq!(talk.next_wakeup(), None);
    }
}

fn check_wakeup(talk: &Talk) {
    let Some(wakeup) = talk.next_wakeup() else { return };
    let due = |at| talk.decide(Time(at), &Command::Tick).unwrap() != Decision::Append(vec![]);
    assert!(due(wakeup.0), "at the wakeup something is due");
    assert!(wakeup <= talk.tip().time || !due(wakeup.0 - 1), "and not before");
}

proptest! {
    #[test]
    fn no_interleaving_leads_to_an_illegal_record(terms in some_terms(), asks in prop::collection::vec(ask(), 0..120)) {
        let mut room = Room::new(&terms);
        for ask in &asks {
            let before = room.entries.len();
            carry_out(&mut room, ask);
            check_views(&room.talk);
            check_wakeup(&room.talk);
            if room.entries.len() > before {
                audit(&room);
            }
        }
    }

    #[test]
    fn replaying_the_entries_gives_the_same_talk(terms in some_terms(), asks in prop::collection::vec(ask(), 0..120)) {
        let mut room = Room::opened(&terms);
        asks.iter().for_each(|ask| carry_out(&mut room, ask));
        let mut replayed = convened(&terms);
        for (stamp, event) in &room.entries {
            replayed.apply(*stamp, event).unwrap();
        }
        prop_assert_eq!(replayed, room.talk);
    }

    /// Deciding and applying in one step is the same as one after the other.
    #[test]
    fn advancing_is_deciding_and_applying(terms in some_terms(), asks in prop::collection::vec(ask(), 0..120)) {
        let mut room = Room::new(&terms);
        let mut quick = convened(&terms);
        for ask in &asks {
            let Some(command) = command(&mut room, ask) else { continue };
            let (before, now) = (room.entries.len(), Time(room.now));
            let decided = room.talk.decide(now, &command);
            let ran = room.run(&command).map(|_| ());
            let advanced = quick.advance(now, command);
            prop_assert_eq!(&advanced.clone().map(|_| ()), &ran);
            match (advanced, decided) {
                (Ok(Advanced::Added(added)), _) => prop_assert_eq!(added, room.entries.len() - before),
                (Ok(Advanced::Duplicate(entry)), given) => prop_assert_eq!(given, Ok(Decision::Duplicate { entry })),
                (Err(_), _) => {}
            }
            prop_assert_eq!(&quick, &room.talk);
        }
    }

    /// A turn that is taken is the submission which says no more than what its party does.
    #[test]
    fn taking_a_turn_is_submitting_it(terms in some_terms(), asks in prop::collection::vec(ask(), 0..120)) {
        let mut room = Room::new(&terms);
        for ask in &asks {
            let Some(command) = command(&mut room, ask) else { continue };
            let (Command::Submit(Submission { act, .. }), Some(turn)) = (&command, room.talk.turn()) else {
                let _ = room.run(&command);
                continue;
            };
            let (seat, number) = (terms.seat(turn).unwrap(), room.talk.last_client_seq(turn).unwrap() + 1);
            let fingerprint = Fingerprint([0; 32]);
            let given = Submission { fingerprint, ..submission(seat, number, act.clone()) };
            let (mut taken, mut submitted) = (room.talk.clone(), room.talk.clone());
            let expected = submitted.advance(Time(room.now), Command::Submit(given));
            prop_assert_eq!(taken.take_turn(Time(room.now), act.clone()), expected);
            prop_assert_eq!(&taken, &submitted);
            room.talk = taken;
        }
    }

    #[test]
    fn a_repeat_gets_the_original_answer_for_ever(terms in some_terms(), asks in prop::collection::vec(ask(), 0..80)) {
        let mut room = Room::opened(&terms);
        asks.iter().for_each(|ask| carry_out(&mut room, ask));
        for (stamp, event) in &room.entries {
            let Event::Moved(given) = event else { continue };
            let entry = stamp.seq;
            let mut repeat = given.clone();
            let again = room.talk.decide(Time(i64::MAX), &Command::Submit(repeat.clone()));
            prop_assert_eq!(again, Ok(Decision::Duplicate { entry }));
            repeat.fingerprint.0[31] ^= 1;
            let reused = room.talk.decide(Time(0), &Command::Submit(repeat));
            prop_assert_eq!(reused, Err(Refusal::RequestIdReused { entry }));
        }
    }

    #[test]
    fn after_the_end_nothing_is_appended(terms in some_terms(), asks in prop::collection::vec(ask(), 0..60), more in prop::collection::vec(ask(), 1..40)) {
        let mut room = Room::opened(&terms);
        asks.iter().for_each(|ask| carry_out(&mut room, ask));
        if room.talk.outcome().is_none() {
            room.submit(0, Act::WalkAway).unwrap(); // always legal
        }
        let (entries, closed) = (room.entries.len(), room.talk.clone());
        more.iter().for_each(|ask| carry_out(&mut room, ask));
        prop_assert_eq!(room.entries.len(), entries);
        prop_assert_eq!(room.talk, closed);
    }

    #[test]
    fn every_talk_ends_within_its_turns(parties in 2_usize..6, rounds in 1_u32..8, accepts in prop::collection::vec(prop::bool::weighted(0.2), 40)) {
        let mut room = Room::opened(&terms(parties, rounds));
        let most = parties * rounds as usize;
        let mut turns = 0;
        while let Some(given) = sense(&room.talk, accepts[turns]) {
            room.run(&Command::Submit(given)).unwrap();
            turns += 1;
            prop_assert!(turns <= most);
        }
        prop_assert!(room.talk.outcome().is_some());
        audit(&room);
    }

    /// A damaged record is refused, or it happens to be a legal one; the state is never harmed.
    #[test]
    fn a_shuffled_record_is_refused_where_it_breaks_the_rules(
        terms in some_terms(),
        asks in prop::collection::vec(ask(), 0..60),
        swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..6),
    ) {
        let mut room = Room::opened(&terms);
        asks.iter().for_each(|ask| carry_out(&mut room, ask));
        let mut events: Vec<Event> = room.entries.iter().map(|(_, e)| e.clone()).collect();
        for (a, b) in &swaps {
            let (a, b) = (a.index(events.len()), b.index(events.len()));
            events.swap(a, b);
        }
        let mut other = Room::new(&terms);
        for event in &events {
            let before = other.talk.clone();
            let stamp = other.talk.next_stamp(Time(DEADLINE), event);
            match other.talk.apply(stamp, event) {
                Ok(()) => other.entries.push((stamp, event.clone())),
                Err(_) => prop_assert_eq!(&other.talk, &before),
            }
        }
        other.now = DEADLINE;
        other.run(&Command::Tick).unwrap(); // an ending that got lost is written now
        audit(&other);
    }

    #[test]
    fn a_stamp_out_of_order_is_refused(seq in 0_u64..6, time in -5_i64..5, epoch in 0_u64..4) {
        let mut room = Room::new(&terms(2, 3));
        room.now = 2;
        room.run(&Command::Open).unwrap();
        let stamp = Stamp { seq: Seq(seq), time: Time(time), epoch };
        let fits = seq == 3 && time >= 2 && epoch == 1;
        let applied = room.talk.apply(stamp, &Event::Adjourned);
        prop_assert_eq!(applied.is_ok(), fits);
        if let Err(corrupt) = applied {
            prop_assert!(!matches!(corrupt, Corrupt::Refused { .. } | Corrupt::NotDue { .. }), "{}", corrupt);
        }
    }
}
