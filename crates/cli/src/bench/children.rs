//! The processes of a measurement: this command's own executable.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value as Json;

use crate::output::Failure;

/// Ticks of a second in `/proc`: Linux shows times to programs in these, whatever it counts in itself.
const TICKS: f64 = 100.0;
/// A service that answers no question within this is not well.
const ANSWER: Duration = Duration::from_secs(10);

/// A server that ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    ready: Json,
}

impl Server {
    /// Starts `detente ARGUMENTS` and waits until it says where it listens.
    pub(crate) fn start(arguments: &[&str]) -> Result<Self, Failure> {
        let mut command = command(arguments)?;
        command.args(["--with-parent", "--log", "warn"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(Failure::internal)?;
        let mut ready = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut ready).map_err(Failure::internal)?;
        }
        let ready: Json = serde_json::from_str(&ready).map_err(Failure::internal)?;
        let address = ready["address"].as_str().unwrap_or_default();
        Ok(Self { child, address: format!("http://{address}"), ready })
    }

    /// What the ready line says under this name, such as the address of its metrics.
    pub(crate) fn said(&self, name: &str) -> Option<&str> {
        self.ready[name].as_str()
    }

    /// Seconds of CPU time it has used; none where the system does not show them.
    pub(crate) fn cpu_s(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name of the program comes second, in brackets, and may hold anything.
        let (_, rest) = stat.rsplit_once(')')?;
        let ticks = |place: usize| rest.split_whitespace().nth(place)?.parse::<f64>().ok();
        Some((ticks(11)? + ticks(12)?) / TICKS)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends with its standard input; a failure to wait leaves nothing to do.
        let _ = self.child.wait();
    }
}

/// Runs `detente ARGUMENTS` to its end and reads the document it prints.
pub(crate) fn outcome(arguments: &[&str]) -> Result<Json, Failure> {
    let output = command(arguments)?.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(Failure::internal)?;
    let document: Json = serde_json::from_slice(&output.stdout).map_err(Failure::internal)?;
    match document["error"]["message"].as_str() {
        Some(message) => Err(Failure::internal(message)),
        None => Ok(document),
    }
}

/// The body of what a service answers to `GET http://AUTHORITY/PATH`.
pub(crate) fn ask(authority: &str, path: &str) -> Result<String, Failure> {
    let mut stream = TcpStream::connect(authority).map_err(Failure::internal)?;
    stream.set_read_timeout(Some(ANSWER)).map_err(Failure::internal)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(Failure::internal)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(Failure::internal)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200") => Ok(body.to_owned()),
        _ => Err(Failure::internal(format!("http://{authority}{path} cannot be read: {answer}"))),
    }
}

/// The sum of a metric's series on a page in Prometheus' text format.
pub(crate) fn sum(page: &str, metric: &str) -> u64 {
    let series = page.lines().filter_map(|line| line.rsplit_once(' '));
    let ours = series.filter(|(series, _)| series.split('{').next() == Some(metric));
    ours.filter_map(|(_, value)| value.parse::<f64>().ok()).sum::<f64>() as u64
}

/// This executable, told nothing by the environment about where to send traces.
fn command(arguments: &[&str]) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe().map_err(Failure::internal)?);
    command.args(arguments);
    // Nothing that happens to be set may change what is measured.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("OTEL_") || name.starts_with("DETENTE_")) {
            command.env_remove(name);
        }
    }
    Ok(command)
}
