//! The strategies as published, against curves and talks worked out by hand.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may unwrap as it does")]

mod common;

use std::collections::BTreeSet;

use common::{agenda, bargain, brief_of, is_agreed, open, opened, party, play};
use detente_strategy::{
    Acceptance, Brief, Composed, Decision, Ledger, Offering, Plan, Seed, Situation, Strategy, StrategyError,
    TimeDependent, TurnRng,
};
use talks::{Event, Procedure, Seq, Stamp, Talk, Terms, Time};
use tariff::{Agenda, Offer, PartyId};
use utility::{Preferences, Table, Utility};

/// One issue of 12,501 levels worth its level, so that an offer is worth its target.
fn line() -> Agenda {
    agenda(1, 1)
}

fn rising(agenda: &Agenda, walk_away: f64) -> Brief {
    seeded(agenda, walk_away, 1)
}

fn seeded(agenda: &Agenda, walk_away: f64, seed: u64) -> Brief {
    let top = f64::from(agenda.issues()[0].levels() - 1);
    let table = Table::tabulate(agenda, vec![0], |level| f64::from(level[0]) / top).unwrap();
    let utility = Utility::additive(agenda, vec![table]).unwrap();
    let preferences = Preferences::new(utility, walk_away).unwrap();
    Brief::new(party(0), &preferences, None, Seed { seed, talk: 0 }).unwrap()
}

fn worth(agenda: &Agenda, value: f64) -> Offer {
    let top = f64::from(agenda.issues()[0].levels() - 1);
    agenda.offer_at(&[(value * top).round() as u32]).unwrap()
}

/// P0 plays `spec` and P1 proposes what is worth `replies` to P0; what P0 decided, turn by turn.
fn against(spec: &str, brief: &Brief, rounds: u32, replies: &[f64]) -> Vec<Decision> {
    against_all(spec, brief, rounds, &replies.iter().map(|r| [*r]).collect::<Vec<_>>())
}

/// The same against several, who each have their reply in a round.
fn against_all<const N: usize>(
    spec: &str,
    brief: &Brief,
    rounds: u32,
    replies: &[[f64; N]],
) -> Vec<Decision> {
    let agenda = brief.preferences().agenda();
    let (mut talk, mut strategy) = (opened(1 + N, agenda, rounds), open(spec));
    let mut decided = Vec::new();
    for replies in replies.iter().map(Some).chain([None]) {
        let decision = strategy.decide(&Situation::new(&talk, brief).unwrap()).unwrap();
        decided.push(decision.clone());
        play(&mut talk, decision);
        let Some(replies) = replies.filter(|_| talk.outcome().is_none()) else { break };
        replies.iter().for_each(|reply| play(&mut talk, Decision::Propose(worth(agenda, *reply))));
    }
    decided
}

fn values(brief: &Brief, decisions: &[Decision]) -> Vec<f64> {
    let value = |d: &Decision| match d {
        Decision::Propose(offer) => brief.preferences().utility().value(offer),
        Decision::Accept | Decision::WalkAway => f64::NAN,
    };
    decisions.iter().map(value).collect()
}

/// How far above its target an offer may lie: what the planner allows itself, and one step of the
/// agenda.
fn near(brief: &Brief) -> f64 {
    let steps = f64::from(brief.preferences().agenda().issues()[0].levels() - 1);
    brief.planner().tolerance() + 1.0 / steps
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((0.0..=tolerance + 1e-9).contains(&(found - expected)), "{found} at {expected}");
    }
}

#[test]
fn the_curve_of_faratin_bends_with_e_and_starts_at_k() {
    let target = |e, k, t| TimeDependent { e, k }.target(t, 0.4, 1.0);
    let cases = [
        (target(1.0, 0.0, 0.0), 1.0),
        (target(1.0, 0.0, 0.25), 0.85),   // 0.4 + 0.6·(1 − 0.25)
        (target(1.0, 0.0, 1.0), 0.4),     // P_min at the last
        (target(0.5, 0.0, 0.5), 0.85),    // 0.4 + 0.6·(1 − 0.5²)
        (target(2.0, 0.0, 0.25), 0.7),    // 0.4 + 0.6·(1 − √0.25)
        (target(0.2, 0.0, 0.5), 0.98125), // 0.4 + 0.6·(1 − 1/32)
        (target(1.0, 0.2, 0.0), 0.88),    // 0.4 + 0.6·0.8
        (target(0.5, 0.2, 0.5), 0.76),    // F = 0.2 + 0.8/4 = 0.4
    ];
    for (found, expected) in cases {
        assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
    }
}

