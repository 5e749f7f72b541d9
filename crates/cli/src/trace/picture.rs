//! A trace as text: a waterfall round by round, then where the time went.

use std::collections::{BTreeMap, BTreeSet};

use observatory::model::{Event, Span, SpanId, Status, TraceId};
use observatory::waterfall::{Step, Tree, attribute};
use telemetry::names;

use crate::tables::Sheet;

/// Characters of a bar.
const BAR: usize = 32;
/// Characters of a span's name with its indent.
const NAME: usize = 34;
const SLOWEST: usize = 5;

pub(super) fn picture(
    trace: TraceId,
    tree: &Tree<'_>,
    events: &[Event],
    path: &[Step],
    waits: &BTreeMap<String, i64>,
) -> String {
    let mut happened: BTreeMap<SpanId, Vec<&Event>> = BTreeMap::new();
    for event in events.iter().filter(|event| !event.name.is_empty()) {
        if let Some(span) = event.span_id {
            happened.entry(span).or_default().push(event);
        }
    }
    let mut lines = head(trace, tree);
    let began = tree.spans().iter().map(|span| span.start_ns).min().unwrap_or(0);
    for top in tree.tops() {
        lines.push(String::new());
        waterfall(tree, top, began, &happened, &mut lines);
    }
    lines.push(String::new());
    lines.push(slowest(tree, began));
    lines.extend(critical(path));
    lines.extend(waiting(waits));
    lines.join("\n")
}

fn head(trace: TraceId, tree: &Tree<'_>) -> Vec<String> {
    let spans = tree.spans();
    let talks: BTreeSet<String> = spans.iter().filter_map(|span| attribute(span, names::TALK)).collect();
    let services: BTreeSet<&str> = spans.iter().map(|span| span.service.as_str()).collect();
    let errors = spans.iter().filter(|span| span.status == Status::Error).count();
    let first = spans.iter().map(|span| span.start_ns).min().unwrap_or(0);
    let last = spans.iter().map(|span| span.end_ns).max().unwrap_or(0);
    let mut lines = vec![
        format!("talk      {}", plain(&talks.into_iter().collect::<Vec<_>>().join(", "))),
        format!("trace     {trace}"),
        format!("services  {}", services.into_iter().collect::<Vec<_>>().join(", ")),
        format!("length    {}, {} spans, {errors} with errors", length(last - first), spans.len()),
    ];
    if tree.orphans() > 0 {
        lines.push(format!("orphans   {}: the spans above them did not arrive", tree.orphans()));
    }
    lines
}

/// A top span with what lies below it. Each round has bars on a scale of its own.
fn waterfall(
    tree: &Tree<'_>,
    top: &Span,
    began: i64,
    happened: &BTreeMap<SpanId, Vec<&Event>>,
    lines: &mut Vec<String>,
) {
    let mut scale = (top.start_ns, top.end_ns);
    for (depth, span) in tree.walk(top) {
        if span.name == names::ROUND_SPAN || depth == 0 {
            scale = extent(tree, span);
        }
        lines.push(row(span, depth, began, scale));
        for event in happened.get(&span.span_id).into_iter().flatten() {
            let indent = " ".repeat(2 * depth + 2);
            lines.push(format!("{indent}! {} {}", event.name, plain(&event.body)));
        }
    }
}

/// From a span's begin to the end of the last directly below it, rounds aside.
fn extent(tree: &Tree<'_>, span: &Span) -> (i64, i64) {
    let below = tree.below(span).filter(|child| child.name != names::ROUND_SPAN);
    below.fold((span.start_ns, span.end_ns), |(from, to), child| {
        (from.min(child.start_ns), to.max(child.end_ns))
    })
}

