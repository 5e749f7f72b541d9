//! A talk's trace as a collector that nobody here wrote has it: rotel, from PyPI.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_tests::rotel::Rotel;
use detente_tests::traced::{ROUNDS, check, hold_a_talk};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotel_has_one_trace_of_fifty_rounds_over_a_kill_of_the_mediator() {
    let folder = tempfile::tempdir().unwrap();
    let rotel = Rotel::start(folder.path()).await;
    let over = hold_a_talk(&rotel.endpoint(), folder.path()).await;
    assert_eq!(over.talk().round(), ROUNDS);
    let found = check(&rotel.stop().await, &over);
    println!("rotel: {found:?}");
}
