//! What only somebody who holds every mandate can draw: utilities, and the landing zone.
//!
//! The command that runs all sides computes them and hands them over; the observatory could not. They
//! stay in memory, apart from telemetry, and go with the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// Talks that have a drawing at once.
const MOST: usize = 16;

/// The landing zone of a talk, and where its offers lie in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawing {
    /// The parties, one for each axis.
    pub parties: Vec<String>,
    /// What walking away is worth to each.
    pub walk_away: Vec<f64>,
    /// The efficient edge, in order.
    pub edge: Vec<Vec<f64>>,
    /// The classical solutions and whatever else has a name.
    pub points: Vec<NamedPoint>,
    /// What each offer is worth to each party.
    pub offers: Vec<PlacedOffer>,
}

/// A point of the landing zone with a name, such as `Nash`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedPoint {
    /// Its name.
    pub name: String,
    /// What it is worth to each party.
    pub at: Vec<f64>,
}

/// An offer of the talk in the landing zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacedOffer {
    /// Its entry.
    pub seq: u64,
    /// What it is worth to each party.
    pub at: Vec<f64>,
}

/// The drawings of an observatory. Clones share them.
#[derive(Debug, Clone)]
pub struct Drawings(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kept: Mutex<HashMap<String, (u64, Arc<Drawing>)>>,
    changed: watch::Sender<u64>,
}

impl Default for Drawings {
    fn default() -> Self {
        Self(Arc::new(Inner { kept: Mutex::default(), changed: watch::Sender::new(0) }))
    }
}

impl Drawings {
    /// Keeps a drawing in place of the talk's earlier one.
    pub fn put(&self, talk: &str, drawing: Drawing) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let count = *self.0.changed.borrow() + 1;
        kept.insert(talk.to_owned(), (count, Arc::new(drawing)));
        if kept.len() > MOST
            && let Some(oldest) = kept.iter().min_by_key(|(_, (at, _))| *at).map(|(talk, _)| talk.clone())
        {
            kept.remove(&oldest);
        }
        drop(kept);
        self.0.changed.send_replace(count);
    }

    /// The drawing of a talk, with a number that rises with every change.
    pub(super) fn get(&self, talk: &str) -> Option<(u64, Arc<Drawing>)> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).get(talk).cloned()
    }

    pub(super) fn follow(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }
}
