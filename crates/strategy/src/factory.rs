use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{Strategy, StrategyError, StrategySpec};

/// Where the strategies of a factory decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In this process, by computation alone: a decision never waits.
    InProcess,
    /// Elsewhere: a decision waits for an answer and occupies its thread meanwhile.
    Remote,
}

/// Opens strategies of one kind, wherever they run: what a text such as `micro:rungs=100` names.
/// The one thing that runs, delegations and the lab know of a strategy before a talk begins.
pub trait Factory: Send + Sync {
    /// The text that names it, parameters included.
    fn spec(&self) -> String;

    /// All that decides how its strategies decide, as text: for those in a file, what stands there.
    /// Results of one are not taken for those of another that differs in this.
    fn contents(&self) -> String {
        self.spec()
    }

    /// Where its strategies decide.
    fn place(&self) -> Place;

    /// Whether the same brief, seed and history always give the same decision.
    fn deterministic(&self) -> bool;

    /// Whether it has no use unless the brief says what the other side wants.
    fn needs_opponent_utility(&self) -> bool {
        false
    }

    /// Whether it can only play where its own utility is a sum of tables.
    fn needs_closed_form(&self) -> bool {
        false
    }

    /// Whether a turn may be left without a move, by what is wrong with a strategy from outside: a talk
    /// with one needs a limit of turns.
    fn may_miss(&self) -> bool {
        self.place() == Place::Remote
    }

    /// How long a decision may take, where its operator says so; never more than half a turn.
    fn decision_limit(&self) -> Option<Duration> {
        None
    }

    /// A fresh instance, for one party in one talk.
    ///
    /// # Errors
    /// What it is made from is not there.
    fn open(&self) -> Result<Box<dyn Strategy>, StrategyError>;
}

impl fmt::Debug for dyn Factory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spec())
    }
}

/// A factory of your own strategies for the lab: `name` stands on leaderboards, `make` opens a fresh
/// instance for each talk. They must decide by the situation alone, as [`Strategy`] says. Results are taken up
/// again by name: give it another one when the strategy changes.
#[must_use]
pub fn in_process(
    name: &str,
    make: impl Fn() -> Box<dyn Strategy> + Send + Sync + 'static,
) -> Arc<dyn Factory> {
    Arc::new(Made { name: name.to_owned(), make })
}

struct Made<F> {
    name: String,
    make: F,
}

impl<F: Fn() -> Box<dyn Strategy> + Send + Sync> Factory for Made<F> {
    fn spec(&self) -> String {
        self.name.clone()
    }

    fn place(&self) -> Place {
        Place::InProcess
    }

    fn deterministic(&self) -> bool {
        true
    }

    fn open(&self) -> Result<Box<dyn Strategy>, StrategyError> {
        Ok((self.make)())
    }
}

impl Factory for StrategySpec {
    fn spec(&self) -> String {
        self.to_string()
    }

    fn place(&self) -> Place {
        Place::InProcess
    }

    fn deterministic(&self) -> bool {
        true
    }

    fn open(&self) -> Result<Box<dyn Strategy>, StrategyError> {
        Ok(Self::open(self))
    }
}
