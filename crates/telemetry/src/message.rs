use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::names;

/// A move on its way from a delegation to the mediator, as OpenTelemetry's conventions for messaging name it.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The talk, which the move is for.
    pub talk: &'a str,
    /// Whose move it is.
    pub party: &'a str,
    /// The party's own count of its moves.
    pub client_seq: u64,
}

impl Message<'_> {
    /// Says that this move sets out from `span`.
    pub fn is_sent_from(&self, span: &tracing::Span) {
        self.note(span, names::PROPOSE_SPAN, names::SEND);
    }

    /// Says that this move is decided on in `span`.
    pub fn is_processed_in(&self, span: &tracing::Span) {
        self.note(span, names::DECIDE_SPAN, names::PROCESS);
    }

    /// These go to the collector alone: a log line has the party and its count already.
    fn note(&self, span: &tracing::Span, operation: &'static str, kind: &'static str) {
        if span.is_disabled() {
            return;
        }
        span.set_attribute(names::MESSAGING_SYSTEM, names::DETENTE);
        span.set_attribute(names::MESSAGING_OPERATION, operation);
        span.set_attribute(names::MESSAGING_TYPE, kind);
        span.set_attribute(names::MESSAGING_DESTINATION, self.talk.to_owned());
        span.set_attribute(names::MESSAGE_ID, format!("{}/{}", self.party, self.client_seq));
    }
}
