use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ambient::SystemClock;
use record::{OpenError, SqliteLog};
use scenario::{Scenario, ScenarioError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{Config, Limits, ServeError, run};

/// What a mediator's operator can set.
#[derive(Debug, Clone, clap::Args)]
// Named, for it stands beside the process's own options in one command.
#[group(id = "mediator")]
pub struct Options {
    /// Where to listen; port 0 takes a free one
    #[arg(long, env = "DETENTE_LISTEN", default_value = "127.0.0.1:7400", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// The record of all talks; made if it is not there
    #[arg(long, env = "DETENTE_RECORD", default_value = "detente.db", value_name = "FILE")]
    pub record: PathBuf,
    /// Further scenarios whose impact watchers may ask for, beside the shipped ones
    #[arg(long, value_name = "DIR")]
    pub scenario: Vec<String>,
}

/// Why a mediator could not run as a service.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {why}; choose another one with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        why: std::io::Error,
    },
    /// The record cannot be opened.
    #[error(transparent)]
    Record(#[from] OpenError),
    /// A scenario is broken or unknown.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// Serving failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl ServiceError {
    /// Whether what the operator set is right, and cannot be had now: somebody else has it.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Listen { why, .. } => why.kind() == std::io::ErrorKind::AddrInUse,
            Self::Record(error) => matches!(error, OpenError::InUse { .. }),
            Self::Scenario(_) | Self::Serve(_) => false,
        }
    }
}

/// A mediator that has what it needs, bound to its address.
pub struct Service {
    listener: TcpListener,
    record: PathBuf,
    config: Config,
}

impl Service {
    /// Binds the address, then opens the record and reads the scenarios.
    ///
    /// # Errors
    /// What the operator set does not work.
    pub async fn prepare(options: &Options) -> Result<Self, ServiceError> {
        let address = options.listen;
        let bound = TcpListener::bind(address).await;
        let listener = bound.map_err(|why| ServiceError::Listen { address, why })?;
        let log = SqliteLog::open(&options.record)?;
        let names =
            Scenario::embedded().into_iter().map(str::to_owned).chain(options.scenario.iter().cloned());
        let scenarios = names.map(|name| Scenario::load(&name).map(Arc::new)).collect::<Result<_, _>>()?;
        let config =
            Config { log: Arc::new(log), clock: Arc::new(SystemClock), scenarios, limits: Limits::default() };
        Ok(Self { listener, record: options.record.clone(), config })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The socket is gone.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Runs the table until `shutdown`.
    ///
    /// # Errors
    /// See [`run`].
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), ServiceError> {
        let record = self.record;
        telemetry::watch_size(telemetry::names::RECORD_SIZE, move || size(&record));
        Ok(run(self.listener, shutdown, self.config).await?)
    }
}

/// Bytes of the record on its disk, with what SQLite has not yet moved into the file itself.
fn size(record: &Path) -> Option<u64> {
    let mut log = record.as_os_str().to_owned();
    log.push("-wal");
    let bytes = |path: &Path| std::fs::metadata(path).map(|data| data.len()).ok();
    Some(bytes(record)? + bytes(Path::new(&log)).unwrap_or(0))
}
