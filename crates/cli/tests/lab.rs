//! Tournaments: the same bytes on any number of threads and after a kill, and what they print.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::Place;

const TOURNAMENT: &str = r#"
name = "small"
strategies = ["boulware", "micro", "random-walker", "nice-tit-for-tat"]
scenarios = ["laptop", "itex-cypress", "grocery"]
repetitions = 40
rounds = [20]
information = ["none", "model"]
seed = 7
"#;

fn lab(folder: &Path, output: &str, threads: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
    command.args(["lab", "run", "small.toml", "-o", output, "--threads", threads, "--format", "json"]);
    command.current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn finished(command: &mut Command) -> serde_json::Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn results(folder: &Path, output: &str) -> [Vec<u8>; 2] {
    ["results.csv", "results.json"].map(|file| std::fs::read(folder.join(output).join(file)).unwrap())
}

#[test]
fn a_tournament_is_the_same_bytes_on_any_threads_and_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("small.toml"), TOURNAMENT).unwrap();
    let report = finished(&mut lab(folder, "whole", "2"));
    assert_eq!(report["talks"], 4 * 4 * 2 * 3 * 2 * 40);
    assert_eq!(report["leaderboard"].as_array().unwrap().len(), 4);
    let models = |name: &str| {
        let board = report["leaderboard"].as_array().unwrap();
        let standing = board.iter().find(|standing| standing["strategy"] == name).unwrap();
        ["model_spearman", "model_kendall", "model_rmse"].map(|key| standing[key].as_f64())
    };
    let [spearman, kendall, rmse] = models("nice-tit-for-tat").map(Option::unwrap);
    assert!(
        (0.2..1.0).contains(&spearman) && (0.2..1.0).contains(&kendall) && rmse > 0.0,
        "{spearman} {kendall} {rmse}"
    );
    assert_eq!(models("boulware"), [None; 3], "it models nobody");
    finished(&mut lab(folder, "single", "1"));
    assert_eq!(results(folder, "single"), results(folder, "whole"));

    let mut killed = lab(folder, "killed", "2").spawn().unwrap();
    let journal = folder.join("killed/journal.jsonl");
    let lines = || std::fs::read(&journal).map_or(0, |b| b.iter().filter(|b| **b == b'\n').count());
    let patience = Instant::now();
    // Far into the talks and before their end; a machine that is too fast shows it by the exit.
    while lines() < 20 {
        assert!(killed.try_wait().unwrap().is_none(), "it ended before it could be killed");
        assert!(patience.elapsed() < Duration::from_secs(120), "nothing was written");
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let there = lines();
    assert!(there < 120, "{there} blocks of 120 were there: nothing is left to resume");
    // What a kill in the midst of a write leaves.
    let mut torn = std::fs::OpenOptions::new().append(true).open(&journal).unwrap();
    std::io::Write::write_all(&mut torn, b"{\"block\":7,\"played\":[{\"tal").unwrap();
    let resumed = finished(&mut lab(folder, "killed", "2"));
    assert_eq!(results(folder, "killed"), results(folder, "whole"));
    assert_eq!(resumed["leaderboard"], report["leaderboard"]);
}

#[test]
fn a_report_is_one_page_without_script_and_a_folder_of_another_tournament_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("small.toml"), TOURNAMENT.replace("40", "1")).unwrap();
    finished(&mut lab(folder, "out", "2"));
    let mut report = Command::new(env!("CARGO_BIN_EXE_detente"));
    report.args(["lab", "report", "out", "--html", "page.html"]).current_dir(folder);
    let text = String::from_utf8(report.output().unwrap().stdout).unwrap();
    for expected in ["strategy", "boulware", "95% interval", "replicator dynamics", "Holm"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let page = std::fs::read_to_string(folder.join("page.html")).unwrap();
    assert!(page.contains("nice-tit-for-tat") && !page.contains("<script") && !page.contains("NaN"));
    let plots =
        ["Mean utility with", "Mean distance of", "over the replicator dynamics", "Microseconds a decision"];
    for plot in plots {
        let there =
            page.split("<svg").skip(1).any(|svg| svg.split("</title>").next().unwrap().contains(plot));
        assert!(there, "{plot}");
    }
    let document: serde_json::Value = serde_json::from_slice(
        &Command::new(env!("CARGO_BIN_EXE_detente"))
            .args(["lab", "report", "out", "--format", "json"])
            .current_dir(folder)
            .output()
            .unwrap()
            .stdout,
    )
    .unwrap();
    assert!(document["decision_us"]["nice-tit-for-tat"].as_f64().unwrap() > 0.0, "{document}");
    std::fs::write(folder.join("small.toml"), TOURNAMENT.replace("seed = 7", "seed = 8")).unwrap();
    let refused = lab(folder, "out", "2").output().unwrap();
    let refused: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(refused["error"]["code"], "OTHER_TOURNAMENT");
}

