//! Offers as people and files write them: issue → value.

mod given;
mod read;
mod sheet;

pub(crate) use given::{OfferChoice, from_file};
pub(crate) use sheet::show;

use serde_json::{Map, Value as Json, json};
use tariff::{Agenda, Issue, IssueKind, Offer, Value};
pub(crate) use transcript::{Digest, spoken};

/// An offer as JSON: percent and dollars as numbers in the issue's unit, labels, switches.
pub(crate) fn to_json(agenda: &Agenda, offer: &Offer) -> Json {
    let pairs = agenda.issues().iter().zip(offer.values());
    Json::Object(
        pairs
            .map(|(issue, value)| (issue.id().to_string(), value_to_json(issue, *value)))
            .collect::<Map<_, _>>(),
    )
}

fn value_to_json(issue: &Issue, value: Value) -> Json {
    match (issue.kind(), value) {
        (IssueKind::Number(range), Value::Number(n)) => scaled(n, range.scale()),
        (_, Value::Switch(on)) => json!(on),
        _ => json!(issue.display(value)),
    }
}

/// A scaled integer in its unit: a whole number where it is one.
fn scaled(n: i64, scale: u8) -> Json {
    let unit = 10_i64.pow(u32::from(scale));
    if n % unit == 0 { json!(n / unit) } else { json!(n as f64 / unit as f64) }
}
