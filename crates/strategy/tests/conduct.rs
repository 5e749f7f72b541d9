//! What holds for every strategy in every talk: it can be resumed, repeated, and keeps its word.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may unwrap as it does")]

mod common;

use common::{agenda, awkward_brief, bargain, brief_of, open, proposals};
use detente_strategy::{Brief, Decision, Situation};
use proptest::prelude::*;

const SPECS: [&str; 24] = [
    "boulware",
    "linear:accept=combi,t=0.5",
    "conceder",
    "tit-for-tat",
    "tit-for-tat:delta=2",
    "micro",
    "micro:rungs=7,accept=combi",
    "random-walker",
    "random-walker:a=0.9,b=0.01",
    "tit-for-tat-absolute",
    "tit-for-tat-averaged:gamma=4",
    "nice-tit-for-tat",
    "nice-tit-for-tat:model=smith",
    "agent-k",
    "edge",
    "edge:model=bayesian",
    "hardheaded",
    "hardheaded:model=prior",
    "cuhk-like",
    "cuhk-like:model=bayesian",
    "shochan-like",
    "shochan-like:model=hardheaded",
    "zeuthen",
    "zeuthen:model=smith",
];

fn spec() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&SPECS[..])
}

fn briefs(parties: usize, walk_away: f64, awkward: bool, seed: u64) -> Vec<Brief> {
    let agenda = agenda(4, 1_250);
    let of = if awkward { awkward_brief } else { brief_of };
    (0..parties).map(|seat| of(seat, &agenda, walk_away, seed)).collect()
}

fn check_conduct(situation: &Situation<'_>, decision: &Decision) {
    let preferences = situation.preferences();
    match decision {
        Decision::Propose(offer) => assert!(preferences.acceptable(offer), "never less than no deal"),
        Decision::Accept => assert!(preferences.acceptable(situation.offered().unwrap().offer)),
        Decision::WalkAway => panic!("no built-in strategy walks away"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// After a crash a delegation has nothing but the record: a fresh instance must decide alike.
    #[test]
    fn a_fresh_instance_decides_like_one_that_lived_through_the_talk(
        specs in prop::collection::vec(spec(), 2..4),
        rounds in 1_u32..25,
        walk_away in 0.1_f64..0.7,
        awkward in prop::bool::weighted(0.2),
        seed in any::<u64>(),
    ) {
        let briefs = briefs(specs.len(), walk_away, awkward, seed);
        let again = self::briefs(specs.len(), walk_away, awkward, seed); // nothing shared, nothing cached
        bargain(&specs, &briefs, rounds, |situation, decision| {
            let seat = situation.talk().terms().seat(situation.me()).unwrap();
            let resumed = Situation::new(situation.talk(), &again[seat]).unwrap();
            assert_eq!(&open(specs[seat]).decide(&resumed).unwrap(), decision);
            check_conduct(situation, decision);
        });
    }

    #[test]
    fn the_same_seed_gives_the_same_talk(specs in prop::collection::vec(spec(), 2..4), seed in any::<u64>()) {
        let talk = || bargain(&specs, &briefs(specs.len(), 0.3, false, seed), 15, |_, _| {});
        prop_assert_eq!(talk(), talk());
    }
}

#[test]
fn one_instance_may_be_asked_about_several_talks_in_any_order() {
    let (here, there) = (briefs(2, 0.3, false, 1), briefs(2, 0.5, false, 2));
    for spec in SPECS {
        let mut shared = open(spec);
        let mut moves = Vec::new();
        bargain(&[spec, "conceder"], &here, 12, |situation, decision| {
            if situation.me() == here[0].me() {
                assert_eq!(&shared.decide(situation).unwrap(), decision);
                moves.push(situation.talk().clone());
            }
        });
        for briefs in [&there, &here] {
            for talk in moves.iter().rev().chain(&moves) {
                let situation = Situation::new(talk, &briefs[0]).unwrap();
                assert_eq!(shared.decide(&situation), open(spec).decide(&situation), "{spec}");
            }
        }
    }
}

#[test]
fn another_seed_takes_the_random_walker_elsewhere_and_nobody_who_does_not_draw() {
    let offers = |spec, seed| {
        let talk = bargain(&[spec, "boulware:e=0.001"], &briefs(2, 0.3, false, seed), 10, |_, _| {});
        proposals(&talk, 0)
    };
    assert_ne!(offers("random-walker", 1), offers("random-walker", 2));
    for spec in ["boulware", "linear", "conceder", "tit-for-tat"] {
        assert_eq!(offers(spec, 1), offers(spec, 2), "{spec}");
    }
}
