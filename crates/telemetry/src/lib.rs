//! OpenTelemetry set-up and context propagation for every process.
