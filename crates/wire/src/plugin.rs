//! The contract of plug-ins: what an agent answers is validated here, and so is, on the agent's
//! side, what its host sends.

use talks::{Past, Seq, Talk, Time, What};
use tariff::{Agenda, Offer, PartyId};

use crate::pb::mediation::v1 as mediation;
use crate::pb::strategy::v1 as pb;
use crate::{WireError, decode_offer, encode_offer};

/// The most bytes of a message that an agent sends.
pub const PLUGIN_ASK_LIMIT: usize = 8 * 1024 * 1024;

/// The most bytes of a message that a host sends: a brief may hold tables of a million entries.
pub const PLUGIN_BRIEF_LIMIT: usize = 64 * 1024 * 1024;

/// The most characters of an agent's name.
const NAME_LIMIT: usize = 64;

/// What an agent says of itself, validated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginAgent {
    /// Its name.
    pub name: String,
    /// Whether the same brief, seed and history always give the same move.
    pub deterministic: bool,
    /// The most parties at its table.
    pub max_parties: usize,
    /// Whether it must know what the other side wants.
    pub needs_opponent_utility: bool,
    /// Whether it must have its own utility in closed form.
    pub needs_closed_form: bool,
}

/// What an agent does with a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginAct {
    /// Puts an offer on the table.
    Propose(Offer),
    /// Accepts the offer on the table.
    Accept,
    /// Leaves the talk.
    WalkAway,
}

/// A move, and the turn it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginMove {
    /// The turn.
    pub turn: u64,
    /// What it does.
    pub act: PluginAct,
}

/// Reads what an agent says of itself.
pub fn decode_plugin_agent(agent: &pb::Agent) -> Result<PluginAgent, WireError> {
    let fits = |text: &str| text.chars().count() <= NAME_LIMIT && !text.chars().any(char::is_control);
    if agent.name.trim().is_empty() || !fits(&agent.name) {
        return Err(WireError::malformed("agent.name", "1 to 64 printable characters"));
    }
    if !fits(&agent.version) {
        return Err(WireError::malformed("agent.version", "at most 64 printable characters"));
    }
    if !agent.procedures().any(|p| p == mediation::Procedure::AlternatingOffers) {
        return Err(WireError::malformed("agent.procedures", "PROCEDURE_ALTERNATING_OFFERS among them"));
    }
    Ok(PluginAgent {
        name: agent.name.clone(),
        deterministic: agent.deterministic,
        max_parties: usize::try_from(agent.max_parties.max(2)).unwrap_or(usize::MAX),
        needs_opponent_utility: agent.needs_opponent_utility,
        needs_closed_form: agent.needs_closed_form,
    })
}

/// Reads a move. That an offer stands to be accepted is for the caller to know.
pub fn decode_plugin_move(agenda: &Agenda, given: &pb::Move) -> Result<PluginMove, WireError> {
    let act = match given.act.as_ref().ok_or_else(|| WireError::unsupported("move.act"))? {
        pb::r#move::Act::Propose(offer) => PluginAct::Propose(decode_offer(agenda, offer)?),
        pb::r#move::Act::Accept(_) => PluginAct::Accept,
        pb::r#move::Act::WalkAway(_) => PluginAct::WalkAway,
    };
    Ok(PluginMove { turn: given.turn, act })
}

/// A move as a message.
#[must_use]
pub fn encode_plugin_act(agenda: &Agenda, turn: u64, act: &PluginAct) -> pb::Move {
    let act = match act {
        PluginAct::Propose(offer) => pb::r#move::Act::Propose(encode_offer(agenda, offer)),
        PluginAct::Accept => pb::r#move::Act::Accept(pb::Empty {}),
        PluginAct::WalkAway => pb::r#move::Act::WalkAway(pb::Empty {}),
    };
    pb::Move { turn, act: Some(act) }
}

/// The turn at hand of `talk` as a message: the history from place `since` on, and what stands.
/// Offers go out for `agenda`, which has the issues of the talk's own. The caller adds what it knows
/// beside the talk: progress, limit, and what became of the last turn.
#[must_use]
pub fn encode_plugin_turn(agenda: &Agenda, talk: &Talk, since: usize) -> pb::Turn {
    let place = |seq: Seq| talk.history().binary_search_by_key(&seq, |past| past.seq).ok();
    let index = |seq: Seq| place(seq).and_then(|at| u32::try_from(at).ok());
    let happened = |past: &Past| pb::Happened {
        time_us: past.time.0,
        round: past.round,
        party: past.party.to_string(),
        what: Some(match &past.what {
            What::Proposed(offer) => pb::happened::What::Proposed(rebound(agenda, offer)),
            What::Accepted { offer } => pb::happened::What::Accepted(index(*offer).unwrap_or_default()),
            What::WalkedAway => pb::happened::What::WalkedAway(pb::Empty {}),
            What::Missed => pb::happened::What::Missed(pb::Empty {}),
        }),
    };
    pb::Turn {
        turn: talk.history().len() as u64 + 1,
        round: talk.round(),
        rounds_left: talk.rounds_left(),
        time_us: talk.tip().time.0,
        opened_us: talk.opened().map_or(0, |t| t.0),
        history: talk.history().iter().skip(since).map(happened).collect(),
        standing: talk.standing().and_then(|s| index(s.seq)),
        ..pb::Turn::default()
    }
}

/// An offer under the digest of `agenda`, whose issues are those it was made for.
fn rebound(agenda: &Agenda, offer: &Offer) -> crate::pb::tariff::v1::Offer {
    let mut message = encode_offer(agenda, offer);
    message.agenda_digest = agenda.digest().as_bytes().to_vec();
    message
}

/// A turn of the history, as an agent is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginTurn {
    /// An offer was proposed.
    Proposed(Offer),
    /// The offer at this place of the history was accepted.
    Accepted(usize),
    /// The party left.
    WalkedAway,
    /// The turn passed without a move.
    Missed,
}

/// Reads a turn of the history: whose it was, when, and what.
pub fn decode_plugin_turn(
    agenda: &Agenda,
    given: &pb::Happened,
) -> Result<(PartyId, Time, PluginTurn), WireError> {
    let what = match given.what.as_ref().ok_or_else(|| WireError::unsupported("happened.what"))? {
        pb::happened::What::Proposed(offer) => PluginTurn::Proposed(decode_offer(agenda, offer)?),
        pb::happened::What::Accepted(place) => PluginTurn::Accepted(*place as usize),
        pb::happened::What::WalkedAway(_) => PluginTurn::WalkedAway,
        pb::happened::What::Missed(_) => PluginTurn::Missed,
    };
    Ok((PartyId::new(&given.party)?, Time(given.time_us), what))
}
