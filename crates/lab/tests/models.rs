//! How good strategies' models of the other side are, which only a lab can say.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::sync::Arc;

use common::{Finished, Habit, Puppet, arena, finished, tournament};
use detente_lab::{Information, Modelled, Standing};
use strategy::{Factory, StrategySpec};

/// A strategy that presumes, and one that models nobody.
fn played(information: Information, model_rounds: bool) -> Finished {
    let presumes: StrategySpec = "hardheaded:model=prior".parse().unwrap();
    let entrants: Vec<Arc<dyn Factory>> =
        vec![Arc::new(presumes), Arc::new(Puppet::new("firm", Habit::Insists))];
    let mut tournament = tournament(entrants, vec![arena("a")]);
    tournament.information = vec![information];
    tournament.model_rounds = model_rounds;
    finished(&tournament)
}

fn standing<'a>(finished: &'a Finished, name: &str) -> &'a Standing {
    finished.board.standings.iter().find(|standing| standing.strategy.starts_with(name)).unwrap()
}

#[test]
fn a_model_is_measured_by_the_truth_and_none_is_nothing() {
    // Without a prior the other side is presumed to want the opposite: 1, .4, 0 where it is 1, .6, 0.
    let guessed = played(Information::None, false);
    let presumes = standing(&guessed, "hardheaded");
    assert_eq!((presumes.model_spearman, presumes.model_kendall), (Some(1.0), Some(1.0)));
    let rmse = presumes.model_rmse.unwrap();
    assert!((rmse - (0.04_f64 / 3.0).sqrt()).abs() < 1e-9, "{rmse}");
    let firm = standing(&guessed, "firm");
    assert_eq!((firm.model_spearman, firm.model_kendall, firm.model_rmse), (None, None, None));

    let told = played(Information::Truth, false);
    let knows = standing(&told, "hardheaded").model_rmse.unwrap();
    assert!(knows < 1e-9, "who is told the truth is right: {knows}");
}

#[test]
fn a_talk_says_of_each_side_how_well_it_knew_the_other() {
    let finished = played(Information::None, true);
    for talk in finished.journal.played() {
        for (model, rounds) in talk.models.iter().zip(&talk.model_rounds) {
            let last = rounds.last().map(|(_, modelled)| *modelled);
            assert_eq!(*model, last, "what stands at the end is what the last decision left");
        }
        let asked: Vec<u32> = talk.model_rounds[0].iter().map(|(round, _)| *round).collect();
        let every: Vec<u32> = (1..=talk.turns[0]).collect();
        assert!(asked.is_empty() || asked == every, "{asked:?}");
    }
    let models = |talk: &detente_lab::Played| talk.models.map(|model: Option<Modelled>| model.is_some());
    let seen: Vec<[bool; 2]> = finished.journal.played().map(models).collect();
    for expected in [[true, true], [true, false], [false, true], [false, false]] {
        assert!(seen.contains(&expected), "{expected:?}: {seen:?}");
    }
    let unasked = played(Information::None, false);
    assert!(unasked.journal.played().all(|talk| talk.model_rounds.iter().all(Vec::is_empty)));
}
