//! A talk between two operators: nothing that leaves a delegation says what its party wants.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use detente_tests::collector::{Collector, Signal};
use detente_tests::exhibits::{Leaf, Secrets, leaves, lines, private_words, unexplained};
use detente_tests::mediators::client;
use detente_tests::patiently;
use detente_tests::programs::{Process, program};
use detente_tests::scrape::{say, scrape_text};
use detente_tests::talks_at::{convene, scenario_terms, watch_to_the_end};
use serde_json::Value as Json;
use talks::What;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

const SCENARIO: &str = "geneva-2025";
const ANY: &str = "127.0.0.1:0";

/// A service of the talk whose telemetry goes to a collector of its operator's.
struct Host {
    name: &'static str,
    process: Process,
    collector: Collector,
}

impl Host {
    async fn start(name: &'static str, program: &str, arguments: &[&str]) -> Self {
        let collector = Collector::start().await.unwrap();
        let endpoint = collector.endpoint();
        let own = ["--otlp", &endpoint, "--metrics", ANY, "--log-format", "json"];
        let process = Process::start(program, &[arguments, &own].concat()).await;
        Self { name, process, collector }
    }

    /// Ends it, and what it has told anybody by then: its metrics, its telemetry, its log.
    async fn exhibits(self) -> (Vec<Leaf>, Vec<(Signal, Json)>) {
        let metrics = scrape_text(self.process.metrics()).await;
        let log = self.process.end().await;
        let mut all = lines(&format!("log of {}", self.name), &log);
        // A line of the scrape is a series and its number; those in seconds are times.
        let series: Vec<String> =
            metrics.lines().filter(|line| !line.contains("_seconds")).map(str::to_owned).collect();
        all.extend(lines(&format!("metrics page of {}", self.name), &series));
        let requests = self.collector.requests();
        for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
            assert!(requests.iter().any(|(of, _)| *of == signal), "{} sent no {signal:?}", self.name);
        }
        for (signal, request) in &requests {
            all.extend(leaves(&format!("{signal:?} of {}", self.name), request));
        }
        (all, requests)
    }
}

