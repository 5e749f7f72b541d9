//! What the tests that cross crates and services share: a mediator in this process that can be
//! killed, a raw seat that says whatever it is told to, the real programs as processes, a collector
//! of traces, and the floors of the house.
//!
//! Nothing here sleeps. A test waits for a named entry, a ready line or a span, and gives up after
//! [`PATIENCE`].
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test stops at the first surprise")]

use std::time::Duration;

pub mod agents;
pub mod collector;
pub mod exhibits;
pub mod floors;
pub mod mediators;
pub mod persons;
pub mod programs;
pub mod python;
pub mod rotel;
pub mod scrape;
pub mod seats;
pub mod shaky;
pub mod talks_at;
pub mod traced;
pub mod viewers;

/// How long a test waits for what must come: far longer than a loaded machine needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for what must come.
///
/// # Panics
/// It does not come within [`PATIENCE`].
pub async fn patiently<T>(what: &str, coming: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, coming).await {
        Ok(came) => came,
        Err(_) => panic!("waited {PATIENCE:?} for {what}, in vain"),
    }
}
