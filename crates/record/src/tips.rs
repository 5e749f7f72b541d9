use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::{Entry, Page, TalkId, Tip};

/// So many of a watched talk's last entries, or bytes of them, are kept at hand: followers read the
/// end of a talk over and over, and need not go to the disk for it.
const TAIL: Page = Page { entries: 64, bytes: 128 * 1024 };
const PRUNE_FLOOR: usize = 1024;

/// The tips that somebody watches, with each such talk's last entries.
#[derive(Debug, Default)]
pub(crate) struct Tips(Mutex<Watched>);

#[derive(Debug, Default)]
struct Watched {
    talks: HashMap<TalkId, Live>,
    prune_at: usize,
}

#[derive(Debug)]
struct Live {
    tip: watch::Sender<Tip>,
    tail: VecDeque<Entry>,
    bytes: usize,
}

impl Tips {
    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A receiver that misses no later [`Tips::publish`]. Its value may be behind until
    /// [`Tips::raise`] is called with what the disk says.
    pub(crate) fn subscribe(&self, talk: &TalkId) -> watch::Receiver<Tip> {
        let mut watched = self.watched();
        watched.prune();
        let live = watched.talks.entry(talk.clone()).or_insert_with(|| Live::at(Tip::genesis(talk)));
        live.tip.subscribe()
    }

    /// Lifts a watched tip to what is on disk; never lowers it.
    pub(crate) fn raise(&self, talk: &TalkId, tip: Tip) {
        if let Some(live) = self.watched().talks.get(talk) {
            live.raise(tip);
        }
    }

    /// Tells the watchers of a talk what has become durable.
    pub(crate) fn publish(&self, talk: &TalkId, entries: &[Entry], tip: Tip) {
        let mut watched = self.watched();
        let Some(live) = watched.talks.get_mut(talk) else { return };
        if live.tip.receiver_count() == 0 {
            watched.talks.remove(talk);
            return;
        }
        live.extend(entries);
        live.raise(tip);
    }

    /// The entries after `after`, if they are at hand.
    pub(crate) fn recent(&self, talk: &TalkId, after: u64, page: Page) -> Option<Vec<Entry>> {
        let watched = self.watched();
        let tail = &watched.talks.get(talk)?.tail;
        let (first, last) = (tail.front()?.seq, tail.back()?.seq);
        if after > last {
            return None;
        }
        let skip = usize::try_from((after + 1).checked_sub(first)?).ok()?;
        Some(take_page(tail.iter().skip(skip).cloned(), page))
    }
}

impl Watched {
    /// Forgets talks that nobody watches any more, once in a while.
    fn prune(&mut self) {
        if self.talks.len() >= self.prune_at.max(PRUNE_FLOOR) {
            self.talks.retain(|_, live| live.tip.receiver_count() > 0);
            self.prune_at = 2 * self.talks.len();
        }
    }
}

impl Live {
    fn at(tip: Tip) -> Self {
        Self { tip: watch::Sender::new(tip), tail: VecDeque::new(), bytes: 0 }
    }

    fn raise(&self, tip: Tip) {
        self.tip.send_if_modified(|known| {
            let news = tip.seq > known.seq;
            if news {
                *known = tip;
            }
            news
        });
    }

    fn extend(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.bytes += entry.weight();
            self.tail.push_back(entry.clone());
        }
        while self.tail.len() > TAIL.entries || (self.bytes > TAIL.bytes && self.tail.len() > 1) {
            let Some(oldest) = self.tail.pop_front() else { break };
            self.bytes -= oldest.weight();
        }
    }
}

/// As many entries as fit the page, and always one if there is one.
pub(crate) fn take_page(entries: impl Iterator<Item = Entry>, page: Page) -> Vec<Entry> {
    let mut room = page.bytes;
    let mut taken = Vec::new();
    for entry in entries.take(page.entries) {
        let weight = entry.weight();
        if weight > room && !taken.is_empty() {
            break;
        }
        room = room.saturating_sub(weight);
        taken.push(entry);
    }
    taken
}