#[test]
fn time_dependent_strategies_propose_at_their_target() {
    let brief = rising(&line(), 0.4);
    let tolerance = near(&brief);
    let t = [0.0, 0.25, 0.5, 0.75, 1.0];
    for (spec, e, k) in [("boulware", 0.2, 0.0), ("linear", 1.0, 0.0), ("conceder:e=4,k=0.1", 4.0, 0.1)] {
        let found = values(&brief, &against(spec, &brief, 5, &[0.0; 4]));
        let expected = t.map(|t| TimeDependent { e, k }.target(t, 0.4, 1.0));
        assert_near(&found, &expected, tolerance);
    }
}

#[test]
fn ac_next_accepts_what_is_worth_the_own_next_offer() {
    let brief = rising(&line(), 0.0); // linear over five rounds: 1, .75, .5, .25, 0
    let decide = |spec, replies: &[f64]| against(spec, &brief, 5, replies).last().cloned().unwrap();
    assert!(matches!(decide("linear", &[0.74]), Decision::Propose(_)));
    assert_eq!(decide("linear", &[0.752]), Decision::Accept);
    assert_eq!(decide("linear:b=0.02", &[0.74]), Decision::Accept);
    assert_eq!(decide("linear:a=1.1", &[0.7]), Decision::Accept);
    assert!(matches!(decide("linear:a=0.9", &[0.8]), Decision::Propose(_)));
}

#[test]
fn nothing_below_the_walk_away_value_is_accepted_whatever_the_rule() {
    let brief = rising(&line(), 0.4);
    let decided = against("linear:accept=combi,a=10,b=1,t=0", &brief, 3, &[0.399, 0.399]);
    assert!(decided.iter().all(|d| matches!(d, Decision::Propose(_))), "{decided:?}");
    assert_eq!(against("linear:b=1", &brief, 3, &[0.401])[1], Decision::Accept);
}

#[test]
fn ac_time_takes_anything_acceptable_from_then_on_and_nothing_before() {
    // Eleven rounds: the turn in round 9 is at t = 0.8.
    let brief = rising(&line(), 0.1);
    let decided =
        |spec, last| against(spec, &brief, 11, &[[0.99; 7].as_slice(), &[last]].concat())[8].clone();
    assert_eq!(decided("conceder:accept=time,t=0.8", 0.11), Decision::Accept);
    assert!(matches!(decided("conceder:accept=time,t=0.81", 0.99), Decision::Propose(_)), "not yet");
    assert!(
        matches!(decided("conceder:accept=time,t=0.8", 0.09), Decision::Propose(_)),
        "below walking away"
    );
}

#[test]
fn ac_combi_takes_the_best_of_the_recent_offers_once_it_is_late() {
    // Eleven rounds: the turn in round 9 is at t = 0.8, its window [0.6, 1] holds rounds 7 and 8.
    let brief = rising(&line(), 0.1);
    let early = [0.9, 0.1, 0.1, 0.1, 0.1, 0.1];
    let decide = |spec, last: [f64; 2]| against(spec, &brief, 11, &[&early[..], &last].concat())[8].clone();
    let combi = "boulware:e=0.01,b=-1,accept=combi,t=0.8";
    assert_eq!(decide(combi, [0.2, 0.3]), Decision::Accept);
    assert_eq!(decide(combi, [0.3, 0.3]), Decision::Accept);
    assert!(matches!(decide(combi, [0.3, 0.2]), Decision::Propose(_)), "one in the window was better");
    let later = "boulware:e=0.01,b=-1,accept=combi,t=0.81";
    assert!(matches!(decide(later, [0.2, 0.3]), Decision::Propose(_)), "not late enough");
}

