//! How talks proceed: the rules of procedure as a state machine without I/O.
//!
//! A [`Talk`] is driven from outside. [`Talk::decide`] says what a command leads to, and changes
//! nothing; the caller makes the events durable; [`Talk::apply`] rebuilds the state from them. The
//! mediator, a delegation that follows along, an in-process lab and the replay of a record all
//! drive this same machine, so there is one truth about the rules. Time comes in as an argument,
//! randomness is not used, and nothing here hashes, encodes or traces.
//!
//! The procedure is *stacked alternating offers* (Aydoğan, Festen, Hindriks & Jonker 2017) for 2
//! to 64 parties in a fixed seat order: a proposal replaces the standing offer and clears what was
//! accepted; a talk is agreed when all others have accepted one offer in turn. [`Procedure`] names
//! it, and the life of a talk (`talk`) is kept apart from whose turn it is and what a move does
//! there (`alternating`), which is where another procedure would have its own room.
//!
//! ```
//! use detente_talks::{Act, Command, Decision, Fingerprint, Outcome, Procedure, Seq, Stamp};
//! use detente_talks::{Submission, Talk, Terms, Time};
//! use tariff::{Agenda, AgendaDigest, Issue, IssueKind, PartyId, Value};
//!
//! let issues = vec![Issue::new("pause", IssueKind::Switch, None)?];
//! let agenda = Agenda::new(issues, AgendaDigest::of(b"the agenda's stored bytes"))?;
//! let (usa, chn) = (PartyId::new("USA")?, PartyId::new("CHN")?);
//! let terms = Terms::new(Procedure::AlternatingOffers, vec![usa.clone(), chn.clone()], agenda.clone(), 10)?;
//!
//! let mut talk = Talk::convene(terms, Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
//! let submit = |party: &PartyId, act| {
//!     let fingerprint = Fingerprint([0; 32]); // in earnest: a hash of the payload's bytes
//!     let party = party.clone();
//!     Command::Submit(Submission { party, client_seq: 1, round: None, reply_to: None, act, fingerprint })
//! };
//! let offer = agenda.offer(vec![Value::Switch(true)])?;
//! let commands = [
//!     Command::Open,
//!     submit(&usa, Act::Propose(offer)),
//!     submit(&chn, Act::Accept { offer: Seq(3) }), // the entry that holds the proposal
//! ];
//! for command in &commands {
//!     let Decision::Append(events) = talk.decide(Time(0), command)? else { continue };
//!     for event in &events {
//!         talk.apply(talk.next_stamp(Time(0), event), event)?; // after it is durable
//!     }
//! }
//! assert_eq!(talk.outcome(), Some(&Outcome::Agreed { offer: Seq(3) }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod advance;
mod alternating;
mod error;
mod moves;
mod talk;
mod terms;
mod views;

pub use advance::Advanced;
pub use alternating::{MISSES_TO_FORFEIT, Standing};
pub use error::{Corrupt, Refusal};
pub use moves::{
    Act, Command, Decision, Event, Failure, Fingerprint, Outcome, Past, Phase, Seq, Stamp, Submission, Time,
    What,
};
pub use talk::Talk;
pub use terms::{MAX_PARTIES, MAX_ROUNDS, Procedure, Terms, TermsError};
