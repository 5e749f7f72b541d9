//! The server process of a measurement: this command's own executable.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::output::Failure;

/// A server that ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    /// Starts `detente ARGUMENTS` and waits until it says where it listens.
    pub(crate) fn start(arguments: &[&str]) -> Result<Self, Failure> {
        let executable = std::env::current_exe().map_err(Failure::internal)?;
        let mut command = Command::new(executable);
        command
            .args(arguments)
            .args(["--with-parent", "--log", "warn"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().map_err(Failure::internal)?;
        let mut ready = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut ready).map_err(Failure::internal)?;
        }
        let ready: serde_json::Value = serde_json::from_str(&ready).map_err(Failure::internal)?;
        let address = ready["address"].as_str().unwrap_or_default().to_owned();
        Ok(Self { child, address: format!("http://{address}") })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends with its standard input; a failure to wait leaves nothing to do.
        let _ = self.child.wait();
    }
}
