//! The invariants of ARCHITECTURE.md that the manifests and the sources can show.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use detente_tests::floors::{FLOORS, OFFLINE, STRANGERS, TRANSPORT, floor};
use detente_tests::programs::workspace;
use serde_json::Value;

const FAMILY: &str = "detente-";
const LONGEST_FILE: usize = 600;

/// A package of the workspace: what it depends on outside its tests, and its manifest.
struct Package {
    ours: BTreeSet<String>,
    others: BTreeSet<String>,
    manifest: PathBuf,
}

fn packages() -> BTreeMap<String, Package> {
    let arguments = ["metadata", "--no-deps", "--format-version", "1", "--offline", "--locked"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn package(of: &Value) -> (String, Package) {
    let all = of["dependencies"].as_array().unwrap();
    let names = all.iter().filter(|d| d["kind"] != "dev").map(|d| d["name"].as_str().unwrap());
    let (ours, others): (Vec<_>, Vec<_>) = names.partition(|name| name.starts_with(FAMILY));
    let package = Package {
        ours: ours.into_iter().map(short).collect(),
        others: others.into_iter().map(str::to_owned).collect(),
        manifest: of["manifest_path"].as_str().unwrap().into(),
    };
    (short(of["name"].as_str().unwrap()), package)
}

fn short(name: &str) -> String {
    name.strip_prefix(FAMILY).unwrap_or_else(|| panic!("{name} is not of the family {FAMILY}*")).to_owned()
}

/// A package and everything of ours behind it.
fn tree(packages: &BTreeMap<String, Package>, root: &str) -> BTreeSet<String> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![root.to_owned()]);
    while let Some(name) = next.pop() {
        if seen.insert(name.clone()) {
            next.extend(packages[&name].ours.iter().cloned());
        }
    }
    seen.remove(root);
    seen
}

#[test]
fn every_package_has_its_floor_and_no_floor_is_empty_talk() {
    let known: BTreeSet<_> = FLOORS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let there: BTreeSet<_> = packages().into_keys().collect();
    assert_eq!(known, there, "the table of floors and the workspace differ");
}

#[test]
fn a_package_imports_only_from_the_floors_below_it() {
    for (name, package) in packages() {
        for below in &package.ours {
            let (upper, lower) = (floor(&name), floor(below));
            assert!(lower < upper, "{name} (floor {upper:?}) reaches up to {below} (floor {lower:?})");
        }
    }
}

#[test]
fn nobody_reaches_what_it_must_not_know() {
    let packages = packages();
    for (name, strangers) in STRANGERS {
        let tree = tree(&packages, name);
        let met: Vec<_> = strangers.iter().filter(|stranger| tree.contains(**stranger)).collect();
        assert!(met.is_empty(), "{name} must not know {met:?}; its tree is {tree:?}");
    }
}

#[test]
fn the_domain_does_no_network_io() {
    let packages = packages();
    for name in OFFLINE {
        let met: Vec<_> =
            TRANSPORT.iter().filter(|carrier| packages[*name].others.contains(**carrier)).collect();
        assert!(met.is_empty(), "{name} depends on {met:?}");
    }
}

#[test]
fn every_package_takes_the_workspace_lints_and_they_ask_for_docs() {
    for (name, package) in packages() {
        let manifest = std::fs::read_to_string(&package.manifest).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{name} does not take the workspace's lints");
    }
    let root = std::fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    for lint in ["missing_docs = \"deny\"", "unsafe_code = \"forbid\"", "unwrap_used = \"deny\""] {
        assert!(root.contains(lint), "the workspace no longer says {lint}");
    }
}

#[test]
fn no_source_file_is_longer_than_a_reader_can_hold() {
    let mut sources = Vec::new();
    for folder in ["crates", "services", "tests", "proto", "scripts", "sdk"] {
        collect_sources(&workspace().join(folder), &mut sources);
    }
    assert!(sources.len() > 100, "the sources were not found");
    for source in sources {
        let lines = std::fs::read_to_string(&source).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines", source.display());
    }
}

fn collect_sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if path.is_dir() && !hidden {
            collect_sources(&path, found);
        } else if path.extension().is_some_and(|e| ["rs", "proto", "py", "js", "ts"].iter().any(|s| e == *s))
        {
            found.push(path);
        }
    }
}
