//! A trace as page and terminal draw it: spans in the order of their tree, the critical path, the gaps,
//! and clocks that disagree put right in the view alone.

mod path;
mod skew;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value as Json, json};
use telemetry::names;

use crate::model::{Event, Span, SpanId, Status};
pub use path::{Step, critical, waits};
pub use tree::{Tree, attribute};

/// The document of a trace. `whole` is whether these are all its spans.
pub(crate) fn document(spans: Vec<Span>, events: &[Event], whole: bool) -> Json {
    let raw = Tree::new(&spans);
    let skews = skew::skews(&raw);
    let corrected = correct(&raw, &skews);
    let tree = Tree::new(&corrected);
    let origin = corrected.iter().map(|span| span.start_ns).min().unwrap_or(0);
    let end = corrected.iter().map(|span| span.end_ns).max().unwrap_or(0);
    let path: Vec<SpanId> = critical(&tree).into_iter().map(|step| step.span_id).collect();
    let walked = tree.order();
    let rows = rows(&tree, &walked, origin, &path.iter().copied().collect());
    let happened = events.iter().filter(|event| !event.name.is_empty());
    json!({
        "trace_id": corrected.first().map(|span| span.trace_id),
        "origin_us": origin / 1_000,
        "length_us": micros(end - origin),
        "spans": rows,
        "whole": whole,
        "orphans": tree.orphans(),
        "errors": corrected.iter().filter(|span| span.status == Status::Error).count(),
        "critical_path": path,
        "gaps": path::gaps(&tree).iter().map(|gap| gap_document(gap, origin)).collect::<Vec<_>>(),
        "waits_us": waits(&tree).into_iter().map(|(k, ns)| (k, micros(ns))).collect::<BTreeMap<_, _>>(),
        "skew": skews.iter().map(skew_document).collect::<Vec<_>>(),
        "events": happened.map(|event| event_document(event, origin)).collect::<Vec<_>>(),
    })
}

/// The same spans with the clocks of parties put back.
fn correct(tree: &Tree<'_>, skews: &[skew::Skew]) -> Vec<Span> {
    let ahead: HashMap<&str, i64> = skews.iter().map(|s| (s.party.as_str(), s.ahead_ns)).collect();
    let mut corrected = tree.spans.to_vec();
    if !ahead.is_empty() {
        for span in &mut corrected {
            let host = tree.get(span.span_id).and_then(|own| skew::host(tree, own));
            if let Some(by) = host.and_then(|party| ahead.get(party.as_str()).copied()) {
                (span.start_ns, span.end_ns) = ((span.start_ns - by).max(0), (span.end_ns - by).max(0));
            }
        }
        corrected.sort_by_key(|span| (span.start_ns, std::cmp::Reverse(span.end_ns)));
    }
    corrected
}

fn rows(tree: &Tree<'_>, walked: &[(usize, usize)], origin: i64, critical: &HashSet<SpanId>) -> Vec<Json> {
    let mut rounds: Vec<Option<String>> = vec![None; tree.spans.len()];
    let mut parties: Vec<Option<String>> = vec![None; tree.spans.len()];
    let mut rows = Vec::with_capacity(walked.len());
    for (depth, place) in walked {
        let span = &tree.spans[*place];
        let above = span.parent.and_then(|parent| tree.place(parent));
        let inherited = |of: &[Option<String>]| above.and_then(|above| of[above].clone());
        rounds[*place] = attribute(span, names::ROUND).or_else(|| inherited(&rounds));
        parties[*place] = attribute(span, names::PARTY).or_else(|| inherited(&parties));
        let cause = span.links.first().map(|link| link.span_id);
        rows.push(json!({
            "id": span.span_id,
            "depth": depth,
            "name": span.name,
            "service": span.service,
            "party": parties[*place],
            "round": rounds[*place].as_deref().and_then(|round| round.parse::<u32>().ok()),
            "act": attribute(span, names::ACT),
            "client_seq": span.attributes.get(names::CLIENT_SEQ),
            "start_us": micros(span.start_ns - origin),
            "took_us": micros(span.end_ns - span.start_ns),
            "error": span.status == Status::Error,
            "reason": span.reason,
            "critical": critical.contains(&span.span_id),
            "cause": cause,
            "attributes": span.attributes,
        }));
    }
    rows
}

fn gap_document(gap: &path::Gap, origin: i64) -> Json {
    json!({
        "start_us": micros(gap.from - origin),
        "took_us": micros(gap.to - gap.from),
        "party": gap.party,
        "why": gap.why,
        "before": gap.before,
    })
}

fn skew_document(skew: &skew::Skew) -> Json {
    json!({ "party": skew.party, "ahead_us": micros(skew.ahead_ns), "pairs": skew.pairs })
}

fn event_document(event: &Event, origin: i64) -> Json {
    json!({
        "span": event.span_id,
        "at_us": micros(event.time_ns - origin),
        "name": event.name,
        "severity": event.severity,
        "text": event.body,
        "service": event.service,
    })
}

fn micros(nanoseconds: i64) -> f64 {
    nanoseconds as f64 / 1_000.0
}
