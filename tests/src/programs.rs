//! The real programs, built once in the test run and never taken from an older one.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::patiently;

/// The path of a program of this workspace, such as `detente`. The first call builds them all, with
/// this run's profile and target folder, so that what is tested is what the sources say.
///
/// # Panics
/// They cannot be built.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).join(name)
}

fn build() -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    // target/<profile>/deps/<test>
    let folder = executable.parent().and_then(Path::parent).unwrap().to_owned();
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["build", "--workspace", "--bins", "--locked", "--quiet"]);
    cargo.current_dir(workspace()).arg("--target-dir").arg(folder.parent().unwrap());
    if folder.file_name().is_some_and(|profile| profile == "release") {
        cargo.arg("--release");
    }
    let built = cargo.output().unwrap();
    assert!(built.status.success(), "cannot build the programs: {}", String::from_utf8_lossy(&built.stderr));
    folder
}

/// The workspace's folder.
#[must_use]
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A service as a process, killed when it is dropped.
pub struct Process {
    child: Child,
    address: Option<String>,
    metrics: Option<String>,
    log: Arc<Mutex<Vec<String>>>,
    reading: JoinHandle<()>,
}

impl Process {
    /// Starts a service and waits for its ready line.
    ///
    /// # Panics
    /// It ends, or says something else, instead.
    pub async fn start(name: &str, arguments: &[&str]) -> Self {
        Self::start_in(name, arguments, &[]).await
    }

    /// As [`Process::start`], with these variables in its environment.
    ///
    /// # Panics
    /// It ends, or says something else, instead.
    pub async fn start_in(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program(name));
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env_remove("OTEL_EXPORTER_OTLP_ENDPOINT").env_remove("OTEL_TRACES_SAMPLER");
        command.env_remove("DETENTE_METRICS").envs(environment.iter().copied());
        let mut child = command.kill_on_drop(true).spawn().unwrap();
        let (log, reading) = keep_log(&mut child);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = patiently("the ready line", lines.next_line()).await.unwrap();
        let ready = line.and_then(|line| serde_json::from_str::<serde_json::Value>(&line).ok());
        let Some(ready) = ready else { panic!("{name} did not start: {:?}", log.lock().unwrap()) };
        let named = |key: &str| ready[key].as_str().map(str::to_owned);
        Self { child, address: named("address"), metrics: named("metrics"), log, reading }
    }

    /// Where it listens.
    ///
    /// # Panics
    /// It does not listen.
    #[must_use]
    pub fn address(&self) -> &str {
        self.address.as_deref().expect("the service listens")
    }

    /// Where it shows its metrics.
    ///
    /// # Panics
    /// It shows none.
    #[must_use]
    pub fn metrics(&self) -> &str {
        self.metrics.as_deref().expect("the service shows metrics")
    }

    /// Where it listens, as clients and delegations are told.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// SIGTERM, an end in order, and all that it logged.
    pub async fn end(self) -> Vec<String> {
        let (log, pid) = (self.log.clone(), self.pid());
        let Self { mut child, reading, .. } = self;
        ask_to_end(&pid).await;
        assert!(patiently("the end after SIGTERM", child.wait()).await.unwrap().success());
        patiently("the end of the log", reading).await.unwrap();
        let log = log.lock().unwrap();
        log.clone()
    }

    fn pid(&self) -> String {
        self.child.id().expect("it runs").to_string()
    }

    /// kill −9, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM, and how it ended.
    pub async fn terminate(mut self) -> ExitStatus {
        ask_to_end(&self.pid()).await;
        patiently("the end after SIGTERM", self.child.wait()).await.unwrap()
    }
}

async fn ask_to_end(pid: &str) {
    let sent = Command::new("sh").args(["-c", "kill -TERM \"$0\"", pid]).status().await.unwrap();
    assert!(sent.success());
}

fn keep_log(child: &mut Child) -> (Arc<Mutex<Vec<String>>>, JoinHandle<()>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let (kept, stderr) = (log.clone(), child.stderr.take().unwrap());
    let reading = tokio::spawn(async move {
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
        }
    });
    (log, reading)
}
