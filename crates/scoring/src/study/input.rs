//! Typed reading of a study: values by key, lists and tables of a declared shape.

use jsonc_parser::ast::{Object, Value};

use crate::ScoringError;
use crate::check::SLACK;

use super::StudyError;
use super::document::{Document, locate};

/// The most regions, sectors, sources or cases of a study.
const MAX_LISTED: usize = 4096;

/// A value of the document.
#[derive(Clone, Copy)]
pub(crate) struct Input<'d> {
    document: &'d Document<'d>,
    value: &'d Value<'d>,
}

/// One dimension of a table: how long it is, and what an entry is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis {
    pub(crate) len: usize,
    /// Such as `region` or `exporter`.
    pub(crate) of: &'static str,
}

impl Axis {
    pub(crate) fn new(len: usize, of: &'static str) -> Self {
        Self { len, of }
    }

    fn wanted(self) -> String {
        let plural = if self.len == 1 { "entry" } else { "entries" };
        format!("a list of {} {plural}, one per {}", self.len, self.of)
    }
}

/// One case of a study.
pub(crate) struct Case<'d> {
    pub(crate) name: String,
    pub(crate) input: Input<'d>,
}

type Read<T> = Result<T, StudyError>;

impl<'d> Input<'d> {
    pub(crate) fn root(document: &'d Document<'d>) -> Self {
        Self { document, value: document.root() }
    }

    /// The value under a key; refused where it is missing or stands twice.
    pub(crate) fn get(self, key: &str) -> Read<Self> {
        let missing = || self.fault(format!("missing key {key:?}"));
        self.find(key)?.ok_or_else(missing)
    }

    /// The value under a key, where there is one.
    pub(crate) fn find(self, key: &str) -> Read<Option<Self>> {
        let mut found = self.object()?.properties.iter().filter(|p| p.name.as_str() == key);
        let first = found.next();
        if found.next().is_some() {
            return Err(self.fault(format!("found the key {key:?} twice, expected it once")));
        }
        Ok(first.map(|p| self.of(&p.value)))
    }

    /// Refuses a key that looks like an optional one and is none that is read: mistyped, it would be
    /// left alone, and the answer would be another. Notes and results may stand beside what is read.
    pub(crate) fn no_typos(self, optional: &[&str], required: &[&str]) -> Read<()> {
        for property in &self.object()?.properties {
            let key = property.name.as_str();
            if optional.contains(&key) || required.contains(&key) {
                continue;
            }
            if let Some(meant) = optional.iter().find(|known| resembles(key, known)) {
                let unknown = self.of(&property.value);
                return Err(unknown.fault(format!("unknown key {key:?}: did you mean {meant:?}?")));
            }
        }
        Ok(())
    }

    /// The entries of a list.
    pub(crate) fn items(self) -> Read<Vec<Self>> {
        let Value::Array(array) = self.value else {
            return Err(self.refuse("a list"));
        };
        if array.elements.len() > MAX_LISTED {
            return Err(self.refuse(&format!("a list of at most {MAX_LISTED} entries")));
        }
        Ok(array.elements.iter().map(|value| self.of(value)).collect())
    }

    /// A finite number.
    pub(crate) fn number(self) -> Read<f64> {
        match self.value {
            Value::NumberLit(n) => n.value.parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        }
        .ok_or_else(|| self.refuse("a finite number"))
    }

    /// A number that has no upper end: infinite where `Infinity`, bare or in quotes, or `"inf"`
    /// stands. Null is refused: JavaScript writes it for infinity, but also for what is not a number.
    pub(crate) fn number_or_infinity(self) -> Read<f64> {
        let infinite = match self.value {
            Value::StringLit(s) => ["inf", "infinity"].contains(&s.value.to_lowercase().as_str()),
            Value::NumberLit(n) => n.value.parse() == Ok(f64::INFINITY),
            _ => false,
        };
        if infinite {
            return Ok(f64::INFINITY);
        }
        self.number().map_err(|_| self.refuse("a finite number, or \"inf\""))
    }

    /// A text.
    pub(crate) fn text(self) -> Read<String> {
        match self.value {
            Value::StringLit(s) => Ok(s.value.to_string()),
            _ => Err(self.refuse("a text in quotes")),
        }
    }

    /// The number under a key.
    pub(crate) fn number_at(self, key: &str) -> Read<f64> {
        self.get(key)?.number()
    }

    /// The names under a key, at least one, each once: they say how long an axis is.
    pub(crate) fn names(self, key: &str) -> Read<Vec<String>> {
        let list = self.get(key)?;
        let mut names: Vec<String> = Vec::new();
        for item in list.items()? {
            let name = item.text()?;
            if names.contains(&name) {
                return Err(item.refuse("each name once"));
            }
            names.push(name);
        }
        if names.is_empty() {
            return Err(list.refuse("at least one name"));
        }
        Ok(names)
    }

