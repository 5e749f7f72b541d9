//! The life of a service process, told once for all of them: telemetry first, then the service's
//! own set-up, a line that says it is ready, the work, and an exit code that says how it ended.
//!
//! Exit codes follow sysexits: 0 in order, 64 for what the operator set, 69 for an address or a record that
//! somebody else has, 70 for what failed later.

mod metrics;

use std::future::Future;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use telemetry::LogFormat;
use tokio_util::sync::CancellationToken;

/// A move is some hundred small allocations on several threads; this allocator halves their cost
/// (`detente bench wire`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the operator set is wrong.
pub const EXIT_CONFIGURATION: u8 = 64;
/// What the operator set is right, and cannot be had now.
pub const EXIT_UNAVAILABLE: u8 = 69;
/// The service failed while it ran.
pub const EXIT_FAILURE: u8 = 70;
/// How long what was measured may take to be sent at the end.
const FLUSH: Duration = Duration::from_secs(3);

/// What every service's operator can set about the process.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Send traces and metrics to this OTLP collector over gRPC, such as http://127.0.0.1:4317
    #[arg(long, global = true, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "ADDR")]
    pub otlp: Option<String>,
    /// Show metrics to a Prometheus at http://ADDR/metrics; by default nothing is served. Port 0 takes
    /// a free one, which the ready line names
    #[arg(long, global = true, env = "DETENTE_METRICS", value_name = "ADDR")]
    pub metrics: Option<SocketAddr>,
    /// How log lines look: plain or json
    #[arg(long, global = true, env = "DETENTE_LOG_FORMAT", default_value = "plain", value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// Which log lines are written, such as `info` or `detente_mediator=debug`
    #[arg(long, global = true, env = "DETENTE_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
    /// Let what is private, such as utilities, leave this process in its spans; off unless you own
    /// the collector
    #[arg(long, global = true, env = "DETENTE_PRIVATE_SPANS", action = clap::ArgAction::SetTrue, value_parser = clap::builder::BoolishValueParser::new())]
    pub private_spans: bool,
    /// End when standard input does: for services started by another process
    #[arg(long, global = true, hide = true)]
    pub with_parent: bool,
}

/// A running process: says when it is ready, and knows when it is to end.
pub struct Life {
    name: &'static str,
    metrics: Option<SocketAddr>,
    shutdown: CancellationToken,
}

/// An error of what the operator set, as opposed to one that came up later.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Configuration(String);

/// An error of something that somebody else has now.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unavailable(String);

/// Marks an error as one that keeps a service from starting: of what the operator set, or of something that
/// cannot be had now.
pub fn refused(error: &impl std::error::Error, unavailable: bool) -> anyhow::Error {
    if unavailable { Unavailable(error.to_string()).into() } else { Configuration(error.to_string()).into() }
}

/// Whether an address cannot be listened on because somebody else does.
#[must_use]
pub fn is_taken(why: &std::io::Error) -> bool {
    why.kind() == std::io::ErrorKind::AddrInUse
}

impl Life {
    /// Says on standard output, as one line of JSON, that the service is ready and where.
    pub fn ready(&self, address: Option<SocketAddr>) {
        self.ready_with(address, None);
    }

    /// The same, with one more thing that whoever started the service is told: it goes into that line,
    /// on standard output, and into no log of its own.
    pub fn ready_with(&self, address: Option<SocketAddr>, also: Option<(&str, String)>) {
        let address = address.map(|a| a.to_string());
        let mut line =
            serde_json::json!({ "ready": self.name, "pid": std::process::id(), "address": address });
        if let Some((name, text)) = also {
            line[name] = text.into();
        }
        if let Some(metrics) = self.metrics {
            line["metrics"] = metrics.to_string().into();
        }
        #[allow(clippy::print_stdout, reason = "whoever started the service waits for this line")]
        {
            println!("{line}");
        }
        tracing::info!(address = address.as_deref().unwrap_or("-"), "ready");
    }

    /// Cancelled when the process is to end.
    #[must_use]
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }
}

/// Runs a service from start to exit code.
pub fn main<F>(name: &'static str, options: &Options, service: impl FnOnce(Life) -> F) -> ExitCode
where
    F: Future<Output = anyhow::Result<()>>,
{
    match live(name, options, service) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            #[allow(clippy::print_stderr, reason = "the last word of a process that fails")]
            {
                eprintln!("{name}: {error:#}");
            }
            ExitCode::from(match () {
                () if error.is::<Configuration>() => EXIT_CONFIGURATION,
                () if error.is::<Unavailable>() => EXIT_UNAVAILABLE,
                () => EXIT_FAILURE,
            })
        }
    }
}

fn live<F>(name: &'static str, options: &Options, service: impl FnOnce(Life) -> F) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let mut config = telemetry::Config::new(name);
    config.endpoint.clone_from(&options.otlp);
    config.log = options.log_format;
    config.filter.clone_from(&options.log);
    config.private = options.private_spans;
    config.scrape = options.metrics.is_some();
    let guard = telemetry::init(&config).map_err(|error| refused(&error, false))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let shutdown = ambient::shutdown_on_signal()?;
        if options.with_parent {
            ambient::shutdown_with_parent(shutdown.clone());
        }
        let metrics = show_metrics(options.metrics, guard.figures(), &shutdown).await?;
        service(Life { name, metrics, shutdown }).await
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    if let Err(error) = guard.shutdown(FLUSH) {
        tracing::warn!(%error, "telemetry was not all sent");
    }
    ended
}

/// Serves the metrics if the operator asked for it; says where.
async fn show_metrics(
    address: Option<SocketAddr>,
    figures: Option<telemetry::Figures>,
    shutdown: &CancellationToken,
) -> anyhow::Result<Option<SocketAddr>> {
    let (Some(address), Some(figures)) = (address, figures) else { return Ok(None) };
    let listener = metrics::listen(address).await.map_err(|error| refused(&error, is_taken(&error.why)))?;
    let bound = listener.local_addr()?;
    if !bound.ip().is_loopback() {
        tracing::info!(address = %bound, "anybody who reaches this address can read the metrics");
    }
    tokio::spawn(metrics::serve(listener, figures, shutdown.clone()));
    Ok(Some(bound))
}
