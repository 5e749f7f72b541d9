//! The traces of a run: an observatory in this process, so that `detente trace TALK` has an answer
//! with nothing else set up.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ambient::SystemClock;
use observatory::{Config, ServeError, Store, StoreOptions};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::output::Failure;

/// The variable that names a collector, by OpenTelemetry's specification.
pub(crate) const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Where the traces of a run go.
pub(crate) enum Traces {
    /// Nowhere, as asked for.
    Off,
    /// To the operator's collector.
    Elsewhere,
    /// Into a file beside the record.
    Kept(Kept),
    /// Into no file, for this reason: a talk does not fail for want of its trace.
    Refused(String),
}

pub(crate) struct Kept {
    endpoint: String,
    path: PathBuf,
    store: Store,
    shutdown: CancellationToken,
    serving: JoinHandle<Result<(), ServeError>>,
}

/// What became of the traces, for the report.
#[derive(Debug, Clone, Default)]
pub(crate) struct Whereabouts {
    pub(crate) file: Option<String>,
    pub(crate) note: Option<String>,
}

impl Traces {
    pub(crate) async fn start(path: PathBuf, wanted: bool) -> Self {
        if !wanted {
            return Self::Off;
        }
        if std::env::var_os(ENDPOINT).is_some_and(|endpoint| !endpoint.is_empty()) {
            return Self::Elsewhere;
        }
        match Kept::start(path).await {
            Ok(kept) => Self::Kept(kept),
            Err(failure) => Self::Refused(failure.message),
        }
    }

    /// What the processes of the run are told.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Kept(kept) => Some(&kept.endpoint),
            _ => None,
        }
    }

    /// The file they are kept in.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Kept(kept) => Some(&kept.path),
            _ => None,
        }
    }

    /// The operator's collector they go to.
    pub(crate) fn collector(&self) -> Option<String> {
        matches!(self, Self::Elsewhere).then(|| std::env::var(ENDPOINT).ok()).flatten()
    }

    /// Writes what is left. Every process has sent its spans before it ended.
    pub(crate) async fn end(self) -> Whereabouts {
        match self {
            Self::Off | Self::Elsewhere => Whereabouts::default(),
            Self::Refused(why) => {
                Whereabouts { file: None, note: Some(format!("traces are not kept: {why}")) }
            }
            Self::Kept(kept) => kept.end().await,
        }
    }
}

impl Kept {
    async fn start(path: PathBuf) -> Result<Self, Failure> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TcpListener::bind(any).await.map_err(Failure::internal)?;
        let address = listener.local_addr().map_err(Failure::internal)?;
        let (store, _) = Store::open(&path, &StoreOptions::default(), Arc::new(SystemClock))?;
        let shutdown = CancellationToken::new();
        let running = observatory::run(vec![listener], shutdown.clone(), Config { store: store.clone() });
        let serving = tokio::spawn(running);
        Ok(Self { endpoint: format!("http://{address}"), path, store, shutdown, serving })
    }

    async fn end(self) -> Whereabouts {
        self.shutdown.cancel();
        let served = self.serving.await.map_err(|error| error.to_string());
        let dropped = self.store.counts().dropped();
        let store = self.store;
        // Closing the file is the writer's last work.
        let closed = tokio::task::spawn_blocking(move || drop(store)).await;
        let note = match (served, closed) {
            (Ok(Ok(())), Ok(())) if dropped == 0 => None,
            (Ok(Ok(())), Ok(())) => Some(format!("{dropped} spans, events and figures were dropped")),
            (Ok(Err(error)), _) => Some(format!("traces may be missing: {error}")),
            (Err(error), _) => Some(format!("traces may be missing: {error}")),
            (_, Err(error)) => Some(format!("traces may be missing: {error}")),
        };
        Whereabouts { file: Some(self.path.display().to_string()), note }
    }
}
