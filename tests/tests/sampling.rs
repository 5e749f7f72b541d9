//! Sampling takes whole talks or leaves them, over all services, also where they are not set alike.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_tests::collector::{Collector, SpanData};
use detente_tests::mediators::client;
use detente_tests::programs::Process;
use detente_tests::talks_at::{convene, scenario_terms, watch_to_the_end};
use detente_tests::traced::trace_of;
use transcript::Transcript;

/// Choices only: quick to bargain about.
const SCENARIO: &str = "protocol-of-talks";

/// So many that all or none of them are sampled once in 2^23 runs.
const TALKS: usize = 24;

fn sampler<'a>(name: &'a str, ratio: &'a str) -> [(&'a str, &'a str); 2] {
    [("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", ratio)]
}

/// The talks, and how many of them are in what was collected; each of these whole.
async fn sampled(mediator: [(&str, &str); 2], us: [(&str, &str); 2], china: [(&str, &str); 2]) -> usize {
    let (collector, folder) = (Collector::start().await.unwrap(), tempfile::tempdir().unwrap());
    let (otlp, record) = (collector.endpoint(), folder.path().join("talks.db").display().to_string());
    let table = ["--listen", "127.0.0.1:0", "--record", &record, "--otlp", &otlp];
    let table = Process::start_in("detente-mediator", &table, &mediator).await;
    let url = table.url();
    let seat = ["--mediator", &url, "--otlp", &otlp, "--scenario", SCENARIO];
    let us = Process::start_in("detente-us", &seat, &us).await;
    let china = Process::start_in("detente-china", &seat, &china).await;
    let host = ["serve", "delegation", "--party", "CHE"];
    let host = Process::start_in("detente", &[&host[..], &seat].concat(), &[]).await;
    let (terms, mut talks) = (scenario_terms(SCENARIO, Some(2)), Vec::new());
    let mut watching = client(&url).await;
    for place in 0..TALKS {
        talks.push(convene(&mut watching, &format!("talk {place}"), &terms).await);
    }
    let mut over = Vec::new();
    for talk in &talks {
        over.push(watch_to_the_end(&mut watching, talk).await);
    }
    for process in [us, china, host, table] {
        assert!(process.terminate().await.success());
    }
    let spans = collector.spans();
    over.iter().filter(|over| is_there(&spans, over)).count()
}

/// Whether the talk is in the trace; what is there of it is all of it.
fn is_there(spans: &[SpanData], over: &Transcript) -> bool {
    let of_it: Vec<_> = spans.iter().filter(|span| span.trace_id == trace_of(over)).collect();
    let count = |name: &str| of_it.iter().filter(|span| span.name == name).count();
    let (rounds, moves) = (over.talk().round() as usize, over.talk().history().len());
    if of_it.is_empty() {
        return false;
    }
    let counts = ["talk", "round", "propose", "evaluate", "decide", "persist", "deliver"].map(count);
    assert_eq!(counts, [1, rounds, moves, moves, moves + 1, moves + 1, moves + 1], "{}", over.id());
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ratio_takes_whole_talks() {
    let half = sampler("traceidratio", "0.5");
    let there = sampled(half, half, half).await;
    assert!(there > 0 && there < TALKS, "{there} of {TALKS}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_services_are_set_differently_the_one_that_convenes_decides() {
    let (half, tenth) = (sampler("parentbased_traceidratio", "0.5"), sampler("traceidratio", "0.1"));
    let there = sampled(half, sampler("always_on", ""), tenth).await;
    assert!(there > 0 && there < TALKS, "{there} of {TALKS}");
}
