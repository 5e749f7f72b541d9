//! docs/own-data.md, followed by somebody who reads nothing else: every command answers what the page says.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod common;

use common::Place;

/// A fenced block: what stands after the fence, and its text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fenced = page.split("\n```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').unwrap()).collect()
}

#[test]
fn the_page_on_own_data_says_what_happens() {
    let page = include_str!("../../../docs/own-data.md");
    let place = Place::new();
    let mut commands = 0;
    for (kind, text) in blocks(page) {
        if let Some((_, name)) = kind.split_once(" file=") {
            let text = format!("{text}\n");
            match std::fs::read_to_string(place.path().join(name)) {
                Ok(drafted) => assert_eq!(drafted, text, "{name}"),
                Err(_) => place.write(name, &text),
            }
        } else if kind == "console" {
            let (command, expected) = text.split_once('\n').unwrap();
            let arguments: Vec<&str> = command.strip_prefix("$ detente ").unwrap().split(' ').collect();
            let answer = place.run(&arguments).ok();
            assert_eq!(answer.out.trim_end(), expected.trim_end(), "{command}");
            commands += 1;
        }
    }
    assert_eq!(commands, 5);
}

#[test]
fn a_draft_does_not_overwrite_and_tells_what_is_wrong() {
    let place = Place::new();
    let new =
        ["scenario", "new", "mine", "--home", "NOR", "--partner", "SWE", "--year", "2024", "--csv", "t.csv"];
    let table = "importer,exporter,sector,value_musd,tariff_pct\nNOR,SWE,fish,100,5\nSWE,NOR,fish,-80,3\n";
    place.write("t.csv", table);
    let (exit, error) = place.error(&new);
    assert_eq!((exit, error["code"].as_str()), (64, Some("BROKEN_SCENARIO")));
    assert_eq!(error["where"], "t.csv:3:14");
    assert!(!place.path().join("mine").exists(), "nothing is written for a table that is wrong");
    place.write("t.csv", &table.replace("-80", "80"));
    place.run(&new).ok();
    let (exit, error) = place.error(&new);
    assert_eq!((exit, error["code"].as_str()), (64, Some("ALREADY_THERE")));
}

/// A table from which two parties' talk can be drafted.
const TABLE: &str = "importer,exporter,sector,value_musd,tariff_pct\nNOR,SWE,fish,100,5\nSWE,NOR,fish,80,3\n";

fn new<'a>(folder: &'a str, csv: &'a str) -> [&'a str; 11] {
    ["scenario", "new", folder, "--home", "NOR", "--partner", "SWE", "--year", "2024", "--csv", csv]
}

/// A folder with the name of a shipped scenario is not that scenario.
#[test]
fn a_draft_under_a_shipped_name_is_the_one_that_is_pointed_to() {
    let place = Place::new();
    place.write("t.csv", TABLE);
    let drafted = place.run(&new("uk-2025", "t.csv")).ok().out;
    assert!(
        drafted.ends_with(
            "\nnext: detente scenario check ./uk-2025\n      detente score ./uk-2025 --status-quo\n"
        )
    );
    assert_eq!(place.json(&["scenario", "show", "./uk-2025"])["title"], "NOR and SWE");
    let document = place.json(&new("eu-2025", "t.csv"));
    assert_eq!((&document["scenario"], &document["folder"]), (&"eu-2025".into(), &"./eu-2025".into()));
    let document = place.json(&new("drafts/eu-2025", "t.csv"));
    assert_eq!(document["folder"], "drafts/eu-2025");
}

#[test]
fn a_folder_that_holds_a_scenario_directly_is_left_alone() {
    let place = Place::new();
    place.write("t.csv", TABLE);
    place.write("mine/scenario.toml", "mine");
    let (exit, error) = place.error(&new("mine", "t.csv"));
    assert_eq!((exit, error["code"].as_str()), (64, Some("ALREADY_THERE")));
    assert!(!place.path().join("mine/public").exists());
}

#[test]
fn a_table_is_read_to_its_limit_and_no_further() {
    let place = Place::new();
    // As long as one cares to read, with a length of 0.
    let (exit, error) = place.error(&new("mine", "/dev/zero"));
    assert_eq!((exit, error["code"].as_str()), (64, Some("TOO_LARGE")), "{error}");
    assert_eq!(error["where"], "/dev/zero");
    assert!(!place.path().join("mine").exists());
    let (exit, error) = place.error(&new("mine", "none.csv"));
    assert_eq!((exit, error["code"].as_str()), (66, Some("UNREADABLE_FILE")));
    place.run_with(&new("mine", "-"), TABLE).ok();
    place.run(&["scenario", "check", "mine"]).ok();
}
