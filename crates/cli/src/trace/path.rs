//! What a talk waited for: its critical path, walked back over causes from the last move, and how
//! long the table waited for each party.

use std::collections::BTreeMap;

use observatory::model::{Span, SpanId};
use serde::Serialize;
use telemetry::names;

use super::tree::{Tree, attribute};

/// One step of the critical path, in the order of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Step {
    pub(super) span_id: SpanId,
    pub(super) name: String,
    pub(super) party: Option<String>,
    pub(super) duration_ns: i64,
    /// From the end of the step before until this one began; nothing if it began before.
    pub(super) gap_ns: i64,
}

/// From the last decision back: what caused it (its link), then the decision that let that begin.
pub(super) fn critical(tree: &Tree<'_>) -> Vec<Step> {
    let decisions = decisions(tree);
    let (mut steps, mut at) = (Vec::new(), decisions.len().checked_sub(1));
    while let Some(place) = at {
        let decision = decisions[place];
        steps.push(decision);
        let cause = decision.links.iter().find_map(|link| tree.get(link.span_id));
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

/// A span lasts as long as what lies below it: a decision is over once it is durable and shown.
fn end(tree: &Tree<'_>, span: &Span) -> i64 {
    tree.below(span).fold(span.end_ns, |end, below| end.max(below.end_ns))
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

/// How long the table waited for each party between one decision and that party's next.
pub(super) fn waits(tree: &Tree<'_>) -> BTreeMap<String, i64> {
    let decisions = decisions(tree);
    let mut waits = BTreeMap::new();
    for pair in decisions.windows(2) {
        if let Some(party) = attribute(pair[1], names::PARTY) {
            *waits.entry(party).or_default() += (pair[1].start_ns - end(tree, pair[0])).max(0);
        }
    }
    waits
}

fn decisions<'a>(tree: &Tree<'a>) -> Vec<&'a Span> {
    tree.spans.iter().filter(|span| span.name == names::DECIDE_SPAN).collect()
}

#[cfg(test)]
mod tests {
    use observatory::model::{Attributes, Id, Link, Status};

    use super::*;

    fn span(id: u8, name: &str, party: &str, (start_ns, end_ns): (i64, i64), cause: Option<u8>) -> Span {
        let trace_id = Id::new(&[1; 16]).unwrap();
        let mut attributes = Attributes::new();
        if !party.is_empty() {
            attributes.insert(names::PARTY.to_owned(), party.into());
        }
        let link = |cause: u8| Link { trace_id, span_id: Id::new(&[cause; 8]).unwrap() };
        Span {
            trace_id,
            span_id: Id::new(&[id; 8]).unwrap(),
            parent: None,
            name: name.to_owned(),
            service: String::new(),
            start_ns,
            end_ns,
            kind: 1,
            status: Status::Unset,
            reason: String::new(),
            attributes,
            links: cause.map(link).into_iter().collect(),
        }
    }

    #[test]
    fn the_path_is_walked_back_over_causes_and_waits_are_whose_turn_it_was() {
        let spans = [
            span(1, "decide", "", (0, 10), None),
            span(2, "propose", "USA", (15, 50), None),
            span(3, "decide", "USA", (60, 70), Some(2)),
            span(4, "score", "", (80, 81), None),
            span(5, "propose", "CHN", (72, 90), None),
            span(6, "decide", "CHN", (91, 99), Some(5)),
        ];
        let tree = Tree::new(&spans);
        let path: Vec<_> =
            critical(&tree).iter().map(|s| (s.span_id.as_bytes()[0], s.duration_ns, s.gap_ns)).collect();
        assert_eq!(path, [(1, 10, 0), (2, 35, 5), (3, 10, 10), (5, 18, 2), (6, 8, 1)]);
        assert_eq!(waits(&tree), BTreeMap::from([("USA".to_owned(), 50), ("CHN".to_owned(), 21)]));
    }
}
