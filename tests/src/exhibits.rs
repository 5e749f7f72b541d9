//! What can be read of a talk from outside a delegation, leaf by leaf, and what of a party's secrets
//! is in it.

use std::sync::Arc;

use delegation::service::{Profile, Settings};
use scenario::Scenario;
use serde_json::Value as Json;
use talks::What;
use transcript::Transcript;

use crate::talks_at::party;

/// One value that somebody outside can read.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Where it stands.
    pub place: String,
    /// The value as text.
    pub text: String,
    /// Whether it is a time in seconds, which is nobody's secret and any number.
    pub time: bool,
}

/// Every leaf of a document, and the name of every field as a leaf too.
#[must_use]
pub fn leaves(place: &str, document: &Json) -> Vec<Leaf> {
    let mut found = Vec::new();
    walk(place, document, false, &mut found);
    found
}

/// Every line of a log.
#[must_use]
pub fn lines(place: &str, log: &[String]) -> Vec<Leaf> {
    let leaf = |line: &String| Leaf { place: place.to_owned(), text: line.clone(), time: false };
    log.iter().map(leaf).collect()
}

fn walk(place: &str, value: &Json, time: bool, found: &mut Vec<Leaf>) {
    let mut add = |text: String, time| found.push(Leaf { place: place.to_owned(), text, time });
    match value {
        Json::Null => {}
        Json::Bool(value) => add(value.to_string(), time),
        Json::Number(number) => add(number.to_string(), time),
        Json::String(text) => add(text.clone(), time),
        Json::Array(all) => all.iter().for_each(|one| walk(&format!("{place}[]"), one, time, found)),
        Json::Object(fields) => {
            // A metric says its unit beside its points.
            let time = time || fields.get("unit").is_some_and(|unit| unit == "s");
            for (name, one) in fields {
                found.push(Leaf { place: format!("{place}, a name"), text: name.clone(), time: false });
                walk(&format!("{place}.{name}"), one, time, found);
            }
        }
    }
}

/// What a party tells nobody.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// Utilities, the walk-away value, weights: between 0 and 1.
    pub numbers: Vec<f64>,
    /// Names that its mandate gives to what it wants.
    pub words: Vec<String>,
}

impl Secrets {
    /// What a party knows alone of a talk on a shipped scenario: what each offer is worth to it, and the
    /// numbers and names of its mandate.
    #[must_use]
    pub fn of(profile: &Profile, scenario: &str, seen: &Transcript) -> Self {
        let loaded = Arc::new(Scenario::load(scenario).unwrap());
        let settings = Settings { scenario: &loaded, mandate: None, strategy: None, seed: 7 };
        let briefing = settings.briefing(profile).unwrap();
        let prepared = briefing.prepare(&party(profile.party), seen.talk().terms().agenda()).unwrap();
        let offers = seen.talk().history().iter().filter_map(|past| match &past.what {
            What::Proposed(offer) => Some(offer),
            _ => None,
        });
        let utility = prepared.preferences.utility();
        let mut numbers: Vec<f64> = offers.map(|offer| utility.value(offer)).collect();
        assert!(!numbers.is_empty(), "a talk with offers");
        numbers.push(prepared.preferences.walk_away());
        let mandate = profile.mandate(scenario).unwrap();
        let fields = |key: &'static str| {
            let field =
                move |line: &str| Some(line.trim().strip_prefix(key)?.split_once('=')?.1.trim().to_owned());
            mandate.lines().filter_map(field).collect::<Vec<String>>()
        };
        numbers.extend(fields("weight").iter().filter_map(|text| text.parse::<f64>().ok()));
        let words = fields("name").iter().map(|name| name.trim_matches('"').to_owned()).collect();
        Self { numbers, words }
    }

    /// Where they stand among these, each with what was found.
    #[must_use]
    pub fn found_in(&self, exhibits: &[Leaf]) -> Vec<String> {
        let of = |leaf: &Leaf| {
            let word = self.words.iter().find(|word| leaf.text.contains(word.as_str())).cloned();
            let number = || fractions(leaf).find(|said| self.numbers.iter().any(|n| said.is(*n)));
            let what = word.or_else(|| number().map(|said| said.text.to_owned()))?;
            Some(format!("{what} at {}: {}", leaf.place, leaf.text))
        };
        exhibits.iter().filter_map(of).collect()
    }
}

/// Names that only private things have.
const PRIVATE: &[&str] = &[
    "private",
    "utilit",
    "walk_away_value",
    "walk-away value",
    "mandate",
    "red_line",
    "red line",
    "objective",
    "opponent",
    "reservation",
    "acceptable",
];

/// Leaves that speak of what somebody wants, whoever it is.
#[must_use]
pub fn private_words(exhibits: &[Leaf]) -> Vec<String> {
    let speaks = |leaf: &&Leaf| PRIVATE.iter().any(|word| leaf.text.to_lowercase().contains(word));
    exhibits.iter().filter(speaks).map(|leaf| format!("{}: {}", leaf.place, leaf.text)).collect()
}

/// Numbers between 0 and 1 of four digits and more that are no times. Utilities look like this, weights, and
/// whatever a strategy believes of the other side; public figures are whole dollars and basis points.
#[must_use]
pub fn unexplained(exhibits: &[Leaf]) -> Vec<String> {
    let of = |leaf: &Leaf| {
        let fine = fractions(leaf).find(|said| said.digits >= 4 && said.value > 0.0 && said.value < 1.0)?;
        Some(format!("{} at {}", fine.text, leaf.place))
    };
    exhibits.iter().filter_map(of).collect()
}

struct Said<'a> {
    text: &'a str,
    value: f64,
    /// After the point.
    digits: usize,
}

impl Said<'_> {
    /// Whether this is that number, as exactly as it was said, and said exactly enough to mean it.
    fn is(&self, number: f64) -> bool {
        let half = 0.5 * 10_f64.powi(-i32::try_from(self.digits).unwrap_or(i32::MAX));
        self.digits >= 3 && (self.value - number).abs() <= half.max(1e-12)
    }
}

/// The numbers with a point in a text.
fn fractions(leaf: &Leaf) -> impl Iterator<Item = Said<'_>> {
    let part = |c: char| !(c.is_ascii_digit() || c == '.');
    leaf.text.split(part).filter(|_| !leaf.time).filter_map(|text| {
        let (_, digits) = text.split_once('.')?;
        Some(Said { text, value: text.parse().ok()?, digits: digits.len() })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_found_as_exactly_as_it_was_said() {
        let secrets = Secrets { numbers: vec![0.598_731], words: vec!["leverage retained".to_owned()] };
        let found = |document: &Json| secrets.found_in(&leaves("x", document)).len();
        assert_eq!(found(&json!({ "a": [{ "doubleValue": 0.598_731 }] })), 1);
        assert_eq!(found(&json!({ "log": "worth 0.599 to me", "said": "for leverage retained" })), 2);
        assert_eq!(found(&json!({ "leverage retained": 1 })), 1);
        assert_eq!(found(&json!({ "a": 0.6, "b": 0.598, "c": 598_731, "d": "0.5987311" })), 0);
        assert_eq!(found(&json!({ "unit": "s", "histogram": { "sum": 0.599 } })), 0, "a time");
        assert_eq!(unexplained(&leaves("x", &json!({ "a": 0.1234, "b": 1.5, "c": 0.5 }))).len(), 1);
        assert_eq!(private_words(&leaves("x", &json!({ "detente.private.utility": 1 }))).len(), 1);
    }
}
