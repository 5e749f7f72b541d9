//! The names of spans, attributes and instruments, in one place.
//!
//! Constants serve as names in the macros of `tracing`:
//! `tracing::info_span!(names::DECIDE_SPAN, { names::TALK } = talk.as_str())`. What is here is public;
//! what a party wants has names in [`private`] alone, and [`events`] are the happenings of a talk.
//! The table in docs/telemetry.md says the same, and a test compares the two.

/// A talk, from its convening; a point span.
pub const TALK_SPAN: &str = "talk";
/// A round, once its first entry is durable; a point span.
pub const ROUND_SPAN: &str = "round";
/// A delegation makes its move, from its turn to the mediator's answer.
pub const PROPOSE_SPAN: &str = "propose";
/// A delegation weighs what is on the table.
pub const EVALUATE_SPAN: &str = "evaluate";
/// The mediator decides over a submission.
pub const DECIDE_SPAN: &str = "decide";
/// The mediator writes entries to the record.
pub const PERSIST_SPAN: &str = "persist";
/// The mediator hands entries to a seat or a watcher.
pub const DELIVER_SPAN: &str = "deliver";
/// Offers are scored.
pub const SCORE_SPAN: &str = "score";

/// The talk's name.
pub const TALK: &str = "detente.talk";
/// A party, such as `USA`.
pub const PARTY: &str = "detente.party";
/// The round, from 1.
pub const ROUND: &str = "detente.round";
/// The turn within the talk, from 1.
pub const TURN: &str = "detente.turn";
/// The procedure, such as `alternating-offers`.
pub const PROCEDURE: &str = "detente.procedure";
/// The scenario's name.
pub const SCENARIO: &str = "detente.scenario";
/// What a move does: `propose`, `accept` or `walk-away`.
pub const ACT: &str = "detente.act";
/// The sequence of an entry, or of the first of several.
pub const ENTRY_SEQ: &str = "detente.entry.seq";
/// How many entries.
pub const ENTRIES: &str = "detente.entries";
/// The party's own count of its moves.
pub const CLIENT_SEQ: &str = "detente.client_seq";
/// The mediator's epoch.
pub const EPOCH: &str = "detente.epoch";
/// Why a submission was refused, such as `OUT_OF_TURN`.
pub const REFUSAL: &str = "detente.refusal";
/// How a talk ended: `agreed` or `failed`.
pub const OUTCOME: &str = "detente.outcome";
/// A strategy's name.
pub const STRATEGY: &str = "detente.strategy";
/// The strategy that decided in place of an agent without a usable answer.
pub const FALLBACK: &str = "detente.strategy.fallback";
/// The bilateral deficit at the status quo, in dollars.
pub const DEFICIT_BEFORE: &str = "detente.deficit.before";
/// The bilateral deficit at the offer, in dollars.
pub const DEFICIT_AFTER: &str = "detente.deficit.after";
/// Total trade at the status quo, in dollars.
pub const TRADE_BEFORE: &str = "detente.trade.before";
/// Total trade at the offer, in dollars.
pub const TRADE_AFTER: &str = "detente.trade.after";
/// How many issues an offer changes in the same party's offer before.
pub const ISSUE_CHANGES: &str = "detente.issue.changes";
/// How many seats are taken.
pub const SEATS: &str = "detente.seats";
/// How many offers were scored together.
pub const OFFERS: &str = "detente.offers";

/// How a span ended: `ERROR` where it was not as it should be; becomes the span's status.
pub const STATUS: &str = "otel.status_code";
/// Why a span ended so; becomes the description of its status.
pub const STATUS_REASON: &str = "otel.status_description";
/// The value of [`STATUS`] for an error.
pub const ERROR: &str = "ERROR";

/// OpenTelemetry: `producer`, `consumer` or `client`; becomes the span's kind, which is internal otherwise.
pub const KIND: &str = "otel.kind";
/// The value of [`KIND`] where a move sets out.
pub const PRODUCER: &str = "producer";
/// The value of [`KIND`] where a move arrives.
pub const CONSUMER: &str = "consumer";
/// The value of [`KIND`] where another process is asked.
pub const CLIENT: &str = "client";

/// OpenTelemetry: the system that carries messages; here always [`DETENTE`].
pub const MESSAGING_SYSTEM: &str = "messaging.system";
/// The value of [`MESSAGING_SYSTEM`].
pub const DETENTE: &str = "detente";
/// OpenTelemetry: what is done with a message, in the system's own word.
pub const MESSAGING_OPERATION: &str = "messaging.operation.name";
/// OpenTelemetry: what is done with a message, in one of few words.
pub const MESSAGING_TYPE: &str = "messaging.operation.type";
/// The value of [`MESSAGING_TYPE`] where a move sets out.
pub const SEND: &str = "send";
/// The value of [`MESSAGING_TYPE`] where a move arrives.
pub const PROCESS: &str = "process";
/// OpenTelemetry: where a message goes: the talk.
pub const MESSAGING_DESTINATION: &str = "messaging.destination.name";
/// OpenTelemetry: which message: the party and its own count of its moves, such as `USA/3`.
pub const MESSAGE_ID: &str = "messaging.message.id";

