//! The one grammar of strategies: what stands behind `PARTY=`.

mod sandboxed;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use strategy::{Factory, Strategy, StrategyError, StrategySpec};

use crate::{Remote, SourceError};

/// A file of a strategy has at most so many bytes.
const FILE_LIMIT: u64 = 64 * 1024;

/// What stands in place of a strategy where a person takes the seat. It is none: whoever can seat a
/// person looks for it before a [`Source`] is read.
pub const PERSON: &str = "person";

/// A strategy from anywhere, as people name it:
///
/// - `name` or `name:key=value[,key=value]`: a native one ([`StrategySpec`]);
/// - `FILE.toml`: a native one composed of parts, or an agent or a sandboxed one with what its operator
///   declares;
/// - `FILE.wasm`: a sandboxed one, in programs built with the feature `wasm`;
/// - `grpc://HOST:PORT[?fallback=SPEC][&limit=MILLISECONDSms]`: an agent that serves the contract of
///   plug-ins.
#[derive(Clone)]
pub struct Source {
    factory: Arc<dyn Factory>,
    /// The file it was read from, as given.
    file: Option<Arc<str>>,
}

impl Source {
    /// A fresh strategy, for one party in one talk.
    ///
    /// # Errors
    /// What it is made from is not there.
    pub fn open(&self) -> Result<Box<dyn Strategy>, StrategyError> {
        self.factory.open()
    }

    /// The factory it names.
    #[must_use]
    pub fn factory(&self) -> Arc<dyn Factory> {
        self.factory.clone()
    }
}

impl<F: Factory + 'static> From<F> for Source {
    fn from(factory: F) -> Self {
        Self { factory: Arc::new(factory), file: None }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => f.write_str(file),
            None => f.write_str(&self.factory.spec()),
        }
    }
}

impl FromStr for Source {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        if text == PERSON {
            return Err(SourceError::Person);
        }
        if let Some(address) = text.strip_prefix("grpc://") {
            return Ok(remote(text, address)?.into());
        }
        let factory = match Path::new(text).extension().and_then(|e| e.to_str()) {
            Some("toml") => file(text)?,
            Some("wasm") => sandboxed::component(text)?,
            _ => return Ok(text.parse::<StrategySpec>()?.into()),
        };
        Ok(Self { factory, file: Some(text.into()) })
    }
}

fn remote(text: &str, address: &str) -> Result<Remote, SourceError> {
    let bad = |expected| SourceError::Address { given: text.chars().take(120).collect(), expected };
    let (address, options) = address.split_once('?').map_or((address, ""), |(a, o)| (a, o));
    let port =
        address.rsplit_once(':').filter(|(host, _)| !host.is_empty()).and_then(|(_, p)| p.parse().ok());
    if port.is_none_or(|port: u16| port == 0) || address.contains(['/', '@', ' ']) {
        return Err(bad("grpc://HOST:PORT, such as grpc://127.0.0.1:9000"));
    }
    let mut remote = Remote::new(address);
    for option in options.split('&').filter(|o| !o.is_empty()) {
        match option.split_once('=') {
            Some(("fallback", spec)) => remote.fallback = Some(Arc::new(spec.parse::<StrategySpec>()?)),
            Some(("limit", text)) => {
                remote.limit =
                    limit(text).ok_or_else(|| bad("limit=MILLISECONDSms, such as limit=2000ms"))?;
            }
            _ => return Err(bad("fallback=SPEC or limit=MILLISECONDSms behind the question mark")),
        }
    }
    Ok(remote)
}

/// A length of time as people write a limit.
fn limit(text: &str) -> Option<Duration> {
    let millis = text.strip_suffix("ms").and_then(|n| n.parse().ok());
    let millis = millis.or_else(|| text.strip_suffix('s')?.parse::<u64>().ok()?.checked_mul(1000));
    millis.filter(|ms| (1..=3_600_000).contains(ms)).map(Duration::from_millis)
}

/// A limit in a file, under its key.
fn declared_limit(path: &str, key: &str, text: &str) -> Result<Duration, SourceError> {
    limit(text).ok_or_else(|| SourceError::Document {
        path: path.to_owned(),
        why: format!("{key}: {text:?} is not valid: expected such as \"2s\" or \"500ms\""),
    })
}

/// An agent, as a file declares it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    agent: String,
    fallback: Option<String>,
    limit: Option<String>,
}

fn file(path: &str) -> Result<Arc<dyn Factory>, SourceError> {
    let unreadable = |why: String| SourceError::File { path: path.to_owned(), why };
    let size = std::fs::metadata(path).map_err(|why| unreadable(why.to_string()))?.len();
    if size > FILE_LIMIT {
        return Err(unreadable(format!("it has {size} bytes, expected at most {FILE_LIMIT}")));
    }
    let text = std::fs::read_to_string(path).map_err(|why| unreadable(why.to_string()))?;
    let document = |why: String| SourceError::Document { path: path.to_owned(), why };
    let table: toml::Table = toml::from_str(&text).map_err(|error| document(error.to_string()))?;
    if table.contains_key("sandbox") {
        return sandboxed::declared(path, &text);
    }
    if !table.contains_key("agent") {
        return composed(path, &text);
    }
    let declared: Declared = toml::from_str(&text).map_err(|error| document(error.to_string()))?;
    let address = declared.agent.strip_prefix("grpc://").unwrap_or(&declared.agent);
    let mut remote = remote(&declared.agent, address)?;
    if let Some(spec) = declared.fallback {
        remote.fallback = Some(Arc::new(spec.parse::<StrategySpec>()?));
    }
    if let Some(text) = declared.limit {
        remote.limit = declared_limit(path, "limit", &text)?;
    }
    Ok(Arc::new(remote))
}

/// A strategy put together from parts (Baarslag 2013), as a file declares it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Composition {
    /// What it proposes: a native strategy.
    offering: String,
    /// Parameters of the offering.
    #[serde(default)]
    parameters: BTreeMap<String, f64>,
    /// How it models the other side.
    model: Option<String>,
    /// When it accepts: `next`, `combi` or `time`.
    acceptance: Option<String>,
    /// Parameters of the acceptance.
    #[serde(default)]
    acceptance_parameters: BTreeMap<String, f64>,
}

impl Composition {
    /// The same in the grammar of one line, so that there is one place that judges it.
    fn spec(&self) -> String {
        let numbers = self.parameters.iter().chain(&self.acceptance_parameters);
        let numbers = numbers.map(|(key, value)| format!("{key}={value}"));
        let words = [("model", &self.model), ("accept", &self.acceptance)];
        let words = words.iter().filter_map(|(key, word)| word.as_ref().map(|word| format!("{key}={word}")));
        let parts: Vec<String> = words.chain(numbers).collect();
        let colon = if parts.is_empty() { "" } else { ":" };
        format!("{}{colon}{}", self.offering, parts.join(","))
    }
}

fn composed(path: &str, text: &str) -> Result<Arc<dyn Factory>, SourceError> {
    let document = |why: String| SourceError::Document { path: path.to_owned(), why };
    let composition: Composition = toml::from_str(text).map_err(|error| document(error.to_string()))?;
    let spec = composition.spec().parse::<StrategySpec>().map_err(|error| document(error.to_string()))?;
    Ok(Arc::new(spec))
}
