//! The contract as Rust types, and the border: everything that comes from a peer is validated here,
//! once, into types that cannot be wrong. Nothing behind this crate sees a generated message it has
//! to distrust, and no other crate writes a gRPC status.
//!
//! ```
//! use detente_wire::{decode_agenda, encode_agenda, encode_offer, decode_offer};
//! use tariff::{Issue, IssueKind, Value};
//! let stored = encode_agenda(&[Issue::new("export_controls", IssueKind::Switch, None)?]);
//! let agenda = decode_agenda(&stored)?;
//! let offer = agenda.offer(vec![Value::Switch(true)])?;
//! assert_eq!(decode_offer(&agenda, &encode_offer(&agenda, &offer))?, offer);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agenda;
mod columns;
mod entries;
mod errors;
mod impact;
mod moves;
mod offer;
mod packed;
pub mod pb;
mod plugin;
mod refused;
mod terms;

pub use agenda::{decode_agenda, encode_agenda};
pub use columns::{HeadlineColumnsBuilder, ImpactColumnsBuilder, impacts_from_columns};
pub use entries::{
    EntryKind, convened_by, decode_convened, decode_event, encode_convened, encode_convened_by, encode_event,
    entry_from_pb, entry_from_response, entry_to_pb, entry_to_response, outcome_from_pb, outcome_to_pb,
    signatures_from_pb, trace_from_pb, trace_to_pb,
};
pub use errors::WireError;
pub use impact::impact_to_pb;
pub use moves::{Names, OutgoingMove, ReceivedMove, WireAct, decode_move, encode_move};
pub use offer::{decode_offer, encode_offer};
pub use packed::{decode_packed, encode_packed};
pub use plugin::{
    PLUGIN_ASK_LIMIT, PLUGIN_BRIEF_LIMIT, PluginAct, PluginAgent, PluginMove, PluginTurn,
    decode_plugin_agent, decode_plugin_move, decode_plugin_turn, encode_plugin_act, encode_plugin_turn,
};
pub use refused::{ERROR_DOMAIN, Refused};
pub use terms::{PublicTerms, decode_terms, encode_terms};

/// The most bytes a mediation message may have, either way.
pub const MEDIATION_MESSAGE_LIMIT: usize = 256 * 1024;

/// The most bytes a scoring message may have, either way.
pub const SCORING_MESSAGE_LIMIT: usize = 8 * 1024 * 1024;
