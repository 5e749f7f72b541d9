//! What the command prints, and how it fails: one document or one message, and an exit code.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
}

/// Exit codes, after sysexits.
pub(crate) mod exit {
    /// What was asked for is not valid: a flag, a file, an offer.
    pub(crate) const USAGE: u8 = 64;
    /// What was read is damaged, such as a record.
    pub(crate) const BAD_DATA: u8 = 65;
    /// What was named is not there.
    pub(crate) const NOT_FOUND: u8 = 66;
    /// A service cannot be reached, or cannot answer now; a file cannot be written.
    pub(crate) const UNAVAILABLE: u8 = 69;
    /// Something failed that should not.
    pub(crate) const INTERNAL: u8 = 70;
    /// Somebody pressed Ctrl-C: 128 and the number of the signal, as shells have it.
    pub(crate) const INTERRUPTED: u8 = 130;
}

/// Why a command failed: what was wrong, where, and what to do.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Failure {
    /// Stable, for machines, such as `NO_SUCH_SCENARIO`.
    pub(crate) code: String,
    pub(crate) message: String,
    /// A file and line, a flag, an address.
    #[serde(rename = "where")]
    pub(crate) place: Option<String>,
    pub(crate) hint: Option<String>,
    /// Every problem that was found, where there can be several.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) problems: Box<[serde_json::Value]>,
    #[serde(skip)]
    pub(crate) exit: u8,
}

impl Failure {
    pub(crate) fn new(exit: u8, code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            place: None,
            hint: None,
            problems: Box::default(),
            exit,
        }
    }

    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        Self::new(exit::INTERNAL, "INTERNAL", error.to_string())
    }

    pub(crate) fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Everything that was found, a sentence each.
    pub(crate) fn problems(self, problems: Vec<String>) -> Self {
        self.problem_documents(problems.into_iter().map(Into::into).collect())
    }

    /// The same with parts for machines; people have been told.
    pub(crate) fn problem_documents(mut self, problems: Vec<serde_json::Value>) -> Self {
        self.problems = problems.into();
        self
    }

    /// Says what went wrong, in the format asked for, and with which code to exit.
    pub(crate) fn report(&self, format: Format) -> ExitCode {
        match format {
            Format::Json => print_json(&serde_json::json!({ "error": self })),
            Format::Text => {
                let mut text = format!("detente: {}", self.message);
                let sentences = self.problems.iter().filter_map(serde_json::Value::as_str);
                text.extend(sentences.map(|sentence| format!("\n  - {sentence}")));
                for (label, part) in [("where", &self.place), ("hint", &self.hint)] {
                    if let Some(part) = part {
                        text += &format!("\n  {label}: {part}");
                    }
                }
                // A closed standard error leaves the exit code to speak.
                let _ = writeln!(std::io::stderr(), "{text}");
            }
        }
        ExitCode::from(self.exit)
    }
}

/// A file that cannot be written; `what` says what it was to hold, such as `the page`.
pub(crate) fn unwritable(path: &Path, error: &std::io::Error, what: &str) -> Failure {
    Failure::new(exit::UNAVAILABLE, "UNWRITABLE_FILE", format!("cannot write {what}: {error}"))
        .at(path.display().to_string())
}

/// An address that cannot be listened on: taken by somebody else, or not this machine's.
pub(crate) fn unheard(address: SocketAddr, why: &std::io::Error, message: impl Into<String>) -> Failure {
    let (exit, code) = if process::is_taken(why) {
        (exit::UNAVAILABLE, "BUSY_ADDRESS")
    } else {
        (exit::USAGE, "BAD_ADDRESS")
    };
    Failure::new(exit, code, message).at(address.to_string())
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        let exit = match status.code() {
            tonic::Code::NotFound => exit::NOT_FOUND,
            tonic::Code::Unavailable | tonic::Code::DeadlineExceeded | tonic::Code::Unknown => {
                exit::UNAVAILABLE
            }
            tonic::Code::Internal | tonic::Code::DataLoss => exit::INTERNAL,
            _ => exit::USAGE,
        };
        let code = wire::Refused::reason_of(&status).unwrap_or_else(|| format!("{:?}", status.code()));
        Self::new(exit, &code, status.message())
    }
}

/// Writes to standard output. A reader that has gone away, such as `head`, is no failure.
pub(crate) fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

pub(crate) fn line(text: &str) {
    write(&format!("{text}\n"));
}

/// One JSON document on one line: for streams of them.
pub(crate) fn json_line(document: &impl Serialize) -> Result<(), Failure> {
    line(&serde_json::to_string(document).map_err(Failure::internal)?);
    Ok(())
}

pub(crate) fn print_json(document: &impl Serialize) {
    match serde_json::to_string_pretty(document) {
        Ok(text) => line(&text),
        Err(error) => line(&format!("{{\"error\": {{\"code\": \"INTERNAL\", \"message\": \"{error}\"}}}}")),
    }
}
