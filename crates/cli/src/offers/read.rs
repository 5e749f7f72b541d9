//! An offer from the text of a file: every issue's value, or everything that is wrong with them.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tariff::{Agenda, Issue, IssueKind, NumberRange, Offer, Value};

use crate::output::{Failure, exit};

/// A value as a file gives it.
#[derive(Debug, Clone, PartialEq)]
enum Given {
    Whole(i64),
    Number(f64),
    Text(String),
    Switch(bool),
    Other(&'static str),
}

/// Reads an offer; issues left out take their value from `fill`, if there is one.
pub(crate) fn offer(file: &str, text: &str, agenda: &Agenda, fill: Option<&Offer>) -> Result<Offer, Failure> {
    let bad = |message: String| Failure::new(exit::USAGE, "BAD_OFFER", message).at(file);
    let mut given = parse(text, agenda).map_err(|message| {
        bad(message).hint(
            "an offer is a table of issue and value, such as `run --format json` prints under \"offer\"",
        )
    })?;
    let (mut values, mut problems, mut left_out) = (Vec::with_capacity(agenda.len()), Vec::new(), Vec::new());
    for (place, issue) in agenda.issues().iter().enumerate() {
        match (given.remove(issue.id().as_str()), fill) {
            (Some(given), _) => match value(issue, &given) {
                Ok(value) => values.push(value),
                Err(what) => problems.push(format!("{}: {what}", issue.id())),
            },
            (None, Some(fill)) => values.push(fill.value(place)),
            (None, None) => left_out.push(issue.id().as_str()),
        }
    }
    let unknown =
        given.keys().map(|name| format!("{}: not on the agenda", name.chars().take(80).collect::<String>()));
    problems.extend(unknown);
    if problems.is_empty() && left_out.is_empty() {
        return agenda.offer(values).map_err(|error| bad(error.to_string()));
    }
    Err(refused(file, problems, &left_out))
}

fn refused(file: &str, mut problems: Vec<String>, left_out: &[&str]) -> Failure {
    if let [first, rest @ ..] = left_out {
        let others = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        problems.push(format!("no value for {first}{others}: an offer gives one for every issue"));
    }
    let failure = match &problems[..] {
        [only] => Failure::new(exit::USAGE, "BAD_OFFER", only.clone()),
        several => Failure::new(exit::USAGE, "BAD_OFFER", format!("{} problems", several.len())),
    };
    let failure = failure.at(file);
    let failure = if problems.len() > 1 { failure.problems(problems) } else { failure };
    if !left_out.is_empty() {
        failure.hint("--fill-status-quo leaves what is not given as it is")
    } else {
        failure
    }
}

fn parse(text: &str, agenda: &Agenda) -> Result<BTreeMap<String, Given>, String> {
    let json = text.trim_start().starts_with(['{', '[']) && !text.trim_start().starts_with("[[");
    let table = match serde_json::from_str::<Json>(text) {
        Ok(Json::Object(object)) => {
            object.into_iter().map(|(name, value)| (name, Node::from(value))).collect()
        }
        Ok(_) => return Err("not an offer: expected a table of issue and value".to_owned()),
        Err(error) if json && toml::from_str::<toml::Table>(text).is_err() => {
            return Err(format!("not JSON: {error}"));
        }
        Err(_) => toml_table(text)?,
    };
    let mut found = BTreeMap::new();
    // A whole document of `run` holds the offer among other things.
    let inner =
        agenda.place("offer").is_none().then(|| table.iter().find(|(name, _)| name == "offer")).flatten();
    match inner {
        Some((_, Node::Table(offer))) => flatten("", offer, &mut found),
        Some((_, Node::Leaf(Given::Other("null")))) => {
            return Err("the document holds no offer: that talk failed".to_owned());
        }
        _ => flatten("", &table, &mut found),
    }
    Ok(found)
}

fn toml_table(text: &str) -> Result<Vec<(String, Node)>, String> {
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let line =
            error.span().map_or(1, |span| text.bytes().take(span.start).filter(|b| *b == b'\n').count() + 1);
        format!("neither JSON nor TOML: line {line}: {}", error.message())
    })?;
    Ok(table.into_iter().map(|(name, value)| (name, Node::from(value))).collect())
}

