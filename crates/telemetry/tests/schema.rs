//! docs/telemetry.md and `names.rs` say the same.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;

const NAMES: &str = include_str!("../src/names.rs");
const DOCS: &str = include_str!("../../../docs/telemetry.md");
/// Constants that are no names: a value, and what names begin with.
const VALUES: [&str; 9] =
    ["grpc", "ERROR", "detente.private.", "detente", "producer", "consumer", "client", "send", "process"];

/// Every name in the sources.
fn named() -> BTreeSet<&'static str> {
    let texts = NAMES.lines().filter(|line| line.trim_start().starts_with("pub const"));
    let texts = texts.filter_map(|line| line.split('"').nth(1));
    texts.filter(|name| !VALUES.contains(name)).collect()
}

/// What stands in the first column of the tables.
fn documented() -> BTreeSet<&'static str> {
    let rows = DOCS.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split('`').next()).collect()
}

#[test]
fn every_name_is_documented_and_every_documented_name_is_there() {
    let (named, documented) = (named(), documented());
    assert!(named.len() > 30, "{named:?}");
    let missing: Vec<_> = named.difference(&documented).collect();
    let stale: Vec<_> = documented.difference(&named).collect();
    assert!(missing.is_empty() && stale.is_empty(), "not in the docs: {missing:?}; only there: {stale:?}");
}
