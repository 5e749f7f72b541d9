//! One trace tells a whole talk, across the processes it ran in.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use detente_tests::collector::{Collector, SpanData};
use detente_tests::patiently;
use detente_tests::programs::{program, workspace};
use detente_tests::traced::BELOW;
use tokio::process::Command;

async fn run(collector: &Collector, folder: &std::path::Path) -> serde_json::Value {
    let mut command = Command::new(program("detente"));
    command.args(["run", "geneva-2025", "--seed", "7", "--format", "json"]).current_dir(folder);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
    let output =
        patiently("the run", command.stdin(Stdio::null()).kill_on_drop(true).output()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_trace_holds_the_talk_its_rounds_and_its_moves() {
    let (collector, folder) = (Collector::start().await.unwrap(), tempfile::tempdir().unwrap());
    let report = run(&collector, folder.path()).await;
    // Each process has sent its spans before it ended, and the run has waited for them to end.
    let spans = collector.spans();
    let by_id: BTreeMap<_, _> = spans.iter().map(|span| (span.span_id.as_str(), span)).collect();

    let traces: BTreeSet<_> = spans.iter().map(|span| span.trace_id.as_str()).collect();
    assert_eq!(
        traces,
        BTreeSet::from([report["trace_id"].as_str().unwrap()]),
        "{:?}",
        strays(&spans, &report)
    );
    for span in &spans {
        let parent = by_id.get(span.parent.as_str()).map(|parent| parent.name.as_str());
        let expected = BELOW.iter().find(|(name, _)| *name == span.name).map(|(_, above)| *above);
        match span.name.as_str() {
            "talk" => assert_eq!(span.parent, ""),
            // The mediator opens the talk by itself, before any round.
            "decide" if !span.attributes.contains_key("detente.party") => assert_eq!(parent, Some("talk")),
            _ => assert!(expected.is_some() && parent == expected, "{} lies below {parent:?}", span.name),
        }
    }

    let count = |name: &str| spans.iter().filter(|span| span.name == name).count();
    let (rounds, moves) = (report["rounds"].as_u64().unwrap(), report["moves"].as_u64().unwrap());
    assert_eq!(count("talk"), 1);
    assert_eq!(count("round") as u64, rounds);
    for name in ["propose", "evaluate"] {
        assert_eq!(count(name) as u64, moves, "{name}");
    }
    // Every move, and the opening.
    for name in ["decide", "persist", "deliver"] {
        assert_eq!(count(name) as u64, moves + 1, "{name}");
    }
    // Nothing stands before the first move.
    assert_eq!(count("score") as u64, moves - 1);

    for span in spans.iter().filter(|s| s.attributes.get("detente.act").is_some_and(|act| act == "propose")) {
        assert!(span.attributes.contains_key("detente.party"), "{span:?}");
    }
    let changes = |span: &&SpanData| span.attributes.contains_key("detente.issue.changes");
    assert!(spans.iter().filter(changes).count() > 10, "the mediator says how much a move changes");
    assert_eq!(spans.iter().filter(|span| !span.error.is_empty()).count(), 0);
    for event in collector.events().iter().filter(|event| !event.span_id.is_empty()) {
        assert_eq!(event.trace_id, report["trace_id"].as_str().unwrap(), "{event:?}");
    }

    assert_services(&spans);
    assert_schema(&spans);
    assert_messages(&spans);
    assert_private(&spans, &report);
}

/// What the talk's trace does not hold.
fn strays<'a>(spans: &'a [SpanData], report: &serde_json::Value) -> Vec<&'a SpanData> {
    spans.iter().filter(|span| span.trace_id != report["trace_id"].as_str().unwrap()).take(5).collect()
}

/// A span says what docs/telemetry.md has of it, and no more.
fn assert_schema(spans: &[SpanData]) {
    let docs = std::fs::read_to_string(workspace().join("docs/telemetry.md")).unwrap();
    let rows = docs.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let of: BTreeMap<&str, &str> =
        rows.filter_map(|(name, rest)| Some((name, rest.split(" |").next()?))).collect();
    for span in spans {
        for name in span.attributes.keys() {
            let said_of = of.get(name.as_str()).copied().unwrap_or_default();
            assert!(
                said_of.split(", ").any(|of| of == span.name),
                "{name} of {} is not documented",
                span.name
            );
        }
    }
}

