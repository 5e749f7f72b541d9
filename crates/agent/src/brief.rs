//! A brief as a message, and back: both sides of the contract.

use std::time::Duration;

use strategy::{Brief, Seed, TurnRng};
use talks::{Procedure, Terms, Time};
use tariff::{Agenda, PartyId};
use utility::{Mask, Preferences, Table, Utility, UtilityError};
use wire::pb::mediation::v1 as mediation;
use wire::pb::strategy::v1 as pb;
use wire::{WireError, decode_agenda, encode_agenda, encode_offer};

/// What a host tells an agent of the other side.
pub(crate) fn policy(brief: &Brief) -> pb::InformationPolicy {
    match (brief.opponent(), brief.prior()) {
        (Some(_), _) => pb::InformationPolicy::Truth,
        (None, Some(_)) => pb::InformationPolicy::Model,
        (None, None) => pb::InformationPolicy::None,
    }
}

/// The agenda as an agent will have it: the same issues, in bytes of this side's making.
pub(crate) fn own_agenda(agenda: &Agenda) -> Result<(bytes::Bytes, Agenda), WireError> {
    let stored = encode_agenda(agenda.issues());
    let agenda = decode_agenda(&stored)?;
    Ok((stored, agenda))
}

/// The brief for an agent whose agenda is stored in `agenda`.
pub(crate) fn encode(brief: &Brief, terms: &Terms, agenda: bytes::Bytes) -> pb::Brief {
    let preferences = brief.preferences();
    let truth = brief.opponent();
    let opponent = truth.map(Preferences::utility).or(brief.prior());
    let digest = wire_digest(&agenda);
    let mut best = encode_offer(preferences.agenda(), brief.planner().best());
    best.agenda_digest = digest;
    pb::Brief {
        party: brief.me().to_string(),
        parties: terms.parties().iter().map(ToString::to_string).collect(),
        agenda: agenda.to_vec(),
        procedure: match terms.procedure() {
            Procedure::AlternatingOffers => mediation::Procedure::AlternatingOffers.into(),
        },
        rounds: terms.rounds(),
        deadline_us: terms.deadline().map_or(0, |t| t.0),
        turn_limit_us: terms.turn_limit_us().unwrap_or(0),
        utility: Some(encode_utility(preferences.utility())),
        walk_away: preferences.walk_away(),
        red_lines: preferences.red_lines().iter().map(|line| red_line(preferences.agenda(), line)).collect(),
        opponent_utility: opponent.map(encode_utility),
        opponent_walk_away: truth.map_or(0.0, Preferences::walk_away),
        seed: Some(seed(brief)),
        best: Some(best),
    }
}

/// Where the party's randomness in this talk begins. The seed of the run is no agent's business: with
/// it the random numbers of every party could be worked out. So it gets the first number of round 0,
/// in which no native strategy draws any.
fn seed(brief: &Brief) -> pb::Seed {
    let seed = TurnRng::new(brief.seed(), brief.me(), 0).next_u64();
    pb::Seed { seed, talk: brief.seed().talk }
}

fn wire_digest(stored: &[u8]) -> Vec<u8> {
    tariff::AgendaDigest::of(stored).as_bytes().to_vec()
}

fn encode_utility(utility: &Utility) -> pb::Utility {
    let additive = utility.is_additive();
    let table =
        |table: &Table| pb::Table { places: places(table.places()), values: table.values().collect() };
    let tables = if additive { utility.tables().iter().map(table).collect() } else { Vec::new() };
    pb::Utility { tables, additive }
}

fn red_line(agenda: &Agenda, line: &Mask) -> pb::RedLine {
    pb::RedLine { places: places(line.places()), allowed: allowed(agenda, line) }
}

/// Whether each combination of a red line's issues may be agreed, the last place running fastest.
pub(crate) fn allowed(agenda: &Agenda, line: &Mask) -> Vec<bool> {
    let mut levels = vec![0; agenda.len()];
    let radices: Vec<u32> = line.places().iter().map(|place| agenda.issues()[*place].levels()).collect();
    let combinations: u32 = radices.iter().product();
    let allowed = |mut number: u32| {
        for (place, radix) in line.places().iter().zip(&radices).rev() {
            levels[*place] = number % radix;
            number /= radix;
        }
        line.allows(&levels)
    };
    (0..combinations).map(allowed).collect()
}