/// OpenTelemetry: the RPC system; here always [`GRPC`].
pub const RPC_SYSTEM: &str = "rpc.system.name";
/// The value of [`RPC_SYSTEM`].
pub const GRPC: &str = "grpc";
/// OpenTelemetry: the full method, `package.Service/Method`.
pub const RPC_METHOD: &str = "rpc.method";
/// OpenTelemetry: the gRPC code by name, such as `UNAVAILABLE`.
pub const RPC_STATUS: &str = "rpc.response.status_code";
/// OpenTelemetry: the kind of an error, of few different values.
pub const ERROR_TYPE: &str = "error.type";

/// What is told to an observatory: `spans`, `events` or `points`.
pub const SIGNAL: &str = "detente.signal";
/// Why something was dropped, in one of few words.
pub const DROP_REASON: &str = "detente.drop.reason";

/// Talks that have not ended.
pub const TALKS_OPEN: &str = "detente.talks.open";
/// Moves that became entries.
pub const MOVES: &str = "detente.moves";
/// Turns that passed without a move.
pub const TURNS_MISSED: &str = "detente.turns.missed";
/// From handing entries to the record until they are durable.
pub const PERSIST_DURATION: &str = "detente.persist.duration";
/// From an entry's being durable until it is handed to a seat's stream.
pub const DELIVER_DURATION: &str = "detente.deliver.duration";
/// Submissions, calls and streams refused, by reason.
pub const REFUSALS: &str = "detente.refusals";
/// Seats that are taken.
pub const SEATS_TAKEN: &str = "detente.seats.taken";
/// Seats whose entries wait because they gave no credit.
pub const SEATS_STALLED: &str = "detente.seats.stalled";
/// Seats taken again in a talk under way.
pub const SEATS_RESUMED: &str = "detente.seats.resumed";
/// Entries that seats said they have room for.
pub const CREDIT_GRANTED: &str = "detente.credit.granted";
/// The record on its disk.
pub const RECORD_SIZE: &str = "detente.record.size";
/// Steps between the parties' last offers, over all issues.
pub const GAP_STEPS: &str = "detente.gap.steps";
/// Dollars between the bilateral deficits that the parties' last offers lead to.
pub const GAP_DEFICIT: &str = "detente.gap.deficit";
/// A strategy's thought over one turn.
pub const DECISION_DURATION: &str = "detente.decision.duration";
/// Talks that a delegation attends.
pub const TALKS_ATTENDED: &str = "detente.talks.attended";
/// Streams that a delegation opens anew after one broke.
pub const RECONNECTS: &str = "detente.reconnects";
/// One batch of offers, scored.
pub const SCORING_DURATION: &str = "detente.scoring.duration";
/// Offers scored over gRPC.
pub const OFFERS_SCORED: &str = "detente.scoring.offers";
/// Spans that ended and are to be sent to a collector.
pub const SPANS_ENDED: &str = "detente.spans.ended";
/// Of these, taken by the collector.
pub const SPANS_SENT: &str = "detente.spans.sent";
/// Of these, dropped before a collector took them, by reason.
pub const SPANS_DROPPED: &str = "detente.spans.dropped";
/// What an observatory received.
pub const OBSERVATORY_RECEIVED: &str = "detente.observatory.received";
/// What it kept.
pub const OBSERVATORY_STORED: &str = "detente.observatory.stored";
/// What it dropped, by reason.
pub const OBSERVATORY_DROPPED: &str = "detente.observatory.dropped";
/// Traces it retired for their age or for room.
pub const OBSERVATORY_RETIRED: &str = "detente.observatory.retired";
/// Its store on its disk.
pub const OBSERVATORY_SIZE: &str = "detente.observatory.size";

/// What happens in a talk beside its moves: log records with the ids of the span they happened in.
pub mod events {
    /// A submission was refused.
    pub const REFUSED: &str = "detente.refused";
    /// A party was late: its turn passed without a move.
    pub const TURN_MISSED: &str = "detente.turn.missed";
    /// A party came back to its seat in a talk under way.
    pub const RESUMED: &str = "detente.seat.resumed";
    /// A mediator took a talk over from the one before.
    pub const TAKEN_OVER: &str = "detente.talk.taken_over";
    /// A mediator lost a talk to another one.
    pub const FENCED: &str = "detente.talk.fenced";
}

/// What only the delegation that owns it may record. It leaves the process if its operator says so
/// (`--private-spans`, `DETENTE_PRIVATE_SPANS=1`), and is taken out of every span and log record
/// otherwise.
pub mod private {
    /// What the names of all private attributes begin with.
    pub const PREFIX: &str = "detente.private.";
    /// What the party's own next move, or the offer it accepts, is worth to it.
    pub const UTILITY: &str = "detente.private.utility";
    /// Of its mandate: the utility below which it would rather walk away.
    pub const MANDATE_WALK_AWAY: &str = "detente.private.mandate.walk_away";
    /// What its strategy believes the standing offer is worth to the other side.
    pub const MODEL_OTHER: &str = "detente.private.model.other";

    /// Why its own strategy or agent gave no usable move, or how its mandate does not fit: text that may
    /// quote what the party wants, or a draft nobody else was to see.
    pub const WHY: &str = "detente.private.why";

    /// Whether an attribute is private.
    #[must_use]
    pub fn is_private(name: &str) -> bool {
        name.starts_with(PREFIX)
    }
}
