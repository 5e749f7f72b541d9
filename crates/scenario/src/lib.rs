//! The public part of a scenario: who talks about what, from which state of affairs, under which
//! rules, on which facts. What a party wants is not here: mandates belong to the parties.
//!
//! A public part is a folder with a `scenario.toml` and the CSV files it names (docs/scenarios.md
//! describes the format); the shipped ones are also inside the binary. Files are read in one pass
//! that reports every problem with file, line, key, and what was expected.
//!
//! ```
//! use detente_scenario::Scenario;
//! use tariff::AgendaDigest;
//! let scenario = Scenario::load("geneva-2025")?;
//! let agenda = scenario.agenda(AgendaDigest::of(b"the agenda as its holder stores it"));
//! let terms = scenario.terms(agenda.clone(), scenario.rounds())?;
//! assert_eq!(terms.parties()[0].as_str(), "USA");
//! let model = scenario.model(&agenda)?.expect("these talks are about trade");
//! # let _ = model;
//! # Ok::<(), detente_scenario::ScenarioError>(())
//! ```

pub mod backtest;
mod draft;
mod error;
mod files;
mod read;
mod scenario;

pub use draft::{DraftFile, DraftRequest, draft};
pub use error::{Problem, ScenarioError};
pub use scenario::{Party, Scenario, ScenarioDigest, Source};
