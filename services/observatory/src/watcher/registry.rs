use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::summary::TalkSummary;

/// Talks that are listed; older ones are let go.
const MOST: usize = 50_000;

/// Every talk that is known, compact, in the order they began.
#[derive(Debug)]
pub(crate) struct Registry {
    known: Mutex<Known>,
    revision: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Known {
    talks: HashMap<String, (i64, TalkSummary)>,
    /// Rank → name; a higher rank began later.
    order: BTreeMap<i64, String>,
    lowest: i64,
    highest: i64,
    revision: u64,
}

/// A page of the list.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) talks: Vec<TalkSummary>,
    /// Where the next page begins; none on the last.
    pub(crate) next: Option<i64>,
    pub(crate) known: usize,
    pub(crate) revision: u64,
}

impl Default for Registry {
    fn default() -> Self {
        Self { known: Mutex::default(), revision: watch::Sender::new(0) }
    }
}

impl Registry {
    /// Names talks that began before all known ones, or after them; each list is newest first.
    pub(super) fn name<'a>(&self, talks: impl DoubleEndedIterator<Item = &'a str>, newest: bool) -> usize {
        let mut known = self.lock();
        let fresh: Vec<&str> = talks.filter(|talk| !known.talks.contains_key(*talk)).collect();
        let count = fresh.len();
        if newest {
            fresh.into_iter().rev().for_each(|talk| known.put(talk, true));
        } else {
            fresh.into_iter().for_each(|talk| known.put(talk, false));
        }
        known.trim();
        let revision = known.revision;
        drop(known);
        self.revision.send_replace(revision);
        count
    }

    /// Tells what is now known of a talk.
    pub(super) fn tell(&self, mut summary: TalkSummary) {
        let mut known = self.lock();
        known.revision += 1;
        summary.revision = known.revision;
        let revision = known.revision;
        let there = known.talks.get_mut(&summary.id).map(|(_, there)| there);
        // Two who read the same talk need not come in order.
        if let Some(there) = there.filter(|there| there.seq <= summary.seq || summary.is_over()) {
            *there = summary;
        }
        drop(known);
        self.revision.send_replace(revision);
    }

    pub(crate) fn get(&self, talk: &str) -> Option<TalkSummary> {
        self.lock().talks.get(talk).map(|(_, summary)| summary.clone())
    }

    /// Talks that match, newest first, from a rank downwards.
    pub(crate) fn list(&self, query: &str, after: Option<i64>, limit: usize) -> Listed {
        let known = self.lock();
        let below = after.unwrap_or(i64::MAX);
        let mut found = Vec::new();
        let mut next = None;
        for (rank, talk) in known.order.range(..below).rev() {
            let Some((_, summary)) = known.talks.get(talk) else { continue };
            if !summary.matches(query) {
                continue;
            }
            if found.len() == limit {
                break;
            }
            next = Some(*rank);
            found.push(summary.clone());
        }
        let next = next.filter(|_| found.len() == limit);
        Listed { talks: found, next, known: known.talks.len(), revision: known.revision }
    }

    /// What changed after a revision, in the order it changed, at most `limit`.
    pub(crate) fn changed_since(&self, revision: u64, limit: usize) -> Vec<TalkSummary> {
        let known = self.lock();
        let changed = known.talks.values().map(|(_, summary)| summary).filter(|s| s.revision > revision);
        let mut changed: Vec<&TalkSummary> = changed.collect();
        changed.sort_by_key(|summary| summary.revision);
        changed.into_iter().take(limit).cloned().collect()
    }

    /// The revision now and whenever it rises.
    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn put(&mut self, talk: &str, newest: bool) {
        let rank = if newest {
            self.highest += 1;
            self.highest
        } else {
            self.lowest -= 1;
            self.lowest
        };
        self.revision += 1;
        let summary = TalkSummary { revision: self.revision, ..TalkSummary::unread(talk) };
        self.order.insert(rank, talk.to_owned());
        self.talks.insert(talk.to_owned(), (rank, summary));
    }

    fn trim(&mut self) {
        while self.order.len() > MOST {
            let Some((_, oldest)) = self.order.pop_first() else { return };
            self.talks.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_go_from_the_newest_to_the_oldest_and_each_talk_stands_on_one() {
        let registry = Registry::default();
        assert_eq!(registry.name(["c", "b"].into_iter(), true), 2);
        assert_eq!(registry.name(["a"].into_iter(), false), 1);
        assert_eq!(registry.name(["e", "d", "c"].into_iter(), true), 2);
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = registry.list("", after, 2);
            seen.extend(page.talks.into_iter().map(|talk| talk.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["e", "d", "c", "b", "a"]);
        let before = registry.list("", None, 1).revision;
        registry.tell(TalkSummary { state: "open", ..TalkSummary::unread("b") });
        let changed = registry.changed_since(before, 9);
        assert_eq!(changed.iter().map(|talk| talk.id.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(registry.list("OPEN b", None, 9).talks.len(), 1);
    }
}
