//! The strategies that learn, and their models, against figures worked out by hand.
#![allow(clippy::unwrap_used, reason = "the helpers of a test may unwrap as it does")]

mod common;

use common::{agenda, bargain, brief_of, is_agreed, open, opened, party, play};
use detente_strategy::{
    Brief, CuhkLike, Decision, Estimate, HardHeaded, Heard, Ledger, ModelKind, NiceTitForTat, OpponentModel,
    Reply, Seed, ShochanLike, Situation, TitForTat, Zeuthen, quality,
};
use tariff::Agenda;
use utility::Preferences;
use utility::landing::{LandingZone, Options};

/// What a model makes of these offers of P1, by their levels, as P0 sees it.
fn estimate(kind: ModelKind, agenda: &Agenda, offers: &[Vec<u32>]) -> Estimate {
    let brief = brief_of(0, agenda, 0.1, 1);
    let mut talk = opened(2, agenda, 100);
    let (mut model, mut ledger) = (OpponentModel::new(kind), Ledger::default());
    for offer in offers {
        play(&mut talk, Decision::Propose(brief.planner().best().clone()));
        play(&mut talk, Decision::Propose(agenda.offer_at(offer).unwrap()));
    }
    let situation = Situation::new(&talk, &brief).unwrap();
    ledger.follow(&situation);
    model.follow(&situation, &ledger).clone()
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
}

#[test]
fn the_frequency_model_of_hard_headed_by_hand() {
    // Two issues: g = 0.2/2 = 0.1. Between the two offers the first issue stays: its weight is
    // (.5 + .1)/(1 + .1), the other's .5/1.1. Values are 1 + count over the issue's greatest.
    let agenda = agenda(2, 6_250);
    let model = estimate(ModelKind::HardHeaded, &agenda, &[vec![2, 0], vec![2, 1]]);
    near(model.weights()[0], 0.6 / 1.1);
    near(model.weights()[1], 0.5 / 1.1);
    assert_eq!(model.values(0), [1.0 / 3.0, 1.0 / 3.0, 1.0]);
    assert_eq!(model.values(1), [1.0, 1.0, 0.5]);
    near(model.score(&[2, 0]), 1.0);
}

#[test]
fn the_frequency_model_of_smith_by_hand() {
    let agenda = agenda(2, 6_250);
    let model = estimate(ModelKind::Smith, &agenda, &[vec![2, 0], vec![2, 1], vec![1, 0]]);
    assert_eq!(model.values(0), [0.0, 1.0 / 3.0, 2.0 / 3.0]);
    near(model.score(&[2, 0]), 0.5 * 2.0 / 3.0 + 0.5 * 2.0 / 3.0);
}

#[test]
fn the_bayesian_model_learns_which_way_an_issue_runs_and_takes_no_repeat_for_news() {
    let agenda = agenda(2, 1_250);
    let falling: Vec<Vec<u32>> = (0..6).map(|step| vec![10 - step, step]).collect();
    let model = estimate(ModelKind::Bayesian, &agenda, &falling);
    assert!(model.values(0)[10] > model.values(0)[0] + 0.3, "{:?}", model.values(0));
    assert!(model.values(1)[0] > model.values(1)[10] + 0.3, "{:?}", model.values(1));
    let once = estimate(ModelKind::Bayesian, &agenda, &falling[..1]);
    let again = estimate(ModelKind::Bayesian, &agenda, &[falling[0].clone(), falling[0].clone()]);
    assert_eq!(once, again);
}

#[test]
fn a_model_of_an_opponent_that_concedes_along_its_own_utility_ranks_offers_like_it() {
    let agenda = agenda(4, 2_500);
    let briefs: Vec<Brief> = (0..2).map(|seat| brief_of(seat, &agenda, 0.2, 1)).collect();
    let truth = briefs[1].preferences().utility().clone();
    let talk = bargain(&["boulware:e=0.001", "linear"], &briefs, 30, |_, _| {});
    let offers: Vec<Vec<u32>> =
        common::proposals(&talk, 1).iter().map(|o| agenda.levels_of(o).unwrap().to_vec()).collect();
    let all: Vec<Vec<u32>> = (0..1296_u32).map(|n| vec![n % 6, n / 6 % 6, n / 36 % 6, n / 216 % 6]).collect();
    let worths: Vec<f64> = all.iter().map(|levels| truth.value(&agenda.offer_at(levels).unwrap())).collect();
    for kind in [ModelKind::HardHeaded, ModelKind::Smith, ModelKind::Bayesian] {
        let model = estimate(kind, &agenda, &offers);
        let scores: Vec<f64> = all.iter().map(|levels| model.score(levels)).collect();
        let found = quality(&scores, &worths);
        assert!(found.spearman > 0.2, "{kind:?}: {found:?}");
    }
}

