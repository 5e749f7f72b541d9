//! Clocks of different hosts, compared by the messages between them.
//!
//! A delegation cannot see its turn before the decision that gave it, and the mediator cannot decide
//! over a move before it was made. Each such pair bounds how far the party's clock can be ahead of
//! the mediator's. Where both bounds allow that the clocks agree, nothing is moved.

use std::collections::BTreeMap;

use serde::Serialize;
use telemetry::names;

use super::path::{cause, decisions};
use super::tree::{Tree, attribute};
use crate::model::Span;

/// How far the clock of one party's host is put back, in the view only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Skew {
    pub(super) party: String,
    /// Taken from the times of its spans, in nanoseconds.
    pub(super) ahead_ns: i64,
    /// The least and the most by which its clock can be ahead.
    pub(super) bounds_ns: [i64; 2],
    pub(super) pairs: usize,
}

/// What must be taken from the times of each party's spans; parties whose clocks may agree with the
/// mediator's are left out.
pub(super) fn skews(tree: &Tree<'_>) -> Vec<Skew> {
    let mut bounds: BTreeMap<String, (i64, i64, usize)> = BTreeMap::new();
    let decisions = decisions(tree);
    for (place, decision) in decisions.iter().enumerate() {
        let Some((turn, party)) = cause(tree, decision).zip(attribute(decision, names::PARTY)) else {
            continue;
        };
        let bound = bounds.entry(party).or_insert((i64::MIN, i64::MAX, 0));
        bound.0 = bound.0.max(turn.end_ns - decision.start_ns);
        if let Some(earlier) = place.checked_sub(1).map(|earlier| decisions[earlier]) {
            bound.1 = bound.1.min(turn.start_ns - earlier.start_ns);
        }
        bound.2 += 1;
    }
    let skew = |(party, (least, most, pairs)): (String, (i64, i64, usize))| {
        // With one bound alone, or bounds that contradict each other, the nearer one will do.
        let ahead_ns = match (least, most) {
            (least, most) if least <= 0 && most >= 0 => return None,
            (i64::MIN, most) => most,
            (least, i64::MAX) => least,
            (least, most) => least.midpoint(most),
        };
        Some(Skew { party, ahead_ns, bounds_ns: [least, most], pairs })
    };
    bounds.into_iter().filter_map(skew).collect()
}

/// The party whose host a span was taken on; none for the mediator.
pub(super) fn host(tree: &Tree<'_>, span: &Span) -> Option<String> {
    let mut at = span;
    // No trace of ours is deeper; a forged one is not followed further.
    for _ in 0..8 {
        if at.name == names::PROPOSE_SPAN {
            return attribute(at, names::PARTY);
        }
        at = at.parent.and_then(|parent| tree.get(parent))?;
    }
    None
}
