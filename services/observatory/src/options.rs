use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ambient::SystemClock;
use scenario::{Scenario, ScenarioError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::figures::Figures;
use crate::query::Reader;
use crate::serve::{Config, ServeError, run};
use crate::store::{Limits, Salvage, Store, StoreError, StoreOptions};
use crate::tournaments::Tournaments;
use crate::viewer::Viewer;
use crate::watcher::{SourceError, Sources, Watcher};
use crate::web::{Drawings, PageConfig, serve_page};

/// What an observatory's operator can set.
#[derive(Debug, Clone, clap::Args)]
// Named, for it stands beside the process's own options in one command.
#[group(id = "observatory")]
pub struct Options {
    /// Where to listen for OTLP, over gRPC and HTTP alike; port 0 takes a free one; can be repeated
    #[arg(
        long,
        env = "DETENTE_OBSERVE",
        value_delimiter = ',',
        default_values = ["127.0.0.1:4317", "127.0.0.1:4318"],
        value_name = "ADDR"
    )]
    pub listen: Vec<SocketAddr>,
    /// Where traces, metrics and logs are kept; made if it is not there
    #[arg(long, env = "DETENTE_TRACES", default_value = "observatory.db", value_name = "FILE")]
    pub store: PathBuf,
    /// Where to serve the page; port 0 takes a free one
    #[arg(long, env = "DETENTE_PAGE", default_value = "127.0.0.1:7405", value_name = "ADDR")]
    pub page: SocketAddr,
    /// Serve no page
    #[arg(long)]
    pub no_page: bool,
    /// A record whose talks the page shows
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// A mediator whose talks the page shows as they go on
    #[arg(long, env = "DETENTE_MEDIATOR", value_name = "ADDR")]
    pub mediator: Option<String>,
    /// A scenario that does not ship, so that the page can score its offers; can be repeated
    #[arg(long, value_name = "DIR")]
    pub scenario: Vec<String>,
    /// Where `detente lab run` leaves its results: their folder, or one that holds such folders; can be repeated
    #[arg(long, env = "DETENTE_RESULTS", value_delimiter = ',', default_value = ".", value_name = "DIR")]
    pub results: Vec<PathBuf>,
    /// Where the operator's own viewer shows a trace: an address with {trace} for its id, such as
    /// http://127.0.0.1:16686/trace/{trace}
    #[arg(long, env = "DETENTE_VIEWER", value_name = "URL")]
    pub viewer: Option<Viewer>,
    /// Keep at most so many MiB; the oldest traces go first
    #[arg(long, default_value_t = 256, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub keep_mib: u64,
    /// Keep a trace for so many days after its last span
    #[arg(long, default_value_t = 7, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..=36_500))]
    pub keep_days: u64,
}

/// Why an observatory could not run as a service.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {why}; choose another one with {option}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What set it.
        option: &'static str,
        /// Why.
        why: std::io::Error,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The talks cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A scenario cannot be loaded.
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
            Self::Store(error) => matches!(error, StoreError::InUse { .. }),
            Self::Source(_) | Self::Scenario(_) | Self::Serve(_) => false,
        }
    }
}

/// An observatory that has what it needs, bound to its addresses.
#[derive(Debug)]
pub struct Service {
    listeners: Vec<TcpListener>,
    store: Store,
    salvage: Option<Salvage>,
    page: Option<(TcpListener, PageConfig)>,
}

impl Service {
    /// Binds the addresses, then opens the store.
    ///
    /// # Errors
    /// What the operator set does not work.
    pub async fn prepare(options: &Options) -> Result<Self, ServiceError> {
        let mut listeners = Vec::new();
        for &address in &options.listen {
            if !address.ip().is_loopback() {
                tracing::warn!(%address, "anybody who reaches this address can write to the store");
            }
            listeners.push(bind(address, "--listen").await?);
        }
        let limits =
            Limits { bytes: options.keep_mib << 20, age: Duration::from_secs(options.keep_days * 24 * 3600) };
        let settings = StoreOptions { limits, ..StoreOptions::default() };
        let (store, salvage) = Store::open(&options.store, &settings, Arc::new(SystemClock))?;
        if let Some(salvage) = &salvage {
            tracing::warn!("{salvage}");
        }
        let page = if options.no_page { None } else { Some(options.page(&store).await?) };
        Ok(Self { listeners, store, salvage, page })
    }

    /// Where the page is served.
    #[must_use]
    pub fn page(&self) -> Option<SocketAddr> {
        self.page.as_ref().and_then(|(listener, _)| listener.local_addr().ok())
    }

    /// Where it listens.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    /// What became of a store that was damaged.
    #[must_use]
    pub fn salvage(&self) -> Option<&Salvage> {
        self.salvage.as_ref()
    }

    /// Where it keeps what it receives.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Receives until `shutdown`.
    ///
    /// # Errors
    /// See [`run`].
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), ServiceError> {
        let _figures = Figures::show(&self.store);
        let receiving = run(self.listeners, shutdown.clone(), Config { store: self.store });
        let Some((listener, config)) = self.page else { return Ok(receiving.await?) };
        let page = async { serve_page(listener, shutdown.clone(), config).await.map_err(ServeError::from) };
        // Whichever ends first with an error ends both.
        tokio::try_join!(receiving, page)?;
        Ok(())
    }
}

impl Options {
    async fn page(&self, store: &Store) -> Result<(TcpListener, PageConfig), ServiceError> {
        let scenarios = self.scenario.iter().map(|name| Ok(Arc::new(Scenario::load(name)?)));
        let sources = Sources {
            mediator: self.mediator.clone(),
            record: self.record.clone(),
            scenarios: scenarios.collect::<Result<_, ScenarioError>>()?,
        };
        let config = PageConfig {
            watcher: Watcher::new(sources)?,
            store: Some(store.clone()),
            reader: Some(Reader::beside(store.path())),
            collector: None,
            viewer: self.viewer.clone(),
            tournaments: Tournaments::within(self.results.clone()),
            drawings: Drawings::default(),
            token: ambient::fresh_secret(),
            seats: Vec::new(),
        };
        if !self.page.ip().is_loopback() {
            tracing::warn!(address = %self.page, "anybody who reaches this address can see the talks");
        }
        Ok((bind(self.page, "--page").await?, config))
    }
}

async fn bind(address: SocketAddr, option: &'static str) -> Result<TcpListener, ServiceError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|why| ServiceError::Listen { address, option, why })
}
