use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use rayon::prelude::*;
use strategy::{Brief, Seat, Seed, play};
use talks::{Failure, Outcome, Past, Talk, What};
use tariff::PartyId;

use crate::observed::{Observed, Watch};
use crate::{ArenaError, Information, Journal, JournalError, Match, Played, Tournament};

/// Talks that are played and written down together.
const BLOCK: u64 = 64;
/// Talks that wait for strategies elsewhere at the same time.
const REMOTE: usize = 16;
/// The reason where a strategy had a move.
const REFUSED: &str = "its move was against the rules";

/// Who does the work.
#[derive(Debug, Clone, Copy)]
pub struct Workers {
    /// Threads that compute; 0 for one on every core.
    pub threads: usize,
}

/// How far a run has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Talks that are written down.
    pub done: u64,
    /// Of so many.
    pub talks: u64,
}

/// How long a strategy took for its decisions: measured, and therefore in no result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timing {
    /// How many decisions.
    pub decisions: u64,
    /// How long they took together.
    pub spent: Duration,
}

/// What makes the briefs of talks: compiled once for an arena, a party and a policy.
type Briefs = BTreeMap<(usize, usize, Information), Brief>;

/// A finished block: its number, its talks, and how long each entrant took.
type Block = (u64, Vec<Played>, Vec<Timing>);

/// Plays the talks that `journal` does not hold and writes them down, block by block. Strategies of
/// this process share a pool of threads; talks with one elsewhere wait on threads of their own.
///
/// # Errors
/// An arena that cannot be set up, or a journal that cannot be written.
pub fn run(
    tournament: &Tournament,
    journal: &mut Journal,
    workers: Workers,
    mut progress: impl FnMut(Progress),
) -> Result<Vec<Timing>, RunError> {
    let briefs = briefs(tournament)?;
    let talks = tournament.talks();
    let blocks = talks.div_ceil(BLOCK);
    let open: Vec<u64> = (0..blocks).filter(|block| !journal.holds(*block)).collect();
    let of = |block: u64| block * BLOCK..((block + 1) * BLOCK).min(talks);
    let (remote, local): (Vec<u64>, Vec<u64>) =
        open.into_iter().partition(|block| of(*block).any(|talk| tournament.is_remote(talk)));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers.threads).build()?;
    let (finished, results) = mpsc::channel::<Result<Block, ArenaError>>();
    let mut timings = vec![Timing::default(); tournament.entrants.len()];
    progress(Progress { done: journal.talks(), talks });
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (briefs, next) = (&briefs, &next);
        let work = |block: u64| played(tournament, briefs, block, of(block));
        for _ in 0..REMOTE.min(remote.len()) {
            let (finished, remote) = (finished.clone(), &remote);
            scope.spawn(move || {
                while let Some(block) = remote.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // Nobody listens any more after a failure.
                    let _ = finished.send(work(*block));
                }
            });
        }
        let local = &local;
        scope.spawn(move || {
            pool.install(|| {
                local.par_iter().with_max_len(1).for_each_with(finished, |finished, block| {
                    let _ = finished.send(work(*block));
                });
            });
        });
        for block in results {
            let (number, played, spent) = block?;
            journal.write(number, &played)?;
            for (sum, more) in timings.iter_mut().zip(spent) {
                (sum.decisions, sum.spent) = (sum.decisions + more.decisions, sum.spent + more.spent);
            }
            progress(Progress { done: journal.talks(), talks });
        }
        Ok(timings)
    })
}

