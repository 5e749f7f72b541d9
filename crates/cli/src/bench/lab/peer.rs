//! NegMAS, run by a Python that has it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use super::Done;
use crate::output::Failure;

const SCRIPT: &str = include_str!("peer.py");

type Tables = [Vec<Vec<f64>>; 2];

/// All that is asked of it.
#[derive(Serialize)]
pub(super) struct Question {
    pub(super) budget_s: f64,
    pub(super) rows: Vec<Asked>,
    pub(super) equal: Vec<Compared>,
}

/// A strategy to measure on some domains.
#[derive(Serialize)]
pub(super) struct Asked {
    pub(super) strategy: &'static str,
    pub(super) rounds: u32,
    pub(super) tables: Vec<Tables>,
}

/// A talk whose agreement is compared.
#[derive(Serialize)]
pub(super) struct Compared {
    pub(super) strategy: &'static str,
    pub(super) rounds: u32,
    pub(super) tables: Tables,
}

#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) rows: Vec<Option<Measured>>,
    pub(super) equal: Vec<Option<Vec<u32>>>,
}

#[derive(Deserialize)]
pub(super) struct Measured {
    pub(super) offers: Done,
    pub(super) talks: Done,
}

pub(super) fn ask(python: &Path, question: &Question) -> Result<Answer, Failure> {
    let failed = |what: String| {
        Failure::internal(format!("{what}; --python needs a Python that has negmas: {}", python.display()))
    };
    let mut child = Command::new(python)
        .args(["-W", "ignore", "-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("Python did not start: {error}")))?;
    let text = serde_json::to_vec(question).map_err(Failure::internal)?;
    // The script reads all of it before it writes anything; dropping the pipe ends its input.
    let sent = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(&text));
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("NegMAS ended with {}", output.status)));
    }
    sent.map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&output.stdout).map_err(|error| failed(format!("NegMAS answered: {error}")))
}
