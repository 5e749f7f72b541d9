use crate::{Instrument, IssueId, Label, TariffError};

/// The most values one issue can take. Ladders and tables are sized by it.
pub const MAX_LEVELS: u32 = 1_000_000;

/// A value for one issue: the scaled integer of a number, the index of a label, or a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// The scaled integer: 30% on an issue in percent with two decimals is 3000.
    Number(i64),
    /// The index of the label among the issue's choices, from 0.
    Choice(u32),
    /// On or off.
    Switch(bool),
}

/// The values a number may take: `min`, `min + step`, … up to `max`, as scaled integers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NumberRange {
    unit: Label,
    scale: u8,
    min: i64,
    max: i64,
    step: i64,
}

impl NumberRange {
    /// A range in `unit`, where the scaled integer `n` stands for `n / 10^scale`.
    ///
    /// `max − min` is a multiple of `step`, `step` is positive, `scale` at most 9, and the range
    /// has at most [`MAX_LEVELS`] values.
    pub fn new(unit: Label, scale: u8, min: i64, max: i64, step: i64) -> Result<Self, TariffError> {
        let bad = |expected| Err(TariffError::BadRange { min, max, step, expected });
        if scale > 9 {
            return bad("a decimal scale of at most 9");
        }
        if step <= 0 {
            return bad("a positive step");
        }
        let Some(width) = max.checked_sub(min).filter(|w| *w >= 0) else {
            return bad("min at most max, and their difference to fit 64 bits");
        };
        if width % step != 0 {
            return bad("max to be min plus a multiple of step");
        }
        if width / step >= i64::from(MAX_LEVELS) {
            return bad("at most 1,000,000 steps");
        }
        Ok(Self { unit, scale, min, max, step })
    }

    /// A range in percent with two decimals: the scaled integers are basis points.
    pub fn percent(min_bps: i64, max_bps: i64, step_bps: i64) -> Result<Self, TariffError> {
        Self::new(Label::new("percent")?, 2, min_bps, max_bps, step_bps)
    }

    /// The unit of `n / 10^scale`.
    #[must_use]
    pub fn unit(&self) -> &Label {
        &self.unit
    }

    /// How many decimals the scaled integer carries.
    #[must_use]
    pub fn scale(&self) -> u8 {
        self.scale
    }

    /// Lowest scaled value.
    #[must_use]
    pub fn min(&self) -> i64 {
        self.min
    }

    /// Highest scaled value.
    #[must_use]
    pub fn max(&self) -> i64 {
        self.max
    }

    /// Distance between neighbouring scaled values.
    #[must_use]
    pub fn step(&self) -> i64 {
        self.step
    }
}

/// The labels of a choice, in their stated order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Choices(Vec<Label>);

impl Choices {
    /// At least one label, none twice, at most 4096.
    pub fn new(labels: Vec<Label>) -> Result<Self, TariffError> {
        if labels.is_empty() || labels.len() > 4096 {
            let n = labels.len();
            return Err(TariffError::BadChoices(format!("expected 1 to 4096 labels, found {n}")));
        }
        let mut sorted: Vec<_> = labels.iter().collect();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|w| w[0] == w[1]) {
            return Err(TariffError::BadChoices(format!("label {:?} appears twice", pair[0].as_str())));
        }
        Ok(Self(labels))
    }

    /// The labels in order.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.0
    }
}

/// What kind of value an issue takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IssueKind {
    /// A number in a range.
    Number(NumberRange),
    /// One label among several.
    Choice(Choices),
    /// On or off.
    Switch,
}

/// One thing to be settled. Its values are numbered as *levels* from 0, in the order of the range,
/// of the labels, or off before on; tables and ladders are indexed by level.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issue {
    id: IssueId,
    kind: IssueKind,
    instrument: Option<Instrument>,
}

