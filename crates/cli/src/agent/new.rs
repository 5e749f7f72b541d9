//! `detente agent new`: the templates, written out.

use std::path::{Path, PathBuf};

use crate::output::{Failure, Format, exit, unwritable};

/// What can be set for a new agent.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct NewOptions {
    /// Where to write it: a folder that is not there yet, or is empty
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The language
    #[arg(long, value_enum)]
    lang: Language,
    /// A checkout of this project, for the crates or the package the agent builds on; by default the
    /// one this program was built from
    #[arg(long, value_name = "DIR")]
    detente: Option<PathBuf>,
}

/// A language that has a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Language {
    /// A crate
    Rust,
    /// A script on the package in sdk/python
    Python,
    /// A crate in Rust for the sandbox
    #[value(alias = "rust-wasm")]
    Wasm,
}

/// The checkout this program was built from.
fn checkout() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../..")
}

const RUST: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../../../agent/templates/rust/Cargo.toml.in")),
    ("src/main.rs", include_str!("../../../agent/templates/rust/src/main.rs")),
    ("README.md", include_str!("../../../agent/templates/rust/README.md")),
];

const PYTHON: &[(&str, &str)] = &[
    ("agent.py", include_str!("../../../agent/templates/python/agent.py")),
    ("requirements.txt", include_str!("../../../agent/templates/python/requirements.txt.in")),
    ("README.md", include_str!("../../../agent/templates/python/README.md")),
];

const WASM: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../../../agent/templates/wasm/Cargo.toml.in")),
    ("src/lib.rs", include_str!("../../../agent/templates/wasm/src/lib.rs")),
    ("src/ladder.rs", include_str!("../../../agent/templates/wasm/src/ladder.rs")),
    ("wit/strategy.wit", include_str!("../../../agent/wit/strategy.wit")),
    ("README.md", include_str!("../../../agent/templates/wasm/README.md")),
];

pub(crate) fn new(options: &NewOptions, format: Format) -> Result<(), Failure> {
    let taken = std::fs::read_dir(&options.dir).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        let message = "the folder is there and not empty";
        return Err(Failure::new(exit::USAGE, "FOLDER_NOT_EMPTY", message)
            .at(options.dir.display().to_string())
            .hint("name a folder that is not there yet"));
    }
    let files = match options.lang {
        Language::Rust => RUST,
        Language::Python => PYTHON,
        Language::Wasm => WASM,
    };
    let detente = match options.lang {
        // It needs nothing of the project but the world it brings along.
        Language::Wasm => String::new(),
        Language::Rust | Language::Python => {
            found(options.detente.as_deref().unwrap_or(Path::new(checkout())))?
        }
    };
    let mut written = Vec::new();
    for (name, text) in files {
        let path = options.dir.join(name);
        write(&path, &text.replace("@detente@", &detente))?;
        written.push(path);
    }
    if options.lang == Language::Rust {
        written.extend(pinned(Path::new(&detente), &options.dir)?);
    }
    let readme = options.dir.join("README.md");
    let mut next = format!("read {}", readme.display());
    if !detente.is_empty() {
        next += &format!("; it builds on the checkout at {detente}, and says what to change when that moves");
    }
    super::written(&written, format, &next);
    Ok(())
}

/// The checkout's own versions of everything: an agent is built with what was tested.
fn pinned(checkout: &Path, dir: &Path) -> Result<Option<PathBuf>, Failure> {
    let Ok(text) = std::fs::read_to_string(checkout.join("Cargo.lock")) else { return Ok(None) };
    let path = dir.join("Cargo.lock");
    write(&path, &text)?;
    Ok(Some(path))
}

/// The checkout's full path, so that the agent's folder can lie anywhere.
fn found(checkout: &Path) -> Result<String, Failure> {
    let there = checkout.join("crates/strategy/Cargo.toml").is_file();
    let full = checkout.canonicalize().ok().filter(|_| there);
    full.map(|path| path.display().to_string()).ok_or_else(|| {
        Failure::new(exit::NOT_FOUND, "NO_CHECKOUT", "this is no checkout of the project")
            .at(checkout.display().to_string())
            .hint("say where one is with --detente DIR")
    })
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, text));
    written.map_err(|error| unwritable(path, &error, "the template"))
}
