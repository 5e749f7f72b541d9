use bytes::Bytes;
use talks::{Procedure, Terms, Time};
use tariff::PartyId;

use crate::pb::mediation::v1 as pb;
use crate::{WireError, decode_agenda};

/// The terms of a talk with what the record keeps beside them.
#[derive(Debug, Clone)]
pub struct PublicTerms {
    /// The scenario's name; empty for none.
    pub scenario: String,
    /// SHA-256 of the scenario's public part.
    pub scenario_digest: Option<[u8; 32]>,
    /// The agenda's exact stored bytes.
    pub agenda_bytes: Bytes,
    /// Which talk of a series this is.
    pub ordinal: u64,
    /// The terms themselves.
    pub terms: Terms,
}

/// The terms as a message; the agenda's bytes stay as they are.
#[must_use]
pub fn encode_terms(public: &PublicTerms) -> pb::Terms {
    let terms = &public.terms;
    pb::Terms {
        scenario: public.scenario.clone(),
        scenario_digest: public.scenario_digest.map_or_else(Bytes::new, |d| Bytes::copy_from_slice(&d)),
        procedure: match terms.procedure() {
            Procedure::AlternatingOffers => pb::Procedure::AlternatingOffers.into(),
        },
        parties: terms.parties().iter().map(ToString::to_string).collect(),
        agenda: public.agenda_bytes.clone(),
        rounds: terms.rounds(),
        deadline_us: terms.deadline().map_or(0, |t| t.0),
        turn_limit_us: terms.turn_limit_us().unwrap_or(0),
        ordinal: public.ordinal,
    }
}

/// The terms in a message.
pub fn decode_terms(terms: &pb::Terms) -> Result<PublicTerms, WireError> {
    let procedure = match terms.procedure() {
        pb::Procedure::AlternatingOffers => Procedure::AlternatingOffers,
        pb::Procedure::Unspecified => return Err(WireError::unsupported("terms.procedure")),
    };
    if terms.scenario.chars().count() > 64 || terms.scenario.chars().any(char::is_control) {
        return Err(WireError::malformed("terms.scenario", "at most 64 printable characters"));
    }
    let scenario_digest = (!terms.scenario_digest.is_empty())
        .then(|| <[u8; 32]>::try_from(terms.scenario_digest.as_ref()))
        .transpose()
        .map_err(|_| WireError::malformed("terms.scenario_digest", "32 bytes, or empty"))?;
    let parties = terms.parties.iter().map(|p| PartyId::new(p)).collect::<Result<Vec<_>, _>>()?;
    let mut agreed = Terms::new(procedure, parties, decode_agenda(&terms.agenda)?, terms.rounds)?;
    if terms.deadline_us != 0 {
        agreed = agreed.with_deadline(Time(terms.deadline_us));
    }
    if terms.turn_limit_us != 0 {
        agreed = agreed.with_turn_limit_us(terms.turn_limit_us)?;
    }
    Ok(PublicTerms {
        scenario: terms.scenario.clone(),
        scenario_digest,
        agenda_bytes: terms.agenda.clone(),
        ordinal: terms.ordinal,
        terms: agreed,
    })
}
