//! Strategies in a sandbox: WebAssembly components of the world in `wit/strategy.wit`.
//!
//! A component has one import, `note`, and neither clock nor randomness nor files nor network: what
//! imports more is refused. **Fuel is the rule**: a call that burns more than its limit is over at the
//! same instruction on every machine. Memory has a limit too, and time is only a safety net for what
//! fuel does not see. The compiler has limits of its own, of size and time. NaNs have one bit pattern, so decisions are the same bits everywhere.

mod compile;
mod component;
mod engine;
mod error;
mod guest;
mod instance;
mod limits;
mod tell;

use std::sync::Arc;

use strategy::{Decision, Factory, Place, Situation, Strategy, StrategyError};

pub use component::componentize;
pub use error::{LoadError, SandboxError};
pub use limits::Limits;

use guest::{Guest, StrategyPre};
use instance::Instance;

/// A strategy that was compiled from a component, and opens a fresh instance for each talk.
#[derive(Clone)]
pub struct Sandbox {
    name: Arc<str>,
    limits: Limits,
    /// Of the component's bytes.
    digest: tariff::AgendaDigest,
    compiled: StrategyPre<Guest>,
}

impl Sandbox {
    /// Compiles the component in the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, is too large or takes too long to compile, is no component, or is one that asks for more than a
    /// strategy has.
    pub fn load(path: &str, limits: Limits) -> Result<Self, LoadError> {
        Self::compile(path, &component::read(path)?, limits)
    }

    /// Compiles a component, which messages call `name`.
    ///
    /// # Errors
    /// As [`Sandbox::load`].
    pub fn compile(name: &str, component: &[u8], limits: Limits) -> Result<Self, LoadError> {
        let digest = tariff::AgendaDigest::of(component);
        Ok(Self {
            name: name.into(),
            limits,
            digest,
            compiled: component::compile(component, limits.compile)?,
        })
    }
}

impl Factory for Sandbox {
    fn spec(&self) -> String {
        self.name.to_string()
    }

    fn contents(&self) -> String {
        format!("{} {} {:?}", self.name, self.digest, self.limits)
    }

    fn place(&self) -> Place {
        Place::InProcess
    }

    fn deterministic(&self) -> bool {
        true
    }

    fn needs_closed_form(&self) -> bool {
        true
    }

    fn decision_limit(&self) -> Option<std::time::Duration> {
        Some(self.limits.time)
    }

    fn may_miss(&self) -> bool {
        true
    }

    fn open(&self) -> Result<Box<dyn Strategy>, StrategyError> {
        Ok(Box::new(Sandboxed { sandbox: self.clone(), instance: None }))
    }
}

/// A sandboxed strategy in one talk. What fails is thrown away: the next turn has a fresh instance,
/// which is told the whole history as facts.
struct Sandboxed {
    sandbox: Sandbox,
    instance: Option<Instance>,
}

impl Sandboxed {
    fn ask(&mut self, situation: &Situation<'_>) -> Result<Decision, SandboxError> {
        let kept = self.instance.take().filter(|instance| instance.knows(situation));
        let mut instance = match kept {
            Some(instance) => instance,
            None => Instance::open(&self.sandbox, situation)?,
        };
        let decision = instance.decide(situation)?;
        self.instance = Some(instance);
        Ok(decision)
    }
}

impl Strategy for Sandboxed {
    fn name(&self) -> &str {
        &self.sandbox.name
    }

    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        self.ask(situation).map_err(|error| {
            tracing::Span::current().record(telemetry::names::ERROR_TYPE, error.kind());
            StrategyError::Failed { strategy: self.sandbox.name.to_string(), message: error.to_string() }
        })
    }
}