#[test]
fn relative_tit_for_tat_answers_in_proportion() {
    let brief = rising(&line(), 0.1);
    // .2 → .25 gives 4/5 of 1; .25 → .25 keeps; .25 → .5 gives half of .8; .5 → .4 takes back 5/4.
    let found = values(&brief, &against("tit-for-tat:b=-1", &brief, 9, &[0.2, 0.25, 0.25, 0.5, 0.4]));
    assert_near(&found, &[1.0, 1.0, 0.8, 0.8, 0.4, 0.5], 3.0 * near(&brief));
    // One offer later with delta = 2, and never below the walk-away value.
    let found = values(&brief, &against("tit-for-tat:delta=2,b=-1", &brief, 9, &[0.04, 0.8, 0.8, 0.8]));
    assert_near(&found, &[1.0, 1.0, 1.0, 0.1, 0.1], near(&brief));
}

#[test]
fn micro_goes_down_a_rung_for_each_new_offer_and_else_repeats_itself() {
    let brief = rising(&line(), 0.5); // five rungs: 1, .875, .75, .625, .5
    let decided = against("micro:rungs=5", &brief, 20, &[0.1, 0.2, 0.2, 0.2, 0.3, 0.1, 0.4, 0.45]);
    let found = values(&brief, &decided);
    assert_near(&found[..3], &[1.0, 0.875, 0.75], near(&brief));
    // m = 3, n = 2: it repeats any of the three until the third new offer comes.
    for repeat in &found[3..5] {
        assert!(found[..3].contains(repeat), "{found:?}");
    }
    assert_near(&found[5..6], &[0.625], near(&brief));
    assert!(found[..4].contains(&found[6]), "an offer heard before is not new: {found:?}");
    assert_near(&found[7..8], &[0.5], near(&brief));
    assert!(found[8] >= 0.5, "the ladder is at its end: {found:?}");
}

#[test]
fn micro_accepts_at_the_rung_it_would_go_to_or_stands_on() {
    let brief = rising(&line(), 0.5);
    let tolerance = near(&brief);
    let decide = |replies: &[f64]| against("micro:rungs=5", &brief, 20, replies).last().cloned().unwrap();
    assert_eq!(decide(&[0.875 + tolerance]), Decision::Accept); // m = 1 ≤ n = 1: the next rung
    assert!(matches!(decide(&[0.87]), Decision::Propose(_)));
    // m = 4 > n = 3: the rung it stands on, .625, whatever the repeat it would propose is worth.
    for seed in 0..8 {
        let brief = seeded(&line(), 0.5, seed);
        let decided = against("micro:rungs=5", &brief, 20, &[0.7, 0.1, 0.7, 0.3, 0.7]);
        assert!(matches!(decided[3], Decision::Propose(_)), "m = 3 > n = 2: .7 is below .75");
        assert_eq!(decided[5], Decision::Accept);
    }
}

#[test]
fn micro_repeats_any_of_its_earlier_offers() {
    let repeat = |seed| {
        let brief = seeded(&line(), 0.5, seed);
        let decided = against("micro:rungs=5", &brief, 20, &[0.1, 0.2, 0.2]);
        let first = decided.iter().position(|d| *d == decided[3]).unwrap();
        assert!(first < 3, "{decided:?}");
        first
    };
    let repeats: BTreeSet<usize> = (0..24).map(repeat).collect();
    assert_eq!(repeats, BTreeSet::from([0, 1, 2]));
}

#[test]
fn of_several_opponents_the_one_that_concedes_least_is_answered() {
    let brief = rising(&line(), 0.1);
    let rows = [[0.2, 0.2], [0.4, 0.25], [0.4, 0.25]];
    let found = values(&brief, &against_all("tit-for-tat:b=-1", &brief, 9, &rows));
    assert_near(&found, &[1.0, 1.0, 0.8, 0.8], near(&brief));
    let rows = [[0.2, 0.2], [0.3, 0.2], [0.4, 0.2], [0.5, 0.2]];
    let decided = against_all("micro:rungs=5,b=-1", &brief, 9, &rows);
    assert!(decided[2..].iter().all(|d| decided[..2].contains(d)), "one new offer of P1, one step");
}

