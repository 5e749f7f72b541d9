//! Other people's scenarios: domains and additive profiles of GENIUS (XML), GeniusWeb (JSON) and
//! NegMAS (YAML), read into one neutral [`Domain`] and written as a scenario with its mandates.
//!
//! Everything read is untrusted: files are bounded in size and depth, XML entities and document types
//! are refused, and what this project has no words for (nonlinear spaces, values without a number) is
//! refused with what was found. docs/import.md has the table of what becomes what.

mod domain;
mod error;
mod genius;
mod geniusweb;
mod negmas;
mod read;
mod write;

pub use domain::{Convention, Domain, ForeignIssue, ForeignKind, Profile};
pub use error::ExchangeError;
pub use read::{Format, Options, read};
pub use write::{Exported, Written, export_negmas, files};