#[test]
fn nice_tit_for_tat_comes_as_far_as_the_other_side() {
    // first .2, best .4, Nash .6: half way; from 1 down to .6 that is .8.
    near(NiceTitForTat::target(&[0.2, 0.4, 0.3], 0.6, 1.0), 0.8);
    near(NiceTitForTat::target(&[], 0.6, 1.0), 1.0);
    near(NiceTitForTat::target(&[0.2, 0.9], 0.6, 1.0), 0.6);
    near(NiceTitForTat::target(&[0.7], 0.6, 1.0), 0.6);
}

#[test]
fn targets_of_the_champions_by_hand() {
    near(HardHeaded::target(0.0, 0.585, 1.0), 0.585 + 0.95 * 0.415);
    near(HardHeaded::target(1.0, 0.585, 1.0), 0.585);
    near(CuhkLike::threshold(0.25, 0.5, 0.6, 1.0), 1.0 - 0.4 * 0.25);
    near(CuhkLike::threshold(0.9, 0.5, 0.6, 1.0), 0.6);
    near(ShochanLike::aspiration(0.5, 0.4, 1.0), 0.4 + 0.6 * (1.0 - 0.5_f64.powf(17.5)));
    near(Zeuthen::risk(0.5, 0.2), 0.6);
    near(Zeuthen::risk(0.0, 0.2), 1.0);
}

#[test]
fn tit_for_tat_answers_amounts_and_averages() {
    let heard =
        |values: &[f64]| values.iter().map(|v| Heard { progress: 0.0, value: *v }).collect::<Vec<_>>();
    let absolute = TitForTat { reply: Reply::Absolute, delta: 1 };
    near(absolute.next(0.9, &heard(&[0.2, 0.3])).unwrap(), 0.8);
    assert_eq!(absolute.next(0.9, &heard(&[0.2])), None);
    let averaged = TitForTat { reply: Reply::Averaged, delta: 2 };
    near(averaged.next(0.9, &heard(&[0.1, 0.2, 0.3, 0.4])).unwrap(), 0.45);
}

#[test]
fn zeuthens_rule_leads_to_the_greatest_product_of_gains() {
    let agenda = agenda(3, 1_250);
    for walk_away in [0.0, 0.2] {
        let preferences: Vec<Preferences> =
            (0..2).map(|seat| Preferences::new(common::utility(&agenda, seat), walk_away).unwrap()).collect();
        let zone = LandingZone::solve(&preferences, &Options::default()).unwrap();
        let best = zone.nash.unwrap().value;
        let briefs: Vec<Brief> = (0..2)
            .map(|seat| {
                let other = &preferences[1 - seat];
                let seed = Seed { seed: 3, talk: 0 };
                let brief = Brief::new(party(seat), &preferences[seat], Some(other.utility()), seed).unwrap();
                brief.with_truth(other.clone())
            })
            .collect();
        let talk = bargain(&["zeuthen", "zeuthen"], &briefs, 400, |_, _| {});
        assert!(is_agreed(&talk), "walk-away {walk_away}");
        let agreed = talk.agreed().unwrap();
        let gain = |p: &Preferences| p.utility().value(agreed) - walk_away;
        let product = gain(&preferences[0]) * gain(&preferences[1]);
        assert!(product > 0.93 * best, "{product} of {best}, walk-away {walk_away}");
    }
}

#[test]
fn every_strategy_plays_an_agenda_of_geneva_s_size() {
    let agenda = agenda(60, 500);
    let briefs: Vec<Brief> = (0..2).map(|seat| brief_of(seat, &agenda, 0.4, 1)).collect();
    for builtin in detente_strategy::builtin() {
        let mut decided = 0;
        bargain(&[builtin.name, "linear"], &briefs, 12, |_, _| decided += 1);
        assert!(decided > 1, "{}", builtin.name);
        assert_eq!(open(builtin.name).name(), builtin.name);
    }
}

#[test]
fn the_bayesian_model_stays_a_number_however_many_offers_contradict_it() {
    // 1,331 different offers of a party that wants nothing in particular.
    let agenda = agenda(3, 1_250);
    let all: Vec<Vec<u32>> = (0..1_331_u32).map(|n| vec![n % 11, n / 11 % 11, n / 121]).collect();
    let brief = brief_of(0, &agenda, 0.1, 1);
    let mut talk = opened(2, &agenda, 2_000);
    let (mut model, mut ledger) = (OpponentModel::new(ModelKind::Bayesian), Ledger::default());
    for offer in &all {
        play(&mut talk, Decision::Propose(brief.planner().best().clone()));
        play(&mut talk, Decision::Propose(agenda.offer_at(offer).unwrap()));
    }
    let situation = Situation::new(&talk, &brief).unwrap();
    ledger.follow(&situation);
    let found = model.follow(&situation, &ledger);
    near(found.weights().iter().sum(), 1.0);
    assert!((0..3).flat_map(|place| found.values(place)).all(|value| (0.0..=1.0).contains(value)));
}
