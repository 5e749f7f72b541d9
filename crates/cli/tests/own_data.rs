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
