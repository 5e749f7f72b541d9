//! Python environments under the target folder, made by the tests that need them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::programs::{program, workspace};

/// Runs a command, which must succeed.
///
/// # Panics
/// It does not.
pub fn must(command: &mut Command) -> Output {
    let output =
        command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}; is it installed?"));
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The folder that this run builds into.
#[must_use]
pub fn target() -> PathBuf {
    program("detente").parent().and_then(Path::parent).unwrap().to_owned()
}

/// A virtual environment named `name` with the packages of `requirements`, a file under `tests/python`. It is
/// kept under the target folder and made anew when that file changes.
#[must_use]
pub fn environment(name: &str, requirements: &str) -> PathBuf {
    let wanted = workspace().join("tests/python").join(requirements);
    let venv = target().join(name);
    let stamp = venv.join("requirements.txt");
    if std::fs::read(&stamp).ok() != Some(std::fs::read(&wanted).unwrap()) {
        // `python3 -m venv` needs the package python3-venv on Debian; scripts/test installs it.
        must(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
        let mut pip = Command::new(venv.join("bin/python"));
        must(pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&wanted));
        std::fs::copy(&wanted, &stamp).unwrap();
    }
    venv
}
