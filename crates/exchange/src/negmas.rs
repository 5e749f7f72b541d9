//! NegMAS: YAML, an outcome space and one utility function for each party (Mohammad et al. 2021).

use serde_json::Value;

use crate::domain::{ForeignIssue, ForeignKind, Profile};
use crate::geniusweb::{spoken, text_of};
use crate::{ExchangeError, Options};

/// A file of NegMAS.
pub(crate) enum File {
    Domain(String, Vec<ForeignIssue>),
    Profile(Value, String),
}

pub(crate) fn read(file: &str, stem: &str, text: &str, options: &Options) -> Result<File, ExchangeError> {
    // NegMAS writes -.inf where no deal is worth anything: it arrives as null.
    let mut reading = serde_saphyr::Options::default();
    reading.non_finite_float_policy = serde_saphyr::NonFiniteFloatPolicy::PassThrough;
    let document: Value = serde_saphyr::from_str_with_options(text, reading).map_err(|error| {
        ExchangeError::malformed(
            file,
            format!("this YAML cannot be read: {}", first_line(&error.to_string())),
        )
    })?;
    if let Some(issues) = document.get("issues").and_then(Value::as_array) {
        let name = text_of(&document, "name").unwrap_or_else(|| stem.to_owned());
        let issues = issues.iter().enumerate().map(|(at, given)| issue(file, at, given, options));
        return Ok(File::Domain(name, issues.collect::<Result<_, _>>()?));
    }
    Ok(File::Profile(document, stem.to_owned()))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}

/// The short name of a type: tools write it with or without its module.
fn kind_of(document: &Value) -> String {
    let given = ["type", "$type", "__python_class__"].iter().find_map(|key| text_of(document, key));
    given.unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned()
}

fn issue(file: &str, at: usize, given: &Value, options: &Options) -> Result<ForeignIssue, ExchangeError> {
    let name = text_of(given, "name").unwrap_or_else(|| format!("issue {}", at + 1));
    let bad = |what: String| ExchangeError::malformed(file, format!("issue {name:?}: {what}"));
    let values = given
        .get("values")
        .and_then(Value::as_array)
        .ok_or_else(|| bad("expected a list of values".to_owned()))?;
    let bounds = || match values.as_slice() {
        [low, high] => low.as_f64().zip(high.as_f64()).filter(|(low, high)| low <= high),
        _ => None,
    };
    let kind = match kind_of(given).as_str() {
        "ContiguousIssue" | "IntegerIssue" | "CountableInfiniteIssue" if bounds().is_some() => {
            let (low, high) = bounds().ok_or_else(|| bad("expected [low, high]".to_owned()))?;
            if low.abs() > 1e15 || high.abs() > 1e15 {
                return Err(bad("expected bounds below 1e15".to_owned()));
            }
            ForeignKind::Integer(low as i64, high as i64)
        }
        "ContinuousIssue" => {
            let (low, high) = bounds().ok_or_else(|| bad("expected [low, high]".to_owned()))?;
            ForeignKind::Real(low, high, options.real_steps)
        }
        _ => ForeignKind::Discrete(values.iter().map(spoken).collect()),
    };
    Ok(ForeignIssue { name, kind })
}

