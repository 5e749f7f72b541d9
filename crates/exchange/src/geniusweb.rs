//! GeniusWeb: JSON, a domain and one `LinearAdditiveUtilitySpace` for each party (Jonker et al.).

use serde_json::{Map, Value};

use crate::domain::{ForeignIssue, ForeignKind, Profile};
use crate::genius::number;
use crate::{ExchangeError, Options};

/// A file of GeniusWeb; a profile may carry its domain.
pub(crate) enum File {
    Domain(String, Vec<ForeignIssue>),
    Profile(Value, String),
}

pub(crate) fn read(file: &str, stem: &str, text: &str, options: &Options) -> Result<File, ExchangeError> {
    let document: Value = serde_json::from_str(text)
        .map_err(|error| ExchangeError::malformed(file, format!("this JSON cannot be read: {error}")))?;
    if document.get("issuesValues").is_some() {
        let (name, issues) = domain(file, stem, &document, options)?;
        return Ok(File::Domain(name, issues));
    }
    match document.as_object().and_then(|o| o.iter().next()) {
        Some((kind, inner)) if kind == "LinearAdditiveUtilitySpace" => {
            let name = text_of(inner, "name").unwrap_or_else(|| stem.to_owned());
            Ok(File::Profile(inner.clone(), name))
        }
        Some((kind, _)) => {
            let kind: String = kind.chars().take(60).collect();
            Err(ExchangeError::unsupported(file, format!("{kind:?}")))
        }
        None => Err(ExchangeError::malformed(file, "expected a domain or a LinearAdditiveUtilitySpace")),
    }
}

pub(crate) fn domain(
    file: &str,
    stem: &str,
    document: &Value,
    options: &Options,
) -> Result<(String, Vec<ForeignIssue>), ExchangeError> {
    let name = text_of(document, "name").unwrap_or_else(|| stem.to_owned());
    let issues = object(file, document, "issuesValues")?;
    let issue = |(name, values): (&String, &Value)| {
        let kind = match (values.get("values"), values.get("range")) {
            (Some(Value::Array(labels)), _) => ForeignKind::Discrete(labels.iter().map(spoken).collect()),
            (_, Some(Value::Array(range))) => numbers(file, name, range, options)?,
            _ => {
                return Err(ExchangeError::malformed(
                    file,
                    format!("issue {name:?}: expected values or range"),
                ));
            }
        };
        Ok(ForeignIssue { name: name.trim().to_owned(), kind })
    };
    Ok((name, issues.iter().map(issue).collect::<Result<_, _>>()?))
}

/// `[low, high, step]`, as texts or numbers.
fn numbers(file: &str, name: &str, range: &[Value], options: &Options) -> Result<ForeignKind, ExchangeError> {
    let bound = |at: usize| match range.get(at) {
        Some(value) => number(file, &format!("issue {name:?}: range"), &spoken(value)),
        None => {
            Err(ExchangeError::malformed(file, format!("issue {name:?}: expected range = [low, high, step]")))
        }
    };
    let (low, high) = (bound(0)?, bound(1)?);
    let step = if range.len() > 2 { bound(2)? } else { (high - low) / f64::from(options.real_steps) };
    let steps = ((high - low) / step).round();
    if !(low < high && step > 0.0 && steps >= 1.0 && steps < f64::from(tariff::MAX_LEVELS)) {
        let why = format!("issue {name:?}: range {low} to {high} by {step} has no values, or too many");
        return Err(ExchangeError::malformed(file, why));
    }
    let whole = [low, high, step].iter().all(|x| x.fract() == 0.0 && x.abs() < 1e15) && step == 1.0;
    Ok(if whole {
        ForeignKind::Integer(low as i64, high as i64)
    } else {
        ForeignKind::Real(low, high, steps as u32)
    })
}

pub(crate) fn profile(
    file: &str,
    name: &str,
    document: &Value,
    issues: &[ForeignIssue],
) -> Result<Profile, ExchangeError> {
    let (utilities, weights) =
        (object(file, document, "issueUtilities")?, object(file, document, "issueWeights")?);
    let mut profile = Profile {
        name: name.to_owned(),
        weights: Vec::new(),
        evaluations: Vec::new(),
        reservation: 0.0,
        discount: 1.0,
    };
    for issue in issues {
        let missing =
            |what: &str| ExchangeError::malformed(file, format!("issue {:?} has no {what}", issue.name));
        let weight = weights.get(&issue.name).ok_or_else(|| missing("weight"))?;
        profile.weights.push(number(file, "weight", &spoken(weight))?);
        let given = utilities.get(&issue.name).ok_or_else(|| missing("utilities"))?;
        profile.evaluations.push(evaluations(file, given, issue)?);
    }
    if let Some(bid) = document.pointer("/reservationBid/issuevalues").and_then(Value::as_object)
        && !bid.is_empty()
    {
        profile.reservation = worth(&profile, issues, bid);
    }
    Ok(profile)
}

fn evaluations(file: &str, given: &Value, issue: &ForeignIssue) -> Result<Vec<f64>, ExchangeError> {
    let bad = |what: &str| ExchangeError::malformed(file, format!("issue {:?}: {what}", issue.name));
    if let Some(discrete) = given.pointer("/discreteutils/valueUtilities").and_then(Value::as_object) {
        let ForeignKind::Discrete(labels) = &issue.kind else {
            return Err(bad("discrete utilities of numbers"));
        };
        let of = |label: &String| discrete.get(label).map_or(Ok(0.0), |v| number(file, label, &spoken(v)));
        return labels.iter().map(of).collect();
    }
    let numeric = given.get("numberutils").ok_or_else(|| bad("expected discreteutils or numberutils"))?;
    let part = |key: &str| match numeric.get(key) {
        Some(value) => number(file, key, &spoken(value)),
        None => Err(bad(&format!("numberutils without {key}"))),
    };
    let (low, high, from, to) =
        (part("lowValue")?, part("highValue")?, part("lowUtility")?, part("highUtility")?);
    let span = if high == low { 1.0 } else { high - low };
    let at = |x: f64| (from + (to - from) * (x - low) / span).clamp(0.0, 1.0);
    let values = (0..issue.kind.levels()).map(|level| issue.kind.number(level).map(at));
    values.collect::<Option<Vec<f64>>>().ok_or_else(|| bad("number utilities of labels"))
}

/// What the bid that stands for no deal is worth; a bid may leave issues out, which then add nothing.
fn worth(profile: &Profile, issues: &[ForeignIssue], bid: &Map<String, Value>) -> f64 {
    let sum: f64 = profile.weights.iter().sum();
    let of = |(place, issue): (usize, &ForeignIssue)| {
        let value = spoken(bid.get(&issue.name)?);
        let same = |level: &usize| match &issue.kind {
            ForeignKind::Discrete(labels) => labels[*level] == value,
            kind => {
                kind.number(*level).zip(value.parse::<f64>().ok()).is_some_and(|(a, b)| (a - b).abs() < 1e-9)
            }
        };
        let level = (0..issue.kind.levels()).find(same)?;
        Some(profile.weights[place] / sum * profile.evaluations[place][level])
    };
    issues.iter().enumerate().filter_map(of).sum()
}

fn object<'a>(file: &str, document: &'a Value, key: &str) -> Result<&'a Map<String, Value>, ExchangeError> {
    let found = document.get(key).and_then(Value::as_object);
    found.ok_or_else(|| ExchangeError::malformed(file, format!("expected an object {key:?}")))
}

pub(crate) fn text_of(document: &Value, key: &str) -> Option<String> {
    let text = document.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A value as it reads.
pub(crate) fn spoken(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}
