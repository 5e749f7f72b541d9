//! Spans on their way to a collector: how many may wait, and what became of each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};

use crate::{names, watch_counts};

/// What became of this process's spans so far. Only ever grows.
#[derive(Debug, Default)]
pub(crate) struct Fates {
    ended: AtomicU64,
    sent: AtomicU64,
    unsent: AtomicU64,
    no_room: AtomicU64,
}

impl Fates {
    /// Shows them for as long as the process lives.
    pub(crate) fn show(self: &Arc<Self>) {
        let fates = self.clone();
        watch_counts(names::SPANS_ENDED, "{span}", None, move || vec![("", read(&fates.ended))]);
        let fates = self.clone();
        watch_counts(names::SPANS_SENT, "{span}", None, move || vec![("", read(&fates.sent))]);
        let fates = self.clone();
        watch_counts(names::SPANS_DROPPED, "{span}", Some(names::DROP_REASON), move || {
            vec![("no-room", read(&fates.no_room)), ("unsent", read(&fates.unsent))]
        });
    }

    /// Spans that ended and have no fate yet.
    fn waiting(&self) -> u64 {
        // Fates first: a span that meets its own meanwhile then counts as waiting, not as less than none.
        let settled = read(&self.sent) + read(&self.unsent) + read(&self.no_room);
        read(&self.ended).saturating_sub(settled)
    }

    fn settle(&self, spans: usize, result: &OTelSdkResult) {
        let fate = if result.is_ok() { &self.sent } else { &self.unsent };
        fate.fetch_add(spans as u64, Ordering::Release);
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Acquire)
}

/// Lets so many spans wait and no more. The processor behind it must have as much room.
#[derive(Debug)]
pub(crate) struct Bounded<P> {
    pub(crate) processor: P,
    pub(crate) fates: Arc<Fates>,
    pub(crate) room: u64,
}

impl<P: SpanProcessor> SpanProcessor for Bounded<P> {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        self.fates.ended.fetch_add(1, Ordering::AcqRel);
        if self.fates.waiting() > self.room {
            self.fates.no_room.fetch_add(1, Ordering::Release);
            return;
        }
        self.processor.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.processor.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.processor.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.processor.set_resource(resource);
    }
}

/// Counts what was sent and what could not be.
#[derive(Debug)]
pub(crate) struct Counted<E> {
    pub(crate) exporter: E,
    pub(crate) fates: Arc<Fates>,
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.exporter.export(batch).await;
        self.fates.settle(spans, &result);
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

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::error::OTelSdkError;
    use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};

    use super::*;

    /// Takes every span and lets it wait for ever.
    #[derive(Debug)]
    struct Hoard;

    impl SpanProcessor for Hoard {
        fn on_start(&self, _: &mut Span, _: &Context) {}
        fn on_end(&self, _: SpanData) {}
        fn force_flush(&self) -> OTelSdkResult {
            Ok(())
        }
        fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
            Ok(())
        }
    }

    fn hoard(sampler: Sampler) -> (SdkTracerProvider, Arc<Fates>) {
        let fates = Arc::<Fates>::default();
        let bounded = Bounded { processor: Hoard, fates: fates.clone(), room: 3 };
        let provider = SdkTracerProvider::builder().with_sampler(sampler).with_span_processor(bounded);
        (provider.build(), fates)
    }

    fn end_spans(provider: &SdkTracerProvider, spans: usize) {
        let tracer = provider.tracer("test");
        (0..spans).for_each(|_| drop(tracer.start("decide")));
    }

    #[test]
    fn what_has_no_room_is_dropped_and_counted_until_there_is_room_again() {
        let (provider, fates) = hoard(Sampler::AlwaysOn);
        end_spans(&provider, 5);
        assert_eq!((read(&fates.ended), read(&fates.no_room), fates.waiting()), (5, 2, 3));
        fates.settle(2, &Ok(()));
        fates.settle(1, &Err(OTelSdkError::InternalFailure("refused".to_owned())));
        end_spans(&provider, 1);
        assert_eq!((read(&fates.ended), read(&fates.no_room), fates.waiting()), (6, 2, 1));
        assert_eq!((read(&fates.sent), read(&fates.unsent)), (2, 1));
    }

    #[test]
    fn a_span_that_is_not_sampled_takes_no_room() {
        let (provider, fates) = hoard(Sampler::AlwaysOff);
        end_spans(&provider, 5);
        assert_eq!(read(&fates.ended), 0);
    }
}
