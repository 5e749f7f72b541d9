//! Cargo builds the core module.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::output::{Failure, exit};

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds the crate in `dir` for the sandbox; the core module.
pub(super) fn module(dir: &Path, arguments: &[String]) -> Result<PathBuf, Failure> {
    let at = dir.display().to_string();
    if !dir.join("Cargo.toml").is_file() {
        return Err(Failure::new(exit::NOT_FOUND, "NO_CRATE", "there is no Cargo.toml in the folder")
            .at(at)
            .hint("begin one with `detente agent new DIR --lang wasm`"));
    }
    let cargo = program("CARGO", "cargo");
    let mut command = Command::new(&cargo);
    command.args(["build", "--release", "--target", TARGET, "--message-format=json-render-diagnostics"]);
    // What the compiler says goes to whoever builds.
    command.args(arguments).current_dir(dir).stderr(Stdio::inherit());
    let output = command.output().map_err(|why| {
        Failure::new(exit::NOT_FOUND, "NO_CARGO", format!("{} cannot be run: {why}", cargo.display()))
            .hint("install Rust (https://rustup.rs), or say where cargo is with CARGO")
    })?;
    if !output.status.success() {
        return Err(failed(arguments).at(at));
    }
    let modules = modules(&String::from_utf8_lossy(&output.stdout));
    // The crate itself is built last.
    modules.into_iter().next_back().ok_or_else(|| {
        Failure::new(exit::BAD_DATA, "NO_MODULE", "the crate is built, but not as a module")
            .at(at)
            .hint("its Cargo.toml needs [lib] with crate-type = [\"cdylib\"]")
    })
}

fn failed(arguments: &[String]) -> Failure {
    let failure = Failure::new(exit::BAD_DATA, "BUILD_FAILED", "cargo cannot build the crate");
    let own_library = arguments.iter().any(|argument| argument.contains("build-std"));
    if own_library || has_target() {
        return failure.hint("see what cargo says above");
    }
    failure.hint(format!(
        "the target is missing: rustup target add {TARGET}; or, with the sources of the standard library and a nightly toolchain (or RUSTC_BOOTSTRAP=1), add -- -Z build-std=std,panic_abort"
    ))
}

/// Whether the compiler has a standard library for the sandbox.
fn has_target() -> bool {
    let mut command = Command::new(program("RUSTC", "rustc"));
    let output = command.args(["--print", "target-libdir", "--target", TARGET]).output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

fn program(variable: &str, default: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| default.into())
}

/// The modules among what cargo says it made, in order.
fn modules(messages: &str) -> Vec<PathBuf> {
    let artefacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let dynamic = |message: &Value| {
        let kinds = message["target"]["crate_types"].as_array();
        message["reason"] == "compiler-artifact"
            && kinds.is_some_and(|kinds| kinds.contains(&"cdylib".into()))
    };
    let file = |message: Value| {
        let files = message["filenames"].as_array()?;
        let mut paths = files.iter().filter_map(Value::as_str).map(PathBuf::from);
        paths.find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
    };
    artefacts.filter(dynamic).filter_map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_found_among_what_cargo_says() {
        let said = r#"
            {"reason":"compiler-artifact","target":{"crate_types":["lib"]},"filenames":["/t/libdep.rlib"]}
            {"reason":"compiler-artifact","target":{"crate_types":["cdylib"]},"filenames":["/t/my.wasm.d","/t/my.wasm"]}
            not a message
            {"reason":"build-finished","success":true}"#;
        assert_eq!(modules(said), [PathBuf::from("/t/my.wasm")]);
        assert!(modules("").is_empty());
    }
}
