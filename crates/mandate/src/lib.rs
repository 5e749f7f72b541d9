//! What a party wants: weighted objectives over the impact of an offer and over the issues
//! themselves, red lines, a walk-away value, and what it presumes the other side to want. A mandate
//! is private to its party; nothing here crosses a wire.
//!
//! [`Mandate::parse`] reads the TOML format of `docs/mandates.md`; [`Mandate::compile`] turns it
//! into [`utility::Preferences`] on one agenda, and [`Compiled::explain`] says what each objective
//! contributed to an offer's utility, to the last bit.
//!
//! **Normalisation.** An objective over a figure is min–max scaled over the whole agenda, offers
//! behind red lines included, so 0 and 1 are the worst and the best that any offer could do. That is
//! exact for figures which are sums over groups of issues that do not interact. An objective over
//! an issue is a table of worths from 0 to 1, taken as it stands. Weights sum to 1, so utilities lie
//! in [0, 1].
//!
//! ```
//! use detente_mandate::Mandate;
//! use tariff::{Agenda, AgendaDigest, Choices, Issue, IssueKind, Label};
//!
//! let venues = Choices::new(vec![Label::new("Geneva")?, Label::new("Stockholm")?])?;
//! let venue = Issue::new("venue", IssueKind::Choice(venues), None)?;
//! let press = Issue::new("press", IssueKind::Switch, None)?;
//! let agenda = Agenda::new(vec![venue, press], AgendaDigest::of(b"stored bytes"))?;
//! let status_quo = agenda.offer_at(&[0, 0])?;
//!
//! let mandate = Mandate::parse("demo.toml", r#"
//!     party = "USA"
//!     walk_away = 0.3
//!     [[objective]]
//!     name = "a place we know"
//!     weight = 0.75
//!     issue = "venue"
//!     values = { Geneva = 1.0, Stockholm = 0.5 }
//!     [[objective]]
//!     name = "no cameras"
//!     weight = 0.25
//!     issue = "press"
//!     values = { off = 1.0, on = 0.0 }
//! "#)?;
//! let compiled = mandate.compile(&agenda, None, &status_quo)?;
//! let explained = compiled.explain(&agenda.offer_at(&[1, 0])?)?;
//! assert_eq!(explained.utility, 0.75 * 0.5 + 0.25);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bind;
mod black_box;
mod compile;
mod error;
mod explain;
mod figure;
mod file;
mod mandate;
mod motives;
mod part;
mod pattern;
mod presumed;
mod read;
mod red_line;
mod survey;
mod walk_away;
mod worth;

pub use compile::Compiled;
pub use error::{MandateError, Problem};
pub use explain::{Contribution, Explanation, Reading, RedLineVerdict};
pub use mandate::{MAX_ENTRIES, Mandate};