/// Why a tournament stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// An arena cannot be set up.
    #[error(transparent)]
    Arena(#[from] ArenaError),
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// No threads can be had.
    #[error("no pool of threads can be had: {0}")]
    Pool(#[from] rayon::ThreadPoolBuildError),
}

fn briefs(tournament: &Tournament) -> Result<Briefs, ArenaError> {
    let mut briefs = Briefs::new();
    for (number, arena) in tournament.arenas.iter().enumerate() {
        for information in &tournament.information {
            for party in 0..2 {
                briefs.insert((number, party, *information), arena.brief(party, *information)?);
            }
        }
    }
    Ok(briefs)
}

fn played(
    tournament: &Tournament,
    briefs: &Briefs,
    block: u64,
    talks: std::ops::Range<u64>,
) -> Result<Block, ArenaError> {
    let mut timings = vec![Timing::default(); tournament.entrants.len()];
    let one = |talk| one(tournament, briefs, talk, &mut timings);
    let played = talks.map(one).collect::<Result<Vec<_>, _>>()?;
    Ok((block, played, timings))
}

fn one(
    tournament: &Tournament,
    briefs: &Briefs,
    number: u64,
    timings: &mut [Timing],
) -> Result<Played, ArenaError> {
    let given = tournament.at(number);
    let arena = &tournament.arenas[given.arena];
    let seed = Seed { seed: tournament.seed, talk: u64::from(given.repetition) };
    let order = [given.first, 1 - given.first];
    let papers = order.map(|party| briefs[&(given.arena, party, given.information)].for_talk(seed));
    // A look at the clock costs as much as some decisions: every eighth talk stands for eight.
    // Not always the same of eight: talks' numbers are mixed of the entrants', so some would never be seen.
    let timed = (number % 8 + number / 8).is_multiple_of(8);
    let watch = Watch { timed, sample: arena.sample(), each_round: tournament.model_rounds };
    let open = |party: usize| Observed::open(tournament, given.entrants[party], party, watch);
    let mut strategies = order.map(open);
    let [one, two] = &mut strategies;
    let mut seats = [Seat { brief: &papers[0], strategy: one }, Seat { brief: &papers[1], strategy: two }];
    let terms = arena.terms(given.first, given.rounds)?;
    let talk = play(terms, &mut seats).ok();
    for (party, Observed { timing, .. }) in order.into_iter().zip(&strategies) {
        let sum = &mut timings[given.entrants[party]];
        (sum.decisions, sum.spent) = (sum.decisions + timing.decisions, sum.spent + timing.spent);
    }
    let mut played = judged(tournament, number, &given, talk.as_ref());
    for (party, observed) in order.into_iter().zip(strategies) {
        played.models[party] = observed.modelled();
        played.model_rounds[party] = observed.rounds;
        // One that answered and missed its turn all the same did what the rules refuse.
        let reason = || observed.failure.unwrap_or_else(|| REFUSED.to_owned());
        played.reasons[party] = (played.missed[party] > 0).then(reason);
    }
    Ok(played)
}

/// What a talk was worth. One that broke the rules, which none can, would count as failed.
fn judged(tournament: &Tournament, number: u64, given: &Match, talk: Option<&Talk>) -> Played {
    let arena = &tournament.arenas[given.arena];
    let agreed = talk.and_then(Talk::agreed);
    let walk_away = [0, 1].map(|party| arena.preferences(party).walk_away());
    // Discounts are applied here and nowhere else: at agreement, in the share of the rounds that is over.
    let round = talk.map_or(0, Talk::round);
    let time = f64::from(round.saturating_sub(1)) / f64::from(given.rounds.max(1));
    let utility =
        agreed.map_or(walk_away, |offer| [0, 1].map(|party| arena.preferences(party).agreed_at(offer, time)));
    let count = |test: fn(&What) -> bool| {
        [0, 1].map(|party| talk.map_or(0, |talk| count(talk, &arena.parties()[party], test)))
    };
    let forfeited = match talk.and_then(Talk::outcome) {
        Some(Outcome::Failed(Failure::Forfeited { party })) => {
            arena.parties().iter().position(|sat| sat == party)
        }
        _ => None,
    };
    let distances = agreed.map(|offer| arena.zone().distance(offer));
    let proposed =
        |talk: &Talk| talk.history().iter().filter(|p| matches!(p.what, What::Proposed(_))).count();
    Played {
        talk: number,
        agreed: agreed.is_some(),
        ending: ending(talk.and_then(Talk::outcome)).to_owned(),
        round,
        offers: talk.map_or(0, proposed) as u32,
        turns: count(|_| true),
        missed: count(|what| *what == What::Missed),
        forfeited,
        reasons: [None, None],
        utility,
        advantage: [utility[0] - walk_away[0], utility[1] - walk_away[1]],
        pareto_distance: distances.map(|d| d.edge),
        nash_distance: distances.and_then(|d| d.nash),
        kalai_smorodinsky_distance: distances.and_then(|d| d.kalai_smorodinsky),
        models: [None, None],
        model_rounds: [Vec::new(), Vec::new()],
    }
}

fn count(talk: &Talk, party: &PartyId, test: fn(&What) -> bool) -> u32 {
    let counts = |past: &&Past| past.party == *party && test(&past.what);
    talk.history().iter().filter(counts).count() as u32
}

fn ending(outcome: Option<&Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Agreed { .. }) => "agreed",
        Some(Outcome::Failed(Failure::RoundsExhausted)) | None => "rounds",
        Some(Outcome::Failed(Failure::DeadlinePassed)) => "deadline",
        Some(Outcome::Failed(Failure::WalkedAway { .. })) => "walked away",
        Some(Outcome::Failed(Failure::Forfeited { .. })) => "forfeited",
    }
}
