//! What talks are counted as.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use common::{Finished, Habit, Puppet, arena, finished, tournament};
use detente_lab::{Arena, Standing};
use strategy::{Factory, Place};

fn between(habits: &[(&'static str, Habit)], arenas: Vec<Arena>) -> Finished {
    let puppet =
        |(name, habit): &(&'static str, Habit)| Arc::new(Puppet::new(name, *habit)) as Arc<dyn Factory>;
    finished(&tournament(habits.iter().map(puppet).collect(), arenas))
}

fn standing<'a>(finished: &'a Finished, name: &str) -> &'a Standing {
    finished.board.standings.iter().find(|standing| standing.strategy == name).unwrap()
}

#[test]
fn missed_turns_and_forfeits_are_whose_they_are_and_say_why() {
    let finished = between(&[("mute", Habit::Fails(500)), ("firm", Habit::Insists)], vec![arena("a")]);
    let (mute, firm) = (standing(&finished, "mute"), standing(&finished, "firm"));
    // Four talks with the other, three turns each; four with itself, in which the first forfeits its
    // third turn, after two of the second.
    assert_eq!((mute.turns, mute.missed_turns, mute.forfeits), (4 * 3 + 2 * 5, 4 * 3 + 2 * 5, 6));
    let reason = mute.missed_reason.as_deref().unwrap();
    assert!(reason.starts_with("é é") && reason.chars().count() <= 160, "{reason:?}");
    assert_eq!((firm.missed_turns, firm.forfeits, &firm.missed_reason), (0, 0, &None));
    assert!(firm.turns > 0);
}

#[test]
fn a_move_that_the_rules_refuse_is_a_missed_turn() {
    let finished = between(&[("cheat", Habit::Cheats)], vec![arena("a")]);
    let cheat = standing(&finished, "cheat");
    assert_eq!((cheat.missed_turns, cheat.turns), (10, 10));
    assert_eq!(cheat.missed_reason.as_deref(), Some("its move was against the rules"));
}

#[test]
fn failures_are_not_fair() {
    let failed = between(&[("firm", Habit::Insists)], vec![arena("a")]);
    assert_eq!(standing(&failed, "firm").fairness, None);
    let mixed = between(&[("firm", Habit::Insists), ("meek", Habit::Yields)], vec![arena("a")]);
    // Its agreements give one side .8 and the other less than its walk-away value; its failures are none.
    assert_eq!(standing(&mixed, "firm").fairness, Some(0.0));
    let agreed = |talk: &detente_lab::Played| talk.agreed == talk.fairness().is_some();
    assert!(mixed.journal.played().all(agreed));
}

#[test]
fn every_decision_of_every_eighth_talk_is_timed_whoever_plays_it() {
    for entrants in 1..=3 {
        let names = ["one", "two", "three"];
        let puppets: Vec<Arc<Puppet>> =
            names[..entrants].iter().map(|name| Arc::new(Puppet::new(name, Habit::Insists))).collect();
        let arenas = (0..32).map(|number| arena(&format!("a{number}"))).collect();
        let factories = puppets.iter().map(|puppet| puppet.clone() as Arc<dyn Factory>).collect();
        let finished = finished(&tournament(factories, arenas));
        let asked: u64 = puppets.iter().map(|puppet| puppet.asked.load(Ordering::Relaxed)).sum();
        // Talks are all of one length, so eighths are exact.
        assert_eq!(finished.timings.iter().map(|timing| timing.decisions).sum::<u64>(), asked);
        for (timing, name) in finished.timings.iter().zip(names) {
            assert!(timing.decisions > 0 && !timing.spent.is_zero(), "{name} of {entrants}");
        }
    }
}

#[test]
fn an_agent_has_the_limit_it_declares() {
    let mut puppet = Puppet::new("elsewhere", Habit::Insists);
    puppet.place = Place::Remote;
    let limit = puppet.limit_us.clone();
    let _ = finished(&tournament(vec![Arc::new(puppet)], vec![arena("a")]));
    // An agent may use half of a turn: thirty seconds, six times what it has if it declares nothing.
    assert_eq!(limit.load(Ordering::Relaxed), 60_000_000);
}
