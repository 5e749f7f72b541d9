use std::time::Duration;

use super::compile::{FUNCTION_LIMIT, FUNCTIONS};
use super::component::FILE_LIMIT;

/// Why a file is no strategy for the sandbox.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is larger than a strategy may be.
    #[error("it has {bytes} bytes, expected at most {FILE_LIMIT}: strip it and build with optimisations")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// One of its functions is larger than a function may be.
    #[error("one of its functions has {bytes} bytes, expected at most {FUNCTION_LIMIT}: split it")]
    Function {
        /// The function's size.
        bytes: usize,
    },
    /// It has more functions than a strategy may.
    #[error(
        "it has more than {FUNCTIONS} functions: build it with optimisations, and leave out what is not called"
    )]
    Functions,
    /// The compiler was given up.
    #[error("it was not compiled within {limit:?}: `compile` in a TOML file gives more time")]
    Slow {
        /// The limit.
        limit: Duration,
    },
    /// It is something else.
    #[error("it is not WebAssembly: expected a component, as `detente agent build` makes one")]
    NotWebAssembly,
    /// It is WebAssembly, but no component.
    #[error("it is a core module, not a component: make one of its crate with `detente agent build DIR`")]
    CoreModule,
    /// It is broken, or uses what the sandbox does not have.
    #[error("it is not a valid component: {why}")]
    Invalid {
        /// What the engine says.
        why: String,
    },
    /// It asks for what no strategy has.
    #[error(
        "it imports {name:?}: a strategy may import `note` and nothing else, for there is no clock, randomness, file or network in the sandbox"
    )]
    Import {
        /// The import.
        name: String,
    },
    /// It lacks an export, or has a function of another type.
    #[error(
        "it does not fit the world detente:strategy/strategy@1.0.0 (crates/agent/wit/strategy.wit): {why}"
    )]
    World {
        /// What the engine says.
        why: String,
    },
    /// A core module that cannot be wrapped.
    #[error("no component can be made of it: {why}")]
    Unwrappable {
        /// What the encoder says.
        why: String,
    },
    /// The engine cannot be started on this machine.
    #[error("the sandbox cannot be started: {why}")]
    Engine {
        /// What the engine says.
        why: String,
    },
}

/// Why a sandboxed strategy has no move. Its instance is thrown away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// A call burnt more than it may.
    #[error(
        "{call} used up its fuel of {limit}: do less in one call, or give more with `fuel` in a TOML file"
    )]
    Fuel {
        /// The call.
        call: &'static str,
        /// The limit.
        limit: u64,
    },
    /// It asked for more memory than it may have.
    #[error(
        "{call} asked for {asked} bytes of memory, the limit is {limit}: `memory` in a TOML file gives more"
    )]
    Memory {
        /// The call.
        call: &'static str,
        /// What it would have had.
        asked: usize,
        /// The limit.
        limit: usize,
    },
    /// It took longer than a turn leaves, for all its fuel.
    #[error("{call} gave no answer within {limit:?}")]
    Time {
        /// The call.
        call: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// It crashed.
    #[error("{call} trapped: {why}")]
    Trap {
        /// The call.
        call: &'static str,
        /// How.
        why: String,
    },
    /// It says that it has no move.
    #[error("it gave up the turn: {why}")]
    GaveUp {
        /// In its own words.
        why: String,
    },
    /// Its decision is none.
    #[error("its decision cannot be used: {why}")]
    Unusable {
        /// What is wrong with it.
        why: String,
    },
    /// It cannot play this talk.
    #[error("it cannot play here: {why}")]
    Unfit {
        /// What it asks for, and how it could be had.
        why: String,
    },
}

impl SandboxError {
    /// The kind of failure for machines: few different values.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Fuel { .. } => "SANDBOX_FUEL",
            Self::Memory { .. } => "SANDBOX_MEMORY",
            Self::Time { .. } => "SANDBOX_TIME",
            Self::Trap { .. } => "SANDBOX_TRAP",
            Self::GaveUp { .. } => "SANDBOX_GAVE_UP",
            Self::Unusable { .. } => "SANDBOX_UNUSABLE",
            Self::Unfit { .. } => "SANDBOX_UNFIT",
        }
    }
}
