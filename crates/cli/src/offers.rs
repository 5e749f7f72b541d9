//! Offers as people and files write them: issue → value.

use serde_json::{Map, Value as Json, json};
use tariff::{Agenda, IssueKind, Offer, Value};

/// An offer as JSON: percent and dollars as numbers in the issue's unit, labels, switches.
pub(crate) fn to_json(agenda: &Agenda, offer: &Offer) -> Json {
    let mut map = Map::new();
    for (issue, value) in agenda.issues().iter().zip(offer.values()) {
        let shown = match (issue.kind(), *value) {
            (IssueKind::Number(range), Value::Number(n)) => scaled(n, range.scale()),
            (_, Value::Switch(on)) => json!(on),
            _ => json!(issue.display(*value)),
        };
        map.insert(issue.id().to_string(), shown);
    }
    Json::Object(map)
}

/// A scaled integer in its unit: a whole number where it is one.
fn scaled(n: i64, scale: u8) -> Json {
    let unit = 10_i64.pow(u32::from(scale));
    if n % unit == 0 { json!(n / unit) } else { json!(n as f64 / unit as f64) }
}
