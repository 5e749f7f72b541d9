//! The edge: what a peer sends becomes the observatory's own types here, bounded in number, length
//! and depth. What is too much is cut and counted; what cannot be identified is refused.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde_json::{Number, Value as Json};

use crate::model::Attributes;

/// Attributes of one span, event or series.
const MOST_ATTRIBUTES: usize = 128;
/// Values in one list or map, at any depth.
const MOST_VALUES: usize = 64;
/// Bytes of a name or key.
const LONGEST_NAME: usize = 256;
/// Bytes of a text.
const LONGEST_TEXT: usize = 4 * 1024;
/// Bytes of all attributes of one thing together, keys included.
const MOST_BYTES: usize = 32 * 1024;
/// Lists and maps inside each other.
const DEEPEST: usize = 6;
/// Stands where something was cut.
const CUT: char = '…';

/// Turns what came in into what is kept, and counts what was cut.
#[derive(Debug, Default)]
pub(crate) struct Edge {
    cut: u64,
    /// Bytes left for the attributes at hand.
    room: usize,
}

impl Edge {
    /// How many attributes, texts and lists were cut so far.
    pub(crate) fn cut(&self) -> u64 {
        self.cut
    }

    /// A name without control characters: it is shown in terminals.
    pub(crate) fn name(&mut self, text: &str) -> String {
        let shown: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        self.shorten(shown, LONGEST_NAME)
    }

    /// A text of any content.
    pub(crate) fn text(&mut self, text: String) -> String {
        self.shorten(text, LONGEST_TEXT)
    }

    /// Attributes; of two with one name the later counts.
    pub(crate) fn attributes(&mut self, given: Vec<KeyValue>) -> Attributes {
        self.room = MOST_BYTES;
        self.cut += given.len().saturating_sub(MOST_ATTRIBUTES) as u64;
        let mut kept = Attributes::new();
        for KeyValue { key, value, .. } in given.into_iter().take(MOST_ATTRIBUTES) {
            let key = self.name(&key);
            if !self.take(key.len()) {
                continue;
            }
            let value = self.value(value, 0);
            kept.insert(key, value);
        }
        kept
    }

    /// The body of a log record, as text.
    pub(crate) fn body(&mut self, value: Option<AnyValue>) -> String {
        self.room = MOST_BYTES;
        match self.value(value, 0) {
            Json::String(text) => text,
            Json::Null => String::new(),
            other => other.to_string(),
        }
    }

    /// The `service.name` of a resource.
    pub(crate) fn service(&mut self, resource: Option<Resource>) -> String {
        let attributes = resource.unwrap_or_default().attributes;
        let named = attributes.into_iter().find(|attribute| attribute.key == "service.name");
        match named.and_then(|attribute| attribute.value).and_then(|any| any.value) {
            Some(Value::StringValue(name)) => self.name(&name),
            _ => String::new(),
        }
    }

    /// Up to `most` of what was given.
    pub(crate) fn first<T>(&mut self, mut given: Vec<T>, most: usize) -> Vec<T> {
        self.cut += given.len().saturating_sub(most) as u64;
        given.truncate(most);
        given
    }

    fn value(&mut self, value: Option<AnyValue>, depth: usize) -> Json {
        match value.and_then(|any| any.value) {
            None | Some(Value::StringValueStrindex(_)) => Json::Null,
            Some(Value::StringValue(text)) => self.string(text),
            Some(Value::BoolValue(value)) => Json::Bool(value),
            Some(Value::IntValue(value)) => Json::Number(value.into()),
            Some(Value::DoubleValue(value)) => {
                Number::from_f64(value).map_or_else(|| Json::String(value.to_string()), Json::Number)
            }
            Some(Value::BytesValue(bytes)) => {
                let digits = bytes.iter().take(LONGEST_TEXT).map(|byte| format!("{byte:02x}"));
                let digits = digits.collect();
                self.string(digits)
            }
            Some(Value::ArrayValue(_) | Value::KvlistValue(_)) if depth >= DEEPEST => {
                self.cut += 1;
                Json::String(CUT.into())
            }
            Some(Value::ArrayValue(list)) => {
                let values = self.first(list.values, MOST_VALUES);
                values.into_iter().map(|value| self.value(Some(value), depth + 1)).collect()
            }
            Some(Value::KvlistValue(map)) => {
                let pairs = self.first(map.values, MOST_VALUES);
                let mut kept = Attributes::new();
                for pair in pairs {
                    let key = self.name(&pair.key);
                    if self.take(key.len()) {
                        let value = self.value(pair.value, depth + 1);
                        kept.insert(key, value);
                    }
                }
                Json::Object(kept)
            }
        }
    }

    fn string(&mut self, text: String) -> Json {
        let text = self.text(text);
        Json::String(if self.take(text.len()) { text } else { CUT.into() })
    }

    /// Whether there is room for so many bytes more; what has no room counts as cut.
    fn take(&mut self, bytes: usize) -> bool {
        // Numbers and brackets take room too: nothing is free.
        let fits = self.room.checked_sub(bytes + 8);
        self.cut += u64::from(fits.is_none());
        self.room = fits.unwrap_or(self.room);
        fits.is_some()
    }

    fn shorten(&mut self, mut text: String, most: usize) -> String {
        if text.len() > most {
            self.cut += 1;
            text.truncate(text.floor_char_boundary(most));
            text.push(CUT);
        }
        text
    }
}

/// The latest time that is taken, in nanoseconds since the Unix epoch: in the year 2116. Differences of
/// such times, moved by another such difference, still are numbers.
const LATEST: i64 = i64::MAX / 2;

/// A time of OpenTelemetry's; one that is not set or past the latest is 0.
pub(crate) fn nanoseconds(time: u64) -> i64 {
    i64::try_from(time).ok().filter(|time| *time <= LATEST).unwrap_or(0)
}