#[test]
fn nobody_accepts_an_offer_of_its_own() {
    let (agenda, brief) = (line(), rising(&line(), 0.1));
    let terms = Terms::new(Procedure::AlternatingOffers, vec![party(0), party(1)], agenda.clone(), 5);
    let mut talk = common::open_talk(terms.unwrap().with_turn_limit_us(10).unwrap());
    play(&mut talk, Decision::Propose(worth(&agenda, 1.0)));
    let missed = Event::TurnMissed { party: party(1) };
    talk.apply(talk.next_stamp(Time(10), &missed), &missed).unwrap();
    for builtin in detente_strategy::builtin() {
        let decision = open(builtin.name).decide(&Situation::new(&talk, &brief).unwrap()).unwrap();
        assert!(matches!(decision, Decision::Propose(_)), "{}", builtin.name);
    }
}

#[test]
fn an_offering_that_would_go_below_the_walk_away_value_is_held_back() {
    struct Reckless;
    impl Offering for Reckless {
        fn plan(&mut self, situation: &Situation<'_>, _: &Ledger) -> Result<Plan, StrategyError> {
            Ok(Plan::of(situation, worth(situation.preferences().agenda(), 0.2)))
        }
    }
    let brief = rising(&line(), 0.5);
    let talk = opened(2, &line(), 5);
    let mut strategy = Composed::new("reckless", Box::new(Reckless), Acceptance::default());
    let decision = strategy.decide(&Situation::new(&talk, &brief).unwrap()).unwrap();
    assert_eq!(decision, Decision::Propose(worth(&line(), 1.0)));
}

#[test]
fn a_party_that_can_agree_to_nothing_says_so() {
    let agenda = line();
    let half = Table::tabulate(&agenda, vec![0], |_| 0.5).unwrap();
    let preferences = Preferences::new(Utility::additive(&agenda, vec![half]).unwrap(), 0.6).unwrap();
    let brief = Brief::new(party(0), &preferences, None, Seed { seed: 1, talk: 0 }).unwrap();
    let talk = opened(2, &agenda, 5);
    for builtin in detente_strategy::builtin() {
        let error = open(builtin.name).decide(&Situation::new(&talk, &brief).unwrap()).unwrap_err();
        assert!(matches!(error, StrategyError::NothingAcceptable { .. }));
        assert!(error.to_string().contains("0.5000"), "{error}");
    }
}

#[test]
fn a_situation_is_a_turn_of_the_party_on_its_agenda() {
    let talk = opened(2, &line(), 5);
    let other = brief_of(1, &line(), 0.1, 1);
    assert!(matches!(Situation::new(&talk, &other), Err(StrategyError::NotMyTurn { .. })));
    let elsewhere = brief_of(0, &agenda(2, 500), 0.1, 1);
    assert!(matches!(Situation::new(&talk, &elsewhere), Err(StrategyError::OtherAgenda { .. })));
}

#[test]
fn progress_runs_from_the_first_round_to_the_last_or_the_deadline() {
    let (agenda, brief) = (line(), rising(&line(), 0.1));
    let progress = |talk: &Talk| Situation::new(talk, &brief).unwrap().progress();
    assert_eq!(progress(&opened(2, &agenda, 1)), 1.0);
    let mut talk = opened(2, &agenda, 5);
    for expected in [0.0, 0.25, 0.5, 0.75, 1.0] {
        assert_eq!(progress(&talk), expected);
        if expected < 1.0 {
            (0..2).for_each(|_| play(&mut talk, Decision::Propose(worth(&agenda, 0.0))));
        }
    }
}

