//! Strategies from anywhere: one grammar names them, and those that run elsewhere are called over
//! gRPC (`proto/detente/strategy/v1`), or served to others with one call.
//!
//! **Calling.** [`Source`] reads `PARTY=`'s right-hand side. An agent is asked over one stream per
//! talk, within a limit per decision. Its answer is validated; an unusable one is corrected twice.
//! A turn without a usable answer is missed (or decided by the fallback its operator declared), and
//! the next turn tries again: over the same stream where the agent was only late, over a new one
//! where it was lost. A new stream begins with the whole history as facts.
//!
//! **Sandboxed.** With the feature `wasm`, a strategy is a WebAssembly component too (`sandbox`): it
//! decides in this process, reaches nothing outside, and is held to its fuel.
//!
//! **Serving.** [`serve`] serves a type that implements [`strategy::Strategy`]; docs/strategies.md
//! says how an agent is written in Rust, in Python, and from the contract alone.

mod brief;
mod check;
mod error;
mod remote;
#[cfg(feature = "wasm")]
pub mod sandbox;
mod seat;
mod serve;
mod session;
mod source;

pub use check::{Finding, check};
pub use error::{AgentError, SourceError};
pub use remote::{DECISION_LIMIT, Remote, agent_at};
pub use serve::{Make, serve};
pub use source::{PERSON, Source};
