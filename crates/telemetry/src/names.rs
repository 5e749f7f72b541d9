//! The names of spans, attributes and instruments, in one place.
//!
//! Constants serve as names in the macros of `tracing`:
//! `tracing::info_span!(names::DECIDE_SPAN, { names::TALK } = talk.as_str())`. What a party wants
//! has no name here: utilities and mandates stay out of spans.

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
/// Total trade at the offer, in dollars.
pub const TRADE_AFTER: &str = "detente.trade.after";
/// How many offers were scored together.
pub const OFFERS: &str = "detente.offers";

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

/// Talks that have not ended.
pub const TALKS_OPEN: &str = "detente.talks.open";
/// Moves that became entries.
pub const MOVES: &str = "detente.moves";
/// From handing entries to the record until they are durable.
pub const PERSIST_DURATION: &str = "detente.persist.duration";
/// Submissions refused, by reason.
pub const REFUSALS: &str = "detente.refusals";
