//! The processes of a run: started as this command's own executable, heard until they are ready,
//! and ended together, however the run ends.

use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use scenario::Scenario;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Plan, Seat};
use crate::output::{Failure, exit};

/// How long a service may take until it is ready.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// How long a service may take to end in order.
const END_WITHIN: Duration = Duration::from_secs(10);
/// Log lines kept of each process, to show if it fails.
const KEPT_LINES: usize = 20;

/// A process of the run, as the report shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Process {
    pub(crate) name: String,
    pub(crate) pid: Option<u32>,
    pub(crate) address: Option<String>,
}

/// All processes of a run.
pub(crate) struct Children {
    running: Vec<Running>,
    mediator: String,
}

struct Running {
    process: Process,
    /// Where a person sits, if one decides there.
    seat: Option<String>,
    child: Child,
    log: Log,
}

/// The last lines a process wrote to its standard error.
struct Log {
    lines: Arc<Mutex<VecDeque<String>>>,
    reading: Option<JoinHandle<()>>,
}

#[derive(Deserialize)]
struct Ready {
    pid: u32,
    address: Option<String>,
    seat: Option<String>,
}

/// A person's seat: its party and the address that opens it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TakenSeat<'a> {
    pub(crate) party: &'a str,
    pub(crate) address: &'a str,
}

impl Children {
    /// Starts the mediator, then every delegation.
    pub(crate) async fn start(
        plan: &Plan,
        otlp: Option<&str>,
        shutdown: &CancellationToken,
    ) -> Result<Self, Failure> {
        let mut mediator = service(otlp)?;
        mediator.args(["serve", "mediator", "--listen", "127.0.0.1:0", "--record"]).arg(&plan.options.record);
        // What does not ship is a folder, or a member of a series in one.
        if !Scenario::embedded().contains(&plan.options.scenario.as_str()) {
            mediator.arg("--scenario").arg(&plan.options.scenario);
        }
        let mediator = Running::start("mediator", mediator, shutdown).await?;
        let address = format!("http://{}", mediator.process.address.as_deref().unwrap_or_default());
        let mut children = Self { running: vec![mediator], mediator: address };
        match children.start_delegations(plan, otlp, shutdown).await {
            Ok(()) => Ok(children),
            Err(failure) => {
                children.stop().await;
                Err(failure)
            }
        }
    }

    async fn start_delegations(
        &mut self,
        plan: &Plan,
        otlp: Option<&str>,
        shutdown: &CancellationToken,
    ) -> Result<(), Failure> {
        for seat in &plan.seats {
            let command = delegation(plan, seat, &self.mediator, otlp)?;
            self.running.push(Running::start(seat.party.as_str(), command, shutdown).await?);
        }
        Ok(())
    }

    /// Where the mediator listens.
    pub(crate) fn mediator(&self) -> &str {
        &self.mediator
    }

    /// Where persons sit.
    pub(crate) fn seats(&self) -> impl Iterator<Item = TakenSeat<'_>> {
        self.running.iter().filter_map(move |running| {
            running.seat.as_deref().map(|address| TakenSeat { party: &running.process.name, address })
        })
    }

    /// The first process that has ended, with the last it said.
    pub(crate) async fn ended(&mut self) -> Option<Failure> {
        for running in &mut self.running {
            if let Ok(Some(status)) = running.child.try_wait() {
                let message = format!("{} ended early ({status})", running.process.name);
                return Some(running.failure(message).await);
            }
        }
        None
    }

    /// Why the mediator no longer answers: it has ended, or what it said in parting.
    pub(crate) async fn lost(&mut self, status: tonic::Status) -> Failure {
        if let Some(mediator) = self.running.first_mut() {
            // Its streams break a moment before it can be waited for.
            let _ = tokio::time::timeout(Duration::from_secs(1), mediator.child.wait()).await;
        }
        self.ended().await.unwrap_or_else(|| status.into())
    }

    /// Ends every process, delegations first, and says what they were.
    pub(crate) async fn stop(mut self) -> Vec<Process> {
        // Delegations leave while there is a mediator to tell them how the talk ended.
        if let Some((mediator, delegations)) = self.running.split_first_mut() {
            end(delegations).await;
            end(std::slice::from_mut(mediator)).await;
        }
        self.running.into_iter().map(|running| running.process).collect()
    }
}

/// Asks processes to end, all at once, and sees to it that they do.
async fn end(processes: &mut [Running]) {
    for running in processes.iter_mut() {
        // Closing standard input asks a process to end in order.
        drop(running.child.stdin.take());
    }
    for running in processes {
        if tokio::time::timeout(END_WITHIN, running.child.wait()).await.is_err() {
            tracing::warn!(name = running.process.name, "did not end in time and is killed");
            // It may have ended between the two.
            let _ = running.child.kill().await;
        }
    }
}

