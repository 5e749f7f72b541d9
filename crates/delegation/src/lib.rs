//! The runtime of a seat: dials the mediator, takes its seat, follows the record, and moves when it
//! is its turn. It keeps nothing on disk: Welcome and the history say all it needs to go on.
//!
//! What to do with a turn is a [`Negotiator`]'s business, which a [`Briefing`] makes for each talk:
//! [`MandateBriefing`] makes one from a mandate and a strategy.

mod attend;
mod briefing;
mod config;
mod domestic;
mod errors;
mod negotiator;
mod run;
mod server;
pub mod service;
mod spans;

pub use briefing::{Briefing, BriefingError, MandateBriefing, Prepared};
pub use config::Config;
pub use domestic::DomesticRule;
pub use errors::DelegationError;
pub use negotiator::{Negotiator, NegotiatorError};
pub use run::{attend_talk, run};
pub use server::serve;
