//! A talk's trace as viewers that nobody here wrote have it, asked over their own APIs. The feature
//! `collectors` and `scripts/test-collectors`, which installs them and keeps them off the network.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_tests::traced::{ROUNDS, check, hold_a_talk, trace_of};
use detente_tests::viewers::Viewer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn otelite_has_one_trace_of_fifty_rounds_over_a_kill_of_the_mediator() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let otelite = Viewer::otelite(files.path()).await;
    let over = hold_a_talk(&otelite.endpoint(), folder.path()).await;
    assert_eq!(over.talk().round(), ROUNDS);
    let found = check(&otelite.spans_of_otelite(&over).await, &over);
    let listed = otelite.listed_by_otelite().await;
    assert_eq!(listed["total"], 1, "{listed}");
    assert_eq!(listed["traces"][0]["trace_id"], trace_of(&over));
    println!("otelite: {found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phoenix_has_one_trace_of_fifty_rounds_over_a_kill_of_the_mediator() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let phoenix = Viewer::phoenix(files.path()).await;
    let over = hold_a_talk(&phoenix.endpoint(), folder.path()).await;
    assert_eq!(over.talk().round(), ROUNDS);
    let found = check(&phoenix.spans_of_phoenix(&over).await, &over);
    println!("phoenix: {found:?}");
}
