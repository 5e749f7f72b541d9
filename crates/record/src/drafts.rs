use crate::{AppendError, Draft, Entry, Hash, TalkId, Tip};

/// The longest payload, in bytes: 4 MiB.
pub const MAX_PAYLOAD: usize = 4 * 1024 * 1024;
/// The most signatures on one entry.
pub const MAX_SIGNATURES: usize = 64;
/// The longest signature, and the longest key id, in bytes.
pub const MAX_SIGNATURE: usize = 4096;
/// The longest trace, in bytes.
pub const MAX_TRACE: usize = 1024;

/// Drafts in their places after an expected tip, hashed. Done by the caller of an append, so that
/// the one writer does not spend its time on hashing.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) expected: Tip,
    /// The tip once these are appended.
    pub(crate) tip: Tip,
    pub(crate) entries: Vec<Entry>,
    /// One for each entry.
    pub(crate) hashes: Vec<Hash>,
    lowest_epoch: u64,
}

impl Placed {
    pub(crate) fn new(talk: &TalkId, expected: Tip, drafts: Vec<Draft>) -> Result<Self, AppendError> {
        let lowest_epoch = drafts.first().map_or(expected.epoch, |d| d.epoch);
        let (mut entries, mut hashes) = (Vec::with_capacity(drafts.len()), Vec::with_capacity(drafts.len()));
        let mut tip = expected;
        for (index, draft) in drafts.into_iter().enumerate() {
            let least_epoch = if index == 0 { 0 } else { tip.epoch };
            if let Some(what) = misfit(&draft, least_epoch, tip.seq) {
                return Err(AppendError::Refused { talk: talk.clone(), index, what });
            }
            let entry = Entry::after(tip, draft);
            tip = Tip::of(&entry);
            hashes.push(tip.hash);
            entries.push(entry);
        }
        Ok(Self { expected, tip, entries, hashes, lowest_epoch })
    }

    /// Whether these may follow `actual`. Fencing is looked at first: whoever is fenced should stop,
    /// not decide again.
    pub(crate) fn admit(&self, talk: &TalkId, actual: Tip) -> Result<(), AppendError> {
        if self.lowest_epoch < actual.epoch {
            return Err(AppendError::Fenced { talk: talk.clone(), given: self.lowest_epoch, actual });
        }
        if self.expected != actual {
            return Err(AppendError::Conflict { talk: talk.clone(), expected: self.expected, actual });
        }
        Ok(())
    }

    pub(crate) fn weight(&self) -> usize {
        self.entries.iter().map(Entry::weight).sum()
    }
}

fn misfit(draft: &Draft, least_epoch: u64, seq_before: u64) -> Option<String> {
    let long = |what: &str, is: usize, most: usize| {
        (is > most).then(|| format!("{what} of {is} bytes: at most {most} are kept"))
    };
    let trace = draft.trace.as_ref().map_or(0, String::len);
    if draft.epoch < least_epoch {
        return Some(format!("epoch {} after epoch {least_epoch}: an epoch never falls", draft.epoch));
    }
    if i64::try_from(draft.epoch).is_err() || seq_before >= i64::MAX as u64 {
        return Some("epoch or sequence is beyond 2^63 - 1".to_owned());
    }
    if draft.signatures.len() > MAX_SIGNATURES {
        return Some(format!("{} signatures: at most {MAX_SIGNATURES} are kept", draft.signatures.len()));
    }
    let signature = draft.signatures.iter().map(|s| s.key_id.len().max(s.bytes.len())).max().unwrap_or(0);
    long("a payload", draft.payload.len(), MAX_PAYLOAD)
        .or_else(|| long("a trace", trace, MAX_TRACE))
        .or_else(|| long("a signature or key id", signature, MAX_SIGNATURE))
}
