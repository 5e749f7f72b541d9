//! A collector that accepts connections and never reads, or is not there, slows no talk and loses none.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::process::Stdio;
use std::time::Duration;

use detente_tests::patiently;
use detente_tests::programs::program;
use record::{Page, SqliteReader, TalkId};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::Command;

async fn run(folder: &std::path::Path, endpoint: Option<&str>) -> Value {
    let mut command = Command::new(program("detente"));
    command.args(["run", "geneva-2025", "--seed", "7", "--format", "json"]).current_dir(folder);
    match endpoint {
        Some(endpoint) => command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        None => command.env_remove("OTEL_EXPORTER_OTLP_ENDPOINT").arg("--no-traces"),
    };
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = patiently("the run", output).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How long the talk itself lasted, from its first entry to its last, as its record has it.
fn lasted(folder: &std::path::Path, report: &Value) -> Duration {
    let reader = SqliteReader::open(&folder.join("detente.db")).unwrap();
    let talk = TalkId::new(report["talk"].as_str().unwrap()).unwrap();
    let entries = reader.read(&talk, 0, Page { entries: usize::MAX, bytes: usize::MAX }).unwrap();
    Duration::from_micros((entries.last().unwrap().time_us - entries[0].time_us).unsigned_abs())
}

/// The talk told to `endpoint` is the one that nobody is told of, and takes no longer: the first attempt to
/// send alone may take three seconds.
async fn costs_nothing(endpoint: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (told, free) = (run(folder.path(), Some(endpoint)).await, run(folder.path(), None).await);
    let (told_for, free_for) = (lasted(folder.path(), &told), lasted(folder.path(), &free));
    assert!(told_for < free_for * 3 + Duration::from_secs(2), "{told_for:?} against {free_for:?}");
    for same in ["outcome", "reason", "rounds", "moves", "offer", "utilities"] {
        assert_eq!(told[same], free[same], "{same}");
    }
    assert_eq!(told["outcome"], "agreed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_never_reads_costs_the_talk_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let holding = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    costs_nothing(&endpoint).await;
    holding.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_dead_costs_the_talk_nothing() {
    // Bound and let go: whoever connects is refused.
    let endpoint = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    costs_nothing(&endpoint).await;
}