fn row(span: &Span, depth: usize, began: i64, scale: (i64, i64)) -> String {
    let detail = [names::ROUND, names::PARTY, names::ACT].iter().filter_map(|name| attribute(span, name));
    let detail: Vec<String> = detail.map(|text| plain(&text)).collect();
    let round = span.name == names::ROUND_SPAN;
    let detail = if round { detail.first().cloned().unwrap_or_default() } else { parties(span, &detail) };
    let name = format!("{}{} {detail}", "  ".repeat(depth.min(8)), span.name);
    let service = span.service.trim_start_matches("detente-");
    let mark =
        if span.status == Status::Error { format!("  ERROR {}", plain(&span.reason)) } else { String::new() };
    let (offset, took) = (length(span.start_ns - began), length(span.end_ns - span.start_ns));
    let bar = bar(span, scale);
    let line = format!("{:NAME$} {service:11} {offset:>9} {took:>9}  {bar}{mark}", cut(&name, NAME));
    line.trim_end().to_owned()
}

/// Whose move it is and what it does: a proposing span says the round too, which stands above.
fn parties(span: &Span, detail: &[String]) -> String {
    let skip = usize::from(span.attributes.contains_key(names::ROUND));
    detail.iter().skip(skip).cloned().collect::<Vec<_>>().join(" ")
}

fn bar(span: &Span, (from, to): (i64, i64)) -> String {
    let whole = (to - from).max(1) as f64;
    let place = |time: i64| (((time - from) as f64 / whole * BAR as f64).round().max(0.0) as usize).min(BAR);
    let (start, end) = (place(span.start_ns), place(span.end_ns));
    if span.start_ns == span.end_ns {
        return format!("{}·", " ".repeat(start.min(BAR - 1)));
    }
    let start = start.min(BAR - 1);
    format!("{}{}", " ".repeat(start), "█".repeat((end.max(start + 1)) - start))
}

fn slowest(tree: &Tree<'_>, began: i64) -> String {
    let mut spans: Vec<&Span> = tree.spans().iter().filter(|span| span.end_ns > span.start_ns).collect();
    spans.sort_by_key(|span| std::cmp::Reverse(span.end_ns - span.start_ns));
    let mut sheet = Sheet::new(3, &["slowest spans", "party", "service", "at", "took"]);
    for span in spans.into_iter().take(SLOWEST) {
        let party = attribute(span, names::PARTY).map(|party| plain(&party)).unwrap_or_default();
        let (at, took) = (length(span.start_ns - began), length(span.end_ns - span.start_ns));
        sheet.row([span.name.clone(), party, span.service.clone(), at, took]);
    }
    sheet.to_string()
}

/// The steps of the critical path summed up by what they were.
fn critical(path: &[Step]) -> Vec<String> {
    if path.is_empty() {
        return Vec::new();
    }
    let (mut sums, mut gaps) = (BTreeMap::<String, (usize, i64)>::new(), 0);
    for step in path {
        let of = step.party.as_deref().map_or_else(String::new, |party| format!(" {}", plain(party)));
        let sum = sums.entry(format!("{}{of}", step.name)).or_default();
        *sum = (sum.0 + 1, sum.1 + step.duration_ns);
        gaps += step.gap_ns;
    }
    let mut sheet = Sheet::new(1, &["critical path", "steps", "took"]);
    for (name, (steps, took)) in sums {
        sheet.row([name, steps.to_string(), length(took)]);
    }
    sheet.row(["between them".to_owned(), String::new(), length(gaps)]);
    vec![String::new(), sheet.to_string()]
}

fn waiting(waits: &BTreeMap<String, i64>) -> Vec<String> {
    if waits.is_empty() {
        return Vec::new();
    }
    let mut sheet = Sheet::new(1, &["the table waited for", "in all"]);
    for (party, waited) in waits {
        sheet.row([plain(party), length(*waited)]);
    }
    vec![String::new(), sheet.to_string()]
}

/// A length of time with a unit that suits it.
pub(super) fn length(nanoseconds: i64) -> String {
    let of = |unit: f64| nanoseconds as f64 / unit;
    match nanoseconds {
        0 => "0".to_owned(),
        1..=999_999 => format!("{:.0} µs", of(1e3)),
        1_000_000..=999_999_999 => format!("{:.1} ms", of(1e6)),
        _ => format!("{:.2} s", of(1e9)),
    }
}

/// What a peer wrote, without what would move the cursor of a terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(200).collect()
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}
