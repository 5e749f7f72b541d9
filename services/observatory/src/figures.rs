//! What an observatory says about itself to whoever collects figures.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use telemetry::{names, watch_counts, watch_size};

use crate::store::{Store, Tally};

/// Shows a store's counts for as long as it is kept: whoever collects figures may outlive the store,
/// and must not hold its file open.
pub(crate) struct Figures(Shown);

#[derive(Clone)]
struct Shown(Arc<Mutex<Option<Store>>>);

impl Figures {
    pub(crate) fn show(store: &Store) -> Self {
        let shown = Shown(Arc::new(Mutex::new(Some(store.clone()))));
        let by_signal = Some(names::SIGNAL);
        shown.count(names::OBSERVATORY_RECEIVED, "{item}", by_signal, |tally| {
            vec![
                ("spans", tally.received_spans),
                ("events", tally.received_events),
                ("points", tally.received_points),
            ]
        });
        shown.count(names::OBSERVATORY_STORED, "{item}", by_signal, |tally| {
            vec![
                ("spans", tally.stored_spans),
                ("events", tally.stored_events),
                ("points", tally.stored_points),
            ]
        });
        shown.count(names::OBSERVATORY_DROPPED, "{item}", Some(names::DROP_REASON), |tally| {
            vec![
                ("shed", tally.shed),
                ("unwritten", tally.unwritten),
                ("series-full", tally.series_full),
                ("invalid", tally.invalid),
            ]
        });
        shown.count(names::OBSERVATORY_RETIRED, "{trace}", None, |tally| vec![("", tally.retired_traces)]);
        let sized = shown.clone();
        watch_size(names::OBSERVATORY_SIZE, move || sized.look(|store| size(store.path()))?);
        Self(shown)
    }
}

impl Drop for Figures {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Shown {
    fn look<T>(&self, look: impl FnOnce(&Store) -> T) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(look)
    }

    fn count(
        &self,
        name: &'static str,
        unit: &'static str,
        label: Option<&'static str>,
        counts: fn(&Tally) -> Vec<(&'static str, u64)>,
    ) {
        let shown = self.clone();
        let counted = move || shown.look(|store| counts(&store.counts())).unwrap_or_default();
        watch_counts(name, unit, label, counted);
    }
}

/// Bytes of the store on its disk, with what SQLite has not yet moved into the file itself.
fn size(store: &Path) -> Option<u64> {
    let mut log = store.as_os_str().to_owned();
    log.push("-wal");
    let bytes = |path: &Path| std::fs::metadata(path).map(|data| data.len()).ok();
    Some(bytes(store)? + bytes(Path::new(&log)).unwrap_or(0))
}