#[test]
fn models_after_every_decision_are_written_where_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let once = TOURNAMENT.replace("40", "1");
    std::fs::write(folder.join("small.toml"), &once).unwrap();
    finished(&mut lab(folder, "plain", "2"));
    assert!(!folder.join("plain/models.csv").exists());
    std::fs::write(folder.join("small.toml"), format!("{once}model_rounds = true\n")).unwrap();
    finished(&mut lab(folder, "asked", "2"));
    let text = std::fs::read_to_string(folder.join("asked/models.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 7 && row[2] == "nice-tit-for-tat"), "others have no model");
    assert!(rows.iter().any(|row| row[3].parse::<u32>().unwrap() > 5), "round by round");
    assert_eq!(results(folder, "asked")[0], results(folder, "plain")[0], "it is only looked at more often");
}

#[test]
fn a_tournament_that_cannot_be_is_refused_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to, expected) in [
        ("\"micro\"", "\"nobody\"", "nobody"),
        ("\"grocery\"", "\"protocol-of-talks\"", "3 parties"),
        ("\"grocery\"", "\"protocol-of-talks\"", "`detente run protocol-of-talks`"),
        ("repetitions = 40", "repetitions = 0", "repetitions"),
        ("rounds = [20]", "turns = [20]", "turns"),
        ("\"micro\"", "\"boulware\"", "named twice"),
        ("\"model\"", "\"gossip\"", "gossip"),
    ] {
        std::fs::write(folder.path().join("small.toml"), TOURNAMENT.replacen(from, to, 1)).unwrap();
        let output = lab(folder.path(), "out", "1").output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{to}");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn a_file_that_was_edited_is_another_strategy() {
    let place = Place::new();
    place.write(
        "mine.toml",
        "name = \"mine\"\nstrategies = [\"linear\", \"parts.toml\"]\nscenarios = [\"laptop\"]\n",
    );
    let board = |offering: &str| {
        place.write("parts.toml", &format!("offering = {offering:?}\n"));
        place.run(&["lab", "run", "mine.toml", "-o", "results", "--format", "json"])
    };
    board("boulware").ok();
    board("boulware").ok();
    let edited = board("conceder");
    assert_eq!(edited.code, 64, "the results of another strategy are not taken for its own: {edited:?}");
    assert!(edited.out.contains("--restart"), "{edited:?}");
}

#[test]
fn an_agent_that_is_not_there_is_not_ranked() {
    let place = Place::new();
    let text =
        "name = \"mine\"\nstrategies = [\"linear\", \"grpc://127.0.0.1:1\"]\nscenarios = [\"laptop\"]\n";
    place.write("mine.toml", text);
    let (code, error) = place.error(&["lab", "run", "mine.toml"]);
    assert_eq!((code, error["code"].as_str().unwrap()), (69, "NO_AGENT"));
    place.write("mine.toml", &text.replace("grpc://127.0.0.1:1", "agent.toml"));
    place.write("agent.toml", "agent = \"grpc://127.0.0.1:1\"\n");
    let (code, error) = place.error(&["lab", "run", "mine.toml"]);
    assert_eq!((code, error["code"].as_str().unwrap()), (69, "NO_AGENT"), "one that a file declares");
}

#[test]
fn what_is_named_twice_is_played_once_or_not_at_all() {
    let place = Place::new();
    for key in ["rounds = [20, 20]", "information = [\"model\", \"model\"]"] {
        let text = format!("name = \"mine\"\nstrategies = [\"linear\"]\nscenarios = [\"laptop\"]\n{key}\n");
        place.write("mine.toml", &text);
        assert_eq!(place.error(&["lab", "run", "mine.toml"]).0, 64, "{key}");
    }
}
