//! The file as it stands: what TOML allows, with the place of every value.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::walk_away::WalkAway;
use crate::{MandateError, Problem};

/// The most bytes a mandate file can have.
pub(crate) const MAX_BYTES: usize = 256 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMandate {
    pub(crate) party: Spanned<String>,
    pub(crate) walk_away: Spanned<WalkAway>,
    pub(crate) discount: Option<Spanned<f64>>,
    #[serde(default)]
    pub(crate) objective: Vec<RawObjective>,
    #[serde(default)]
    pub(crate) red_line: Vec<RawRedLine>,
    pub(crate) opponent_prior: Option<RawPrior>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawObjective {
    pub(crate) name: Spanned<String>,
    pub(crate) weight: Spanned<f64>,
    pub(crate) figure: Option<Spanned<String>>,
    pub(crate) better: Option<Spanned<String>>,
    pub(crate) of: Option<Spanned<String>>,
    pub(crate) sectors: Option<Spanned<Vec<String>>>,
    pub(crate) issue: Option<Spanned<String>>,
    pub(crate) values: Option<Spanned<BTreeMap<String, f64>>>,
    pub(crate) points: Option<Spanned<Vec<[f64; 2]>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRedLine {
    pub(crate) issues: Spanned<String>,
    pub(crate) min: Option<Spanned<f64>>,
    pub(crate) max: Option<Spanned<f64>>,
    pub(crate) allowed: Option<Spanned<Vec<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPrior {
    pub(crate) party: Spanned<String>,
    #[serde(default)]
    pub(crate) objective: Vec<RawObjective>,
}

/// A file's name and text: turns the places of values into lines.
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    pub(crate) fn parse(&self) -> Result<RawMandate, MandateError> {
        if self.text.len() > MAX_BYTES {
            let (file, given) = (self.file.to_owned(), self.text.len());
            return Err(MandateError::TooLarge { file, given, max: MAX_BYTES });
        }
        toml::from_str(self.text).map_err(|error| MandateError::Broken(vec![self.syntax(&error)]))
    }

    pub(crate) fn problem(&self, line: usize, key: &str, what: impl Into<String>) -> Problem {
        Problem { file: self.file.to_owned(), line, key: key.to_owned(), what: what.into() }
    }

    pub(crate) fn line_of<T>(&self, value: &Spanned<T>) -> usize {
        self.line_at(value.span().start)
    }

    fn line_at(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
    }

    fn syntax(&self, error: &toml::de::Error) -> Problem {
        let line = error.span().map_or(1, |span| self.line_at(span.start));
        let text = self.text.lines().nth(line - 1).unwrap_or_default();
        let key = text.split_once('=').map_or("", |(key, _)| key.trim());
        let key: String = key.chars().take(80).collect();
        self.problem(line, &key, error.message().lines().collect::<Vec<_>>().join("; "))
    }
}
