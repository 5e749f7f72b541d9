use std::sync::{Arc, mpsc};
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Runtime;

use crate::sampling::ByTalk;
use crate::spans::Fates;
use crate::{Figures, TelemetryError};

/// How long a dropped guard waits for what is left to be sent.
const ON_DROP: Duration = Duration::from_secs(3);

/// Keeps telemetry going; sends what is left when it is shut down or dropped. Keep it in `main`.
#[derive(Debug)]
#[must_use = "telemetry ends when the guard is dropped"]
pub struct Guard {
    parts: Option<Parts>,
}

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) tracer: SdkTracerProvider,
    pub(crate) sampler: ByTalk,
    pub(crate) fates: Arc<Fates>,
    pub(crate) meter: Option<SdkMeterProvider>,
    pub(crate) figures: Option<Figures>,
    pub(crate) logger: Option<SdkLoggerProvider>,
    /// Carries the exporters' connections, so that they outlive the caller's runtime and can be
    /// flushed from a blocking call.
    pub(crate) _exporters: Option<ExporterRuntime>,
}

/// A runtime that can be dropped anywhere, also on a thread of another runtime.
#[derive(Debug)]
pub(crate) struct ExporterRuntime(Option<Runtime>);

impl ExporterRuntime {
    pub(crate) fn start() -> Result<Self, TelemetryError> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("telemetry").enable_all();
        builder.build().map(|runtime| Self(Some(runtime))).map_err(TelemetryError::Thread)
    }

    pub(crate) fn enter(&self) -> Option<tokio::runtime::EnterGuard<'_>> {
        self.0.as_ref().map(Runtime::enter)
    }
}

impl Drop for ExporterRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Guard {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Some(parts) }
    }

    /// Sends what is left and stops. Blocks, but not beyond the deadline: then what was not sent
    /// is lost, and an error says so.
    pub fn shutdown(mut self, deadline: Duration) -> Result<(), TelemetryError> {
        self.parts.take().map_or(Ok(()), |parts| stop(parts, deadline))
    }

    /// The metrics as they stand, if [`Config::scrape`](crate::Config::scrape) asked for them.
    #[must_use]
    pub fn figures(&self) -> Option<Figures> {
        self.parts.as_ref().and_then(|parts| parts.figures.clone())
    }

    /// Sends what there is, and goes on. Blocks.
    pub fn flush(&self) -> Result<(), TelemetryError> {
        self.parts.as_ref().map_or(Ok(()), |parts| {
            all([parts.tracer.force_flush(), parts.flush_logs(), parts.flush_metrics()])
        })
    }
}

impl Parts {
    fn flush_metrics(&self) -> OTelSdkResult {
        self.meter.as_ref().map_or(Ok(()), SdkMeterProvider::force_flush)
    }

    fn flush_logs(&self) -> OTelSdkResult {
        self.logger.as_ref().map_or(Ok(()), SdkLoggerProvider::force_flush)
    }

    fn shut_logs(&self, deadline: Duration) -> OTelSdkResult {
        self.logger.as_ref().map_or(Ok(()), |logger| logger.shutdown_with_timeout(deadline))
    }

    fn shut_metrics(&self) -> OTelSdkResult {
        self.meter.as_ref().map_or(Ok(()), SdkMeterProvider::shutdown)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(parts) = self.parts.take()
            && let Err(error) = stop(parts, ON_DROP)
        {
            tracing::warn!(%error, "telemetry was not all sent");
        }
    }
}

/// Stops on a thread of its own: not every provider keeps to the deadline it is given.
fn stop(parts: Parts, deadline: Duration) -> Result<(), TelemetryError> {
    let (done, waiting) = mpsc::channel();
    let stopping = move || {
        let traces = parts.tracer.shutdown_with_timeout(deadline);
        let result = all([traces, parts.shut_logs(deadline), parts.shut_metrics()]);
        // Nobody listens any more once the deadline has passed.
        done.send(result).ok();
    };
    let late = || TelemetryError::Unsent(format!("not done within {deadline:?}"));
    let thread = std::thread::Builder::new().name("telemetry-stop".to_owned()).spawn(stopping);
    match thread {
        Ok(_) => waiting.recv_timeout(deadline).unwrap_or_else(|_| Err(late())),
        Err(error) => Err(TelemetryError::Thread(error)),
    }
}

/// The first that failed, if one did; all have been tried.
fn all<const N: usize>(results: [OTelSdkResult; N]) -> Result<(), TelemetryError> {
    let all: OTelSdkResult = results.into_iter().collect();
    all.map_err(|error| TelemetryError::Unsent(error.to_string()))
}
