use mandate::RedLineVerdict;
use tariff::{Agenda, Issue, Offer, Value};

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

impl DomesticRule {
    /// What each rule says of an offer, beside the red lines of a mandate; rules that concern no issue
    /// of the agenda say nothing.
    #[must_use]
    pub fn verdicts(rules: &[Self], agenda: &Agenda, offer: &Offer) -> Vec<RedLineVerdict> {
        let concerned = |rule: &&Self| agenda.issues().iter().any(|issue| (rule.concerns)(issue));
        rules.iter().filter(concerned).map(|rule| rule.verdict(agenda, offer)).collect()
    }

    fn verdict(&self, agenda: &Agenda, offer: &Offer) -> RedLineVerdict {
        let pairs = agenda.issues().iter().zip(offer.values());
        let broken = pairs.filter(|(issue, value)| (self.concerns)(issue) && !(self.allows)(issue, **value));
        let broken_by: Vec<String> = broken.map(|(issue, _)| issue.id().to_string()).collect();
        RedLineVerdict {
            red_line: format!("at home: {}", self.rule),
            kept: broken_by.is_empty(),
            broken_by,
            issues: Vec::new(),
            asks: String::new(),
        }
    }
}

/// Whether every rule that concerns `issue` allows its value at `level`.
pub(crate) fn allowed(rules: &[DomesticRule], issue: &Issue, level: u32) -> bool {
    let Some(value) = issue.value_at(level) else { return false };
    rules.iter().filter(|rule| (rule.concerns)(issue)).all(|rule| (rule.allows)(issue, value))
}
