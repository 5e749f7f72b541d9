//! A JSON text with the place of every value kept, so that a refusal can say line and column.

use jsonc_parser::ast::{ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseError;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::StudyError;

/// JSON and nothing looser, but for `NaN` and `Infinity`, which Python writes: they are read so that
/// the refusal can name the value.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: true,
    allow_extended_string_escapes: false,
};
/// A refusal quotes at most this much of what was given.
const MAX_QUOTED: usize = 60;

/// A parsed text.
pub(crate) struct Document<'t> {
    text: &'t str,
    root: Value<'t>,
}

impl<'t> Document<'t> {
    pub(crate) fn parse(text: &'t str) -> Result<Self, StudyError> {
        let collect = CollectOptions::default();
        let parsed = parse_to_ast(text, &collect, &STRICT).map_err(|error| not_json(&error))?;
        let nothing = || StudyError::BadInput {
            line: 1,
            column: 1,
            path: "the file".to_owned(),
            fault: "found an empty text, expected a JSON object".to_owned(),
        };
        Ok(Self { text, root: parsed.value.ok_or_else(nothing)? })
    }

    pub(crate) fn root(&self) -> &Value<'t> {
        &self.root
    }

    /// The refusal of a value of this document.
    pub(crate) fn refuse(&self, value: &Value<'_>, fault: String) -> StudyError {
        let (line, column) = self.position(value.start());
        StudyError::BadInput { line, column, path: self.path(value), fault }
    }

    /// A value as a refusal quotes it.
    pub(crate) fn quote(&self, value: &Value<'_>) -> String {
        match value {
            Value::Object(_) => "an object".to_owned(),
            Value::Array(array) => match array.elements.len() {
                1 => "a list of 1 entry".to_owned(),
                n => format!("a list of {n} entries"),
            },
            other => {
                let all = other.text(self.text);
                let short: String = all.chars().take(MAX_QUOTED).collect();
                if short.len() < all.len() { format!("{short}…") } else { short }
            }
        }
    }

    /// Line and column of a byte, both from 1, the column in characters.
    fn position(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.rsplit('\n').next().unwrap_or(before);
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }

    /// The keys and places that lead to a value.
    fn path(&self, target: &Value<'_>) -> String {
        let mut path = String::new();
        let mut at = &self.root;
        while at.range() != target.range() {
            let holds = |value: &Value<'_>| value.start() <= target.start() && target.end() <= value.end();
            let next = match at {
                Value::Object(object) => object.properties.iter().find(|p| holds(&p.value)).map(|p| {
                    let dot = if path.is_empty() { "" } else { "." };
                    path.push_str(&format!("{dot}{}", p.name.as_str()));
                    &p.value
                }),
                Value::Array(array) => array.elements.iter().position(holds).map(|i| {
                    path.push_str(&format!("[{i}]"));
                    &array.elements[i]
                }),
                _ => None,
            };
            match next {
                Some(value) => at = value,
                None => break,
            }
        }
        if path.is_empty() { "the file".to_owned() } else { path }
    }
}

/// The value at a place such as `alpha[1]` below `value`, or the nearest above it that exists.
pub(crate) fn locate<'d, 't>(value: &'d Value<'t>, place: &str) -> &'d Value<'t> {
    let steps = place.split(['.', '[', ']']).filter(|step| !step.is_empty());
    let mut at = value;
    for step in steps {
        let below = match at {
            Value::Object(object) => object.get(step).map(|ObjectProp { value, .. }| value),
            Value::Array(array) => step.parse::<usize>().ok().and_then(|i| array.elements.get(i)),
            _ => None,
        };
        match below {
            Some(value) => at = value,
            None => break,
        }
    }
    at
}

fn not_json(error: &ParseError) -> StudyError {
    StudyError::BadInput {
        line: error.line_display(),
        column: error.column_display(),
        path: "the file".to_owned(),
        fault: format!("not JSON: {}", error.kind().to_string().to_lowercase()),
    }
}
