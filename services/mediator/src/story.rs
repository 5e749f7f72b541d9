//! How a talk tells its trace. Talk and rounds are point spans whose ids stand beside the entries,
//! so one trace outlives every restart; decide, persist and deliver are spans of one move.

use talks::{Act, Event, Procedure, What};
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
            KeyValue::new(names::PROCEDURE, procedure(terms.terms.procedure())),
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
            { names::ACT } = tracing::field::Empty,
            { names::ISSUE_CHANGES } = tracing::field::Empty,
            { names::REFUSAL } = tracing::field::Empty,
            { names::STATUS } = tracing::field::Empty,
            { names::STATUS_REASON } = tracing::field::Empty,
        );
        set_parent(&span, &self.round);
        telemetry::follows(&span, &place(handed.trace.as_deref()));
        span
    }

    /// The span of a step that the mediator takes by itself, such as opening the talk.
    pub(crate) fn step_span(&self) -> Span {
        let span = tracing::info_span!(
            names::DECIDE_SPAN,
            { names::STATUS } = tracing::field::Empty,
            { names::STATUS_REASON } = tracing::field::Empty,
        );
        set_parent(&span, &self.round);
        span
    }

    pub(crate) fn persist_span(within: &Span, entries: usize) -> Span {
        tracing::info_span!(parent: within, names::PERSIST_SPAN, { names::ENTRIES } = entries)
    }

    pub(crate) fn deliver_span(within: &Span, seats: usize) -> Span {
        tracing::info_span!(parent: within, names::DELIVER_SPAN, { names::SEATS } = seats)
    }

    pub(crate) fn note_refusal(span: &Span, refused: &Refused) {
        span.record(names::REFUSAL, refused.reason);
        failed(span, refused.reason);
        span.in_scope(|| {
            tracing::warn!(name: names::events::REFUSED, { { names::REFUSAL } = refused.reason }, "refused: {}", refused.message);
        });
    }

    /// What a move is, and how much it changes.
    pub(crate) fn note_move(span: &Span, act: &'static str, events: &[Event], transcript: &Transcript) {
        span.record(names::ACT, act);
        if let Some(changes) = events.first().and_then(|event| issue_changes(event, transcript)) {
            span.record(names::ISSUE_CHANGES, changes);
        }
    }

    /// What became durable beside moves and is worth knowing at once: a party that was late.
    pub(crate) fn note_events(span: &Span, events: &[Event]) {
        for event in events {
            if let Event::TurnMissed { party } = event {
                failed(span, &format!("{party} missed its turn"));
                span.in_scope(|| {
                    tracing::warn!(name: names::events::TURN_MISSED, { { names::PARTY } = party.as_str() }, "a turn was missed");
                });
            }
        }
    }

    /// Another mediator has the talk.
    pub(crate) fn note_fenced(&self, talk: &str) {
        telemetry::at(&self.round, || {
            tracing::warn!(name: names::events::FENCED, { { names::TALK } = talk }, "another mediator holds the talk now");
        });
    }

    /// This mediator has the talk from now on.
    pub(crate) fn note_taken_over(transcript: &Transcript, epoch: u64) {
        telemetry::at(&place(transcript.latest_trace()), || {
            let talk = transcript.id().as_str();
            tracing::info!(name: names::events::TAKEN_OVER, { { names::TALK } = talk, { names::EPOCH } = epoch }, "taken over");
        });
    }

    /// A party is back at its seat, with the entries up to `seq` in hand.
    pub(crate) fn note_resumed(transcript: &Transcript, party: &str, seq: u64) {
        telemetry::at(&place(transcript.latest_trace()), || {
            let talk = transcript.id().as_str();
            tracing::info!(
                name: names::events::RESUMED,
                { { names::TALK } = talk, { names::PARTY } = party, { names::ENTRY_SEQ } = seq }, "back at its seat"
            );
        });
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

/// A procedure in one of few words.
pub(crate) fn procedure(procedure: Procedure) -> &'static str {
    match procedure {
        Procedure::AlternatingOffers => "alternating-offers",
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

/// Viewers without log records see it on the span.
fn failed(span: &Span, why: &str) {
    span.record(names::STATUS, names::ERROR);
    span.record(names::STATUS_REASON, why);
}

/// How many issues an offer changes in the offer its party made before; none for a first one.
fn issue_changes(event: &Event, transcript: &Transcript) -> Option<u64> {
    let Event::Moved(given) = event else { return None };
    let Act::Propose(offer) = &given.act else { return None };
    let earlier = transcript.talk().history().iter().rev().filter(|past| past.party == given.party);
    let before = earlier.filter_map(|past| match &past.what {
        What::Proposed(offer) => Some(offer),
        _ => None,
    });
    let before = before.take(1).next()?;
    let changed = before.values().iter().zip(offer.values()).filter(|(before, now)| before != now);
    Some(changed.count() as u64)
}

/// A place of a trace as it is stored beside an entry.
fn place(traceparent: Option<&str>) -> TraceContext {
    traceparent.map_or_else(TraceContext::default, |t| TraceContext::parse(t, ""))
}
