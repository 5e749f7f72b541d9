//! `detente trace`, `watch` and `observe`, with the real binary.

#![allow(clippy::unwrap_used, reason = "helpers stop at the first surprise, as tests do")]

mod common;

use common::{Place, Service};
use serde_json::Value;

#[test]
fn a_run_keeps_its_trace_and_the_trace_tells_the_talk() {
    let place = Place::new();
    let report = place.json(&["run", "geneva-2025", "--seed", "7"]);
    let (talk, trace) = (report["talk"].as_str().unwrap(), report["trace_id"].as_str().unwrap());
    assert_eq!(report["traces"], "detente-traces.db");
    let moves = report["moves"].as_u64().unwrap();
    for name in [talk, trace] {
        let shown = place.json(&["trace", name]);
        assert_eq!(shown["trace_id"], trace);
        assert_eq!(shown["orphans"], 0);
        let spans = shown["spans"].as_array().unwrap();
        let count = |name: &str| spans.iter().filter(|span| span["name"] == name).count() as u64;
        assert_eq!((count("talk"), count("propose"), count("decide")), (1, moves, moves + 1));
        // Every move is caused by a turn, and every turn by the move before: none is skipped.
        let path = shown["critical_path"].as_array().unwrap();
        assert_eq!(path.len() as u64, 2 * moves + 1);
        let waited: Vec<&String> = shown["waiting_for"].as_object().unwrap().keys().collect();
        assert_eq!(waited, ["CHN", "USA"]);
    }
    let text = place.run(&["trace"]).ok().out;
    for part in ["round 1 ", "decide USA propose", "slowest spans", "critical path", "the table waited for"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let exported: Value = serde_json::from_str(&place.run(&["trace", "export", talk]).ok().out).unwrap();
    assert_eq!(exported["resourceSpans"].as_array().unwrap().len(), 2);
    let listed = place.json(&["trace", "list"]);
    assert_eq!(listed["traces"][0]["talks"][0], talk);
}

#[test]
fn without_a_store_the_record_tells_when_each_entry_came() {
    let place = Place::new();
    let report = place.json(&["run", "geneva-2025", "--rounds", "3", "--no-traces"]);
    assert_eq!(report["traces"], Value::Null);
    assert!(!place.path().join("detente-traces.db").exists());
    let (code, error) = place.error(&["trace"]);
    assert_eq!((code, error["code"].as_str()), (66, Some("NO_SUCH_STORE")));
    let shown = place.json(&["trace", report["talk"].as_str().unwrap(), "--record", "detente.db"]);
    let entries = shown["entries"].as_array().unwrap();
    let moves = entries.iter().filter(|entry| ["propose", "accept"].iter().any(|act| entry["what"] == *act));
    assert_eq!(moves.count() as u64, report["moves"].as_u64().unwrap());
    assert!(place.run(&["trace", "--record", "detente.db"]).ok().out.contains("entries only, no spans"));
}

#[test]
fn an_observatory_of_its_own_receives_a_run() {
    let place = Place::new();
    let service = Service::start(&place, &["observatory", "--listen", "127.0.0.1:0", "--store", "own.db"]);
    let mut run = place.command(&["run", "geneva-2025", "--rounds", "2", "--format", "json"]);
    run.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", service.address));
    let report: Value = serde_json::from_slice(&run.output().unwrap().stdout).unwrap();
    assert_eq!(report["traces"], Value::Null, "they go where the operator said");
    assert_eq!(service.terminate(), 0);
    let shown = place.json(&["trace", report["talk"].as_str().unwrap(), "--store", "own.db"]);
    assert_eq!(shown["trace_id"], report["trace_id"]);
    let (code, error) = place.error(&["trace", "talk-0", "--store", "own.db"]);
    assert_eq!((code, error["code"].as_str()), (66, Some("NO_SUCH_TRACE")));
}

#[test]
fn what_is_private_leaves_only_if_the_operator_says_so() {
    let place = Place::new();
    let private = |document: &Value| document.to_string().contains("detente.private.");
    let report = place.json(&["run", "geneva-2025", "--rounds", "2"]);
    assert!(!private(&place.json(&["trace", report["talk"].as_str().unwrap()])));
    let mut run = place.command(&["run", "geneva-2025", "--rounds", "2", "--format", "json"]);
    let report: Value =
        serde_json::from_slice(&run.env("DETENTE_PRIVATE_SPANS", "1").output().unwrap().stdout).unwrap();
    assert!(private(&place.json(&["trace", report["talk"].as_str().unwrap()])));
}

#[test]
fn a_watch_needs_a_talk_that_goes_on() {
    let place = Place::new();
    let service = Service::start(&place, &["mediator", "--listen", "127.0.0.1:0", "--record", "talks.db"]);
    let (code, error) = place.error(&["watch", "--mediator", &service.address]);
    assert_eq!((code, error["code"].as_str()), (66, Some("NO_OPEN_TALK")));
    let answer = place.run(&["watch", "nosuch", "--mediator", &service.address]);
    let hint = format!("hint: `detente talk list --mediator {}` shows the talks", service.address);
    assert_eq!((answer.code, answer.out.as_str()), (66, ""));
    assert!(answer.err.contains(&hint), "{}", answer.err);
}

#[test]
fn what_was_looked_in_for_a_talk_is_named() {
    let place = Place::new();
    place.json(&["run", "geneva-2025", "--rounds", "1", "--format", "json"]);
    for (arguments, file) in [
        (&["trace", "nosuch"][..], "detente-traces.db"),
        (&["trace", "export", "nosuch"], "detente-traces.db"),
        (&["trace", "nosuch", "--record", "detente.db"], "detente.db"),
    ] {
        let (code, error) = place.error(arguments);
        assert_eq!((code, error["where"].as_str()), (66, Some(file)), "{error}");
    }
}
