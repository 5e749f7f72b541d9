//! rotel, a collector that nobody here wrote: from PyPI, run on loopback, read from what it prints.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::collector::SpanData;
use crate::patiently;
use crate::python::environment;

/// A running rotel, killed when it is dropped.
pub struct Rotel {
    child: Child,
    address: SocketAddr,
    printed: JoinHandle<Vec<String>>,
}

impl Rotel {
    /// Installs it if it is not there yet, starts it and waits until it listens. Its own files go to `folder`.
    pub async fn start(folder: &Path) -> Self {
        let [grpc, http] = free_addresses();
        let mut command = Command::new(tokio::task::spawn_blocking(agent).await.unwrap());
        command.arg("start").arg("--otlp-grpc-endpoint").arg(grpc.to_string());
        command.arg("--otlp-http-endpoint").arg(http.to_string());
        command.args(["--debug-log", "traces", "--debug-log-verbosity", "detailed"]);
        command.args(["--exporter", "blackhole"]);
        command.arg("--pid-file").arg(folder.join("rotel.pid"));
        command.arg("--log-file").arg(folder.join("rotel.log"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let printed = tokio::spawn(async move {
            let mut printed = Vec::new();
            while let Ok(Some(line)) = lines.next_line().await {
                printed.push(line);
            }
            printed
        });
        listens(grpc).await;
        Self { child, address: grpc, printed }
    }

    /// Where to send to.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it in order, and reads the spans it has printed.
    pub async fn stop(mut self) -> Vec<SpanData> {
        let pid = self.child.id().expect("it runs").to_string();
        let sent = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &pid]).status().await.unwrap();
        assert!(sent.success());
        patiently("rotel's end", self.child.wait()).await.unwrap();
        spans(&patiently("what rotel printed", self.printed).await.unwrap())
    }
}

/// The program inside its package.
fn agent() -> PathBuf {
    let venv = environment("rotel-venv", "rotel.txt");
    let versions = std::fs::read_dir(venv.join("lib")).unwrap();
    let agents = versions.map(|version| version.unwrap().path().join("site-packages/rotel/rotel-agent"));
    agents.into_iter().find(|agent| agent.is_file()).expect("the package holds rotel-agent")
}

/// Two addresses of the loopback interface that nobody listens on.
#[must_use]
pub fn free_addresses<const N: usize>() -> [SocketAddr; N] {
    let held = std::array::from_fn::<_, N, _>(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap())
}

/// Waits until somebody listens there.
pub async fn listens(address: SocketAddr) {
    let connected = async {
        while TcpStream::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    patiently(&format!("a listener on {address}"), connected).await;
}

/// Where in what is printed a line stands.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Resource,
    Span,
    Other,
}

/// The spans in what rotel prints: one line per field and attribute, below the resource they belong to.
fn spans(printed: &[String]) -> Vec<SpanData> {
    let (mut spans, mut service, mut part) = (Vec::<SpanData>::new(), String::new(), Part::Other);
    for line in printed {
        let line = line.trim();
        match line {
            "Resource attributes:" => part = Part::Resource,
            "Attributes:" => part = Part::Span,
            "Links:" | "Events:" => part = Part::Other,
            _ if line.starts_with("Span #") => {
                part = Part::Other;
                spans.push(SpanData { service: service.clone(), ..empty() });
            }
            _ => match (attribute(line), part) {
                (Some(("service.name", value)), Part::Resource) => service = value.to_owned(),
                (Some((name, value)), Part::Span) => {
                    let last = spans.last_mut().expect("attributes follow a span");
                    last.attributes.insert(name.to_owned(), value.to_owned());
                }
                _ => {
                    if let (Some((name, value)), Some(last)) = (line.split_once(':'), spans.last_mut()) {
                        field(last, name.trim(), value.trim());
                    }
                }
            },
        }
    }
    spans
}

fn field(span: &mut SpanData, name: &str, value: &str) {
    match name {
        "Trace ID" => value.clone_into(&mut span.trace_id),
        "Parent ID" => value.clone_into(&mut span.parent),
        "ID" => value.clone_into(&mut span.span_id),
        "Name" => value.clone_into(&mut span.name),
        "Kind" => value.clone_into(&mut span.kind),
        "Status message" => value.clone_into(&mut span.error),
        "Start time" => span.start_ns = value.parse().unwrap(),
        "End time" => {
            let end: u64 = value.parse().unwrap();
            span.duration = Duration::from_nanos(end - span.start_ns);
        }
        "-> ID" => span.links.push(value.to_owned()),
        _ => {}
    }
}

/// `-> name: Type(value)`.
fn attribute(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("-> ")?.split_once(": ")?;
    let (_, value) = value.split_once('(')?;
    Some((name, value.strip_suffix(')')?))
}

fn empty() -> SpanData {
    SpanData {
        trace_id: String::new(),
        span_id: String::new(),
        parent: String::new(),
        name: String::new(),
        service: String::new(),
        attributes: std::collections::BTreeMap::new(),
        start_ns: 0,
        duration: Duration::ZERO,
        kind: String::new(),
        links: Vec::new(),
        error: String::new(),
    }
}
