//! The Python side as a user has it: installed into a fresh environment, its own tests run there, its
//! example played, its template written out and followed by the words of its README; the Rust template likewise.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use detente_tests::programs::{program, workspace};

fn must(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    assert!(output.status.success(), "{command:?} failed: {}", said.concat());
    output
}

/// An agent that listens until it is dropped.
struct Listening(Child, String);

impl Listening {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_whitespace().last().unwrap_or_default().to_owned();
        assert!(address.starts_with("grpc://"), "{line:?}");
        Self(child, address)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn plays(agent: &Listening, folder: &Path) {
    must(Command::new(program("detente")).args(["agent", "check", &agent.1]));
    let strategy = format!("CHN={}", agent.1);
    let run = ["run", "geneva-2025", "--format", "json", "--strategy", &strategy];
    let output = must(Command::new(program("detente")).args(run).current_dir(folder));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["outcome"], "agreed", "{report}");
}

fn target() -> PathBuf {
    program("detente").parent().and_then(Path::parent).unwrap().to_owned()
}

fn template(language: &str, folder: &Path) -> PathBuf {
    let agent = folder.join("my-agent");
    must(Command::new(program("detente")).args(["agent", "new", "--lang", language]).arg(&agent));
    agent
}

#[test]
fn the_python_package_passes_its_tests_and_its_template_plays() {
    let folder = tempfile::tempdir().unwrap();
    let agent = template("python", folder.path());
    let venv = target().join("python-sdk-venv");
    let python = venv.join("bin/python");
    // `python3 -m venv` needs the package python3-venv on Debian; scripts/test installs it.
    must(Command::new("python3").args(["-m", "venv"]).arg(&venv));
    // Packages stay from run to run; the project's own is installed anew from the template's words.
    let install =
        ["-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", "-r", "requirements.txt"];
    must(Command::new(&python).args(install).current_dir(&agent));
    let further =
        ["-m", "pip", "install", "--quiet", "-r", "requirements.txt", "pytest", "grpcio-tools==1.76.0"];
    must(Command::new(&python).args(further).current_dir(&agent));
    must(
        Command::new(&python)
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
            .current_dir(workspace().join("sdk/python")),
    );
    let example = workspace().join("sdk/python/examples/minimal.py");
    for script in [agent.join("agent.py"), example] {
        let listening = Listening::start(Command::new(&python).arg(script).arg("127.0.0.1:0"));
        plays(&listening, folder.path());
    }
}

#[test]
fn the_rust_template_builds_and_plays() {
    let folder = tempfile::tempdir().unwrap();
    let agent = template("rust", folder.path());
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--offline"]).current_dir(&agent);
    // The same profile and folder as this workspace: what it has built already is not built again.
    must(build.env("CARGO_TARGET_DIR", target()).env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only"));
    let binary = target().join("debug/my-agent");
    plays(&Listening::start(Command::new(binary).arg("127.0.0.1:0")), folder.path());
}
