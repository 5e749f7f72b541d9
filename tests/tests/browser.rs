//! The observatory's page in Debian's Chromium: every page of it, by pointer and by keyboard, in light
//! and dark, on a phone, with no complaint of its console, its policy or axe-core.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use detente_tests::exhibits::{Secrets, leaves, private_words, unexplained};
use detente_tests::patiently;
use detente_tests::programs::{program, workspace};
use detente_tests::talks_at::{entries, sound};
use record::TalkId;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use transcript::Transcript;

/// Runs a command, which must succeed.
async fn must(command: &mut Command) -> Output {
    let output = command.kill_on_drop(true).output().await;
    let output = output.unwrap_or_else(|error| panic!("cannot run {command:?}: {error}; is it installed?"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} failed:\n{out}\n{err}");
    output
}

/// The packages of `tests/browser/package.json`, kept under the target folder.
async fn packages() -> PathBuf {
    static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _one_at_a_time = ONE.lock().await;
    let folder = program("detente").parent().and_then(Path::parent).unwrap().join("node-browser");
    let wanted = workspace().join("tests/browser/package.json");
    let stamp = folder.join("installed.json");
    if std::fs::read(&stamp).ok() != Some(std::fs::read(&wanted).unwrap()) {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(&wanted, folder.join("package.json")).unwrap();
        let mut npm = Command::new("npm");
        must(npm.args(["install", "--no-fund", "--no-audit", "--silent", "--prefix"]).arg(&folder)).await;
        std::fs::copy(&wanted, &stamp).unwrap();
    }
    folder.join("node_modules")
}

/// Drives a browser through one of the scripts in `tests/browser`.
async fn drive(script: &str, case: Json) {
    let modules = packages().await;
    let mut node = Command::new("node");
    node.arg(workspace().join("tests/browser").join(script));
    node.env("DETENTE_NODE_MODULES", modules).env("DETENTE_CASE", case.to_string());
    let output = must(&mut node).await;
    assert!(String::from_utf8_lossy(&output.stdout).contains("all as it should be"));
}

fn detente(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program("detente"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    command.env_remove("OTEL_EXPORTER_OTLP_ENDPOINT");
    command
}

async fn talk(folder: &Path, arguments: &[&str], outcome: &str) -> String {
    let mut command = detente(folder, &["run", "geneva-2025", "--format", "json"]);
    let output = must(command.args(arguments)).await;
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["outcome"], outcome, "{report}");
    report["talk"].as_str().unwrap().to_owned()
}

/// The results of a small tournament, and a folder whose results are none.
async fn tournaments(folder: &Path) {
    let small = "name = \"small\"\nstrategies = [\"boulware\", \"micro\", \"hardheaded\"]\nscenarios = [\"laptop\"]\n";
    std::fs::write(folder.join("small.toml"), small).unwrap();
    must(&mut detente(folder, &["lab", "run", "small.toml"])).await;
    std::fs::create_dir(folder.join("lab-broken")).unwrap();
    std::fs::write(folder.join("lab-broken/results.json"), "{}").unwrap();
}

/// A run in which a person sits for a party.
struct SeatedRun {
    folder: tempfile::TempDir,
    party: String,
    child: Child,
    /// The address that opens the seat.
    seat: String,
}

impl SeatedRun {
    async fn start(party: &str, other: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut run = detente(folder.path(), &["run", "geneva-2025", "--format", "json"]);
        run.args(["--strategy", &format!("{party}=person"), "--strategy", &format!("{other}=conceder")]);
        run.args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = run.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let seat = loop {
            let line = patiently("the address of the seat", lines.next_line()).await.unwrap().unwrap();
            let said = serde_json::from_str::<Json>(&line).unwrap_or_default();
            if let Some(seat) = said["seat"].as_str() {
                assert_eq!(said["party"], party);
                break seat.to_owned();
            }
        };
        // What is said later is read, or the run would wait for its reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { folder, party: party.to_owned(), child, seat }
    }

    /// The report, once the talk is over.
    async fn report(self) -> Report {
        let ended = patiently("the end of the run", self.child.wait_with_output()).await.unwrap();
        let report: Json = serde_json::from_slice(&ended.stdout).unwrap();
        assert_eq!(report["strategies"][&self.party], "person", "{report}");
        Report { folder: self.folder, report }
    }
}

/// A run that is over.
struct Report {
    folder: tempfile::TempDir,
    report: Json,
}

impl Report {
    /// The talk, from the record.
    async fn transcript(&self) -> Transcript {
        let log = record::SqliteLog::open(&self.folder.path().join("detente.db")).unwrap();
        let talk = TalkId::new(self.report["talk"].as_str().unwrap()).unwrap();
        sound(&talk, &entries(&log, &talk).await)
    }

    /// The trace tells that a person decided, and nothing of what anybody wants.
    async fn assert_trace_is_public(&self, token: &str) {
        let trace = must(&mut detente(self.folder.path(), &["trace", "--format", "json"])).await.stdout;
        let trace: Json = serde_json::from_slice(&trace).unwrap();
        let trace = leaves("the trace", &trace);
        assert!(trace.iter().any(|leaf| leaf.text == "person"));
        assert!(!trace.iter().any(|leaf| leaf.text.contains(token)), "what opens the seat");
        let (seen, report) = (self.transcript().await, leaves("the report", &self.report));
        for (name, profile) in [("USA", us::PROFILE), ("CHN", china::PROFILE)] {
            let secrets = Secrets::of(&profile, "geneva-2025", &seen);
            assert_eq!(secrets.found_in(&trace), Vec::<String>::new(), "what {name} wants");
            // Whoever started the run holds every mandate, and is told: the search finds what there is.
            assert!(!secrets.found_in(&report).is_empty(), "{name}: {}", self.report);
        }
        assert_eq!(private_words(&trace), Vec::<String>::new());
        assert_eq!(unexplained(&trace), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_plays_the_geneva_talks_to_an_agreement_by_keyboard() {
    // Where the other side accepts in the end, and where the person does. DETENTE_SEAT_PICTURE=FILE takes
    // the picture of the docs on the way.
    for (party, other, phone) in [("USA", "CHN", false), ("CHN", "USA", true)] {
        let run = SeatedRun::start(party, other, &[]).await;
        let screenshot = std::env::var("DETENTE_SEAT_PICTURE").ok().filter(|_| !phone);
        let case = json!({ "seat": run.seat, "party": party, "phone": phone, "screenshot": screenshot });
        drive("seat.mjs", case).await;
        let token = run.seat.split_once("#take=").unwrap().1.to_owned();
        let ended = run.report().await;
        assert_eq!(ended.report["outcome"], "agreed", "{}", ended.report);
        ended.assert_trace_is_public(&token).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_falls_silent_comes_back_and_is_started_anew_with_another_key() {
    let (first, second) =
        (SeatedRun::start("USA", "CHN", &[]).await, SeatedRun::start("USA", "CHN", &[]).await);
    drive("starts.mjs", json!({ "first": first.seat, "second": second.seat })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_outlives_its_turn_says_so_and_does_nothing() {
    let run = SeatedRun::start("CHN", "USA", &[]).await;
    drive("dialogs.mjs", json!({ "seat": run.seat })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_walks_away_while_the_other_side_thinks() {
    let run = SeatedRun::start("USA", "CHN", &["--pace", "1h"]).await;
    drive("leaving.mjs", json!({ "seat": run.seat })).await;
    let report = run.report().await.report;
    assert_eq!((&report["outcome"], &report["rounds"]), (&json!("failed"), &json!(1)), "{report}");
}

/// SIGINT, and that it ended in order.
async fn interrupt(mut child: Child) {
    let pid = child.id().unwrap().to_string();
    must(Command::new("sh").args(["-c", "kill -INT \"$0\"", &pid])).await;
    assert!(patiently("the end after Ctrl-C", child.wait()).await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn talks_of_a_record_and_their_traces_are_shown_after_the_fact() {
    let folder = tempfile::tempdir().unwrap();
    let agreed = talk(folder.path(), &[], "agreed").await;
    talk(folder.path(), &["--seed", "1"], "agreed").await;
    let stubborn = ["--rounds", "3", "--strategy", "USA=micro", "--strategy", "CHN=micro"];
    let failed = talk(folder.path(), &stubborn, "failed").await;
    tournaments(folder.path()).await;
    let any = "127.0.0.1:0";
    let viewer = "http://jaeger.example/trace/{trace}";
    let mut observe =
        detente(folder.path(), &["observe", "--format", "json", "--listen", any, "--page", any]);
    observe.args(["--record", "detente.db", "--store", "detente-traces.db", "--viewer", viewer]);
    let mut child = observe.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = patiently("the ready line", lines.next_line()).await.unwrap().unwrap();
    let ready: Json = serde_json::from_str(&ready).unwrap();
    let case = json!({
        "page": ready["page"], "otlp": ready["addresses"][0], "talks": 3, "agreed": agreed, "failed": failed,
        "viewer": viewer,
    });
    drive("pages.mjs", case).await;
    interrupt(child).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_shows_its_talk_as_it_goes_on_and_keeps_the_page_until_ctrl_c() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = detente(folder.path(), &["run", "geneva-2025", "--page", "--pace", "60ms"]);
    let mut child = run.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = patiently("the address of the page", lines.next_line()).await.unwrap().unwrap();
    let page = line.strip_prefix("page    ").unwrap_or_else(|| panic!("{line}")).to_owned();
    // What is printed meanwhile is read, or the run would wait for its reader.
    let reading = tokio::spawn(async move {
        let mut said = Vec::new();
        while let Ok(Some(line)) = lines.next_line().await {
            said.push(line);
        }
        said
    });
    drive("live.mjs", json!({ "page": page })).await;
    interrupt(child).await;
    let said = reading.await.unwrap();
    assert!(said.iter().any(|line| *line == format!("page    {page} (Ctrl-C ends it)")), "{said:?}");
}
