use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use crate::names;

/// Says in the log when spans begin to be lost and when they arrive again: once each, where the
/// exporter itself would say nothing, or the same with every batch.
#[derive(Debug)]
pub(crate) struct Telling<E> {
    exporter: E,
    endpoint: String,
    losing: AtomicBool,
}

impl<E> Telling<E> {
    pub(crate) fn new(exporter: E, endpoint: &str) -> Self {
        Self { exporter, endpoint: endpoint.to_owned(), losing: AtomicBool::new(false) }
    }

    fn tell(&self, result: &OTelSdkResult) {
        let before = self.losing.swap(result.is_err(), Ordering::Relaxed);
        match result {
            Err(error) if !before => {
                tracing::warn!(%error, "traces do not reach the collector at {}", self.endpoint);
            }
            Ok(()) if before => tracing::info!("traces reach the collector at {} again", self.endpoint),
            _ => {}
        }
    }
}

impl<E: SpanExporter> SpanExporter for Telling<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let result = self.exporter.export(batch).await;
        self.tell(&result);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// Takes what is private out of spans before they leave the process.
#[derive(Debug)]
pub(crate) struct Discreet<E>(pub(crate) E);

impl<E: SpanExporter> SpanExporter for Discreet<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        for span in &mut batch {
            span.attributes.retain(|attribute| !names::private::is_private(attribute.key.as_str()));
            for event in &mut span.events.events {
                event.attributes.retain(|attribute| !names::private::is_private(attribute.key.as_str()));
            }
        }
        self.0.export(batch).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use opentelemetry_sdk::error::OTelSdkError;

    use super::*;

    /// Answers as it is told to.
    #[derive(Debug)]
    struct Scripted(Mutex<Vec<bool>>);

    impl SpanExporter for Scripted {
        async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
            let works = self.0.lock().unwrap().pop().unwrap();
            if works { Ok(()) } else { Err(OTelSdkError::InternalFailure("refused".into())) }
        }
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn an_outage_is_told_once_and_so_is_its_end() {
        let script = vec![true, true, false, false, false, true];
        let exporter = Telling::new(Scripted(Mutex::new(script)), "http://127.0.0.1:9");
        let lines = Lines::default();
        let writer = lines.clone();
        let log = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let _here = tracing::subscriber::set_default(log);
        let mut counts = Vec::new();
        for _ in 0..6 {
            exporter.export(vec![]).await.ok();
            counts.push(lines.0.lock().unwrap().iter().filter(|byte| **byte == b'\n').count());
        }
        assert_eq!(counts, [0, 1, 1, 1, 2, 2]);
    }
}
