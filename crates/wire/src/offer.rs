use tariff::{Agenda, AgendaDigest, IssueKind, Offer, Value};

use crate::WireError;
use crate::pb::tariff::v1 as pb;

/// An offer as a message. The offer must belong to the agenda; a foreign one yields a message that
/// no mediator will take.
#[must_use]
pub fn encode_offer(agenda: &Agenda, offer: &Offer) -> pb::Offer {
    let values = agenda.issues().iter().zip(offer.values()).map(|(issue, value)| pb::IssueValue {
        issue: issue.id().to_string(),
        value: Some(match (issue.kind(), *value) {
            (IssueKind::Choice(c), Value::Choice(i)) => {
                let label = c.labels().get(i as usize).map(ToString::to_string);
                pb::issue_value::Value::Choice(label.unwrap_or_default())
            }
            (_, Value::Number(n)) => pb::issue_value::Value::Number(n),
            (_, Value::Switch(on)) => pb::issue_value::Value::Switch(on),
            (_, Value::Choice(i)) => pb::issue_value::Value::Number(i64::from(i)),
        }),
    });
    pb::Offer { agenda_digest: offer.agenda().as_bytes().to_vec(), values: values.collect() }
}

/// The offer in a message: bound to this agenda, complete, in order, every value allowed.
pub fn decode_offer(agenda: &Agenda, offer: &pb::Offer) -> Result<Offer, WireError> {
    let digest = <[u8; 32]>::try_from(offer.agenda_digest.as_slice())
        .map_err(|_| WireError::malformed("offer.agenda_digest", "32 bytes"))?;
    let (given, expected) = (AgendaDigest::from_bytes(digest), agenda.digest());
    if given != expected {
        return Err(tariff::TariffError::OtherAgenda { given, expected }.into());
    }
    let named = offer.values.iter().map(|v| (v.issue.as_str(), v));
    // Ranges and steps are checked when the offer is put together.
    agenda.offer_named(named, |issue, given| match &given.value {
        Some(pb::issue_value::Value::Number(n)) => Ok(Value::Number(*n)),
        Some(pb::issue_value::Value::Switch(on)) => Ok(Value::Switch(*on)),
        Some(pb::issue_value::Value::Choice(label)) => Ok(issue.choice(label)?),
        None => Err(WireError::unsupported(format!("offer.values[{}].value", issue.id()))),
    })
}
