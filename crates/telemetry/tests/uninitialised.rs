//! A process that never began telemetry: everything may be called, contexts pass through.

use std::time::Duration;

use detente_telemetry::{Instruments, PointSpan, TraceContext, point_span, set_parent};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn contexts_pass_through_and_nothing_is_counted() {
    let parent = TraceContext::parse(PARENT, "");
    assert_eq!(point_span("round", Some(&parent), []), parent);
    assert_eq!(PointSpan::begin("round", &parent, 0, []).context(), parent);
    assert!(point_span("talk", None, []).is_empty());
    assert!(TraceContext::current().is_empty());
    set_parent(&tracing::Span::current(), &parent);
    let instruments = Instruments::new();
    instruments.talk_opened();
    instruments.persisted(Duration::from_millis(1));
}
