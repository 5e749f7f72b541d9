//! Utility over offers, whoever holds it: what an offer is worth, which offers may never be made,
//! and which offer to make at a target. Nothing here knows what an offer does to trade, or how a
//! party bargains.
//!
//! A [`Utility`] is a sum of tables over *groups* of issues (issues that interact share a group)
//! plus, if need be, a black-box [`Remainder`]. [`Preferences`] set the red lines and the walk-away
//! value beside it. A [`Planner`] is compiled from them once per talk and answers the questions of
//! a strategy: the best offer, an offer at a target utility, MiCRO's ladder, a random offer. With
//! everybody's preferences known, [`landing`] says which deals were there to be had.
//!
//! **Exact sums.** Every table entry is held as a multiple of 2⁻⁴⁰ (9·10⁻¹³, [`quantise`]), so
//! sums of utilities below 1 are exact in any order and the parts of an explanation add up to the
//! last bit.
//!
//! ```
//! use detente_utility::{Planner, Preferences, Table, Utility};
//! use tariff::{Agenda, AgendaDigest, Issue, IssueKind, NumberRange};
//!
//! let rate = || Ok::<_, tariff::TariffError>(IssueKind::Number(NumberRange::percent(0, 10_000, 1_000)?));
//! let issues = vec![Issue::new("mine", rate()?, None)?, Issue::new("yours", rate()?, None)?];
//! let agenda = Agenda::new(issues, AgendaDigest::of(b"stored bytes"))?;
//!
//! // I mind your rate twice as much as I like mine; you, I presume, the other way round.
//! let table = |place: usize, at: fn(u32) -> f64| Table::tabulate(&agenda, vec![place], |l| at(l[0]));
//! let mine = Utility::additive(&agenda, vec![
//!     table(0, |level| f64::from(level) / 30.0)?,
//!     table(1, |level| f64::from(10 - level) / 15.0)?,
//! ])?;
//! let yours = Utility::additive(&agenda, vec![table(0, |level| f64::from(10 - level) / 10.0)?])?;
//!
//! let preferences = Preferences::new(mine, 0.4)?;
//! let planner = Planner::new(&preferences, Some(&yours))?;
//! let offer = planner.at(0.7);
//! assert!(preferences.utility().value(&offer) >= 0.7);
//! // Of all offers worth 0.7 to me, the one best for you: my rate gives way first.
//! assert!(agenda.levels_of(&offer)?[0] <= 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod curve;
mod error;
mod group;
mod joint;
mod knapsack;
mod ladder;
pub mod landing;
mod motives;
mod planner;
mod preferences;
mod ranking;
mod sample;
mod search;
mod table;
mod utility;

pub use curve::Point;
pub use error::UtilityError;
pub use group::MAX_COMBINATIONS;
pub use ladder::{Ladder, Rung};
pub use landing::LandingZone;
pub use motives::{Motive, Motives};
pub use planner::Planner;
pub use preferences::{Constraint, Mask, Preferences};
pub use ranking::{MAX_RANKED, RankedLevels, Ranking};
pub use table::{Table, quantise};
pub use utility::{Remainder, Utility};
