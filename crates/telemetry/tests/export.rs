//! From `init` to a collector: one test, since a process has one telemetry.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../../../tests/src/collector.rs"]
#[allow(unreachable_pub, missing_docs, dead_code, reason = "public where it belongs to")]
mod collector;

use std::time::Duration;

use collector::{Collector, SpanData};
use detente_telemetry::{Config, Instruments, KeyValue, TelemetryError, TraceContext, init, names};
use detente_telemetry::{PointSpan, follows, point_span, set_parent, watch_size};

const DEADLINE: Duration = Duration::from_secs(20);

fn find<'a>(spans: &'a [SpanData], name: &str) -> &'a SpanData {
    spans.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no span {name} in {spans:#?}"))
}

/// A talk, a round in it, and a decision as another process would make it: from the wire's text.
fn trace_a_round() -> TraceContext {
    let talk = point_span(names::TALK_SPAN, None, [KeyValue::new(names::TALK, "geneva")]);
    let round = PointSpan::begin(
        names::ROUND_SPAN,
        &talk,
        1_746_835_200_000_007,
        [KeyValue::new(names::ROUND, 1_i64)],
    );
    let stored = round.context();
    round.end();
    let received = TraceContext::parse(&stored.traceparent(), &stored.tracestate());
    let decide = tracing::info_span!(names::DECIDE_SPAN, { names::TALK } = "geneva", { names::ROUND } = 1);
    set_parent(&decide, &received);
    follows(&decide, &talk);
    follows(&decide, &TraceContext::default());
    decide.in_scope(|| {
        let persist = tracing::info_span!(names::PERSIST_SPAN);
        persist.in_scope(|| assert_eq!(TraceContext::current().trace_id(), talk.trace_id()));
    });
    talk
}

fn count_a_move() {
    let instruments = Instruments::new();
    instruments.talk_opened();
    instruments.moved("propose");
    instruments.persisted(Duration::from_micros(300));
    instruments.refused("OUT_OF_TURN");
    instruments.talk_closed();
    instruments.delivered(Duration::from_micros(40));
    instruments.credited(256);
    instruments.gap_of_steps("alternating-offers", 7);
    instruments.gap_of_deficit("alternating-offers", 3_000_000_000);
    watch_size(names::RECORD_SIZE, || Some(4096));
    assert!(instruments.are_wanted());
}

/// The same figures as a Prometheus reads them.
fn assert_figures(page: &str) {
    for line in [
        "detente_moves_total{detente_act=\"propose\"} 1",
        // A rate needs a first value to grow from.
        "detente_moves_total{detente_act=\"walk-away\"} 0",
        "detente_turns_missed_total 0",
        "detente_talks_open 0",
        "detente_record_size_bytes 4096",
        "detente_persist_duration_seconds_bucket{le=\"0.0005\"} 1",
        "detente_persist_duration_seconds_count 1",
        "detente_gap_deficit_bucket{detente_procedure=\"alternating-offers\",le=\"5000000000\"} 1",
        "detente_refusals_total{detente_refusal=\"OUT_OF_TURN\"} 1",
    ] {
        assert!(page.lines().any(|there| there == line), "{line} is not in\n{page}");
    }
    assert!(!page.contains("otel_scope"), "{page}");
}

#[tokio::test]
async fn spans_and_metrics_reach_the_collector_when_the_guard_is_shut_down() {
    let collector = Collector::start().await.unwrap();
    let mut config = Config::new("detente-test");
    config.endpoint = Some(collector.endpoint());
    config.scrape = true;
    let guard = init(&config).unwrap();
    assert!(matches!(init(&config), Err(TelemetryError::AlreadyBegun)));

    let talk = trace_a_round();
    count_a_move();
    tracing::debug_span!("too fine").in_scope(|| {});
    let page = guard.figures().unwrap().render().unwrap();
    tokio::task::spawn_blocking(|| guard.shutdown(DEADLINE)).await.unwrap().unwrap();

    // Shut down means sent: nothing is waited for here.
    let spans = collector.spans();
    assert_eq!(spans.len(), 4, "{spans:#?}");
    let parents = [
        (names::TALK_SPAN, String::new()),
        (names::ROUND_SPAN, find(&spans, names::TALK_SPAN).span_id.clone()),
        (names::DECIDE_SPAN, find(&spans, names::ROUND_SPAN).span_id.clone()),
        (names::PERSIST_SPAN, find(&spans, names::DECIDE_SPAN).span_id.clone()),
    ];
    for (name, parent) in parents {
        let span = find(&spans, name);
        assert_eq!((&span.parent, &span.trace_id), (&parent, &talk.trace_id()), "{name}");
        assert_eq!(span.service, "detente-test");
    }
    for point in [names::TALK_SPAN, names::ROUND_SPAN] {
        assert_eq!(find(&spans, point).duration, Duration::ZERO);
    }
    assert_eq!(find(&spans, names::TALK_SPAN).attributes[names::TALK], "geneva");
    assert_eq!(find(&spans, names::DECIDE_SPAN).attributes[names::ROUND], "1");
    let expected = [
        names::CREDIT_GRANTED,
        names::DELIVER_DURATION,
        names::GAP_DEFICIT,
        names::GAP_STEPS,
        names::MOVES,
        names::PERSIST_DURATION,
        names::RECORD_SIZE,
        names::REFUSALS,
        names::SEATS_RESUMED,
        names::SEATS_STALLED,
        names::SEATS_TAKEN,
        names::SPANS_DROPPED,
        names::SPANS_ENDED,
        names::SPANS_SENT,
        names::TALKS_OPEN,
        names::TURNS_MISSED,
    ];
    assert_eq!(collector.metrics(), expected.map(str::to_owned).into());
    assert_figures(&page);
}
