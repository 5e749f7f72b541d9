use opentelemetry_prometheus::PrometheusExporter;
use prometheus::{Registry, TextEncoder};

use crate::TelemetryError;

/// The content type of what [`Figures::render`] returns.
pub const TEXT_FORMAT: &str = prometheus::TEXT_FORMAT;

/// The metrics of this process as they stand, for a Prometheus that asks.
#[derive(Debug, Clone)]
pub struct Figures(Registry);

impl Figures {
    /// The figures, and the reader that fills them.
    pub(crate) fn new() -> Result<(Self, PrometheusExporter), TelemetryError> {
        let registry = Registry::new();
        // There is one scope: its name on every series would only take room.
        let reader = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .scope_info_enabled(false)
            .build()
            .map_err(|error| TelemetryError::Figures(error.to_string()))?;
        Ok((Self(registry), reader))
    }

    /// Every series in Prometheus' text format.
    ///
    /// # Errors
    /// A figure has no text form, which a name or label that Prometheus does not know would cause.
    pub fn render(&self) -> Result<String, TelemetryError> {
        let families = self.0.gather();
        TextEncoder::new()
            .encode_to_string(&families)
            .map_err(|error| TelemetryError::Figures(error.to_string()))
    }
}
