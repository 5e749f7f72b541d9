//! The walk-away value: a utility, or what an offer is worth, such as a state of affairs without a
//! deal that theory or experience tells.

use std::collections::BTreeMap;

use serde::Deserialize;
use tariff::{Agenda, Issue, Offer, Value};
use utility::Utility;

use crate::pattern::matches;
use crate::worth::{number, spelling};

/// The utility below which a party rather has no deal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number from 0 to 1, or { at = { \"issues.*\" = value }, plus = 0.0 }"
)]
pub(crate) enum WalkAway {
    /// As it stands.
    Value(f64),
    /// That of an offer.
    Worth(Fallback),
}

/// An offer that a party falls back on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fallback {
    /// Values of issues by name, in which `*` stands for any text; the others are at the status quo.
    pub(crate) at: BTreeMap<String, Setting>,
    /// What is asked beyond it.
    #[serde(default)]
    pub(crate) plus: f64,
}

/// A value as a mandate file writes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Setting {
    /// A number in the issue's unit; the nearest on the issue's step counts.
    Number(f64),
    /// A label, `on` or `off`.
    Label(String),
}

impl WalkAway {
    /// The utility, or what does not fit the agenda.
    pub(crate) fn on(&self, agenda: &Agenda, status_quo: &Offer, utility: &Utility) -> Result<f64, String> {
        let fallback = match self {
            Self::Value(value) => return Ok(*value),
            Self::Worth(fallback) => fallback,
        };
        let offer = fallback.offer(agenda, status_quo)?;
        let worth = utility.value(&offer) + fallback.plus;
        let within = (0.0..=1.0).contains(&worth);
        within
            .then_some(worth)
            .ok_or_else(|| format!("{worth:.4} with `plus`: expected a utility from 0 to 1"))
    }
}

impl Fallback {
    /// The offer; later patterns, in order of name, have the last word on an issue.
    fn offer(&self, agenda: &Agenda, status_quo: &Offer) -> Result<Offer, String> {
        let mut values: Vec<Value> = status_quo.values().to_vec();
        for (pattern, setting) in &self.at {
            let mut found = false;
            for (issue, value) in agenda.issues().iter().zip(&mut values) {
                if matches(pattern, issue.id().as_str()) {
                    *value = setting.on(issue)?;
                    found = true;
                }
            }
            if !found {
                return Err(format!("{pattern:?} matches no issue of the agenda"));
            }
        }
        agenda.offer(values).map_err(|error| error.to_string())
    }
}

impl Setting {
    fn on(&self, issue: &Issue) -> Result<Value, String> {
        let levels = 0..issue.levels();
        let level = match self {
            Self::Number(wanted) => levels
                .filter_map(|level| Some((level, (number(issue, level)? - wanted).abs())))
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .map(|(level, _)| level),
            Self::Label(label) => {
                levels.into_iter().find(|level| spelling(issue, *level).as_ref() == Some(label))
            }
        };
        let value = level.and_then(|level| issue.value_at(level));
        value.ok_or_else(|| match self {
            Self::Number(_) => {
                format!("{} takes no numbers: expected one of its labels, on or off", issue.id())
            }
            Self::Label(label) => format!("{label:?} is no value of {}", issue.id()),
        })
    }
}
