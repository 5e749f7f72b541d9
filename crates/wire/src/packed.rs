//! Offers by the hundred: no name of an issue is repeated, and every value is still checked.

use tariff::{Agenda, AgendaDigest, Issue, IssueKind, Offer, TariffError, Value};

use crate::WireError;
use crate::pb::scoring::v1 as pb;

/// Offers on one agenda as a message. One of another agenda makes a message that nobody will take.
#[must_use]
pub fn encode_packed(agenda: &Agenda, offers: &[Offer]) -> pb::PackedOffers {
    let digest = offers.iter().map(Offer::agenda).find(|digest| *digest != agenda.digest());
    let number = |value: &Value| match *value {
        Value::Number(n) => n,
        Value::Choice(i) => i64::from(i),
        Value::Switch(on) => i64::from(on),
    };
    let mut values = Vec::with_capacity(offers.iter().map(|offer| offer.values().len()).sum());
    offers.iter().for_each(|offer| values.extend(offer.values().iter().map(number)));
    pb::PackedOffers { agenda_digest: digest.unwrap_or(agenda.digest()).as_bytes().to_vec(), values }
}

/// The offers in a message: bound to this agenda, complete, every value allowed.
///
/// # Errors
/// [`WireError::Malformed`] for values that make no whole offers, [`WireError::Noun`] for those that
/// the agenda does not allow.
pub fn decode_packed(agenda: &Agenda, offers: &pb::PackedOffers) -> Result<Vec<Offer>, WireError> {
    let digest = <[u8; 32]>::try_from(offers.agenda_digest.as_slice())
        .map_err(|_| WireError::malformed("offers.agenda_digest", "32 bytes"))?;
    let (given, expected) = (AgendaDigest::from_bytes(digest), agenda.digest());
    if given != expected {
        return Err(TariffError::OtherAgenda { given, expected }.into());
    }
    let rows = offers.values.chunks_exact(agenda.len());
    if !rows.remainder().is_empty() {
        return Err(WireError::malformed("offers.values", "a value for every issue of every offer"));
    }
    let mut decoded = Vec::with_capacity(rows.len());
    for row in rows {
        let mut values = Vec::with_capacity(agenda.len());
        for (issue, given) in agenda.issues().iter().zip(row) {
            values.push(value(issue, *given)?);
        }
        decoded.push(agenda.offer(values)?);
    }
    Ok(decoded)
}

/// Ranges and steps are checked when the offer is put together.
fn value(issue: &Issue, given: i64) -> Result<Value, WireError> {
    match issue.kind() {
        IssueKind::Number(_) => Ok(Value::Number(given)),
        IssueKind::Choice(_) => {
            let unknown =
                || TariffError::UnknownLabel { issue: issue.id().clone(), given: given.to_string() };
            Ok(Value::Choice(u32::try_from(given).map_err(|_| unknown())?))
        }
        IssueKind::Switch if (0..=1).contains(&given) => Ok(Value::Switch(given == 1)),
        IssueKind::Switch => {
            Err(TariffError::WrongKind { issue: issue.id().clone(), expected: "on (1) or off (0)" }.into())
        }
    }
}
