use std::time::Duration;

use strategy::SpecError;
use wire::WireError;

/// Why a text names no strategy that can be opened.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It names a native strategy, wrongly.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// It names nobody who can be seated.
    #[error("there is no strategy {given:?}{}: expected person, for a seat of your own, or one of {}", meant(given), natives().join(", "))]
    Nobody {
        /// The name as given.
        given: String,
    },
    /// It is no address of an agent.
    #[error("{given:?} is no agent's address: expected {expected}")]
    Address {
        /// What was given.
        given: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A person, where only what decides by itself can play.
    #[error(
        "a person can be seated by `detente run`, `detente serve delegation` and a party's own service, not here"
    )]
    Person,
    /// A file that cannot be read.
    #[error("cannot read strategy {path}: {why}")]
    File {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
    /// A file that holds something else.
    #[error("{path}: {why}")]
    Document {
        /// The file.
        path: String,
        /// What is wrong in it, and where.
        why: String,
    },
    /// A file that is no strategy for the sandbox.
    #[cfg(feature = "wasm")]
    #[error("{path} is no sandboxed strategy: {why}")]
    Sandbox {
        /// The file.
        path: String,
        /// Why.
        #[source]
        why: crate::sandbox::LoadError,
    },
    /// A sandboxed strategy for a program that was built without the sandbox.
    #[error(
        "{path} is a sandboxed strategy, and this program has no sandbox: build it with `cargo build --release -p detente-cli --features wasm`"
    )]
    NoSandbox {
        /// The file.
        path: String,
    },
}

fn natives() -> Vec<&'static str> {
    strategy::builtin().iter().map(|builtin| builtin.name).collect()
}

/// A guess at who was meant, in brackets.
fn meant(given: &str) -> String {
    let near = strategy::nearest(given, natives().into_iter().chain([crate::PERSON]));
    near.map_or_else(String::new, |name| format!(" (did you mean {name}?)"))
}

/// Why an agent gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// It cannot be reached.
    #[error("the agent at {address} cannot be reached: {why}")]
    Unreachable {
        /// Where it was sought.
        address: String,
        /// What the transport said.
        why: String,
    },
    /// It said nothing in time.
    #[error("the agent gave no {what} within {limit:?}")]
    Silent {
        /// What was awaited.
        what: &'static str,
        /// For how long.
        limit: Duration,
    },
    /// It ended the stream.
    #[error("the agent ended the stream: {why}")]
    Gone {
        /// What it said.
        why: String,
    },
    /// It sent what the contract does not have here.
    #[error("the agent sent {found} where {expected} was due")]
    Unexpected {
        /// What it sent.
        found: &'static str,
        /// What was due.
        expected: &'static str,
    },
    /// What it sent is not valid.
    #[error("the agent sent what cannot be used: {0}")]
    Wire(#[from] WireError),
    /// It was corrected as often as a turn allows.
    #[error("the agent's answer cannot be used after {corrections} corrections: {last}")]
    Uncorrected {
        /// How often it was corrected.
        corrections: u32,
        /// What was wrong with its last answer.
        last: String,
    },
    /// It sends more than a turn allows.
    #[error("the agent sent more than {limit} messages in one turn")]
    Flood {
        /// The bound.
        limit: u32,
    },
    /// It cannot play this talk.
    #[error("the agent {agent} cannot play here: {why}")]
    Unfit {
        /// Its name.
        agent: String,
        /// What it asks for, and how it could be had.
        why: String,
    },
}

impl AgentError {
    /// The kind of failure for machines: few different values.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "AGENT_UNREACHABLE",
            Self::Silent { .. } => "AGENT_SILENT",
            Self::Gone { .. } => "AGENT_GONE",
            Self::Unexpected { .. } | Self::Wire(_) | Self::Uncorrected { .. } => "AGENT_UNUSABLE",
            Self::Flood { .. } => "AGENT_FLOOD",
            Self::Unfit { .. } => "AGENT_UNFIT",
        }
    }

    /// Whether the stream is of no more use. A late agent keeps its own.
    pub(crate) fn ends_stream(&self) -> bool {
        !matches!(self, Self::Silent { what: "move", .. } | Self::Uncorrected { .. })
    }
}

impl From<tonic::Status> for AgentError {
    fn from(status: tonic::Status) -> Self {
        Self::Gone { why: format!("{:?}: {}", status.code(), status.message()) }
    }
}
