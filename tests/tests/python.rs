//! A client in another language: Python, with grpcio from PyPI and stubs made from `proto/`.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::process::Command;

use detente_tests::programs::{Process, workspace};
use detente_tests::python::{environment, must};

/// Stubs of the whole contract, made anew so that they are those of these sources.
fn stubs(python: &Path, into: &Path) {
    let proto = workspace().join("proto");
    let mut compile = Command::new(python);
    compile.args(["-m", "grpc_tools.protoc", "--proto_path"]).arg(&proto);
    compile
        .arg(format!("--python_out={}", into.display()))
        .arg(format!("--grpc_python_out={}", into.display()));
    let areas = ["tariff/v1/tariff", "mediation/v1/record", "mediation/v1/mediation", "scoring/v1/scoring"];
    must(compile.args(areas.map(|area| format!("detente/{area}.proto"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_python_client_convenes_a_talk_watches_it_and_scores_an_offer() {
    let folder = tempfile::tempdir().unwrap();
    let python = environment("python-venv", "requirements.txt").join("bin/python");
    stubs(&python, folder.path());
    let record = folder.path().join("talks.db").display().to_string();
    let table = Process::start("detente-mediator", &["--listen", "127.0.0.1:0", "--record", &record]).await;
    let mut client = Command::new(&python);
    client
        .arg(workspace().join("tests/python/client.py"))
        .arg(table.address())
        .env("PYTHONPATH", folder.path());
    let output = tokio::task::spawn_blocking(move || must(&mut client)).await.unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["kinds"], serde_json::json!(["ENTRY_KIND_CONVENED", "ENTRY_KIND_CLOSED"]));
    assert_eq!(said["failure"], "FAILURE_REASON_DEADLINE_PASSED");
    assert_eq!(said["same_talk"], true);
    assert_eq!(said["refusal"], serde_json::json!(["INVALID_ARGUMENT", "INCOMPLETE_OFFER"]));
    // A schedule equal to the status quo changes nothing.
    assert_eq!(said["deficit"]["before"], said["deficit"]["after"]);
    assert_ne!(said["deficit"]["base"], said["deficit"]["after"]);
    assert!(table.terminate().await.success());
}
