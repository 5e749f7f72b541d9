//! Many talks at once, in process: tournaments, metrics, statistics.
//!
//! A [`Tournament`] is strategies × arenas × both seats × both orders of moving × deadlines ×
//! information policies × repetitions. Talks are numbered, and a talk is a function of its number and
//! the seed: results are the same bytes on any number of threads, and after any interruption.
//! [`run`] plays what a [`Journal`] does not hold yet; [`Leaderboard`] and [`Population`] say what the
//! results mean.

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
