//! The mediator: it runs the table and never learns what anybody wants.
//!
//! A move's way through it: [`seat`](self) takes the message off the stream, the talk's task lets
//! the state machine of `talks` decide, the entry becomes durable in `record`, and only then the
//! shared transcript shows it to every seat and watcher.

mod admission;
mod config;
mod gap;
mod options;
mod retold;
mod seat;
mod serve;
mod service;
mod shared;
mod story;
mod table;
mod takeover;
mod task;
mod view;
mod watch;

pub use config::{Config, Limits};
pub use options::{Options, Service, ServiceError};
pub use serve::{ServeError, run};
