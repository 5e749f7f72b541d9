use std::fmt;
use std::str::FromStr;

use crate::catalogue::{Builtin, Parameter, Rule, acceptance_parameters, builtin};
use crate::{Composed, ModelKind, Strategy, nearest};

/// A built-in strategy with its parameters, as people write it: `name` or
/// `name:key=value[,key=value]`, such as `boulware`, `micro:rungs=100` or
/// `linear:accept=combi,t=0.95`. It prints as the shortest text that means the same.
#[derive(Debug, Clone)]
pub struct StrategySpec {
    builtin: &'static Builtin,
    values: Vec<f64>,
    model: Option<ModelKind>,
    rule: Rule,
    accepting: Vec<f64>,
}

/// Why a text names no strategy.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpecError {
    /// No such strategy.
    #[error("there is no strategy {given:?}{}: expected one of {}", meant(given), names())]
    UnknownStrategy {
        /// The name as given.
        given: String,
    },
    /// Something that is not `key=value`.
    #[error("strategy {strategy}: {given:?} is not a parameter: expected key=value")]
    NoValue {
        /// The strategy.
        strategy: &'static str,
        /// What was given.
        given: String,
    },
    /// No such parameter.
    #[error("strategy {strategy} has no parameter {given:?}: expected one of {known}")]
    UnknownKey {
        /// The strategy.
        strategy: &'static str,
        /// The key as given.
        given: String,
        /// The keys there are.
        known: String,
    },
    /// A parameter given twice.
    #[error("strategy {strategy}: parameter {key} is given twice")]
    DuplicateKey {
        /// The strategy.
        strategy: &'static str,
        /// The key.
        key: String,
    },
    /// A value that is no number, or out of range.
    #[error("strategy {strategy}: {key}={given} is not valid: expected {expected}")]
    BadValue {
        /// The strategy.
        strategy: &'static str,
        /// The key.
        key: String,
        /// The value as given.
        given: String,
        /// What is allowed.
        expected: String,
    },
    /// A parameter of a rule of acceptance that was not chosen.
    #[error("strategy {strategy}: {key} needs {rules}")]
    NeedsRule {
        /// The strategy.
        strategy: &'static str,
        /// The parameter.
        key: &'static str,
        /// The rules that have a use for it.
        rules: String,
    },
}

/// A guess at what was meant, in brackets.
fn meant(given: &str) -> String {
    let near = nearest(given, builtin().iter().map(|b| b.name));
    near.map_or_else(String::new, |name| format!(" (did you mean {name}?)"))
}

fn names() -> String {
    builtin().iter().map(|b| b.name).collect::<Vec<_>>().join(", ")
}

