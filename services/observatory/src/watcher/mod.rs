//! The public record of talks, followed: every talk as a few hundred bytes, a few of them in full.

mod benches;
pub(crate) mod impact;
mod passes;
mod registry;
mod source;
mod story;
mod summary;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use record::{Entry, TalkId};
use scenario::Scenario;
use tokio_util::sync::CancellationToken;
use transcript::TranscriptError;

use benches::Benches;
pub(crate) use registry::Registry;
use source::Source;
pub use source::SourceError;
pub(crate) use story::Story;
pub use summary::TalkSummary;

/// Talks that are kept in full because somebody looks at them.
const IN_FULL: NonZeroUsize = NonZeroUsize::MIN.saturating_add(5);
/// Entries of a talk that are shown; what comes beyond is counted only.
const MOST_ENTRIES: u64 = 50_000;

/// Where the talks are.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A mediator that is followed, such as `http://127.0.0.1:7400`.
    pub mediator: Option<String>,
    /// A record that is read: alone, or once its mediator has left.
    pub record: Option<PathBuf>,
    /// Scenarios beside those that ship, so that their offers can be scored.
    pub scenarios: Vec<Arc<Scenario>>,
}

/// The talks of a mediator or a record. Clones share them.
#[derive(Debug, Clone)]
pub struct Watcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    benches: Benches,
    registry: Registry,
    stories: Mutex<LruCache<TalkId, Arc<Mutex<Option<Story>>>>>,
}

/// Why a talk cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// There is none of that name.
    #[error("there is no talk {0:?}")]
    Unknown(String),
    /// Its entries cannot be had.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Its entries break the rules.
    #[error("the record of the talk is damaged: {0}")]
    Broken(#[from] TranscriptError),
}

impl Watcher {
    /// Nothing is read before [`Self::run`].
    ///
    /// # Errors
    /// The address is none, or the record cannot be opened.
    pub fn new(sources: Sources) -> Result<Self, SourceError> {
        let source = Source::new(sources.mediator.as_deref(), sources.record.as_deref())?;
        Ok(Self(Arc::new(Inner {
            source,
            benches: Benches::new(sources.scenarios),
            registry: Registry::default(),
            stories: Mutex::new(LruCache::new(IN_FULL)),
        })))
    }

    /// Follows the talks until `shutdown`, whatever becomes of their mediator meanwhile.
    pub async fn run(self, shutdown: CancellationToken) {
        passes::run(self, shutdown).await;
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// Looks at a talk in full, with every entry there is by now.
    pub(crate) async fn story<T: Send + 'static>(
        &self,
        name: &str,
        look: impl FnOnce(&Story) -> T + Send + 'static,
    ) -> Result<T, StoryError> {
        let unknown = || StoryError::Unknown(name.chars().take(80).collect());
        let id = TalkId::new(name).map_err(|_| unknown())?;
        let slot = self.slot(&id);
        loop {
            let after = locked(&slot).as_ref().map_or(0, Story::seq);
            let entries =
                if after < MOST_ENTRIES { self.0.source.entries(&id, after).await? } else { Vec::new() };
            if entries.is_empty() {
                let looked = tokio::task::spawn_blocking(move || locked(&slot).as_ref().map(look));
                return looked.await.map_err(|_| SourceError::Cut)?.ok_or_else(unknown);
            }
            let (watcher, slot, id) = (self.clone(), slot.clone(), id.clone());
            let taken = tokio::task::spawn_blocking(move || watcher.extend(&id, &slot, &entries));
            taken.await.map_err(|_| SourceError::Cut)??;
        }
    }

    fn slot(&self, id: &TalkId) -> Arc<Mutex<Option<Story>>> {
        let mut stories = self.0.stories.lock().unwrap_or_else(PoisonError::into_inner);
        stories.get_or_insert(id.clone(), Arc::default).clone()
    }

    /// Two who look at once may have read the same entries: a story takes each once.
    fn extend(
        &self,
        id: &TalkId,
        slot: &Mutex<Option<Story>>,
        entries: &[Entry],
    ) -> Result<(), TranscriptError> {
        let mut story = locked(slot);
        for entry in entries {
            match &mut *story {
                Some(story) => story.take(entry)?,
                None => *story = Some(Story::open(id, entry, |t| self.0.benches.find(t.public()))?),
            }
        }
        if let Some(story) = &*story {
            self.0.registry.tell(story.summary());
        }
        Ok(())
    }
}

fn locked(slot: &Mutex<Option<Story>>) -> std::sync::MutexGuard<'_, Option<Story>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
