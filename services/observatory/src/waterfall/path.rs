//! What a talk waited for: the critical path, walked back over causes, and the gaps in between.

use std::collections::BTreeMap;

use serde::Serialize;
use telemetry::names;

use super::tree::{Tree, attribute};
use crate::model::{Span, SpanId};

/// Gaps that are named: the longest, in the order of time.
const NAMED: usize = 200;
/// What is shorter is no gap, in nanoseconds.
const SHORTEST: i64 = 200_000;

/// A time in which no span says what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Gap {
    /// From then, in nanoseconds since the Unix epoch.
    #[serde(skip)]
    pub(super) from: i64,
    #[serde(skip)]
    pub(super) to: i64,
    /// Who was waited for.
    pub(super) party: String,
    pub(super) why: &'static str,
    /// The span that it ended with.
    pub(super) before: SpanId,
}

/// One step of the critical path, in the order of time. Times are in nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its span.
    pub span_id: SpanId,
    /// What the span is called.
    pub name: String,
    /// Whose it is, if it says so.
    pub party: Option<String>,
    /// Until all below it was over.
    pub duration_ns: i64,
    /// From the end of the step before until this one began; nothing if it began before.
    pub gap_ns: i64,
}

/// The critical path: from the last decision back over what caused it (its link), then the decision that
/// let that begin.
#[must_use]
pub fn critical(tree: &Tree<'_>) -> Vec<Step> {
    let decisions = decisions(tree);
    let (mut steps, mut at) = (Vec::new(), decisions.len().checked_sub(1));
    while let Some(place) = at {
        let decision = decisions[place];
        steps.push(decision);
        let cause = cause(tree, decision);
        let began = cause.map_or(decision.start_ns, |cause| cause.start_ns);
        steps.extend(cause);
        // Strictly earlier, so that the walk ends whatever the clocks say.
        at = decisions[..place].iter().rposition(|earlier| earlier.start_ns <= began);
    }
    steps.reverse();
    let ends = steps.iter().map(|span| end(tree, span));
    let before = std::iter::once(None).chain(ends.map(Some));
    steps.iter().zip(before).map(|(span, before)| step(tree, span, before)).collect()
}

fn step(tree: &Tree<'_>, span: &Span, before: Option<i64>) -> Step {
    Step {
        span_id: span.span_id,
        name: span.name.clone(),
        party: attribute(span, names::PARTY),
        duration_ns: end(tree, span) - span.start_ns,
        gap_ns: before.map_or(0, |before| (span.start_ns - before).max(0)),
    }
}

/// What lies between one decision and the next that no span accounts for.
pub(super) fn gaps(tree: &Tree<'_>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for pair in decisions(tree).windows(2) {
        let (before, now) = (end(tree, pair[0]), pair[1]);
        let party = attribute(now, names::PARTY).unwrap_or_default();
        let mut add = |from: i64, to: i64, why, span: &Span| {
            if to - from >= SHORTEST {
                gaps.push(Gap { from, to, party: party.clone(), why, before: span.span_id });
            }
        };
        match cause(tree, now) {
            Some(turn) => {
                add(before, turn.start_ns, "until it saw that its turn had come", turn);
                add(turn.end_ns.max(before), now.start_ns, "its move was held back or on its way", now);
            }
            None => add(before, now.start_ns, "no span says what it did", now),
        }
    }
    gaps.sort_by_key(|gap| gap.from - gap.to);
    gaps.truncate(NAMED);
    gaps.sort_by_key(|gap| gap.from);
    gaps
}

/// How long the table waited for each party between one decision and that party's next, nanoseconds.
#[must_use]
pub fn waits(tree: &Tree<'_>) -> BTreeMap<String, i64> {
    let mut waits = BTreeMap::new();
    for pair in decisions(tree).windows(2) {
        if let Some(party) = attribute(pair[1], names::PARTY) {
            *waits.entry(party).or_default() += (pair[1].start_ns - end(tree, pair[0])).max(0);
        }
    }
    waits
}

pub(super) fn decisions<'a>(tree: &Tree<'a>) -> Vec<&'a Span> {
    tree.spans.iter().filter(|span| span.name == names::DECIDE_SPAN).collect()
}

pub(super) fn cause<'a>(tree: &Tree<'a>, decision: &Span) -> Option<&'a Span> {
    decision.links.iter().find_map(|link| tree.get(link.span_id))
}

/// A span lasts as long as what lies below it: a decision is over once it is durable and shown.
fn end(tree: &Tree<'_>, span: &Span) -> i64 {
    tree.below(span).fold(span.end_ns, |end, below| end.max(below.end_ns))
}
