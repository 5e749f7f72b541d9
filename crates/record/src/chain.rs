use crate::{Entry, Hash, TalkId, Tip};

/// Where and how a talk's record is not what was written. The talk is refused; nothing is repaired.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainBreak {
    /// An entry is missing, doubled or out of order.
    #[error("talk {talk}: found entry {found} where entry {expected} was expected")]
    Order {
        /// The talk.
        talk: TalkId,
        /// The sequence that comes next.
        expected: u64,
        /// The sequence found.
        found: u64,
    },
    /// An entry does not follow the one before it.
    #[error("talk {talk}, entry {seq}: names {found} as the entry before it, which is {expected}")]
    Link {
        /// The talk.
        talk: TalkId,
        /// The entry.
        seq: u64,
        /// Hash of the entry before.
        expected: Hash,
        /// The previous hash it carries.
        found: Hash,
    },
    /// An entry's content no longer gives the hash stored with it.
    #[error("talk {talk}, entry {seq}: content gives hash {found}, but {expected} was written")]
    Content {
        /// The talk.
        talk: TalkId,
        /// The entry.
        seq: u64,
        /// The hash stored when it was written.
        expected: Hash,
        /// The hash of what is stored now.
        found: Hash,
    },
    /// An entry's epoch is below the one before it.
    #[error("talk {talk}, entry {seq}: epoch fell from {before} to {found}")]
    Epoch {
        /// The talk.
        talk: TalkId,
        /// The entry.
        seq: u64,
        /// Epoch of the entry before.
        before: u64,
        /// Its own epoch.
        found: u64,
    },
    /// An entry cannot be read at all: a bad page, or a value of the wrong kind.
    #[error("talk {talk}, after entry {after}: the stored bytes cannot be read: {what}")]
    Unreadable {
        /// The talk.
        talk: TalkId,
        /// The last entry that could be read, or that was asked for.
        after: u64,
        /// What the store says.
        what: String,
    },
}

/// Follows a talk's entries one by one and says at once when one does not fit.
///
/// It needs no log: a delegation runs one over what the mediator sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    talk: TalkId,
    tip: Tip,
}

impl Chain {
    /// Begins before the first entry.
    #[must_use]
    pub fn new(talk: TalkId) -> Self {
        let tip = Tip::genesis(&talk);
        Self { talk, tip }
    }

    /// Takes up a chain that was verified as far as `tip`.
    #[must_use]
    pub fn resume(talk: TalkId, tip: Tip) -> Self {
        Self { talk, tip }
    }

    /// The last entry accepted.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.tip
    }

    /// Accepts the next entry, and returns the new tip. After an error the chain stands where it stood.
    pub fn accept(&mut self, entry: &Entry) -> Result<Tip, ChainBreak> {
        self.check_place(entry)?;
        self.tip = Tip::of(entry);
        Ok(self.tip)
    }

    /// Accepts the next entry, and compares its content with the hash stored when it was written:
    /// only that protects the last entry of a talk.
    pub fn accept_stored(&mut self, entry: &Entry, written: Hash) -> Result<Tip, ChainBreak> {
        self.check_place(entry)?;
        let tip = Tip::of(entry);
        if tip.hash != written {
            let (talk, seq) = (self.talk.clone(), entry.seq);
            return Err(ChainBreak::Content { talk, seq, expected: written, found: tip.hash });
        }
        self.tip = tip;
        Ok(tip)
    }

    fn check_place(&self, entry: &Entry) -> Result<(), ChainBreak> {
        let (talk, seq) = (&self.talk, entry.seq);
        if seq.checked_sub(1) != Some(self.tip.seq) {
            let expected = self.tip.seq.saturating_add(1);
            return Err(ChainBreak::Order { talk: talk.clone(), expected, found: seq });
        }
        if entry.prev_hash != self.tip.hash {
            let (expected, found) = (self.tip.hash, entry.prev_hash);
            return Err(ChainBreak::Link { talk: talk.clone(), seq, expected, found });
        }
        if entry.epoch < self.tip.epoch {
            let (before, found) = (self.tip.epoch, entry.epoch);
            return Err(ChainBreak::Epoch { talk: talk.clone(), seq, before, found });
        }
        Ok(())
    }
}
