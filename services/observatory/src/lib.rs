//! The observatory: it receives what every service tells of a talk and answers questions about it.
//!
//! A span's way through it: the [`Receiver`] takes it off the wire and bounds it at the edge, the
//! [`Store`] queues it for the one thread that writes, and a [`Reader`] finds it again by talk or
//! trace. It knows spans, events and figures, and nothing of what anybody wants: private attributes
//! never leave the delegation that owns them, unless its operator says so.
//!
//! Beside it a [`Watcher`] follows the public record of talks, and [`serve_page`] shows both in a
//! browser.

mod export;
mod figures;
pub mod model;
mod options;
mod query;
mod receiver;
mod serve;
mod store;
mod tournaments;
mod viewer;
mod watcher;
pub mod waterfall;
mod web;

pub use crate::web::{Drawing, Drawings, NamedPoint, PageConfig, PlacedOffer, SeatLink, serve_page};
pub use export::{to_otlp, to_otlp_json};
pub use options::{Options, Service, ServiceError};
pub use query::{Reader, TraceSummary};
pub use receiver::{MESSAGE_LIMIT, Receiver};
pub use serve::{Config, ServeError, run};
pub use store::{Limits, Room, Salvage, Store, StoreError, StoreOptions, Tally};
pub use tournaments::Tournaments;
pub use viewer::{Viewer, ViewerError};
pub use watcher::{SourceError, Sources, StoryError, TalkSummary, Watcher};