/// This command's own executable, told where its telemetry goes.
fn service(otlp: Option<&str>) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe().map_err(Failure::internal)?);
    // One address for all of them could only be the first one's.
    command.env_remove("DETENTE_METRICS");
    if let Some(endpoint) = otlp {
        command.env(super::traces::ENDPOINT, endpoint);
    }
    Ok(command)
}

fn delegation(plan: &Plan, seat: &Seat, mediator: &str, otlp: Option<&str>) -> Result<Command, Failure> {
    let mut command = service(otlp)?;
    command
        .args(["serve", "delegation", "--party", seat.party.as_str(), "--mediator", mediator])
        .args(["--scenario", &plan.options.scenario])
        .args(["--strategy", &seat.briefing.strategy.to_string()])
        .args(["--seed", &plan.options.seed.to_string()])
        .args(["--pace", &format!("{}ms", plan.pace.as_millis())])
        .args(["--listen", "127.0.0.1:0"]);
    if let Some(file) = &seat.mandate_file {
        command.arg("--mandate").arg(file);
    }
    Ok(command)
}

impl Running {
    async fn start(name: &str, mut command: Command, shutdown: &CancellationToken) -> Result<Self, Failure> {
        command.arg("--with-parent").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is for this process, which then ends the others in order.
        command.process_group(0).kill_on_drop(true);
        let mut child = command.spawn().map_err(Failure::internal)?;
        let log = Log::keep(&mut child);
        let process = Process { name: name.to_owned(), pid: child.id(), address: None };
        let mut running = Self { process, seat: None, child, log };
        tokio::select! {
            ready = running.ready() => ready?,
            () = tokio::time::sleep(READY_WITHIN) => {
                let message = format!("{name} was not ready within {READY_WITHIN:?}");
                return Err(running.failure(message).await);
            }
            () = shutdown.cancelled() => return Err(interrupted()),
        }
        Ok(running)
    }

    async fn ready(&mut self) -> Result<(), Failure> {
        let Some(stdout) = self.child.stdout.take() else {
            return Err(Failure::internal("no standard output"));
        };
        let line = BufReader::new(stdout).lines().next_line().await;
        let ready = line.ok().flatten().and_then(|line| serde_json::from_str::<Ready>(&line).ok());
        match ready {
            Some(Ready { pid, address, seat }) => {
                self.seat = seat;
                self.process.pid = Some(pid);
                self.process.address = address;
                Ok(())
            }
            None => {
                // The process closed its output without a word: its last log line says why.
                let _ = tokio::time::timeout(END_WITHIN, self.child.wait()).await;
                Err(self.failure(format!("{} could not start", self.process.name)).await)
            }
        }
    }

    /// What went wrong with the process, in its own last words. Where it ended, its exit code says
    /// whether what it was given was at fault.
    async fn failure(&mut self, message: String) -> Failure {
        let code = self.child.try_wait().ok().flatten().and_then(|status| status.code());
        let said =
            self.log.last_words(code.is_some()).await.map(|line| format!(": {line}")).unwrap_or_default();
        let (exit, code) = match code {
            Some(code) if code == i32::from(process::EXIT_CONFIGURATION) => (exit::USAGE, "SERVICE_REFUSED"),
            _ => (exit::UNAVAILABLE, "SERVICE_FAILED"),
        };
        Failure::new(exit, code, message + &said).at(self.process.name.clone())
    }
}

impl Log {
    fn keep(child: &mut Child) -> Self {
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let kept = lines.clone();
        let reading = child.stderr.take().map(|stderr| {
            tokio::spawn(async move {
                let mut lines = BufReader::new(stderr).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.push_back(line);
                    if kept.len() > KEPT_LINES {
                        kept.pop_front();
                    }
                }
            })
        });
        Self { lines, reading }
    }

    /// The last line; of a process that has ended, once all it said has been read.
    async fn last_words(&mut self, ended: bool) -> Option<String> {
        if ended && let Some(reading) = self.reading.take() {
            // A grandchild could hold the pipe open: what has been read by then will have to do.
            let _ = tokio::time::timeout(Duration::from_secs(1), reading).await;
        }
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).back().cloned()
    }
}

pub(crate) fn interrupted() -> Failure {
    let message = "interrupted; the record holds what was said so far";
    Failure::new(exit::INTERRUPTED, "INTERRUPTED", message)
}
