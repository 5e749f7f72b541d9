//! The meaning of a record: a talk's entries, replayed into the state they led to.
//!
//! The mediator, every delegation, `detente talk watch` and `detente record replay` follow a talk
//! with the same [`Transcript`]. It checks the chain, reads each payload, and lets the state machine
//! of `talks` judge whether the entry can stand there, so a record that breaks the rules of
//! procedure is refused by everybody alike.

mod digest;
mod words;

pub use digest::{Digest, label, spoken};
pub use words::{procedure, reason};

use record::{Chain, ChainBreak, Entry, TalkId, Tip};
use talks::{Corrupt, Event, Seq, Stamp, Talk, Time};
use wire::{Names, PublicTerms, WireError, convened_by, decode_convened, decode_event};

/// A talk as its record tells it, up to the last entry taken.
#[derive(Debug, Clone)]
pub struct Transcript {
    id: TalkId,
    public: PublicTerms,
    talk: Talk,
    chain: Chain,
    standing: Option<Names>,
    caller: Option<String>,
    trace: Option<String>,
    latest_trace: Option<String>,
    convened: Time,
}

/// Why an entry cannot be part of a talk's record.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptError {
    /// The chain is broken before or at the entry.
    #[error(transparent)]
    Chain(#[from] ChainBreak),
    /// The entry's payload cannot be read.
    #[error("entry {seq}: {why}")]
    Payload {
        /// The entry.
        seq: u64,
        /// What is wrong with it.
        why: WireError,
    },
    /// The record of one talk stands under the name of another.
    #[error("the record under {expected} is that of talk {found:?}")]
    OtherTalk {
        /// The name it stands under.
        expected: TalkId,
        /// The name inside.
        found: String,
    },
    /// The entry breaks the rules of procedure.
    #[error(transparent)]
    Rules(#[from] Corrupt),
}

impl Transcript {
    /// Begins with a talk's first entry.
    pub fn open(id: &TalkId, first: &Entry) -> Result<Self, TranscriptError> {
        let mut chain = Chain::new(id.clone());
        chain.accept(first)?;
        let unreadable = |why| TranscriptError::Payload { seq: first.seq, why };
        let (name, public) = decode_convened(first.kind, &first.payload).map_err(unreadable)?;
        if name != id.as_str() {
            return Err(TranscriptError::OtherTalk { expected: id.clone(), found: name });
        }
        let talk = Talk::convene(public.terms.clone(), stamp(first));
        Ok(Self {
            id: id.clone(),
            public,
            talk,
            chain,
            standing: None,
            caller: convened_by(&first.payload),
            trace: first.trace.clone(),
            latest_trace: first.trace.clone(),
            convened: Time(first.time_us),
        })
    }

    /// Begins with the first entry and takes the others.
    pub fn replay<'a>(
        id: &TalkId,
        entries: impl IntoIterator<Item = &'a Entry>,
    ) -> Result<Self, TranscriptError> {
        let mut entries = entries.into_iter();
        let missing = || ChainBreak::Order { talk: id.clone(), expected: 1, found: 0 };
        let mut transcript = Self::open(id, entries.next().ok_or_else(missing)?)?;
        for entry in entries {
            transcript.accept(entry)?;
        }
        Ok(transcript)
    }

    /// Takes the next entry and says what it means. After an error nothing has changed.
    pub fn accept(&mut self, entry: &Entry) -> Result<Event, TranscriptError> {
        let event = decode_event(entry, self.talk.terms().agenda(), self.standing)
            .map_err(|why| TranscriptError::Payload { seq: entry.seq, why })?;
        self.accept_known(entry, &event)?;
        Ok(event)
    }

    /// Takes the next entry from whoever wrote it and so knows what it means: reading the payload
    /// again would cost as much as deciding did. After an error nothing has changed.
    pub fn accept_known(&mut self, entry: &Entry, event: &Event) -> Result<(), TranscriptError> {
        let mut chain = self.chain.clone();
        let tip = chain.accept(entry)?;
        self.talk.apply(stamp(entry), event)?;
        self.chain = chain;
        self.standing = match self.talk.standing() {
            Some(standing) if standing.seq.0 == entry.seq => {
                Some(Names { seq: standing.seq, hash: tip.hash.0 })
            }
            Some(_) => self.standing,
            None => None,
        };
        if entry.trace.is_some() {
            self.latest_trace.clone_from(&entry.trace);
        }
        Ok(())
    }

    /// The talk's name.
    #[must_use]
    pub fn id(&self) -> &TalkId {
        &self.id
    }

    /// The terms, with what the record keeps beside them.
    #[must_use]
    pub fn public(&self) -> &PublicTerms {
        &self.public
    }

    /// The state the entries led to.
    #[must_use]
    pub fn talk(&self) -> &Talk {
        &self.talk
    }

    /// The last entry's place and hash.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.chain.tip()
    }

    /// The standing offer under both its names.
    #[must_use]
    pub fn standing(&self) -> Option<Names> {
        self.standing
    }

    /// Where the talk stands in its trace: the `traceparent` of the first entry.
    #[must_use]
    pub fn talk_trace(&self) -> Option<&str> {
        self.trace.as_deref()
    }

    /// Where whoever convened the talk stands in the trace, if they said so.
    #[must_use]
    pub fn caller_trace(&self) -> Option<&str> {
        self.caller.as_deref()
    }

    /// The `traceparent` of the last entry that carries one: the round at hand.
    #[must_use]
    pub fn latest_trace(&self) -> Option<&str> {
        self.latest_trace.as_deref()
    }

    /// Mediator time of the first entry.
    #[must_use]
    pub fn convened_at(&self) -> Time {
        self.convened
    }
}

fn stamp(entry: &Entry) -> Stamp {
    Stamp { seq: Seq(entry.seq), time: Time(entry.time_us), epoch: entry.epoch }
}
