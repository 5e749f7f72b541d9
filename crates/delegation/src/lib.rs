//! The runtime of a seat: dials the mediator, takes its seat, follows the record, and moves when it
//! is its turn. It keeps nothing on disk: Welcome and the history say all it needs to go on.
//!
//! What to do with a turn is a [`Negotiator`]'s business, which a [`Briefing`] makes for each talk:
//! [`MandateBriefing`] makes one from a mandate and a strategy, [`SeatBriefing`] one from a mandate and
//! a person, who sits at a page that the delegation serves.

mod attend;
mod briefing;
mod config;
mod domestic;
mod errors;
mod negotiator;
mod player;
mod run;
mod seat;
mod server;
pub mod service;
mod spans;
mod turns;

pub use briefing::{Briefing, BriefingError, MandateBriefing, Prepared};
pub use config::Config;
pub use domestic::DomesticRule;
pub use errors::DelegationError;
pub use negotiator::{Negotiator, NegotiatorError, Prompt};
pub use player::Player;
pub use run::{attend_talk, run};
pub use seat::{Desk, SeatBriefing, serve_seat};
pub use server::serve;
