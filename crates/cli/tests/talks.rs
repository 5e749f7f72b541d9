//! Services by hand, `detente talk` from outside, and the record beside the running writer.

mod common;

use std::io::{BufRead as _, BufReader};

use common::{Place, Service};
use serde_json::Value;

struct Table {
    place: Place,
    mediator: Service,
}

impl Table {
    fn set() -> Self {
        let place = Place::new();
        let mediator =
            Service::start(&place, &["mediator", "--listen", "127.0.0.1:0", "--record", "talks.db"]);
        Self { place, mediator }
    }

    fn seat(&self, party: &str, scenario: &str, pace: &str) -> Service {
        let mediator = format!("http://{}", self.mediator.address);
        Service::start(
            &self.place,
            &[
                "delegation",
                "--party",
                party,
                "--scenario",
                scenario,
                "--mediator",
                &mediator,
                "--pace",
                pace,
            ],
        )
    }

    fn talk(&self, arguments: &[&str]) -> Value {
        self.place.json(&[&["talk"], arguments, &["--mediator", &self.mediator.address]].concat())
    }
}

#[test]
fn a_talk_by_hand_from_convening_to_the_end() {
    let table = Table::set();
    let convened = table.talk(&["convene", "protocol-of-talks", "--request-id", "one"]);
    assert_eq!((&convened["phase"], &convened["entries"]), (&"convened".into(), &1.into()));
    let again = table.talk(&["convene", "protocol-of-talks", "--request-id", "one"]);
    assert_eq!(again["talk"], convened["talk"], "the same request is the same talk");
    let talk = convened["talk"].as_str().unwrap();
    let watching =
        ["talk", "watch", talk, "--after", "1", "--format", "json", "--mediator", &table.mediator.address];
    let watch = table.place.command(&watching).spawn().unwrap();
    let seats = ["USA", "CHN", "CHE"].map(|party| table.seat(party, "protocol-of-talks", "0ms"));
    let watched: common::Answer = watch.wait_with_output().unwrap().into();
    assert_eq!(watched.code, 0, "{watched:?}");
    let watched: Vec<Value> = watched.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(watched[0]["kind"], "opened");
    assert_eq!(watched.last().unwrap()["kind"], "closed");
    let standing = table.talk(&["get", talk]);
    assert_eq!(standing["phase"], "agreed");
    assert_eq!(standing["entries"], watched.len() + 1);
    // The record says the same while its writer runs.
    let exported = table.place.run(&["record", "export", talk, "--record", "talks.db"]).ok();
    let exported: Vec<Value> = exported.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(exported[1..], watched);
    assert!(exported.windows(2).all(|pair| pair[1]["prev_hash"] == pair[0]["hash"]));
    let replayed = table.place.json(&["record", "replay", talk, "--record", "talks.db"]);
    assert_eq!(replayed["talks"][0]["reproduced"], exported.len());
    assert_eq!(replayed["talks"][0]["tip_hash"], standing["tip_hash"]);
    for seat in seats {
        assert_eq!(seat.terminate(), 0);
    }
    assert_eq!(table.mediator.terminate(), 0);
}

#[test]
fn a_talk_is_adjourned_and_taken_up_again() {
    let table = Table::set();
    let talk = table.talk(&["convene", "geneva-2025"])["talk"].as_str().unwrap().to_owned();
    let watching = ["talk", "watch", &talk, "--mediator", &table.mediator.address];
    let mut watch = table.place.command(&watching).spawn().unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let mut heard =
        |what: &str| lines.by_ref().map(Result::unwrap).find(|line| line.contains(what)).is_some();
    let _seats = ["USA", "CHN"].map(|party| table.seat(party, "geneva-2025", "60s"));
    assert!(heard("the talk opens"));
    let adjourned = table.talk(&["adjourn", &talk, "--reason", "back on Monday"]);
    assert_eq!(adjourned["phase"], "adjourned");
    assert!(heard("adjourned: back on Monday"));
    assert_eq!(table.talk(&["reconvene", &talk])["phase"], "open");
    assert!(heard("reconvened"));
    watch.kill().unwrap();
    watch.wait().unwrap();
    let shown = table.place.json(&["record", "show", &talk, "--record", "talks.db"]);
    assert_eq!(shown["entries"][2]["decoded"]["reason"], "back on Monday");
    let replayed = table.place.json(&["record", "replay", &talk, "--record", "talks.db"]);
    assert_eq!(replayed["talks"][0]["reproduced"], 4);
}

#[test]
fn talks_are_listed_in_pages_newest_first() {
    let table = Table::set();
    let convene = |id: &str| table.talk(&["convene", "geneva-2025", "--request-id", id])["talk"].clone();
    let talks = ["a", "b", "c"].map(convene);
    let first = table.talk(&["list", "--page-size", "2"]);
    let names = |page: &Value| {
        page["talks"].as_array().unwrap().iter().map(|t| t["talk"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&first), [talks[2].clone(), talks[1].clone()]);
    let token = first["next_page_token"].as_str().unwrap();
    assert_eq!(names(&table.talk(&["list", "--page-size", "2", "--page-token", token])), [talks[0].clone()]);
    let arguments = ["talk", "list", "--page-token", "nonsense", "--mediator", &table.mediator.address];
    let (exit, error) = table.place.error(&arguments);
    assert_eq!((exit, error["code"].as_str()), (64, Some("BAD_PAGE_TOKEN")));
}

#[test]
fn what_a_mediator_refuses_keeps_its_reason() {
    let table = Table::set();
    let talk =
        table.talk(&["convene", "geneva-2025", "--request-id", "one"])["talk"].as_str().unwrap().to_owned();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["convene", "geneva-2025", "--request-id", "one", "--rounds", "3"], 64, "REQUEST_ID_REUSED"),
        (&["get", "nobody"], 66, "NO_SUCH_TALK"),
        (&["watch", "nobody"], 66, "NO_SUCH_TALK"),
        (&["adjourn", &talk], 64, "NOT_OPEN"),
        (&["reconvene", &talk], 64, "NOT_ADJOURNED"),
    ];
    for (arguments, exit, code) in cases {
        let arguments = [&["talk"], *arguments, &["--mediator", &table.mediator.address]].concat();
        let (given, error) = table.place.error(&arguments);
        assert_eq!((given, error["code"].as_str()), (*exit, Some(*code)), "{arguments:?}: {error}");
    }
}

#[test]
fn a_damaged_record_is_said_to_be_damaged() {
    let place = Place::new();
    place.run(&["run", "protocol-of-talks"]).ok();
    let path = place.path().join("detente.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // A label inside a stored offer, the last one: the page stays well formed, the hash does not.
    let at = bytes
        .windows(9)
        .rposition(|window| window == b"Singapore")
        .or_else(|| bytes.windows(6).rposition(|window| window == b"Geneva"));
    bytes[at.unwrap()] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (exit, error) = place.error(&["record", "replay"]);
    assert_eq!((exit, error["code"].as_str()), (65, Some("BROKEN_RECORD")), "{error}");
    // A list shows which talk it is, and goes on.
    let listed = place.json(&["record", "list"]);
    assert_eq!(listed["talks"][0]["phase"], "unreadable");
}