    /// The list of finite numbers under a key, of any length from 1.
    pub(crate) fn numbers(self, key: &str) -> Read<Vec<f64>> {
        let list = self.get(key)?;
        let items = list.items()?;
        if items.is_empty() {
            return Err(list.refuse("at least one number"));
        }
        items.into_iter().map(Self::number).collect()
    }

    /// The numbers under a key, one per entry of the axis.
    pub(crate) fn list(self, key: &str, axis: Axis) -> Read<Vec<f64>> {
        self.get(key)?.list_here(axis)
    }

    /// One value for every entry of the axis, or one for each.
    pub(crate) fn each_or_one<T: Clone>(
        self,
        key: &str,
        axis: Axis,
        read: impl Fn(Self) -> Read<T>,
    ) -> Read<Vec<T>> {
        let given = self.get(key)?;
        match given.value {
            Value::Array(_) => given.along(axis)?.into_iter().map(read).collect(),
            _ => Ok(vec![read(given)?; axis.len]),
        }
    }

    /// The table under a key: `[row][column]`.
    pub(crate) fn matrix(self, key: &str, axes: [Axis; 2]) -> Read<Vec<Vec<f64>>> {
        self.get(key)?.matrix_here(axes)
    }

    /// The three-dimensional table under a key, in the order of the axes.
    pub(crate) fn cube(self, key: &str, [first, rows, columns]: [Axis; 3]) -> Read<Vec<Vec<Vec<f64>>>> {
        let layers = self.get(key)?.along(first)?;
        layers.into_iter().map(|layer| layer.matrix_here([rows, columns])).collect()
    }

    /// Refuses a list that differs from what follows from other data, by more than rounding to a
    /// millionth of `size` explains.
    pub(crate) fn agrees(self, axis: Axis, derived: &[f64], size: f64, follows_from: &str) -> Read<()> {
        for (given, derived) in self.along(axis)?.into_iter().zip(derived) {
            if (given.number()? - derived).abs() > SLACK * size {
                return Err(given.refuse(&format!("{derived}: {follows_from}")));
            }
        }
        Ok(())
    }

    /// The cases, at least one, each with a name.
    pub(crate) fn cases(self) -> Read<Vec<Case<'d>>> {
        let list = self.get("cases")?;
        let items = list.items()?;
        if items.is_empty() {
            return Err(list.refuse("at least one case"));
        }
        items.into_iter().map(|input| Ok(Case { name: input.get("name")?.text()?, input })).collect()
    }

    /// The refusal of this value.
    pub(crate) fn refuse(self, expected: &str) -> StudyError {
        self.fault(format!("found {}, expected {expected}", self.document.quote(self.value)))
    }

    /// What a model says of data that were read from here, with line and column. The place in a
    /// [`ScoringError::BadFact`] is taken as a path below this value.
    pub(crate) fn explain(self, error: ScoringError) -> StudyError {
        match error {
            ScoringError::BadFact { place, given, expected } => {
                let at = self.of(locate(self.value, &place));
                at.fault(format!("found {given}, expected {expected}"))
            }
            other => self.fault(other.to_string()),
        }
    }

    fn list_here(self, axis: Axis) -> Read<Vec<f64>> {
        self.along(axis)?.into_iter().map(Self::number).collect()
    }

    fn matrix_here(self, [rows, columns]: [Axis; 2]) -> Read<Vec<Vec<f64>>> {
        self.along(rows)?.into_iter().map(|row| row.list_here(columns)).collect()
    }

    /// The entries of a list that is as long as the axis.
    pub(crate) fn along(self, axis: Axis) -> Read<Vec<Self>> {
        let items = self.items().map_err(|_| self.refuse(&axis.wanted()))?;
        if items.len() == axis.len { Ok(items) } else { Err(self.refuse(&axis.wanted())) }
    }

    fn object(self) -> Read<&'d Object<'d>> {
        match self.value {
            Value::Object(object) => Ok(object),
            _ => Err(self.refuse("an object")),
        }
    }

    fn of(self, value: &'d Value<'d>) -> Self {
        Self { value, ..self }
    }

    /// What is wrong with this value, in words.
    pub(crate) fn fault(self, fault: String) -> StudyError {
        self.document.refuse(self.value, fault)
    }
}

/// Whether a key is within two edits of a known one, whatever the case; within fewer where that would
/// leave nothing of a short one.
fn resembles(key: &str, known: &str) -> bool {
    let (key, known) = (key.to_lowercase(), known.to_lowercase());
    strsim::levenshtein(&key, &known) <= 2.min(known.chars().count().saturating_sub(1))
}
