//! `detente run`: the contract of its document, that it repeats, that it fails with a reason, and
//! that it leaves nothing behind.

#![allow(clippy::unwrap_used, reason = "helpers stop at the first surprise, as tests do")]

mod common;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout};

use common::{Place, alive, signal};
use serde_json::Value;

fn field<'a>(document: &'a Value, path: &str) -> &'a Value {
    document.pointer(path).unwrap_or_else(|| panic!("no {path} in {document}"))
}

/// Three numbers under the names base, before and after.
fn is_figure(figure: &Value) {
    let members = figure.as_object().unwrap();
    assert_eq!(members.keys().collect::<Vec<_>>(), ["after", "base", "before"]);
    assert!(members.values().all(Value::is_number), "{figure}");
}

#[test]
fn the_document_keeps_its_contract_and_the_default_talks_agree() {
    let place = Place::new();
    let document = place.json(&["run", "geneva-2025", "--seed", "7"]);
    assert_eq!(document["scenario"], "geneva-2025");
    assert_eq!(document["procedure"], "alternating-offers");
    assert_eq!(document["seed"], 7);
    assert_eq!(document["outcome"], "agreed");
    assert!(document["reason"].as_str().unwrap().starts_with("all parties accepted the offer of entry "));
    let (rounds, moves) = (document["rounds"].as_u64().unwrap(), document["moves"].as_u64().unwrap());
    // Two seats: the last round has one move or two.
    assert_eq!(rounds, moves.div_ceil(2));
    assert_eq!(document["offer"].as_object().unwrap().len(), 59);
    let impact = &document["impact"];
    for name in ["bilateral_deficit_usd", "imports_usd", "exports_usd", "total_trade_usd"] {
        is_figure(field(impact, &format!("/{name}")));
    }
    for party in ["USA", "CHN"] {
        is_figure(field(impact, &format!("/tariff_revenue_usd/{party}")));
        is_figure(field(impact, &format!("/average_tariff_bps/{party}")));
        let worth = |name: &str| field(&document, &format!("/{name}/{party}")).as_f64().unwrap();
        assert!(worth("utilities") > worth("walk_away_values"), "{party}");
        assert!(worth("walk_away_values") > worth("status_quo_utilities"), "{party}");
    }
    assert_eq!(impact["sectors"].as_array().unwrap().len(), 24);
    assert_eq!(impact["deficit_concept"], "customs_consumption_minus_exports");
    assert!(impact["flags"].as_array().unwrap().contains(&"estimated_tariff".into()));
    assert_eq!(document["record"], "detente.db");
    assert_eq!(document["trace_id"].as_str().unwrap().len(), 32);
    let processes = document["processes"].as_array().unwrap();
    let names: Vec<_> = processes.iter().map(|process| process["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["mediator", "USA", "CHN"]);
    for process in processes {
        assert!(process["address"].as_str().unwrap().starts_with("127.0.0.1:"));
        assert!(!alive(process["pid"].as_u64().unwrap()), "{process} is still there");
    }
}

#[test]
fn the_same_seed_gives_the_same_talk_to_the_byte() {
    let place = Place::new();
    let run = |seed: &str| {
        let strategies = ["--strategy", "USA=random-walker", "--strategy", "CHN=micro"];
        let document = place.json(&[&["run", "--rounds", "6", "--seed", seed], &strategies[..]].concat());
        let same =
            ["outcome", "reason", "rounds", "moves", "offer", "impact", "utilities", "walk_away_values"];
        let kept = same.map(|name| field(&document, &format!("/{name}")).to_string());
        let talk = document["talk"].as_str().unwrap().to_owned();
        let shown = place.json(&["record", "show", &talk]);
        let entries = shown["entries"].as_array().unwrap().iter();
        let offers: Vec<Value> = entries.map(|entry| entry["decoded"]["offer"].clone()).collect();
        (kept, offers)
    };
    let (first, second, other) = (run("7"), run("7"), run("8"));
    assert_eq!(first, second);
    assert_ne!(first.1, other.1, "another seed walks elsewhere");
}

#[test]
fn hard_bargainers_fail_and_say_why() {
    let place = Place::new();
    let hard = ["--strategy", "USA=micro:rungs=100", "--strategy", "CHN=micro:rungs=100"];
    let document = place.json(&[&["run", "geneva-2025", "--rounds", "20"], &hard[..]].concat());
    assert_eq!(document["outcome"], "failed");
    let reason = document["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("the last round ended without agreement; the status quo stands: "),
        "{reason}"
    );
    for gap in ["USA last offered CHN 0.", "CHN last offered USA 0."] {
        assert!(reason.contains(gap), "{reason}");
    }
    assert_eq!((&document["rounds"], &document["moves"]), (&20.into(), &40.into()));
    assert!(document["offer"].is_null());
    // The figures are those of the status quo.
    let deficit = field(&document, "/impact/bilateral_deficit_usd");
    assert_eq!(deficit["before"], deficit["after"]);
    assert_eq!(document["utilities"], document["status_quo_utilities"]);
}

#[test]
fn people_read_plain_lines_and_tables() {
    let place = Place::new();
    let answer = place.run(&["run", "protocol-of-talks"]).ok();
    insta::assert_snapshot!(common::redacted(&answer.out));
}

#[test]
fn people_read_the_record_afterwards() {
    let place = Place::new();
    place.run(&["run", "geneva-2025", "--strategy", "USA=micro:rungs=5", "--rounds", "2"]).ok();
    insta::assert_snapshot!(common::redacted(&place.run(&["record", "show"]).ok().out));
    insta::assert_snapshot!("replay", common::redacted(&place.run(&["record", "replay"]).ok().out));
}

#[test]
fn the_offer_of_a_run_can_be_scored_again() {
    let place = Place::new();
    let run = place.run(&["run", "--strategy", "USA=conceder", "--rounds", "5", "--format", "json"]).ok();
    let scored = place.run_with(&["score", "geneva-2025", "--offer", "-", "--format", "json"], &run.out).ok();
    assert_eq!(run.json()["impact"], scored.json()["impact"]);
    assert_eq!(run.json()["offer"], scored.json()["offer"]);
}

/// A run in plain lines whose first move is far off; it has got as far as the opening of the talk.
fn opened(place: &Place) -> (Child, BufReader<ChildStdout>) {
    let mut run = place.command(&["run", "geneva-2025", "--pace", "60s"]).spawn().unwrap();
    let mut out = BufReader::new(run.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("the talk opens") {
        line.clear();
        if out.read_line(&mut line).unwrap() == 0 {
            panic!("it ended before the talk opened: {:?}", run.wait_with_output().unwrap());
        }
    }
    (run, out)
}

#[test]
fn an_interrupt_ends_every_process_in_order() {
    let place = Place::new();
    let (run, mut out) = opened(&place);
    let children = children_of(run.id());
    assert_eq!(children.len(), 3);
    signal("INT", run.id());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let ended = run.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{rest}");
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(said, "detente: interrupted; the record holds what was said so far\n");
    assert!(children.iter().all(|pid| !alive(*pid)), "{children:?}");
    // The writer closed the record in order: it can be read, and written to again.
    let listed = place.json(&["record", "list"]);
    assert_eq!(listed["talks"][0]["phase"], "open");
    assert!(!place.path().join("detente.db-wal").exists());
}

#[test]
fn a_process_that_dies_ends_the_run_and_is_named() {
    for (service, name) in [("mediator", "mediator"), ("CHN", "CHN")] {
        let place = Place::new();
        let (run, _out) = opened(&place);
        let children = children_of(run.id());
        let is_it = |pid: &&u64| {
            let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
            line.split('\0').any(|argument| argument == service)
        };
        let victim = *children.iter().find(is_it).unwrap();
        signal("KILL", u32::try_from(victim).unwrap());
        let ended: common::Answer = run.wait_with_output().unwrap().into();
        assert_eq!(ended.code, 69, "{ended:?}");
        assert!(
            ended.err.starts_with(&format!("detente: {name} ended early (signal: 9 (SIGKILL))")),
            "{ended:?}"
        );
        assert!(children.iter().all(|pid| !alive(*pid)), "{children:?}");
    }
}

/// The processes whose parent is `pid`, from the process file system.
fn children_of(pid: u32) -> Vec<u64> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u64>().ok());
    let parent = |id: &u64| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse::<u32>().ok()
    };
    ids.filter(|id| parent(id) == Some(pid)).collect()
}
