//! What must hold of a talk's trace, whoever collected it: a talk of several services over a mediator that
//! is killed in its middle, and the assertions over the spans it leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use transcript::Transcript;

use crate::collector::SpanData;
use crate::mediators::client;
use crate::programs::Process;
use crate::talks_at::{convene, scenario_terms, watch_to_the_end, watch_until};

/// Which span lies below which, as docs/telemetry.md has it.
pub const BELOW: &[(&str, &str)] = &[
    ("round", "talk"),
    ("propose", "round"),
    ("decide", "round"),
    ("persist", "decide"),
    ("deliver", "decide"),
    ("score", "propose"),
    ("evaluate", "propose"),
];

/// What each service says.
const SAID_BY: &[(&str, &[&str])] = &[
    ("detente-mediator", &["talk", "round", "decide", "persist", "deliver"]),
    ("detente-us", &["propose", "score", "evaluate"]),
    ("detente-china", &["propose", "score", "evaluate"]),
];

/// The rounds of [`hold_a_talk`].
pub const ROUNDS: u32 = 50;

/// A talk of [`ROUNDS`] rounds between the two delegations, whose mediator is killed in the middle and
/// started again on its record; all of them send to `otlp`, and have sent all they had once this returns.
pub async fn hold_a_talk(otlp: &str, folder: &Path) -> Transcript {
    let record = folder.join("talks.db").display().to_string();
    let table = ["--record", &record, "--otlp", otlp, "--listen"];
    let first = Process::start("detente-mediator", &[&table[..], &["127.0.0.1:0"]].concat()).await;
    let (url, address) = (first.url(), first.address().to_owned());
    // Neither side gives in. The pace lets exporters send in between.
    let seat = ["--mediator", &url, "--otlp", otlp, "--pace", "30ms", "--strategy", "micro:rungs=10000"];
    let us = Process::start("detente-us", &seat).await;
    let china = Process::start("detente-china", &seat).await;
    let mut watching = client(&url).await;
    let talk = convene(&mut watching, "a talk in two halves", &terms()).await;
    watch_until(&mut watching, &talk, |t| t.talk().round() > ROUNDS / 2).await;
    first.kill().await;
    let second = Process::start("detente-mediator", &[&table[..], &[&address]].concat()).await;
    let over = watch_to_the_end(&mut client(&url).await, &talk).await;
    for process in [us, china, second] {
        assert!(process.terminate().await.success());
    }
    over
}

fn terms() -> wire::PublicTerms {
    scenario_terms("geneva-2025", Some(ROUNDS))
}

/// What [`check`] found, as one line to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Spans, one for each id.
    pub spans: usize,
    /// How many came twice: the point spans told again after the recovery.
    pub again: usize,
    /// Spans whose parent never came: of the operation that the kill interrupted.
    pub orphans: usize,
    /// Moves of which no decision was told: the exporter had not sent it when it was killed.
    pub untold: usize,
}

/// Asserts what holds of the trace of a talk through one kill of its mediator.
///
/// # Panics
/// It does not hold.
#[must_use]
pub fn check(told: &[SpanData], over: &Transcript) -> Found {
    let spans = one_per_id(told);
    let of = |name: &str| spans.values().filter(|span| span.name == name).count();
    let strays: Vec<_> = spans.values().filter(|span| span.trace_id != trace_of(over)).collect();
    assert!(strays.is_empty(), "{strays:#?}");
    assert_services(&spans);
    let orphans = spans.values().filter(|span| is_orphan(span, &spans)).collect::<Vec<_>>();
    assert_interrupted(&orphans);
    let (rounds, moves) = (over.talk().round() as usize, over.talk().history().len());
    assert_eq!((of("talk"), of("round")), (1, rounds));
    // A move that was on its way when the mediator died is decided on again.
    for name in ["propose", "evaluate"] {
        assert!((moves..=moves + 2).contains(&of(name)), "{} {name} in {moves} moves", of(name));
    }
    let decided = spans.values().filter(|s| s.attributes.contains_key("detente.act")).count();
    assert!(decided <= moves && decided > moves * 2 / 5, "{decided} decisions in {moves} moves");
    Found {
        spans: spans.len(),
        again: told.len() - spans.len(),
        orphans: orphans.len(),
        untold: moves - decided,
    }
}

/// Keeps one per id. What came more than once is a point span, told again with nothing changed.
fn one_per_id(told: &[SpanData]) -> BTreeMap<&str, &SpanData> {
    let mut kept = BTreeMap::new();
    for span in told {
        if let Some(before) = kept.insert(span.span_id.as_str(), span) {
            assert!(["talk", "round"].contains(&span.name.as_str()), "{span:?} came twice");
            assert_eq!(before, span);
        }
    }
    kept
}

/// Every service said what is its own. A viewer that keeps no services has the parties all the same.
fn assert_services(spans: &BTreeMap<&str, &SpanData>) {
    let said: BTreeSet<_> = spans.values().map(|s| (s.service.as_str(), s.name.as_str())).collect();
    let hidden = said.iter().all(|(service, _)| service.is_empty());
    let all = SAID_BY.iter().flat_map(|(by, said)| said.iter().map(move |name| (*by, *name)));
    assert_eq!(said, all.map(|(by, name)| (if hidden { "" } else { by }, name)).collect());
    for (service, party) in [("detente-us", "USA"), ("detente-china", "CHN")] {
        let of = |span: &&&SpanData| span.name == "propose" && span.attributes["detente.party"] == party;
        let mut by = spans.values().filter(of).map(|span| span.service.as_str()).collect::<BTreeSet<_>>();
        assert_eq!(by.pop_first(), Some(if hidden { "" } else { service }));
        assert!(by.is_empty(), "{party} speaks through {by:?}");
    }
}

/// Whether a span's parent never came. One that came is the right one.
fn is_orphan(span: &SpanData, spans: &BTreeMap<&str, &SpanData>) -> bool {
    if span.name == "talk" {
        assert_eq!(span.parent, "", "nobody sent the talk a parent");
        return false;
    }
    let Some(parent) = spans.get(span.parent.as_str()) else { return true };
    // The mediator opens the talk by itself, before any round.
    let opening = span.name == "decide" && !span.attributes.contains_key("detente.party");
    let below = BELOW.iter().any(|(name, above)| *name == span.name && *above == parent.name);
    assert!(below || (opening && parent.name == "talk"), "{} lies below {}", span.name, parent.name);
    false
}

/// One kill interrupts one operation: a decision whose parts had been sent already.
fn assert_interrupted(orphans: &[&&SpanData]) {
    let parents: BTreeSet<_> = orphans.iter().map(|span| span.parent.as_str()).collect();
    assert!(parents.len() <= 1, "{orphans:#?}");
    for orphan in orphans {
        assert!(["persist", "deliver"].contains(&orphan.name.as_str()), "{orphan:#?}");
    }
}

/// The trace of a talk, as 32 digits.
#[must_use]
pub fn trace_of(over: &Transcript) -> &str {
    over.talk_trace().and_then(|place| place.split('-').nth(1)).unwrap()
}

/// The last move, as spans name it.
#[must_use]
pub fn last_move(over: &Transcript) -> String {
    let party = &over.talk().history().last().unwrap().party;
    format!("{party}/{}", over.talk().last_client_seq(party).unwrap())
}
