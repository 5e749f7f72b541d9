//! A table of the main file, which knows its path and its lines.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::files::MAIN;

use super::{Place, Reading};

/// The longest text, and the most entries of one list.
const MAX_TEXT: usize = 16_384;
const MAX_LIST: usize = 4_096;

/// A table somewhere in the main file.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) reading: &'a Reading<'a>,
    /// The text of the main file.
    text: &'a str,
    path: String,
    start: usize,
    table: &'a DeTable<'a>,
}

impl<'a> Node<'a> {
    pub(super) fn root(reading: &'a Reading<'a>, text: &'a str, table: &'a DeTable<'a>) -> Self {
        Self { reading, text, path: String::new(), start: 0, table }
    }

    /// Notes a problem with `key`, on its own line where it is there, else where the table begins.
    pub(super) fn wrong(&self, key: &str, found: Option<&str>, expected: &str) {
        let place = || Place::of(self.text, self.start_of(key));
        self.reading.wrong(MAIN, place, &self.key(key), found.map(ToOwned::to_owned), expected);
    }

    /// The line of a key, or of the table where it is not there.
    pub(super) fn line(&self, key: &str) -> usize {
        Place::of(self.text, self.start_of(key)).line
    }

    fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Notes every key that is not one of `known`.
    pub(super) fn only(&self, known: &[&str]) {
        for (key, _) in self.table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            let place = || Place::of(self.text, key.span().start);
            let expected = format!("one of {}", known.join(", "));
            let found = Some("an unknown key".to_owned());
            self.reading.wrong(MAIN, place, &self.key(key.get_ref()), found, &expected);
        }
    }

    /// The keys there are.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.table.keys().map(|key| key.get_ref().as_ref())
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    fn needed(&self, key: &str, expected: &str) -> Option<&'a DeValue<'a>> {
        let value = self.value(key).map(Spanned::get_ref);
        if value.is_none() {
            self.wrong(key, None, expected);
        }
        value
    }

    fn mismatch(&self, key: &str, value: &DeValue<'_>, expected: &str) {
        self.wrong(key, Some(&shown(value)), expected);
    }

    /// A text that must be there and not be empty.
    pub(super) fn text(&self, key: &str, expected: &str) -> Option<&'a str> {
        let value = self.needed(key, expected)?;
        let text = value.as_str().filter(|t| !t.trim().is_empty() && t.len() <= MAX_TEXT);
        if text.is_none() {
            self.mismatch(key, value, expected);
        }
        text
    }

    /// A text that is read into a value with its own rules.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &self,
        key: &str,
        expected: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(key, expected)?;
        read(text).map_err(|error| self.wrong(key, Some(&format!("{text:?}")), &error.to_string())).ok()
    }

    /// A number within bounds.
    pub(super) fn number(&self, key: &str, (low, high): (f64, f64)) -> Option<f64> {
        let expected = format!("a number from {low} to {high}");
        let value = self.needed(key, &expected)?;
        let number = as_number(value).filter(|n| (low..=high).contains(n));
        if number.is_none() {
            self.mismatch(key, value, &expected);
        }
        number
    }

    /// A whole number within bounds.
    pub(super) fn integer(&self, key: &str, (low, high): (i64, i64)) -> Option<i64> {
        let expected = format!("a whole number from {low} to {high}");
        let value = self.needed(key, &expected)?;
        let number = as_integer(value).filter(|n| (low..=high).contains(n));
        if number.is_none() {
            self.mismatch(key, value, &expected);
        }
        number
    }

    /// A number as the integer `n·10^decimals`, exactly.
    pub(super) fn scaled(&self, key: &str, decimals: u8) -> Option<i64> {
        let expected = format!("a number with at most {decimals} decimals");
        let value = self.needed(key, &expected)?;
        let scaled = as_number(value).and_then(|n| to_scaled(n, decimals));
        if scaled.is_none() {
            self.mismatch(key, value, &expected);
        }
        scaled
    }

    /// A switch; `absent` where it is not there.
    pub(super) fn flag(&self, key: &str, absent: bool) -> bool {
        let Some(value) = self.value(key).map(Spanned::get_ref) else { return absent };
        value.as_bool().unwrap_or_else(|| {
            self.mismatch(key, value, "true or false");
            absent
        })
    }

    /// A list of texts, each with the line it stands on.
    pub(super) fn texts(&self, key: &str, expected: &str) -> Option<Vec<&'a str>> {
        let value = self.needed(key, expected)?;
        let list = value.as_array().filter(|a| (1..=MAX_LIST).contains(&a.len()));
        let texts = list.and_then(|a| a.iter().map(|v| v.get_ref().as_str()).collect());
        if texts.is_none() {
            self.mismatch(key, value, expected);
        }
        texts
    }

    /// Whether a value is a text.
    pub(super) fn is_text(&self, key: &str) -> bool {
        self.value(key).is_some_and(|v| v.get_ref().is_str())
    }

    /// Whether a value is a table.
    pub(super) fn is_table(&self, key: &str) -> bool {
        self.value(key).is_some_and(|v| v.get_ref().is_table())
    }

    /// A table that must be there.
    pub(super) fn table(&self, key: &str, expected: &str) -> Option<Self> {
        let value = self.needed(key, expected)?;
        let table = value.as_table();
        if table.is_none() {
            self.mismatch(key, value, expected);
        }
        Some(self.inside(self.key(key), self.start_of(key), table?))
    }

    /// A table that may be left out.
    pub(super) fn optional(&self, key: &str) -> Option<Self> {
        self.has(key).then(|| self.table(key, "a table")).flatten()
    }

    /// A list of tables, empty where it is left out.
    pub(super) fn tables(&self, key: &str) -> Vec<Self> {
        let Some(value) = self.value(key).map(Spanned::get_ref) else { return Vec::new() };
        let Some(list) = value.as_array().filter(|a| a.len() <= MAX_LIST) else {
            self.mismatch(key, value, "a list of at most 4096 tables");
            return Vec::new();
        };
        list.iter().enumerate().filter_map(|(i, entry)| self.entry(key, i, entry)).collect()
    }

    fn entry(&self, key: &str, i: usize, entry: &'a Spanned<DeValue<'a>>) -> Option<Self> {
        let path = format!("{}[{}]", self.key(key), i + 1);
        let start = entry.span().start;
        match entry.get_ref().as_table() {
            Some(table) => Some(self.inside(path, start, table)),
            None => {
                let found = Some(shown(entry.get_ref()));
                let place = || Place::of(self.text, start);
                self.reading.wrong(MAIN, place, &path, found, "a table");
                None
            }
        }
    }

    fn start_of(&self, key: &str) -> usize {
        self.value(key).map_or(self.start, |v| v.span().start)
    }

    fn inside(&self, path: String, start: usize, table: &'a DeTable<'a>) -> Self {
        Self { reading: self.reading, text: self.text, path, start, table }
    }
}

/// `n·10^decimals` where that is a whole number an offer can hold.
pub(super) fn to_scaled(number: f64, decimals: u8) -> Option<i64> {
    let exact = number * 10_f64.powi(i32::from(decimals));
    let whole = exact.round();
    let fits = whole.abs() < 9e15 && (exact - whole).abs() <= 1e-6;
    fits.then_some(whole as i64)
}

fn as_number(value: &DeValue<'_>) -> Option<f64> {
    let float = value.as_float().and_then(|f| f.as_str().replace('_', "").parse::<f64>().ok());
    float.or_else(|| as_integer(value).map(|n| n as f64)).filter(|n| n.is_finite())
}

fn as_integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
}

/// A value as a problem shows it.
fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(n) => n.as_str().to_owned(),
        DeValue::Float(n) => n.as_str().to_owned(),
        DeValue::Boolean(on) => on.to_string(),
        DeValue::Array(list) => format!("a list of {}", list.len()),
        DeValue::Table(_) => "a table".to_owned(),
        DeValue::Datetime(_) => "a date".to_owned(),
    }
}
