//! How a talk tells its trace. Talk and rounds are point spans whose ids stand beside the entries,
//! so one trace outlives every restart; decide, persist and deliver are spans of one move.

use talks::Event;
use telemetry::KeyValue;
use telemetry::{PointSpan, TraceContext, names, set_parent};
use tracing::Span;
use transcript::Transcript;
use wire::{PublicTerms, Refused};

use crate::task::Handed;

/// The place of a talk in its trace.
#[derive(Debug)]
pub(crate) struct Story {
    talk: TraceContext,
    round: TraceContext,
    /// The round that an entry under way begins, until that entry is durable.
    next: Option<PointSpan>,
}

impl Story {
    /// The span of a talk about to be convened; it ends once its first entry is durable.
    pub(crate) fn begin_talk(talk: &str, terms: &PublicTerms, parent: Option<&str>) -> PointSpan {
        let attributes = [
            KeyValue::new(names::TALK, talk.to_owned()),
            KeyValue::new(names::SCENARIO, terms.scenario.clone()),
            KeyValue::new(names::PROCEDURE, "alternating-offers"),
        ];
        PointSpan::begin(names::TALK_SPAN, &place(parent), attributes)
    }

    /// Goes on where the record left off.
    pub(crate) fn resume(transcript: &Transcript) -> Self {
        Self { talk: place(transcript.talk_trace()), round: place(transcript.latest_trace()), next: None }
    }

    /// The span of a decision: below the round, and caused by the mover's own span.
    pub(crate) fn decide_span(&self, handed: &Handed) -> Span {
        let span = tracing::info_span!(
            names::DECIDE_SPAN,
            { names::PARTY } = handed.party.as_str(),
            { names::CLIENT_SEQ } = handed.client_seq,
            { names::REFUSAL } = tracing::field::Empty,
        );
        set_parent(&span, &self.round);
        telemetry::follows(&span, &place(handed.trace.as_deref()));
        span
    }

    /// The span of a step that the mediator takes by itself, such as opening the talk.
    pub(crate) fn step_span(&self) -> Span {
        let span = tracing::info_span!(names::DECIDE_SPAN);
        set_parent(&span, &self.round);
        span
    }

    pub(crate) fn persist_span(within: &Span, entries: usize) -> Span {
        tracing::info_span!(parent: within, names::PERSIST_SPAN, { names::ENTRIES } = entries)
    }

    pub(crate) fn deliver_span(within: &Span, seats: usize) -> Span {
        tracing::info_span!(parent: within, names::DELIVER_SPAN, seats)
    }

    pub(crate) fn note_refusal(span: &Span, refused: &Refused) {
        span.record(names::REFUSAL, refused.reason);
        span.in_scope(|| tracing::warn!(reason = refused.reason, "refused: {}", refused.message));
    }

    /// Where what follows this event belongs: a new round's own span, or the present one's.
    /// An event that `ends` the talk begins no round.
    pub(crate) fn context_after(
        &mut self,
        event: &Event,
        ends: bool,
        transcript: &Transcript,
    ) -> Option<String> {
        if let Some(round) = round_after(event, transcript).filter(|_| !ends) {
            let attributes = [
                KeyValue::new(names::TALK, transcript.id().to_string()),
                KeyValue::new(names::ROUND, i64::from(round)),
            ];
            self.next = Some(PointSpan::begin(names::ROUND_SPAN, &self.talk, attributes));
        }
        let context = self.next.as_ref().map_or_else(|| self.round.clone(), PointSpan::context);
        (!context.is_empty()).then(|| context.traceparent())
    }

    /// The entries are durable: a round they began is now a fact.
    pub(crate) fn entries_are_durable(&mut self) {
        if let Some(next) = self.next.take() {
            self.round = next.context();
            next.end();
        }
    }
}

/// The round that begins with this event, if one does.
fn round_after(event: &Event, transcript: &Transcript) -> Option<u32> {
    let talk = transcript.talk();
    let last_seat = talk.terms().parties().last();
    let more = talk.rounds_left() > 0;
    match event {
        Event::Opened => Some(1),
        Event::Moved(given) if more && last_seat == Some(&given.party) => Some(talk.round() + 1),
        Event::TurnMissed { party } if more && last_seat == Some(party) => Some(talk.round() + 1),
        _ => None,
    }
}

fn place(traceparent: Option<&str>) -> TraceContext {
    traceparent.map_or_else(TraceContext::default, |t| TraceContext::parse(t, ""))
}