pub(crate) fn profile(
    file: &str,
    name: &str,
    document: &Value,
    issues: &[ForeignIssue],
) -> Result<Profile, ExchangeError> {
    let kind = kind_of(document);
    if let Some(inner) = document.get("ufun") {
        let mut profile = profile(file, name, inner, issues)?;
        if let Some(discount) = document.get("discount").and_then(Value::as_f64) {
            if !(discount > 0.0 && discount <= 1.0) {
                return Err(ExchangeError::unsupported(file, format!("a discount of {discount}")));
            }
            profile.discount = discount;
        }
        if let Some(reservation) = document.get("reserved_value").and_then(Value::as_f64) {
            profile.reservation = reservation;
        }
        return Ok(profile);
    }
    let additive = [
        "LinearAdditiveUtilityFunction",
        "LinearUtilityAggregationFunction",
        "LinearUtilityFunction",
        "AffineUtilityFunction",
    ];
    if !additive.contains(&kind.as_str()) {
        let kind: String = kind.chars().take(60).collect();
        return Err(ExchangeError::unsupported(file, format!("a utility function of type {kind:?}")));
    }
    let bad = |what: &str| ExchangeError::malformed(file, what.to_owned());
    if document.get("bias").and_then(Value::as_f64).is_some_and(|bias| bias != 0.0) {
        return Err(ExchangeError::unsupported(file, "a utility function with a bias"));
    }
    let list = |key: &str| document.get(key).and_then(Value::as_array);
    let weights: Vec<f64> = match list("weights") {
        Some(given) => given
            .iter()
            .map(Value::as_f64)
            .collect::<Option<_>>()
            .ok_or_else(|| bad("weights: expected numbers"))?,
        None => vec![1.0; issues.len()],
    };
    if weights.len() != issues.len() || weights.iter().any(|w| *w < 0.0) {
        return Err(bad("weights: expected one number of 0 or more for each issue"));
    }
    let evaluations = match list("values") {
        Some(values) if values.len() == issues.len() => values
            .iter()
            .zip(issues)
            .map(|(given, issue)| evaluations(file, given, issue))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(bad("values: expected one function for each issue")),
        None => issues.iter().map(|issue| line(file, issue, 1.0, 0.0)).collect::<Result<_, _>>()?,
    };
    let reservation = document.get("reserved_value").and_then(Value::as_f64).unwrap_or(0.0);
    Ok(Profile { name: name.to_owned(), weights, evaluations, reservation, discount: 1.0 })
}

fn evaluations(file: &str, given: &Value, issue: &ForeignIssue) -> Result<Vec<f64>, ExchangeError> {
    let bad = |what: String| ExchangeError::malformed(file, format!("issue {:?}: {what}", issue.name));
    let part = |key: &str, otherwise: f64| given.get(key).and_then(Value::as_f64).unwrap_or(otherwise);
    match kind_of(given).as_str() {
        "TableFun" | "TableMultiFun" | ""
            if given.get("mapping").or(Some(given)).is_some_and(Value::is_object) =>
        {
            let mapping = given.get("mapping").unwrap_or(given);
            let mapping = mapping.as_object().ok_or_else(|| bad("expected a mapping".to_owned()))?;
            let worth = |label: String| {
                let found = mapping.get(&label).and_then(Value::as_f64);
                found.ok_or_else(|| bad(format!("{label:?} has no number")))
            };
            let label = |level: usize| match &issue.kind {
                ForeignKind::Discrete(labels) => labels[level].clone(),
                kind => kind.number(level).unwrap_or_default().to_string(),
            };
            (0..issue.kind.levels().min(tariff::MAX_LEVELS as usize))
                .map(|level| worth(label(level)))
                .collect()
        }
        "AffineFun" | "LinearFun" => line(file, issue, part("slope", 1.0), part("bias", 0.0)),
        "IdentityFun" => line(file, issue, 1.0, 0.0),
        "ConstFun" => line(file, issue, 0.0, part("bias", part("value", 0.0))),
        kind => {
            let kind: String = kind.chars().take(60).collect();
            Err(ExchangeError::unsupported(
                file,
                format!("issue {:?} with a function of type {kind:?}", issue.name),
            ))
        }
    }
}

fn line(file: &str, issue: &ForeignIssue, slope: f64, bias: f64) -> Result<Vec<f64>, ExchangeError> {
    let of = |level: usize| match &issue.kind {
        ForeignKind::Discrete(labels) => labels[level].parse::<f64>().ok(),
        kind => kind.number(level),
    };
    let values = (0..issue.kind.levels().min(tariff::MAX_LEVELS as usize))
        .map(|level| Some(slope * of(level)? + bias));
    values.collect::<Option<Vec<f64>>>().ok_or_else(|| {
        ExchangeError::malformed(
            file,
            format!("issue {:?}: a linear function of labels that are no numbers", issue.name),
        )
    })
}
