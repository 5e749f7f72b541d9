use tariff::{Issue, Value};

/// What a party's law or standing position rules out, whatever its mandate says.
#[derive(Debug, Clone, Copy)]
pub struct DomesticRule {
    /// The rule in words.
    pub rule: &'static str,
    /// The public position or the law it rests on: who, where, when.
    pub source: &'static str,
    /// Which issues it is about.
    pub concerns: fn(&Issue) -> bool,
    /// Whether it allows a value of such an issue.
    pub allows: fn(&Issue, Value) -> bool,
}

/// Whether every rule that concerns `issue` allows its value at `level`.
pub(crate) fn allowed(rules: &[DomesticRule], issue: &Issue, level: u32) -> bool {
    let Some(value) = issue.value_at(level) else { return false };
    rules.iter().filter(|rule| (rule.concerns)(issue)).all(|rule| (rule.allows)(issue, value))
}