#[test]
fn with_a_deadline_progress_is_by_time_where_that_is_further() {
    let (agenda, brief) = (line(), rising(&line(), 0.1));
    let terms = Terms::new(Procedure::AlternatingOffers, vec![party(0), party(1)], agenda.clone(), 5);
    let terms = terms.unwrap().with_deadline(Time(1_100));
    let mut talk = Talk::convene(terms, Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
    let (opened, adjourned) = (Event::Opened, Event::Adjourned);
    talk.apply(talk.next_stamp(Time(100), &opened), &opened).unwrap();
    assert_eq!(Situation::new(&talk, &brief).unwrap().progress(), 0.0);
    talk.apply(talk.next_stamp(Time(700), &adjourned), &adjourned).unwrap();
    talk.apply(talk.next_stamp(Time(850), &Event::Reconvened), &Event::Reconvened).unwrap();
    assert_eq!(Situation::new(&talk, &brief).unwrap().progress(), 0.75); // 750 of 1,000 µs, 0 of 4 rounds
}

/// Whoever changes how numbers are drawn breaks every recorded seed: this test is to notice.
#[test]
fn the_numbers_of_a_turn_are_fixed_and_its_own() {
    let draw = |seed, talk, party: &str, round| {
        TurnRng::new(Seed { seed, talk }, &PartyId::new(party).unwrap(), round).next_u64()
    };
    let first = draw(7, 0, "USA", 1);
    assert_eq!(first, 13_364_601_079_367_488_800); // by a ChaCha8 written from the paper
    let others = [draw(8, 0, "USA", 1), draw(7, 1, "USA", 1), draw(7, 0, "CHN", 1), draw(7, 0, "USA", 2)];
    assert!(others.iter().all(|other| *other != first), "{others:?}");
    let mut rng = TurnRng::new(Seed { seed: 7, talk: 0 }, &PartyId::new("USA").unwrap(), 1);
    let draws: Vec<usize> = (0..4_000).map(|_| rng.below(4)).collect();
    for face in 0..4 {
        let share = draws.iter().filter(|d| **d == face).count();
        assert!((900..1_100).contains(&share), "{face} came {share} times in 4,000");
    }
}

#[test]
fn equals_meet_and_the_stubborn_gains() {
    let agenda = agenda(6, 500);
    let briefs: Vec<Brief> = (0..2).map(|seat| brief_of(seat, &agenda, 0.3, 1)).collect();
    let gain = |talk: &Talk, seat: usize| {
        let preferences = briefs[seat].preferences();
        preferences.utility().value(talk.agreed().unwrap())
    };
    let even = bargain(&["linear", "linear"], &briefs, 20, |_, _| {});
    let hard = bargain(&["boulware", "conceder"], &briefs, 20, |_, _| {});
    assert!(is_agreed(&even) && is_agreed(&hard));
    assert!(gain(&hard, 0) > gain(&even, 0) && gain(&hard, 1) < gain(&even, 1));
}

#[test]
fn inside_time_makes_the_nearest_offer_as_negmas_does() {
    // With t = n/(N + 1) and e = 1 the target of round 50 of 99 is .5 − 10⁻⁴. Beside the offers worth 1 and 0 there
    // is one near it: 5·10⁻⁷ below is near enough, 3·10⁻⁶ is not.
    let agenda = agenda(1, 6_250);
    for (middle, expected) in [(0.5 - 1.005e-4, 0.5), (0.5 - 1.03e-4, 1.0), (0.5, 0.5)] {
        let worth = |level: &[u32]| [0.0, middle, 1.0][level[0] as usize];
        let table = utility::Table::tabulate(&agenda, vec![0], worth).unwrap();
        let wants = utility::Utility::additive(&agenda, vec![table]).unwrap();
        let preferences = utility::Preferences::new(wants, 0.0).unwrap();
        let brief = Brief::new(party(0), &preferences, None, Seed { seed: 1, talk: 0 }).unwrap();
        let briefs = [brief, brief_of(1, &agenda, 0.99, 1)];
        let talk = bargain(&["linear:inside=1", "boulware:e=0.001"], &briefs, 99, |_, _| {});
        let made = common::proposals(&talk, 0);
        let worth = |round: usize| preferences.utility().value(&made[round - 1]);
        assert!((worth(50) - expected).abs() < 1e-3, "{middle}: {}", worth(50));
        assert_eq!(worth(49), 1.0, "{middle}");
    }
}
