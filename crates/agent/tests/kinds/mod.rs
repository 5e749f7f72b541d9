//! Reads the kind of a failure where operators do: from the span that a decision is made in.

use std::sync::{Arc, Mutex};

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Does something in a span like that of a decision; and the `error.type` that was recorded on it.
pub(crate) fn kind_of<T>(work: impl FnOnce() -> T) -> (Option<String>, T) {
    let kind = Kind::default();
    let subscriber = tracing_subscriber::registry().with(kind.clone());
    let done = tracing::subscriber::with_default(subscriber, || {
        let span = tracing::info_span!("evaluate", { telemetry::names::ERROR_TYPE } = tracing::field::Empty);
        span.in_scope(work)
    });
    let kind = kind.0.lock().unwrap().take();
    (kind, done)
}

#[derive(Clone, Default)]
struct Kind(Arc<Mutex<Option<String>>>);

impl<S: Subscriber> Layer<S> for Kind {
    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }
}

impl Visit for Kind {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == telemetry::names::ERROR_TYPE {
            *self.0.lock().unwrap() = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