pub(crate) fn places(places: &[usize]) -> Vec<u32> {
    places.iter().map(|place| *place as u32).collect()
}

/// A brief as the agent's side has it.
pub(crate) struct Briefed {
    pub(crate) brief: Brief,
    pub(crate) terms: Terms,
}

/// Why a brief cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BriefError {
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Noun(#[from] tariff::TariffError),
    #[error(transparent)]
    Terms(#[from] talks::TermsError),
    #[error(transparent)]
    Utility(#[from] UtilityError),
    #[error("the brief has no utility in closed form")]
    BlackBox,
}

/// Reads a brief. The turn limit keeps the rules of procedure the same on both sides.
pub(crate) fn decode(given: &pb::Brief) -> Result<Briefed, BriefError> {
    let agenda = decode_agenda(&given.agenda)?;
    let parties = given.parties.iter().map(|p| PartyId::new(p)).collect::<Result<Vec<_>, _>>()?;
    let mut terms = Terms::new(Procedure::AlternatingOffers, parties, agenda.clone(), given.rounds)?;
    if given.deadline_us != 0 {
        terms = terms.with_deadline(Time(given.deadline_us));
    }
    if given.turn_limit_us != 0 {
        terms = terms.with_turn_limit_us(given.turn_limit_us)?;
    }
    let own = given.utility.as_ref().filter(|u| u.additive).ok_or(BriefError::BlackBox)?;
    let lines = given.red_lines.iter().map(|line| mask(&agenda, line)).collect::<Result<Vec<_>, _>>()?;
    let preferences = Preferences::new(utility(&agenda, own)?, given.walk_away)?.with_red_lines(lines);
    let opponent = given.opponent_utility.as_ref().filter(|u| u.additive);
    let opponent = opponent.map(|u| utility(&agenda, u)).transpose()?;
    let seed = given.seed.unwrap_or_default();
    let seed = Seed { seed: seed.seed, talk: seed.talk };
    let brief = Brief::new(PartyId::new(&given.party)?, &preferences, opponent.as_ref(), seed)?;
    Ok(Briefed { brief, terms })
}

fn utility(agenda: &Agenda, given: &pb::Utility) -> Result<Utility, UtilityError> {
    let table = |t: &pb::Table| Table::new(agenda, indices(&t.places), t.values.clone());
    Utility::additive(agenda, given.tables.iter().map(table).collect::<Result<_, _>>()?)
}

fn mask(agenda: &Agenda, given: &pb::RedLine) -> Result<Mask, UtilityError> {
    // A combination the host left out is not forbidden by it.
    let mut allowed = given.allowed.iter().copied().chain(std::iter::repeat(true));
    Mask::new(agenda, indices(&given.places), |_| allowed.next().unwrap_or(true))
}

fn indices(places: &[u32]) -> Vec<usize> {
    places.iter().map(|place| *place as usize).collect()
}

/// Half of a turn's limit, or `most`, whichever is less: the rest is for the way to the mediator.
pub(crate) fn decision_limit(terms: &Terms, most: Duration) -> Duration {
    let turn = terms.turn_limit_us().and_then(|us| u64::try_from(us).ok()).map(Duration::from_micros);
    turn.map_or(most, |turn| (turn / 2).min(most))
}

/// How long a turn of an agent may take in all, connecting and briefing included: what is left is for a
/// fallback, and for the way to the mediator.
pub(crate) fn turn_budget(terms: &Terms) -> Option<Duration> {
    let turn = terms.turn_limit_us().and_then(|us| u64::try_from(us).ok()).map(Duration::from_micros);
    turn.map(|turn| turn * 9 / 10)
}

/// How long an agent may take over its brief: most of a turn, for some list thousands of offers before
/// they can speak; a minute where turns have no limit.
pub(crate) fn briefing_limit(terms: &Terms) -> Duration {
    let turn = terms.turn_limit_us().and_then(|us| u64::try_from(us).ok()).map(Duration::from_micros);
    turn.map_or(Duration::from_secs(60), |turn| turn * 4 / 5)
}
