//! The nouns of a tariff talk, as types that cannot be wrong: parties and sectors, measures and
//! schedules, an agenda of issues, and offers bound to it.
//!
//! Everything is an integer: rates in basis points (percent with two decimals), money in whole US
//! dollars, other numbers as scaled integers with a stated unit. So offers compare exactly, hash,
//! and have one encoding. Nothing here does I/O, and nothing here knows what a tariff *does*.
//!
//! ```
//! use detente_tariff::{Agenda, AgendaDigest, Issue, IssueKind, NumberRange, Value};
//! let rate = NumberRange::percent(0, 12_500, 500)?; // 0% to 125% in steps of 5 points
//! let issues = vec![
//!     Issue::new("usa.rate.steel", IssueKind::Number(rate), None)?,
//!     Issue::new("export_controls", IssueKind::Switch, None)?,
//! ];
//! let agenda = Agenda::new(issues, AgendaDigest::of(b"the agenda's stored bytes"))?;
//! let offer = agenda.offer(vec![Value::Number(3_000), Value::Switch(true)])?;
//! assert!(agenda.offer(vec![Value::Number(3_001), Value::Switch(true)]).is_err());
//! assert_eq!(offer.value(0), Value::Number(3_000));
//! # Ok::<(), detente_tariff::TariffError>(())
//! ```

mod agenda;
mod error;
mod ids;
mod issue;
mod measure;
mod offer;

pub use agenda::{Agenda, AgendaDigest, MAX_ISSUES};
pub use error::TariffError;
pub use ids::{IssueId, Label, PartyId, SectorId};
pub use issue::{Choices, Issue, IssueKind, MAX_LEVELS, NumberRange, Value};
pub use measure::{Instrument, Measure, Schedule};
pub use offer::Offer;
