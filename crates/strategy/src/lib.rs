//! How a party bargains: the [`Strategy`] trait, and the classic strategies built in.
//!
//! A strategy is asked for a [`Decision`] whenever it is its party's turn. What it may know is a
//! [`Situation`]: the public [`talks::Talk`] and the party's own [`Brief`] (its preferences, what
//! it presumes of the other side, its seed). **A decision is a function of the situation alone**:
//! an instance may keep what is costly to work out again, but a fresh one decides the same, so a
//! delegation that was killed goes on as if nothing had happened.
//!
//! The built-in strategies are compositions of an [`Offering`] (what to propose) and an
//! [`Acceptance`] (when to take what is proposed), after Baarslag (2013). [`StrategySpec`] reads
//! them from text, and [`builtin`] lists them:
//!
//! ```
//! use detente_strategy::{Brief, Decision, Seed, Situation, StrategySpec};
//! use talks::{Command, Decision as Move, Procedure, Seq, Stamp, Talk, Terms, Time};
//! use tariff::{Agenda, AgendaDigest, Issue, IssueKind, NumberRange, PartyId, Value};
//! use utility::{Preferences, Table, Utility};
//!
//! let rate = IssueKind::Number(NumberRange::percent(0, 10_000, 1_000)?);
//! let agenda = Agenda::new(vec![Issue::new("rate", rate, None)?], AgendaDigest::of(b"stored bytes"))?;
//! let higher = Table::tabulate(&agenda, vec![0], |level| f64::from(level[0]) / 10.0)?;
//! let preferences = Preferences::new(Utility::additive(&agenda, vec![higher])?, 0.3)?;
//! let usa = PartyId::new("USA")?;
//! let brief = Brief::new(usa.clone(), &preferences, None, Seed { seed: 7, talk: 0 })?;
//!
//! let parties = vec![usa, PartyId::new("CHN")?];
//! let terms = Terms::new(Procedure::AlternatingOffers, parties, agenda.clone(), 20)?;
//! let mut talk = Talk::convene(terms, Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
//! let Move::Append(events) = talk.decide(Time(0), &Command::Open)? else { unreachable!() };
//! talk.apply(talk.next_stamp(Time(0), &events[0]), &events[0])?;
//!
//! let mut strategy = "boulware:e=0.1".parse::<StrategySpec>()?.open();
//! let decision = strategy.decide(&Situation::new(&talk, &brief)?)?;
//! assert_eq!(decision, Decision::Propose(agenda.offer(vec![Value::Number(10_000)])?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Cost.** On an agenda of 60 issues with 26 levels each (`benches/turns.rs`, two shared cores) a
//! turn of a built-in strategy takes 0.1 to 30 µs at the median, Agent K's some 100 µs; docs/strategies.md has each.
//! Once per talk come the brief (0.7 ms), the first offer at a target utility (30 ms) and MiCRO's ladder (50 µs).

mod acceptance;
mod brief;
mod catalogue;
mod composed;
mod error;
mod factory;
mod ledger;
mod model;
mod nearest;
mod offering;
mod play;
mod random;
mod seen;
mod situation;
mod spec;

pub use acceptance::Acceptance;
pub use brief::Brief;
pub use catalogue::{Builtin, Parameter, acceptance_parameters, builtin};
pub use composed::Composed;
pub use error::StrategyError;
pub use factory::{Factory, Place, in_process};
pub use ledger::{Heard, Ledger, Side};
pub use model::{Estimate, ModelKind, OpponentModel, Quality, Yardstick, quality};
pub use nearest::nearest;
pub use offering::{
    AgentK, CuhkLike, Edge, EdgeParameters, HardHeaded, InsideTime, Micro, NiceTitForTat, Offering, Plan,
    RandomWalker, RelativeTitForTat, Reply, ShochanLike, TimeDependent, TitForTat, Zeuthen,
};
pub use play::{PlayError, Seat, play};
pub use random::{Seed, TurnRng};
pub use situation::Situation;
pub use spec::{SpecError, StrategySpec};

use tariff::Offer;

/// What a party does with its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Proposes this offer.
    Propose(Offer),
    /// Accepts the standing offer.
    Accept,
    /// Leaves the talk, which ends it for all.
    WalkAway,
}

/// A way to bargain. One instance serves one party in one talk.
pub trait Strategy: Send {
    /// What it is called, parameters included.
    fn name(&self) -> &str;

    /// What to do with the turn at hand: a function of the situation, whatever was asked before.
    ///
    /// # Errors
    /// When it cannot decide; the party's delegation then does what its operator declared.
    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError>;

    /// What it makes of the other side, as of the turn it was last asked: for a lab, which knows the truth
    /// and says how good that is. None where it has no model.
    fn model(&self) -> Option<&Estimate> {
        None
    }

    /// Hears that the talk is over, or that its party leaves it; by default it does not care.
    fn conclude(&mut self, _talk: &talks::Talk, _brief: &Brief) {}
}