/// TOML reads `usa.rate.steel = 10` as tables in tables: names are put together again.
enum Node {
    Leaf(Given),
    Table(Vec<(String, Node)>),
}

fn flatten(prefix: &str, table: &[(String, Node)], found: &mut BTreeMap<String, Given>) {
    for (name, node) in table {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match node {
            Node::Leaf(given) => {
                found.insert(name, given.clone());
            }
            Node::Table(inner) => flatten(&name, inner, found),
        }
    }
}

impl From<Json> for Node {
    fn from(value: Json) -> Self {
        Self::Leaf(match value {
            Json::Object(object) => {
                return Self::Table(object.into_iter().map(|(name, value)| (name, value.into())).collect());
            }
            Json::Bool(on) => Given::Switch(on),
            Json::String(text) => Given::Text(text),
            Json::Number(n) => {
                n.as_i64().map_or_else(|| Given::Number(n.as_f64().unwrap_or(f64::NAN)), Given::Whole)
            }
            Json::Array(_) => Given::Other("a list"),
            Json::Null => Given::Other("null"),
        })
    }
}

impl From<toml::Value> for Node {
    fn from(value: toml::Value) -> Self {
        Self::Leaf(match value {
            toml::Value::Table(table) => {
                return Self::Table(table.into_iter().map(|(name, value)| (name, value.into())).collect());
            }
            toml::Value::Boolean(on) => Given::Switch(on),
            toml::Value::String(text) => Given::Text(text),
            toml::Value::Integer(n) => Given::Whole(n),
            toml::Value::Float(n) => Given::Number(n),
            toml::Value::Array(_) => Given::Other("a list"),
            toml::Value::Datetime(_) => Given::Other("a date"),
        })
    }
}

fn value(issue: &Issue, given: &Given) -> Result<Value, String> {
    let wrong = || format!("found {}, expected {}", found(given), expected(issue));
    let value = match (issue.kind(), given) {
        (IssueKind::Number(range), Given::Whole(n)) => n.checked_mul(unit(range)).map(Value::Number),
        (IssueKind::Number(range), Given::Number(n)) => scaled(*n, range).map(Value::Number),
        (IssueKind::Choice(_), Given::Text(label)) => issue.choice(label).ok(),
        (IssueKind::Switch, Given::Switch(on)) => Some(Value::Switch(*on)),
        _ => None,
    };
    value.filter(|value| issue.level_of(*value).is_ok()).ok_or_else(wrong)
}

fn unit(range: &NumberRange) -> i64 {
    10_i64.pow(u32::from(range.scale()))
}

/// The scaled integer next to a number, if the number is no further off than a float can help.
fn scaled(n: f64, range: &NumberRange) -> Option<i64> {
    let exact = n * unit(range) as f64;
    let near = exact.is_finite() && exact.abs() < 9e15 && (exact - exact.round()).abs() <= 1e-6;
    near.then(|| exact.round() as i64)
}

fn found(given: &Given) -> String {
    match given {
        Given::Whole(n) => n.to_string(),
        Given::Number(n) => n.to_string(),
        Given::Text(text) => format!("{:?}", text.chars().take(80).collect::<String>()),
        Given::Switch(on) => on.to_string(),
        Given::Other(what) => (*what).to_owned(),
    }
}

fn expected(issue: &Issue) -> String {
    match issue.kind() {
        IssueKind::Number(range) => {
            let [min, max, step] = [range.min(), range.max(), range.step()].map(|n| plain(n, range));
            format!("a number from {min} to {max} in steps of {step} ({})", range.unit())
        }
        IssueKind::Choice(choices) => {
            let labels = choices.labels().iter().map(|label| format!("{:?}", label.as_str()));
            format!("one of {}", labels.collect::<Vec<_>>().join(", "))
        }
        IssueKind::Switch => "true or false".to_owned(),
    }
}

fn plain(n: i64, range: &NumberRange) -> String {
    (n as f64 / unit(range) as f64).to_string()
}

#[cfg(test)]
mod tests;