impl Issue {
    /// An issue; `instrument` says which trade instrument it sets, if any.
    pub fn new(id: &str, kind: IssueKind, instrument: Option<Instrument>) -> Result<Self, TariffError> {
        let id = IssueId::new(id)?;
        if let Some(instrument) = &instrument {
            instrument.check_kind(&id, &kind)?;
        }
        Ok(Self { id, kind, instrument })
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &IssueId {
        &self.id
    }

    /// The kind of value it takes.
    #[must_use]
    pub fn kind(&self) -> &IssueKind {
        &self.kind
    }

    /// The trade instrument it sets, if it sets one.
    #[must_use]
    pub fn instrument(&self) -> Option<&Instrument> {
        self.instrument.as_ref()
    }

    /// How many values it can take; at least 1.
    #[must_use]
    pub fn levels(&self) -> u32 {
        match &self.kind {
            // Bounded by MAX_LEVELS at construction.
            IssueKind::Number(r) => ((r.max - r.min) / r.step) as u32 + 1,
            IssueKind::Choice(c) => c.0.len() as u32,
            IssueKind::Switch => 2,
        }
    }

    /// The value at `level`, or none past the last.
    #[must_use]
    pub fn value_at(&self, level: u32) -> Option<Value> {
        if level >= self.levels() {
            return None;
        }
        Some(match &self.kind {
            IssueKind::Number(r) => Value::Number(r.min + i64::from(level) * r.step),
            IssueKind::Choice(_) => Value::Choice(level),
            IssueKind::Switch => Value::Switch(level == 1),
        })
    }

    /// The level of `value`, or why the issue does not take it.
    #[inline]
    pub fn level_of(&self, value: Value) -> Result<u32, TariffError> {
        let issue = || self.id.clone();
        match (&self.kind, value) {
            (IssueKind::Number(r), Value::Number(n)) => {
                if n < r.min || n > r.max {
                    return Err(TariffError::OutOfRange { issue: issue(), given: n, min: r.min, max: r.max });
                }
                if (n - r.min) % r.step != 0 {
                    return Err(TariffError::OffStep { issue: issue(), given: n, min: r.min, step: r.step });
                }
                Ok(((n - r.min) / r.step) as u32)
            }
            (IssueKind::Choice(c), Value::Choice(i)) => {
                let known = (i as usize) < c.0.len();
                known
                    .then_some(i)
                    .ok_or_else(|| TariffError::UnknownLabel { issue: issue(), given: i.to_string() })
            }
            (IssueKind::Switch, Value::Switch(on)) => Ok(u32::from(on)),
            (IssueKind::Number(_), _) => Err(TariffError::WrongKind { issue: issue(), expected: "a number" }),
            (IssueKind::Choice(_), _) => {
                Err(TariffError::WrongKind { issue: issue(), expected: "one of its labels" })
            }
            (IssueKind::Switch, _) => Err(TariffError::WrongKind { issue: issue(), expected: "on or off" }),
        }
    }

    /// The value for `label`, or why the issue does not take it.
    pub fn choice(&self, label: &str) -> Result<Value, TariffError> {
        let IssueKind::Choice(choices) = &self.kind else {
            return Err(self
                .level_of(Value::Choice(0))
                .err()
                .unwrap_or(TariffError::UnknownIssue(label.into())));
        };
        let found = choices.0.iter().position(|l| l.as_str() == label);
        found.map(|i| Value::Choice(i as u32)).ok_or_else(|| TariffError::UnknownLabel {
            issue: self.id.clone(),
            given: label.chars().take(80).collect(),
        })
    }

    /// `value` for a person: `30.00 percent`, a label, `on` or `off`.
    #[must_use]
    pub fn display(&self, value: Value) -> String {
        match (&self.kind, value) {
            (IssueKind::Number(r), Value::Number(n)) => format!("{} {}", decimal(n, r.scale), r.unit),
            (IssueKind::Choice(c), Value::Choice(i)) => {
                c.0.get(i as usize).map_or_else(|| format!("#{i}"), ToString::to_string)
            }
            (_, Value::Switch(on)) => (if on { "on" } else { "off" }).to_owned(),
            (_, Value::Number(n)) => n.to_string(),
            (_, Value::Choice(i)) => format!("#{i}"),
        }
    }
}

/// `n / 10^scale`, exactly, without trailing zeros.
fn decimal(n: i64, scale: u8) -> String {
    let unit = 10_u64.pow(u32::from(scale));
    let (sign, n) = (if n < 0 { "-" } else { "" }, n.unsigned_abs());
    let fraction = format!("{:0width$}", n % unit, width = usize::from(scale));
    let fraction = fraction.trim_end_matches('0');
    if scale == 0 || fraction.is_empty() {
        return format!("{sign}{}", n / unit);
    }
    format!("{sign}{}.{fraction}", n / unit)
}
