//! Small arenas and strategies that do one thing.

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "each test file uses a part, and stops at the first surprise"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use detente_lab::{Arena, Information, Journal, Leaderboard, Profile, Scores, Timing, Tournament, Workers};
use strategy::{Decision, Factory, Place, Situation, Strategy, StrategyError};
use tariff::{Agenda, AgendaDigest, Choices, Issue, IssueKind, Label, PartyId};
use utility::{Preferences, Table, Utility};

/// One issue of three values.
pub(crate) fn agenda() -> Agenda {
    let labels = ["low", "middle", "high"].map(|label| Label::new(label).unwrap()).to_vec();
    let issue = Issue::new("price", IssueKind::Choice(Choices::new(labels).unwrap()), None).unwrap();
    Agenda::new(vec![issue], AgendaDigest::of(b"price")).unwrap()
}

pub(crate) fn utility(values: [f64; 3]) -> Utility {
    let agenda = agenda();
    let table = Table::new(&agenda, vec![0], values.to_vec()).unwrap();
    Utility::additive(&agenda, vec![table]).unwrap()
}

pub(crate) fn preferences(values: [f64; 3]) -> Preferences {
    Preferences::new(utility(values), 0.2).unwrap()
}

pub(crate) fn profile(party: &str, preferences: Preferences) -> Profile {
    Profile { party: PartyId::new(party).unwrap(), preferences, prior: None, motives: None }
}

/// The arena in which the first party is this one; the second wants the opposite of most.
pub(crate) fn arena_of(name: &str, first: Profile) -> Arena {
    Arena::new(name, 10, vec![first, profile("TWO", preferences([1.0, 0.6, 0.0]))]).unwrap()
}

pub(crate) fn arena(name: &str) -> Arena {
    arena_of(name, profile("ONE", preferences([0.0, 0.6, 1.0])))
}

pub(crate) fn tournament(entrants: Vec<Arc<dyn Factory>>, arenas: Vec<Arena>) -> Tournament {
    Tournament {
        entrants: entrants.into_iter().map(|factory| (factory.spec(), factory)).collect(),
        arenas,
        rounds: Vec::new(),
        information: vec![Information::Model],
        repetitions: 1,
        seed: 7,
        self_play: true,
        model_rounds: false,
    }
}

/// What is left of a tournament that was played to its end.
pub(crate) struct Finished {
    pub(crate) board: Leaderboard,
    pub(crate) journal: Journal,
    pub(crate) timings: Vec<Timing>,
}

pub(crate) fn finished(tournament: &Tournament) -> Finished {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let mut journal = Journal::open(&path, &tournament.fingerprint()).unwrap();
    let timings = detente_lab::run(tournament, &mut journal, Workers { threads: 2 }, |_| {}).unwrap();
    // As another process finds it.
    let journal = Journal::open(&path, &tournament.fingerprint()).unwrap();
    let board = Leaderboard::of(&Scores::of(tournament, journal.played()), tournament.seed);
    Finished { board, journal, timings }
}

/// What a strategy of a test does whenever it is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Habit {
    /// Proposes its best, and accepts nothing.
    Insists,
    /// Accepts what stands there, or proposes its best.
    Yields,
    /// Fails with words of this many characters.
    Fails(usize),
    /// Accepts what nobody proposed, which the rules refuse.
    Cheats,
}

/// Makes strategies of one habit, and counts what they are asked.
#[derive(Debug)]
pub(crate) struct Puppet {
    pub(crate) name: &'static str,
    pub(crate) habit: Habit,
    pub(crate) place: Place,
    pub(crate) asked: Arc<AtomicU64>,
    /// The least limit of a turn that it met, in microseconds.
    pub(crate) limit_us: Arc<AtomicU64>,
}

impl Puppet {
    pub(crate) fn new(name: &'static str, habit: Habit) -> Self {
        let limit_us = Arc::new(AtomicU64::new(u64::MAX));
        Self { name, habit, place: Place::InProcess, asked: Arc::default(), limit_us }
    }
}

impl Factory for Puppet {
    fn spec(&self) -> String {
        self.name.to_owned()
    }

    fn place(&self) -> Place {
        self.place
    }

    fn deterministic(&self) -> bool {
        true
    }

    fn open(&self) -> Result<Box<dyn Strategy>, StrategyError> {
        let (asked, limit_us) = (self.asked.clone(), self.limit_us.clone());
        Ok(Box::new(Played { name: self.name, habit: self.habit, asked, limit_us }))
    }
}

struct Played {
    name: &'static str,
    habit: Habit,
    asked: Arc<AtomicU64>,
    limit_us: Arc<AtomicU64>,
}

impl Strategy for Played {
    fn name(&self) -> &str {
        self.name
    }

    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let talk = situation.talk();
        let limit = talk.terms().turn_limit_us().map_or(0, |us| us as u64);
        self.limit_us.fetch_min(limit, Ordering::Relaxed);
        // The first party's best is the last value, the second's the first.
        let level = if situation.me().as_str() == "ONE" { 2 } else { 0 };
        let best = Decision::Propose(talk.terms().agenda().offer_at(&[level]).unwrap());
        match self.habit {
            Habit::Insists => Ok(best),
            Habit::Yields if talk.standing().is_some_and(|s| s.by != situation.me()) => Ok(Decision::Accept),
            Habit::Yields => Ok(best),
            Habit::Cheats if talk.standing().is_none() => Ok(Decision::Accept),
            Habit::Cheats => Err(failed(self.name, "there is something to accept")),
            Habit::Fails(length) => Err(failed(self.name, &"é\n".repeat(length))),
        }
    }
}

fn failed(strategy: &str, message: &str) -> StrategyError {
    StrategyError::Failed { strategy: strategy.to_owned(), message: message.to_owned() }
}
