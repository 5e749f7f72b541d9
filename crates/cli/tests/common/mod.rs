//! The real binary in a folder of its own.

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "each test file uses a part, and stops at the first surprise"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder in which commands run.
pub(crate) struct Place {
    folder: TempDir,
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The command, which hears nothing of the surroundings of the test.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
        command.args(arguments).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.command(arguments).output().unwrap().into()
    }

    /// As [`Self::run`], with text on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Answer {
        self.write("standard-input", input);
        let input = std::fs::File::open(self.path().join("standard-input")).unwrap();
        self.command(arguments).stdin(input).output().unwrap().into()
    }

    /// The one document on standard output.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--format", "json"]].concat()).json()
    }

    /// What is wrong, as a document; and the exit code.
    pub(crate) fn error(&self, arguments: &[&str]) -> (i32, Value) {
        let answer = self.run(&[arguments, &["--format", "json"]].concat());
        let mut document = answer.json();
        assert_eq!(document.as_object().unwrap().len(), 1, "{document}");
        (answer.code, document["error"].take())
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let answer = Self {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(!answer.err.contains("panicked"), "{}", answer.err);
        answer
    }
}

impl Answer {
    /// Standard output is exactly one document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

/// A service that runs until it is dropped.
pub(crate) struct Service {
    child: Child,
    pub(crate) address: String,
}

impl Service {
    /// Starts a service and waits until it says where it is.
    pub(crate) fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut command = place.command(&[&["serve"], arguments, &["--with-parent"]].concat());
        // Standard input stays open as long as the test lives; the log is nobody's here.
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
        let address = ready["address"].as_str().unwrap_or_default().to_owned();
        Self { child, address }
    }

    /// Asks the service to end, and waits for its exit code.
    pub(crate) fn terminate(mut self) -> i32 {
        signal("TERM", self.child.id());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process, with the shell's own `kill`.
pub(crate) fn signal(name: &str, pid: u32) {
    let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {pid}")).status().unwrap();
    assert!(sent.success());
}

/// Whether a process is there.
pub(crate) fn alive(pid: u64) -> bool {
    Command::new("sh").arg("-c").arg(format!("kill -0 {pid} 2>/dev/null")).status().unwrap().success()
}

/// Text without what differs from run to run: talks, traces, times, hashes and addresses.
pub(crate) fn redacted(text: &str) -> String {
    let stable = |word: &str| {
        let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let name = if core.starts_with("talk-") && core.len() == 21 {
            "TALK"
        } else if core.len() >= 32 && core.chars().all(|c| c.is_ascii_hexdigit()) {
            "HASH"
        } else if core.len() >= 8 && (core.starts_with("20") && core.ends_with('Z')) {
            "TIME"
        } else {
            return word.to_owned();
        };
        word.replace(core, name)
    };
    text.lines()
        .map(|line| line.split(' ').map(stable).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}
