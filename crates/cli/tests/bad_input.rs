//! What cannot be done is said with a code, a place and an exit code; nothing panics, nothing is
//! guessed.

mod common;

use common::{Place, Service};

/// Code, place and exit code of each.
#[test]
fn every_refusal_has_its_code_and_place() {
    let place = Place::new();
    place.write("junk.db", "this is not a record of talks, it is a note that somebody left here");
    place.write("wild.toml", "usa.rate.steel = 1_000_000_000");
    place.write("nan.toml", "usa.rate.steel = nan");
    place.write("broken.toml", "party = \"USA\"\nwalk_away = 7\n");
    let objective = "[[objective]]\nname = \"a\"\nweight = 1.0\nissue = \"weather\"\nvalues = { on = 1.0 }\n";
    place.write("alien.toml", &format!("party = \"USA\"\nwalk_away = 0.5\n{objective}"));
    place.write("chinese.toml", include_str!("../../../scenarios/geneva-2025/mandates/CHN.toml"));
    let filled = |file: &'static str| ["score", "geneva-2025", "--fill-status-quo", "--offer", file];
    let cases: &[(&[&str], i32, &str, Option<&str>)] = &[
        (&["run", "nowhere"], 66, "NO_SUCH_SCENARIO", None),
        (&["run", "--rounds", "0"], 64, "BAD_ARGUMENT", Some("--rounds")),
        (&["run", "--rounds", "many"], 64, "BAD_ARGUMENT", Some("command line")),
        (&["run", "--strategy", "USA=bluff"], 64, "BAD_ARGUMENT", Some("--strategy")),
        (&["run", "--strategy", "FRA=linear"], 64, "NOT_A_PARTY", None),
        (&["run", "--mandate", "USA=none.toml"], 66, "UNREADABLE_FILE", Some("none.toml")),
        (&["run", "--mandate", "USA=broken.toml"], 64, "BROKEN_MANDATE", Some("broken.toml:1")),
        (&["run", "--mandate", "USA=alien.toml"], 64, "BROKEN_MANDATE", Some("alien.toml:4")),
        (&["run", "--mandate", "USA=chinese.toml"], 64, "BAD_BRIEFING", None),
        (&["run", "--record", "junk.db"], 64, "UNUSABLE_RECORD", Some("junk.db")),
        (&["run", "--record", "junk.db/talks.db"], 64, "UNUSABLE_RECORD", Some("junk.db/talks.db-lock")),
        (&filled("wild.toml"), 64, "BAD_OFFER", Some("wild.toml")),
        (&filled("nan.toml"), 64, "BAD_OFFER", Some("nan.toml")),
        (&filled("none.toml"), 66, "UNREADABLE_FILE", Some("none.toml")),
        (&["score", "geneva-2025"], 64, "BAD_ARGUMENT", Some("command line")),
        (&["score", "protocol-of-talks", "--status-quo"], 64, "NO_TRADE_DATA", None),
        (&["explain", "geneva-2025", "--party", "FRA", "--status-quo"], 64, "NOT_A_PARTY", Some("--party")),
        (&["scenario", "show", "nowhere"], 66, "NO_SUCH_SCENARIO", None),
        (&["record", "list"], 66, "NO_SUCH_RECORD", Some("detente.db")),
        (&["record", "show", "--record", "junk.db"], 64, "UNUSABLE_RECORD", Some("junk.db")),
        (
            &["talk", "list", "--mediator", "127.0.0.1:1"],
            69,
            "MEDIATOR_UNREACHABLE",
            Some("http://127.0.0.1:1"),
        ),
        (&["talk", "list", "--mediator", "::"], 64, "BAD_ADDRESS", Some("--mediator")),
        (&["serve", "mediator", "--listen", "nowhere"], 64, "BAD_ARGUMENT", Some("command line")),
        (&["juggle"], 64, "BAD_ARGUMENT", Some("command line")),
    ];
    for (arguments, exit, code, at) in cases {
        let (given, error) = place.error(arguments);
        assert_eq!(given, *exit, "{arguments:?}: {error}");
        assert_eq!(error["code"], *code, "{arguments:?}: {error}");
        assert_eq!(error["where"].as_str(), *at, "{arguments:?}: {error}");
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let place = Place::new();
    // Nobody can make a file there, whoever runs the tests.
    let answer: common::Answer =
        place.command(&["run", "--format", "json"]).current_dir("/proc").output().unwrap().into();
    assert_eq!(answer.code, 64);
    let error = &answer.json()["error"];
    assert_eq!(error["code"], "UNUSABLE_RECORD");
    assert!(
        error["message"].as_str().unwrap().contains("check that the folder exists and can be written to")
    );
    assert!(error["hint"].as_str().unwrap().contains("--record"));
}

/// Whichever command writes it.
#[test]
fn a_file_that_cannot_be_written_is_told_the_same_everywhere() {
    let place = Place::new();
    let table = "importer,exporter,sector,value_musd,tariff_pct\nNOR,SWE,fish,100,5\nSWE,NOR,fish,80,3\n";
    place.write("t.csv", table);
    let new = ["--home", "NOR", "--partner", "SWE", "--year", "2024", "--csv", "t.csv"];
    // What is a file is no folder, whoever runs the tests.
    let cases: [(&[&str], &str); 3] = [
        (&["score", "geneva-2025", "--status-quo", "--draws", "0", "--html", "t.csv/a.html"], "t.csv/a.html"),
        (&["landing-zone", "laptop", "--picture", "t.csv/a.svg"], "t.csv/a.svg"),
        (&[&["scenario", "new", "t.csv/mine"], &new[..]].concat(), "t.csv/mine/public/scenario.toml"),
    ];
    for (arguments, at) in cases {
        let (exit, error) = place.error(arguments);
        assert_eq!((exit, error["code"].as_str()), (69, Some("UNWRITABLE_FILE")), "{arguments:?}: {error}");
        assert_eq!(error["where"], at);
        assert!(error["message"].as_str().unwrap().starts_with("cannot write the "), "{error}");
    }
}

#[test]
fn a_busy_port_and_a_record_in_use_are_said_to_be_so() {
    let place = Place::new();
    let mediator = Service::start(&place, &["mediator", "--listen", "127.0.0.1:0", "--record", "talks.db"]);
    let (exit, error) =
        place.error(&["serve", "mediator", "--listen", &mediator.address, "--record", "other.db"]);
    assert_eq!((exit, error["code"].as_str()), (69, Some("BUSY_ADDRESS")), "{error}");
    assert_eq!(error["where"], mediator.address.as_str());
    let (exit, error) =
        place.error(&["serve", "mediator", "--listen", "127.0.0.1:0", "--record", "talks.db"]);
    assert_eq!((exit, error["code"].as_str()), (69, Some("RECORD_IN_USE")), "{error}");
    let (exit, error) = place.error(&["run", "--record", "talks.db"]);
    assert_eq!((exit, error["code"].as_str()), (69, Some("RECORD_IN_USE")), "{error}");
    // The page of a run, with its address behind a space.
    let (exit, error) = place.error(&["run", "--page", &mediator.address, "--record", "other.db"]);
    assert_eq!((exit, error["code"].as_str()), (69, Some("BUSY_ADDRESS")), "{error}");
    assert_eq!(error["where"], mediator.address.as_str());
    // An address of another machine is a mistake.
    let (exit, error) =
        place.error(&["serve", "mediator", "--listen", "192.0.2.1:7400", "--record", "other.db"]);
    assert_eq!((exit, error["code"].as_str()), (64, Some("BAD_ADDRESS")), "{error}");
    // It goes on as if nothing had been asked.
    assert_eq!(
        place.json(&["talk", "list", "--mediator", &mediator.address])["talks"],
        serde_json::json!([])
    );
}

#[test]
fn a_slip_of_the_pen_is_understood() {
    let place = Place::new();
    for (given, meant) in [("persons", "person"), ("bulware", "boulware")] {
        let (exit, error) = place.error(&["run", "--strategy", &format!("USA={given}")]);
        let said = error["message"].as_str().unwrap();
        assert_eq!(exit, 64, "{error}");
        assert!(
            said.contains(&format!("(did you mean {meant}?)")) && said.contains("expected person"),
            "{said}"
        );
    }
}

#[test]
fn people_are_told_what_to_do() {
    let place = Place::new();
    place.write(
        "offer.toml",
        "usa.rate.steel = 12\nusa.rate.cheese = 10\nchn.export_controls_suspended = \"yes\"\n",
    );
    let answer = place.run(&["score", "geneva-2025", "--offer", "offer.toml"]);
    assert_eq!((answer.code, answer.out.as_str()), (64, ""));
    insta::assert_snapshot!(answer.err, @r#"
    detente: 4 problems
      - usa.rate.steel: found 12, expected a number from 0 to 125 in steps of 5 (percent)
      - chn.export_controls_suspended: found "yes", expected true or false
      - usa.rate.cheese: not on the agenda
      - no value for usa.rate.livestock and 56 more: an offer gives one for every issue
      where: offer.toml
      hint: --fill-status-quo leaves what is not given as it is
    "#);
    let answer = place.run(&["run", "nowhere"]);
    insta::assert_snapshot!(answer.err, @r#"
    detente: no scenario "nowhere": expected one of geneva-2025, protocol-of-talks, uk-2025, eu-2025, usmca-2026, seventeen-partners, itex-cypress, laptop, grocery, energy or a folder with a scenario.toml
      hint: `detente scenario list` shows what ships with the command
    "#);
}

#[cfg(not(feature = "wasm"))]
#[test]
fn a_program_without_the_sandbox_says_how_to_have_one() {
    let place = Place::new();
    place.write("boxed.toml", "sandbox = \"agent.wasm\"\n");
    for strategy in ["CHN=agent.wasm", "CHN=boxed.toml"] {
        let answer = place.run(&["run", "geneva-2025", "--strategy", strategy]);
        assert_eq!(answer.code, 64, "{answer:?}");
        assert!(answer.err.contains("--features wasm"), "{answer:?}");
    }
    let (code, error) = place.error(&["agent", "build", ".", "-o", "agent.wasm"]);
    assert_eq!((code, error["code"].as_str().unwrap()), (64, "NO_SANDBOX"));
    assert!(error["hint"].as_str().unwrap().contains("--features wasm"), "{error}");
}
