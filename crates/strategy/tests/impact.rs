//! The model of impacts, and the strategy that offers on the edge it finds.
#![allow(clippy::unwrap_used, reason = "the helpers of a test may unwrap as it does")]

mod common;

use std::sync::Arc;

use common::{agenda, bargain, brief_of, is_agreed, opened, play, proposals};
use detente_strategy::{Brief, Decision, Estimate, Ledger, ModelKind, OpponentModel, Situation, quality};
use tariff::Agenda;
use utility::{Motive, Table, Utility};

/// A figure that issues add to alike, the more the higher they are; or the lower.
fn figure(agenda: &Agenda, places: &[usize], rising: bool) -> Utility {
    let share = 1.0 / places.len() as f64;
    let table = |place: &usize| {
        let top = f64::from(agenda.issues()[*place].levels() - 1);
        let at = move |level: u32| if rising { f64::from(level) / top } else { 1.0 - f64::from(level) / top };
        Table::tabulate(agenda, vec![*place], |l| share * at(l[0])).unwrap()
    };
    Utility::additive(agenda, places.iter().map(table).collect()).unwrap()
}

/// Exports hang on the first two issues, prices on the next two, leverage on all but the last, which
/// no figure hangs on.
fn motives(agenda: &Agenda) -> Vec<Motive> {
    let motive = |name: &str, worth| Motive { name: name.to_owned(), worth };
    vec![
        motive("exports", figure(agenda, &[0, 1], false)),
        motive("prices", figure(agenda, &[2, 3], false)),
        motive("leverage", figure(agenda, &[0, 1, 2, 3], true)),
    ]
}

fn estimate(kind: ModelKind, brief: &Brief, offers: &[Vec<u32>]) -> Estimate {
    let agenda = brief.preferences().agenda();
    let mut talk = opened(2, agenda, 100);
    let (mut model, mut ledger) = (OpponentModel::new(kind), Ledger::default());
    for offer in offers {
        play(&mut talk, Decision::Propose(brief.planner().best().clone()));
        play(&mut talk, Decision::Propose(agenda.offer_at(offer).unwrap()));
    }
    let situation = Situation::new(&talk, brief).unwrap();
    ledger.follow(&situation);
    model.follow(&situation, &ledger).clone()
}

fn every(agenda: &Agenda) -> Vec<Vec<u32>> {
    let radices: Vec<u32> = agenda.issues().iter().map(tariff::Issue::levels).collect();
    let count: u32 = radices.iter().product();
    let levels = |mut n: u32| radices.iter().map(|radix| (n % radix, n /= radix).0).collect();
    (0..count).map(levels).collect()
}

#[test]
fn three_offers_tell_what_the_other_side_is_after_better_than_counting_does() {
    let agenda = agenda(4, 6_250);
    let brief = brief_of(0, &agenda, 0.2, 1);
    let brief = Brief::new(brief.me().clone(), brief.preferences(), None, brief.seed()).unwrap();
    let knowing = brief.clone().with_motives(Arc::new(motives(&agenda)));
    // It wants exports most, then prices: what it gives first are prices.
    let offers = [vec![0, 0, 0, 0], vec![0, 0, 1, 0], vec![0, 0, 1, 1]];
    let (exports, prices) = (figure(&agenda, &[0, 1], false), figure(&agenda, &[2, 3], false));
    let all = every(&agenda);
    let worth = |levels: &Vec<u32>| {
        let offer = agenda.offer_at(levels).unwrap();
        0.8 * exports.value(&offer) + 0.2 * prices.value(&offer)
    };
    let truth: Vec<f64> = all.iter().map(worth).collect();
    let found = |kind, brief: &Brief| {
        let model = estimate(kind, brief, &offers);
        let scores: Vec<f64> = all.iter().map(|levels| model.score(levels)).collect();
        quality(&scores, &truth)
    };
    let (impact, counted) = (found(ModelKind::Impact, &knowing), found(ModelKind::HardHeaded, &knowing));
    assert!(impact.spearman > 0.75, "{impact:?}");
    assert!(impact.spearman > counted.spearman, "{impact:?} beside {counted:?}");
    assert_eq!(
        estimate(ModelKind::Impact, &brief, &offers),
        estimate(ModelKind::HardHeaded, &brief, &offers),
        "who knows of no impacts counts"
    );
}

#[test]
fn an_issue_that_no_figure_hangs_on_is_learnt_from_offers() {
    let agenda = agenda(5, 6_250);
    let brief = brief_of(0, &agenda, 0.2, 1).with_motives(Arc::new(motives(&agenda)));
    for (level, most) in [(0, 0), (2, 2)] {
        let offers = [vec![0, 0, 0, 0, level], vec![0, 0, 1, 0, level], vec![0, 0, 1, 1, level]];
        let model = estimate(ModelKind::Impact, &brief, &offers);
        assert_eq!(model.values(4)[most], 1.0, "{:?}", model.values(4));
    }
}

#[test]
fn a_repeated_offer_is_no_news() {
    let agenda = agenda(5, 6_250);
    let brief = brief_of(0, &agenda, 0.2, 1).with_motives(Arc::new(motives(&agenda)));
    let once = estimate(ModelKind::Impact, &brief, &[vec![0, 0, 1, 0, 0]]);
    let twice = estimate(ModelKind::Impact, &brief, &[vec![0, 0, 1, 0, 0], vec![0, 0, 1, 0, 0]]);
    assert_eq!(once, twice);
}

#[test]
fn it_proposes_new_offers_and_comes_down_late() {
    let agenda = agenda(4, 500);
    let briefs: Vec<Brief> = (0..2).map(|seat| brief_of(seat, &agenda, 0.3, 1)).collect();
    let talk = bargain(&["edge", "boulware:e=0.001"], &briefs, 20, |_, _| {});
    let made = proposals(&talk, 0);
    let late = &made[made.len() - 8..];
    let different: std::collections::HashSet<_> = late.iter().collect();
    assert_eq!(different.len(), late.len(), "while it comes down, each offer is a new one");
    let worth = |offer: &_| briefs[0].preferences().utility().value(offer);
    assert!(worth(&made[made.len() / 2]) > 0.9 * worth(&made[0]), "half the talk costs it little");
}

#[test]
fn who_has_the_last_word_takes_what_beats_walking_away() {
    let agenda = agenda(4, 1_250);
    let briefs: Vec<Brief> = (0..2).map(|seat| brief_of(seat, &agenda, 0.2, 1)).collect();
    // The first comes down to its walk-away value in its last turn; the second then has the last word.
    let talk = bargain(&["boulware", "edge"], &briefs, 1, |_, _| {});
    assert!(is_agreed(&talk));
    // Where the other still has a word, an offer at the walk-away value is not enough.
    let mut last = None;
    bargain(&["edge", "boulware:e=0.001"], &briefs, 5, |situation, decision| {
        if situation.me() == briefs[0].me() {
            last = Some(decision.clone());
        }
    });
    assert!(matches!(last, Some(Decision::Propose(_))), "{last:?}");
}