/// Everything the page answers about a talk, from an observatory that was given all of this telemetry.
async fn pages(
    record: &Path,
    folder: &Path,
    (talk, offers): (&str, usize),
    told: &[(Signal, Json)],
) -> Vec<Leaf> {
    let (record, store) = (record.display().to_string(), folder.join("traces.db").display().to_string());
    let mut command = Command::new(program("detente"));
    command.args(["observe", "--format", "json", "--listen", ANY, "--page", ANY]).current_dir(folder);
    command.args(["--store", &store, "--record", &record]).kill_on_drop(true);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = patiently("the ready line", said.next_line()).await.unwrap().unwrap();
    let ready: Json = serde_json::from_str(&ready).unwrap();
    let receiver = ready["addresses"][0].as_str().unwrap();
    let page = ready["page"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').to_owned();
    for (signal, request) in told {
        let path = format!("{signal:?}").to_lowercase();
        let body = request.to_string();
        let head = format!(
            "POST /v1/{path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            receiver,
            body.len()
        );
        let answer = say(receiver, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut all = Vec::new();
    let talk_path = format!("/api/talks/{talk}");
    let document = patiently("the talk on the page", whole(&page, &talk_path)).await;
    let last = document["talk"]["seq"].as_u64().unwrap();
    all.extend(leaves(&talk_path, &document));
    let trace_path = format!("{talk_path}/trace");
    let trace = patiently("the trace on the page", traced(&page, &trace_path, &spans(told))).await;
    all.extend(leaves(&trace_path, &trace));
    let mut impacts = 0;
    let mut paths = vec!["/api/about".to_owned(), "/api/talks".to_owned()];
    paths.extend((0..=last).map(|seq| format!("{talk_path}/impact?seq={seq}")));
    for path in paths {
        let (status, document) = get(&page, &path).await;
        // Only offers have an impact.
        impacts += usize::from(status == 200 && path.contains("impact"));
        assert!(status == 200 || path.contains("impact"), "{path}: {document}");
        all.extend(leaves(&path, &document));
    }
    // The status quo's, and that of each offer.
    assert_eq!(impacts, 1 + offers, "impacts on the page");
    let told = heard(&page, &format!("/api/events?talk={talk}&after=0"), "\"closed\"").await;
    all.extend(lines("events", &told));
    assert!(all.iter().any(|leaf| leaf.text == "evaluate"), "the trace is on the page");
    all
}

/// The talk, once all of its record is read.
async fn whole(page: &str, path: &str) -> Json {
    loop {
        let (status, document) = get(page, path).await;
        if status == 200 && document["talk"]["state"] == "agreed" {
            return document;
        }
    }
}

/// The trace, once every span of it that was sent is stored.
async fn traced(page: &str, path: &str, sent: &BTreeSet<(String, String)>) -> Json {
    loop {
        let (status, document) = get(page, path).await;
        let trace = document["trace_id"].as_str().unwrap_or_default();
        let wanted = sent.iter().filter(|(of, _)| of == trace).count();
        if status == 200 && document["spans"].as_array().is_some_and(|spans| spans.len() == wanted) {
            return document;
        }
    }
}

/// The spans in these requests, each by its trace and itself.
fn spans(told: &[(Signal, Json)]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (_, request) in told.iter().filter(|(signal, _)| *signal == Signal::Traces) {
        for scope in each(&request["resourceSpans"]).flat_map(|of| each(&of["scopeSpans"])) {
            found.extend(each(&scope["spans"]).map(|span| (text(&span["traceId"]), text(&span["spanId"]))));
        }
    }
    found
}

fn each(list: &Json) -> impl Iterator<Item = &Json> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}

/// What a stream of events says until it has said this.
async fn heard(page: &str, path: &str, wanted: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(page).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {page}\r\n\r\n").as_bytes()).await.unwrap();
    let mut lines = BufReader::new(stream).lines();
    let mut said: Vec<String> = Vec::new();
    while !said.last().is_some_and(|line| line.contains(wanted)) {
        said.extend(patiently("what happens", lines.next_line()).await.unwrap());
    }
    said
}

async fn get(page: &str, path: &str) -> (u16, Json) {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {page}\r\nConnection: close\r\n\r\n");
    let answer = say(page, head.as_bytes()).await;
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (
        answer[9..12].parse().unwrap(),
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}")),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_leaves_a_delegation_says_nothing_of_what_its_party_wants() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("talks.db");
    let at = record.display().to_string();
    let table =
        Host::start("mediator", "detente", &["serve", "mediator", "--listen", ANY, "--record", &at]).await;
    let url = table.process.url();
    let seat = ["--mediator", &url, "--scenario", SCENARIO, "--seed", "7", "--strategy"];
    // Both have a model of the other; China's operator lets what is private into its own collector.
    let usa = Host::start("USA", "detente-us", &[&seat[..], &["edge"]].concat()).await;
    let own = ["hardheaded", "--private-spans"];
    let chn = Host::start("CHN", "detente-china", &[&seat[..], &own].concat()).await;
    let mut watching = client(&url).await;
    let talk = convene(&mut watching, "between two operators", &scenario_terms(SCENARIO, None)).await;
    let seen = watch_to_the_end(&mut watching, &talk).await;
    drop(watching);
    let (of_usa, told_usa) = usa.exhibits().await;
    let (of_chn, _) = chn.exhibits().await;
    let (of_table, told_table) = table.exhibits().await;
    let told = [told_table, told_usa].concat();
    let offers = seen.talk().history().iter().filter(|past| matches!(past.what, What::Proposed(_))).count();
    let on_the_page = pages(&record, folder.path(), (talk.as_str(), offers), &told).await;
    let public = [of_table, of_usa, on_the_page].concat();
    assert!(public.len() > 10_000, "{} leaves", public.len());

    for (name, secrets) in [
        ("USA", Secrets::of(&us::PROFILE, SCENARIO, &seen)),
        ("CHN", Secrets::of(&china::PROFILE, SCENARIO, &seen)),
    ] {
        assert_eq!(secrets.found_in(&public), Vec::<String>::new(), "what {name} wants");
    }
    assert_eq!(private_words(&public), Vec::<String>::new());
    assert_eq!(unexplained(&public), Vec::<String>::new());
    // China's own collector has China's, and nothing of the other's: the walk finds what there is.
    let found = Secrets::of(&china::PROFILE, SCENARIO, &seen).found_in(&of_chn);
    assert!(found.len() > 10, "{found:?}");
    assert!(!private_words(&of_chn).is_empty() && !unexplained(&of_chn).is_empty());
    let foreign = Secrets::of(&us::PROFILE, SCENARIO, &seen).found_in(&of_chn);
    assert_eq!(foreign, Vec::<String>::new(), "what USA wants, at CHN");
}