/// Every move is a message: sent by one span, processed by the one that is linked to it.
fn assert_messages(spans: &[SpanData]) {
    let kinds: BTreeSet<_> = spans.iter().map(|s| (s.name.as_str(), s.kind.as_str())).collect();
    let (internal, other) =
        kinds.into_iter().partition::<Vec<_>, _>(|(_, kind)| *kind == "SPAN_KIND_INTERNAL");
    assert_eq!(internal.len(), 7, "{internal:?}");
    assert_eq!(other, [("decide", "SPAN_KIND_CONSUMER"), ("propose", "SPAN_KIND_PRODUCER")]);
    let message = |span: &SpanData| {
        ["messaging.message.id", "messaging.destination.name"].map(|name| span.attributes[name].clone())
    };
    for decide in spans.iter().filter(|span| span.kind == "SPAN_KIND_CONSUMER") {
        let [propose] = decide.links.as_slice() else { panic!("{decide:#?}") };
        let propose = spans.iter().find(|span| span.span_id == *propose).unwrap();
        assert_eq!(message(propose), message(decide));
    }
}

fn assert_services(spans: &[SpanData]) {
    let of = |name: &str| {
        spans.iter().filter(|s| s.name == name).map(|s| s.service.as_str()).collect::<BTreeSet<_>>()
    };
    for name in ["talk", "round", "decide", "persist", "deliver"] {
        assert_eq!(of(name), BTreeSet::from(["detente-mediator"]), "{name}");
    }
    for name in ["propose", "score", "evaluate"] {
        assert_eq!(of(name), BTreeSet::from(["detente-delegation"]), "{name}");
    }
    let proposing =
        spans.iter().filter(|s| s.name == "propose").map(|s| s.attributes["detente.party"].as_str());
    assert_eq!(proposing.collect::<BTreeSet<_>>(), BTreeSet::from(["CHN", "USA"]));
}

/// A party's strategy that answers nobody misses its turn: it is told as an event with the ids of the
/// decision, and stands on that span.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_beside_the_moves_is_told_with_the_ids_of_its_span() {
    let (collector, folder) = (Collector::start().await.unwrap(), tempfile::tempdir().unwrap());
    let mut command = Command::new(program("detente"));
    // Nobody listens there, and the agent has no fallback: the turn is missed after a limit.
    command.args(["run", "geneva-2025", "--rounds", "1", "--strategy", "USA=grpc://127.0.0.1:1"]);
    command.args(["--format", "json"]).current_dir(folder.path());
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()).stdin(Stdio::null()).kill_on_drop(true);
    let output = patiently("the run", command.output()).await.unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let (spans, events) = (collector.spans(), collector.events());
    let missed: Vec<_> = events.iter().filter(|event| event.name == "detente.turn.missed").collect();
    assert!(!missed.is_empty(), "{report} {events:#?}");
    for event in missed {
        assert_eq!(event.trace_id, report["trace_id"].as_str().unwrap());
        assert_eq!(event.attributes["detente.party"], "USA");
        let span = spans.iter().find(|span| span.span_id == event.span_id).unwrap();
        assert_eq!((span.name.as_str(), span.error.as_str()), ("decide", "USA missed its turn"));
    }
    let asked = spans.iter().find(|span| span.attributes.contains_key("rpc.method")).unwrap();
    assert_eq!(asked.attributes["rpc.system.name"], "grpc");
    assert_eq!((asked.name.as_str(), asked.kind.as_str()), ("evaluate", "SPAN_KIND_CLIENT"));
}

/// No attribute has a private name, and none has the value of a utility.
fn assert_private(spans: &[SpanData], report: &serde_json::Value) {
    let secrets = ["utilities", "walk_away_values"].map(|key| report[key].as_object().unwrap().values());
    let secrets: Vec<String> = secrets.into_iter().flatten().map(ToString::to_string).collect();
    for (name, value) in spans.iter().flat_map(|span| &span.attributes) {
        let private = ["private", "utility", "utilities", "mandate", "walk_away", "red_line", "objective"];
        assert!(!private.iter().any(|word| name.contains(word)), "{name} = {value}");
        assert!(!secrets.contains(value), "{name} = {value}");
    }
}
