//! A strategy that runs: one instance in one talk.

use strategy::{Brief, Decision, Situation};
use talks::{Seq, Talk};
use wasmtime::{Store, Trap};

use super::component::{brief_reason, shortened};
use super::engine::ticks;
use super::guest::{self, Guest, OverMemory};
use super::{Limits, Sandbox, SandboxError, tell};

/// What the strategy may hand over in one call: an offer of the largest agenda many times over.
const HANDED_OVER: usize = 1024 * 1024;

/// One instance in one talk, which it was told as far as `told`.
pub(super) struct Instance {
    store: Store<Guest>,
    strategy: guest::Strategy,
    limits: Limits,
    brief: Brief,
    /// How many turns of the history it was told, and the entry of the last of them.
    told: (usize, Option<Seq>),
}

impl Instance {
    /// A fresh instance that was briefed.
    pub(super) fn open(sandbox: &Sandbox, situation: &Situation<'_>) -> Result<Self, SandboxError> {
        let (brief, terms) = (situation.brief(), situation.talk().terms());
        let (papers, seed) = (tell::brief(brief, terms)?, tell::seed(brief));
        let time = crate::brief::decision_limit(terms, sandbox.limits.time);
        let limits = Limits { time, ..sandbox.limits };
        let engine = sandbox.compiled.engine();
        let mut store = Store::new(engine, Guest::new(sandbox.name.clone(), limits.memory));
        store.limiter(|guest| guest);
        store.set_hostcall_fuel(HANDED_OVER);
        let failed = |error| failure(&error, "open", limits);
        // Half the time, for the first decision is asked in the same turn.
        refuel(&mut store, Limits { time: time / 2, ..limits }).map_err(failed)?;
        let strategy = sandbox.compiled.instantiate(&mut store).map_err(failed)?;
        strategy.call_open(&mut store, &papers, seed).map_err(failed)?;
        Ok(Self { store, strategy, limits, brief: brief.clone(), told: (0, None) })
    }

    /// Whether this instance was briefed for the situation and told a beginning of its history.
    pub(super) fn knows(&self, situation: &Situation<'_>) -> bool {
        let (told, last) = self.told;
        let same = told == 0 || situation.talk().history().get(told - 1).map(|past| past.seq) == last;
        self.brief.is_same(situation.brief()) && same
    }

    /// Tells what is new and asks for the turn at hand.
    pub(super) fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, SandboxError> {
        let asked = tell::situation(situation, self.told.0)?;
        let limits = self.limits;
        let failed = |error| failure(&error, "decide", limits);
        refuel(&mut self.store, limits).map_err(failed)?;
        self.store.data_mut().renew_notes();
        let decided = self.strategy.call_decide(&mut self.store, &asked).map_err(failed)?;
        self.told = told(situation.talk());
        let decided = decided.map_err(|why| SandboxError::GaveUp { why: shortened(&why) })?;
        usable(situation, decided)
    }
}

fn told(talk: &Talk) -> (usize, Option<Seq>) {
    (talk.history().len(), talk.history().last().map(|past| past.seq))
}

/// A full tank, and all the time of a call.
fn refuel(store: &mut Store<Guest>, limits: Limits) -> wasmtime::Result<()> {
    store.set_epoch_deadline(ticks(limits.time));
    store.set_fuel(limits.fuel)
}

/// A decision of the world as one of the talk, if it is one.
fn usable(situation: &Situation<'_>, decided: guest::Decision) -> Result<Decision, SandboxError> {
    let unusable = |why: String| SandboxError::Unusable { why };
    match decided {
        guest::Decision::Propose(levels) => {
            let agenda = situation.talk().terms().agenda();
            let (given, issues) = (levels.len(), agenda.len());
            if given != issues {
                return Err(unusable(format!("it proposes {given} levels, the agenda has {issues} issues")));
            }
            agenda.offer_at(&levels).map(Decision::Propose).map_err(|error| unusable(error.to_string()))
        }
        guest::Decision::Accept if situation.offered().is_none() => {
            Err(unusable("it accepts where no offer of another party stands: propose one".to_owned()))
        }
        guest::Decision::Accept => Ok(Decision::Accept),
        guest::Decision::WalkAway => Ok(Decision::WalkAway),
    }
}

fn failure(error: &wasmtime::Error, call: &'static str, limits: Limits) -> SandboxError {
    let Limits { fuel, memory, time, .. } = limits;
    if let Some(OverMemory { asked }) = error.downcast_ref() {
        return SandboxError::Memory { call, asked: *asked, limit: memory };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => SandboxError::Fuel { call, limit: fuel },
        Some(Trap::Interrupt) => SandboxError::Time { call, limit: time },
        Some(trap) => SandboxError::Trap { call, why: trap.to_string() },
        None => SandboxError::Trap { call, why: brief_reason(error) },
    }
}
