//! The spans of a delegation: propose, and inside it score and evaluate.

use tariff::PartyId;
use telemetry::{Message, TraceContext, names, set_parent};
use tracing::Span;
use transcript::Transcript;

/// The span of one turn, from seeing it to having sent a move, which will be the party's `client_seq`th.
pub(crate) fn propose(transcript: &Transcript, party: &PartyId, client_seq: u64) -> Span {
    let talk = transcript.talk();
    let span = tracing::info_span!(
        names::PROPOSE_SPAN,
        { names::KIND } = names::PRODUCER,
        { names::TALK } = transcript.id().as_str(),
        { names::PARTY } = party.as_str(),
        { names::ROUND } = telemetry::count(talk.round()),
        { names::TURN } = telemetry::count(talk.history().len() + 1),
    );
    Message { talk: transcript.id().as_str(), party: party.as_str(), client_seq }.is_sent_from(&span);
    let round = transcript.latest_trace().map_or_else(TraceContext::default, |t| TraceContext::parse(t, ""));
    set_parent(&span, &round);
    span
}

/// The place of a span in the trace, as it travels in an envelope.
pub(crate) fn place(span: &Span) -> Option<String> {
    let place = TraceContext::of(span);
    (!place.is_empty()).then(|| place.traceparent())
}
