//! How a talk tells its trace. Talk and rounds are point spans whose ids stand beside the entries,
//! so one trace outlives every restart; decide, persist and deliver are spans of one move.

use record::Entry;
use talks::{Act, Event, Procedure, What};
use telemetry::{Message, PointSpan, TraceContext, names, set_parent};
use tracing::Span;
use transcript::Transcript;
use wire::{PublicTerms, Refused};

use crate::retold::{round_attributes, talk_attributes};
use crate::task::Handed;

/// The place of a talk in its trace.
#[derive(Debug)]
pub(crate) struct Story {
    id: String,
    talk: TraceContext,
    round: TraceContext,
    /// The round that an entry under way begins, until that entry is durable.
    next: Option<PointSpan>,
}

impl Story {
    /// The span of a talk about to be convened; it ends once its first entry is durable.
    pub(crate) fn begin_talk(
        talk: &str,
        terms: &PublicTerms,
        caller: &TraceContext,
        time_us: i64,
    ) -> PointSpan {
        PointSpan::begin(names::TALK_SPAN, caller, time_us, talk_attributes(talk, terms))
    }

    /// Goes on where the record left off.
    pub(crate) fn resume(transcript: &Transcript) -> Self {
        let (talk, round) = (place(transcript.talk_trace()), place(transcript.latest_trace()));
        Self { id: transcript.id().to_string(), talk, round, next: None }
    }

    /// The span of a decision: below the round, and caused by the mover's own span.
    pub(crate) fn decide_span(&self, handed: &Handed) -> Span {
        let span = tracing::info_span!(
            names::DECIDE_SPAN,
            { names::KIND } = names::CONSUMER,
            { names::PARTY } = handed.party.as_str(),
            { names::CLIENT_SEQ } = telemetry::count(handed.client_seq),
            { names::ACT } = tracing::field::Empty,
            { names::ISSUE_CHANGES } = tracing::field::Empty,
            { names::REFUSAL } = tracing::field::Empty,
            { names::STATUS } = tracing::field::Empty,
            { names::STATUS_REASON } = tracing::field::Empty,
        );
        let moved = Message { talk: &self.id, party: handed.party.as_str(), client_seq: handed.client_seq };
        moved.is_processed_in(&span);
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
        tracing::info_span!(parent: within, names::PERSIST_SPAN, { names::ENTRIES } = telemetry::count(entries))
    }

    pub(crate) fn deliver_span(within: &Span, first: u64, seats: usize) -> Span {
        tracing::info_span!(
            parent: within,
            names::DELIVER_SPAN,
            { names::ENTRY_SEQ } = telemetry::count(first),
            { names::SEATS } = telemetry::count(seats),
        )
    }

    pub(crate) fn note_refusal(span: &Span, refused: &Refused) {
        span.record(names::REFUSAL, refused.reason);
        failed(span, refused.reason);
        span.in_scope(|| {
            tracing::warn!(name: names::events::REFUSED, { { names::REFUSAL } = refused.reason }, "refused: {}", refused.message);
        });
    }

    /// A submission that was refused before the talk's task saw it, and so has no span of its own.
    pub(crate) fn note_refused_at_the_door(transcript: &Transcript, party: &str, refused: &Refused) {
        telemetry::at(&place(transcript.latest_trace()), || {
            let (talk, reason) = (transcript.id().as_str(), refused.reason);
            tracing::warn!(
                name: names::events::REFUSED,
                { { names::TALK } = talk, { names::PARTY } = party, { names::REFUSAL } = reason },
                "refused: {}", refused.message
            );
        });
    }

    /// A step that the mediator could not take.
    pub(crate) fn note_failure(span: &Span, refused: &Refused) {
        failed(span, refused.reason);
    }

    /// What a move is, and how much it changes.
    pub(crate) fn note_move(span: &Span, act: &'static str, events: &[Event], transcript: &Transcript) {
        span.record(names::ACT, act);
        if let Some(changes) = events.first().and_then(|event| issue_changes(event, transcript)) {
            span.record(names::ISSUE_CHANGES, telemetry::count(changes));
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
    pub(crate) fn note_fenced(&self) {
        telemetry::at(&self.round, || {
            let talk = self.id.as_str();
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
        time_us: i64,
        transcript: &Transcript,
    ) -> Option<String> {
        if let Some(round) = round_after(event, transcript).filter(|_| !ends) {
            let attributes = round_attributes(transcript.id().as_str(), round);
            self.next = Some(PointSpan::begin(names::ROUND_SPAN, &self.talk, time_us, attributes));
        }
        stored(&self.next.as_ref().map_or_else(|| self.round.clone(), PointSpan::context))
    }

    /// The entries are durable: a round they began is now a fact.
    pub(crate) fn entries_are_durable(&mut self) {
        if let Some(next) = self.next.take() {
            self.round = next.context();
            next.end();
        }
    }

    /// After an append of unknown fate: the round that was about to begin has begun if it stands beside
    /// one of the entries that are there, and never will otherwise.
    pub(crate) fn read_again(&mut self, entries: &[Entry]) {
        let beside = |next: &PointSpan| {
            let place = stored(&next.context());
            place.is_some() && entries.iter().any(|entry| entry.trace == place)
        };
        if self.next.as_ref().is_some_and(beside) {
            self.entries_are_durable();
        }
        self.next = None;
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
pub(crate) fn stored(place: &TraceContext) -> Option<String> {
    (!place.is_empty()).then(|| place.traceparent())
}

/// A place of a trace from what is stored beside an entry.
pub(crate) fn place(traceparent: Option<&str>) -> TraceContext {
    traceparent.map_or_else(TraceContext::default, |t| TraceContext::parse(t, ""))
}
