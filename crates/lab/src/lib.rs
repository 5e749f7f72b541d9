//! Many talks at once, in process: tournaments, metrics, statistics.
//!
//! A [`Tournament`] is strategies × arenas × both seats × both orders of moving × deadlines ×
//! information policies × repetitions. Talks are numbered, and a talk is a function of its number and
//! the seed: results are the same bytes on any number of threads, and after any interruption.
//! [`run`] plays what a [`Journal`] does not hold yet; [`Leaderboard`] and [`Population`] say what the
//! results mean.
//!
//! A strategy of your own plays in this process, against those built in:
//!
//! ```
//! use std::sync::Arc;
//!
//! use detente_lab::{Arena, Information, Journal, Leaderboard, Profile, Scores, Tournament, Workers, run};
//! use strategy::{Decision, Factory, Situation, Strategy, StrategyError, StrategySpec, in_process};
//! use tariff::{Agenda, AgendaDigest, Issue, IssueKind, NumberRange, PartyId};
//! use utility::{Preferences, Table, Utility};
//!
//! /// Takes what is worth .6, and asks for that.
//! struct Content;
//!
//! impl Strategy for Content {
//!     fn name(&self) -> &str {
//!         "content"
//!     }
//!
//!     fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
//!         let will_do = situation.offered().is_some_and(|stands| situation.value(&stands.offer) >= 0.6);
//!         Ok(if will_do { Decision::Accept } else { Decision::Propose(situation.planner().at(0.6)) })
//!     }
//! }
//!
//! let rate = IssueKind::Number(NumberRange::percent(0, 10_000, 500)?);
//! let agenda = Agenda::new(vec![Issue::new("rate", rate, None)?], AgendaDigest::of(b"stored bytes"))?;
//! let profile = |party: &str, of: fn(f64) -> f64| {
//!     let worth = Table::tabulate(&agenda, vec![0], |level| of(f64::from(level[0]) / 20.0))?;
//!     let preferences = Preferences::new(Utility::additive(&agenda, vec![worth])?, 0.2)?;
//!     Ok::<_, Box<dyn std::error::Error>>(Profile { party: PartyId::new(party)?, preferences, prior: None, motives: None })
//! };
//! let profiles = vec![profile("USA", |share| share)?, profile("CHN", |share| 1.0 - share * share)?];
//! let boulware: Arc<dyn Factory> = Arc::new("boulware".parse::<StrategySpec>()?);
//! let tournament = Tournament {
//!     entrants: vec![("content".into(), in_process("content", || Box::new(Content))), ("boulware".into(), boulware)],
//!     arenas: vec![Arena::new("one rate", 20, profiles)?],
//!     rounds: Vec::new(),
//!     information: vec![Information::Model],
//!     repetitions: 1,
//!     seed: 7,
//!     self_play: true,
//!     model_rounds: false,
//! };
//! let folder = tempfile::tempdir()?;
//! let mut journal = Journal::open(&folder.path().join("journal.jsonl"), &tournament.fingerprint())?;
//! run(&tournament, &mut journal, Workers { threads: 0 }, |_| {})?;
//! let board = Leaderboard::of(&Scores::of(&tournament, journal.played()), tournament.seed);
//! assert_eq!(board.standings[0].strategy, "content");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arena;
mod board;
mod contents;
mod file;
mod journal;
mod matches;
mod models;
mod observed;
mod population;
mod resample;
mod run;
mod scores;
pub mod speed;

pub use arena::{Arena, ArenaError, Information, Profile};
pub use board::{Difference, Leaderboard, Standing};
pub use file::{FileError, TournamentFile};
pub use journal::{Journal, JournalError};
pub use matches::{Entrant, Match, Played, Tournament};
pub use models::Modelled;
pub use population::{Equilibrium, Population};
pub use run::{Progress, RunError, Timing, Workers, run};
pub use scores::{Cell, Scores, Total};