impl StrategySpec {
    /// The strategy it names.
    #[must_use]
    pub fn builtin(&self) -> &'static Builtin {
        self.builtin
    }

    /// A fresh instance, for one party in one talk.
    #[must_use]
    pub fn open(&self) -> Box<dyn Strategy> {
        let acceptance = self.rule.acceptance(&self.accepting);
        Box::new(Composed::new(
            self.to_string(),
            (self.builtin.make)(&self.values, self.model.unwrap_or(ModelKind::Prior)),
            acceptance,
        ))
    }

    fn defaults(builtin: &'static Builtin) -> Self {
        let of = |parameters: &[Parameter]| parameters.iter().map(|p| p.default).collect();
        Self {
            builtin,
            values: of(builtin.parameters),
            model: builtin.model,
            rule: Rule::Next,
            accepting: of(acceptance_parameters()),
        }
    }

    fn set(&mut self, key: &str, text: &str) -> Result<(), SpecError> {
        if key == "accept" {
            self.rule = self.accept(text)?;
            return Ok(());
        }
        if key == "model" && self.builtin.model.is_some() {
            let names = ModelKind::ALL.map(|(name, _)| name).join(", ");
            self.model = Some(text.parse().map_err(|()| self.bad(key, text, format!("one of {names}")))?);
            return Ok(());
        }
        let position = |parameters: &[Parameter]| parameters.iter().position(|p| p.key == key);
        if let Some(place) = position(self.builtin.parameters) {
            self.values[place] = self.number(&self.builtin.parameters[place], text)?;
        } else if let Some(place) = position(acceptance_parameters()) {
            self.accepting[place] = self.number(&acceptance_parameters()[place], text)?;
        } else {
            return Err(self.unknown(key));
        }
        Ok(())
    }

    fn accept(&self, text: &str) -> Result<Rule, SpecError> {
        let found = Rule::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, rule)| *rule).ok_or_else(|| self.bad("accept", text, "next, combi or time".to_owned()))
    }

    /// What was given for another rule of acceptance than the one chosen would do nothing.
    fn idle(&self, seen: &[&str]) -> Result<(), SpecError> {
        let given = acceptance_parameters().iter().map(|p| p.key).filter(|key| seen.contains(key));
        let Some(key) = given.into_iter().find(|key| !self.rule.uses(key)) else { return Ok(()) };
        let rules = Rule::ALL.iter().filter(|(_, rule)| rule.uses(key));
        let rules = rules.map(|(name, _)| format!("accept={name}")).collect::<Vec<_>>().join(" or ");
        Err(SpecError::NeedsRule { strategy: self.builtin.name, key, rules })
    }

    fn number(&self, parameter: &Parameter, text: &str) -> Result<f64, SpecError> {
        let Parameter { key, min, max, whole, .. } = *parameter;
        let fits = |value: &f64| (min..=max).contains(value) && (!whole || value.fract() == 0.0);
        let kind = if whole { "a whole number" } else { "a number" };
        let expected = || format!("{kind} from {min} to {max}");
        text.parse().ok().filter(fits).ok_or_else(|| self.bad(key, text, expected()))
    }

    fn bad(&self, key: &str, given: &str, expected: String) -> SpecError {
        SpecError::BadValue { strategy: self.builtin.name, key: key.into(), given: brief(given), expected }
    }

    fn unknown(&self, key: &str) -> SpecError {
        let keys = self.builtin.parameters.iter().chain(acceptance_parameters()).map(|p| p.key);
        let model = self.builtin.model.map(|_| "model");
        let known = keys.chain(model).chain(["accept"]).collect::<Vec<_>>().join(", ");
        SpecError::UnknownKey { strategy: self.builtin.name, given: brief(key), known }
    }
}

/// What was given, short enough for a message.
fn brief(given: &str) -> String {
    given.chars().take(80).collect()
}

impl FromStr for StrategySpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (name, parameters) = text.split_once(':').map_or((text, None), |(n, p)| (n, Some(p)));
        let found = builtin().iter().find(|b| b.name == name);
        let mut spec =
            Self::defaults(found.ok_or_else(|| SpecError::UnknownStrategy { given: brief(name) })?);
        let strategy = spec.builtin.name;
        let mut seen: Vec<&str> = Vec::new();
        for given in parameters.into_iter().flat_map(|p| p.split(',')) {
            let pair = given.split_once('=');
            let (key, value) = pair.ok_or_else(|| SpecError::NoValue { strategy, given: brief(given) })?;
            if seen.contains(&key) {
                return Err(SpecError::DuplicateKey { strategy, key: brief(key) });
            }
            spec.set(key, value)?;
            seen.push(key);
        }
        spec.idle(&seen)?;
        Ok(spec)
    }
}

impl fmt::Display for StrategySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = self.builtin.parameters.iter().zip(&self.values);
        let accepting = acceptance_parameters().iter().zip(&self.accepting);
        let changed = |(p, v): (&Parameter, &f64)| (p.default != *v).then(|| format!("{}={v}", p.key));
        let rule = (self.rule != Rule::Next).then(|| format!("accept={}", self.rule.name()));
        let model = self.model.filter(|model| Some(*model) != self.builtin.model);
        let model = model.map(|model| format!("model={}", model.name()));
        let parts: Vec<String> =
            own.filter_map(changed).chain(model).chain(rule).chain(accepting.filter_map(changed)).collect();
        let colon = if parts.is_empty() { "" } else { ":" };
        write!(f, "{}{colon}{}", self.builtin.name, parts.join(","))
    }
}
