use std::fmt;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::TalkId;

/// Opens the bytes under every entry's hash. A later encoding gets another text, so that two
/// encodings can never give one hash by accident.
const ENTRY_DOMAIN: &[u8] = b"detente.record.v1 entry";
const GENESIS_DOMAIN: &[u8] = b"detente.record.v1 genesis";

/// A SHA-256 hash (FIPS 180-4). Shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first entry of a talk follows: binds the chain to the talk's name.
    #[must_use]
    pub fn genesis(talk: &TalkId) -> Self {
        let hasher = Sha256::new().chain_update(GENESIS_DOMAIN).chain_update(talk.as_str());
        Self(hasher.finalize().into())
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A hash from bytes that came from elsewhere; `None` unless there are 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// A signature over a payload's exact bytes, kept as it came; nothing here checks it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Signature {
    /// Which key signed.
    pub key_id: String,
    /// The signature.
    pub bytes: Bytes,
}

/// An entry that has no place in a talk yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The writer's epoch in this talk; never below the epoch of the talk's tip.
    pub epoch: u64,
    /// Mediator time, in microseconds since the Unix epoch.
    pub time_us: i64,
    /// What the payload is; the log does not look.
    pub kind: u16,
    /// The exact bytes.
    pub payload: Bytes,
    /// Over the payload, in the order they came.
    pub signatures: Vec<Signature>,
    /// A W3C `traceparent`, stored beside the entry and outside its hash: a replay has other ids.
    pub trace: Option<String>,
}

/// One entry of a talk, chained to the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Place in the talk, dense from 1.
    pub seq: u64,
    /// Hash of the entry before; of the first, [`Hash::genesis`].
    pub prev_hash: Hash,
    /// The writer's epoch in this talk; never falls.
    pub epoch: u64,
    /// Mediator time, in microseconds since the Unix epoch.
    pub time_us: i64,
    /// What the payload is; the log does not look.
    pub kind: u16,
    /// The exact bytes.
    pub payload: Bytes,
    /// Over the payload, in the order they came.
    pub signatures: Vec<Signature>,
    /// A W3C `traceparent`, stored beside the entry and outside its hash.
    pub trace: Option<String>,
}

impl Entry {
    /// The draft in its place after `tip`.
    #[must_use]
    pub fn after(tip: Tip, draft: Draft) -> Self {
        let Draft { epoch, time_us, kind, payload, signatures, trace } = draft;
        let (seq, prev_hash) = (tip.seq + 1, tip.hash);
        Self { seq, prev_hash, epoch, time_us, kind, payload, signatures, trace }
    }

    /// SHA-256 over: the domain text, then `seq`, `prev_hash`, `epoch`, `time_us`, `kind`, the
    /// payload, the number of signatures, and each one's key id and bytes. Integers are big-endian
    /// (u64, i64; `kind` as u16, the count as u32); payload, key ids and signatures each follow
    /// their length in bytes as a u64. The trace stays out.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(ENTRY_DOMAIN);
        hasher.update(self.seq.to_be_bytes());
        hasher.update(self.prev_hash.0);
        hasher.update(self.epoch.to_be_bytes());
        hasher.update(self.time_us.to_be_bytes());
        hasher.update(self.kind.to_be_bytes());
        prefixed(&mut hasher, &self.payload);
        let count = u32::try_from(self.signatures.len()).unwrap_or(u32::MAX);
        hasher.update(count.to_be_bytes());
        for signature in &self.signatures {
            prefixed(&mut hasher, signature.key_id.as_bytes());
            prefixed(&mut hasher, &signature.bytes);
        }
        Hash(hasher.finalize().into())
    }

    /// Bytes this entry takes in memory and on the way to a reader, roughly.
    #[must_use]
    pub fn weight(&self) -> usize {
        let signatures: usize = self.signatures.iter().map(|s| s.key_id.len() + s.bytes.len()).sum();
        128 + self.payload.len() + signatures + self.trace.as_ref().map_or(0, String::len)
    }
}

fn prefixed(hasher: &mut Sha256, bytes: &[u8]) {
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

/// The last entry of a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tip {
    /// Its sequence; 0 while there is none.
    pub seq: u64,
    /// Its hash; [`Hash::genesis`] while there is none.
    pub hash: Hash,
    /// Its epoch; 0 while there is none.
    pub epoch: u64,
}

impl Tip {
    /// The tip of a talk that has no entry yet.
    #[must_use]
    pub fn genesis(talk: &TalkId) -> Self {
        Self { seq: 0, hash: Hash::genesis(talk), epoch: 0 }
    }

    /// The tip once `entry` is the last. Hashes it.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        Self { seq: entry.seq, hash: entry.hash(), epoch: entry.epoch }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let talk = TalkId::new("geneva").unwrap();
        let payload = Bytes::from_static(b"offer");
        let signature = Signature { key_id: "usa".into(), bytes: Bytes::from_static(b"sig") };
        let draft = Draft {
            epoch: 1,
            time_us: 1_746_835_200_000_000,
            kind: 3,
            payload,
            signatures: vec![signature],
            trace: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into()),
        };
        Entry::after(Tip::genesis(&talk), draft)
    }

    /// The encoding written out by hand, so that a change of it cannot pass unseen.
    #[test]
    fn the_hash_is_over_the_documented_bytes() {
        let entry = entry();
        let mut bytes = b"detente.record.v1 entry".to_vec();
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        bytes.extend(Sha256::digest(b"detente.record.v1 genesisgeneva"));
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        bytes.extend(1_746_835_200_000_000_i64.to_be_bytes());
        bytes.extend([0, 3]);
        bytes.extend(b"\0\0\0\0\0\0\0\x05offer");
        bytes.extend(b"\0\0\0\x01\0\0\0\0\0\0\0\x03usa\0\0\0\0\0\0\0\x03sig");
        assert_eq!(entry.hash().0, <[u8; 32]>::from(Sha256::digest(&bytes)));
    }

    #[test]
    fn the_hash_covers_every_field_but_the_trace() {
        let original = entry().hash();
        let changes: [fn(&mut Entry); 9] = [
            |e| e.seq += 1,
            |e| e.prev_hash.0[31] ^= 1,
            |e| e.epoch += 1,
            |e| e.time_us -= 1,
            |e| e.kind += 1,
            |e| e.payload = Bytes::from_static(b"Offer"),
            |e| e.signatures.clear(),
            |e| e.signatures[0].key_id = "chn".into(),
            |e| e.signatures[0].bytes = Bytes::from_static(b"gis"),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut changed = entry();
            change(&mut changed);
            assert_ne!(changed.hash(), original, "change {index}");
        }
        let mut untraced = entry();
        untraced.trace = None;
        assert_eq!(untraced.hash(), original);
    }

    #[test]
    fn bytes_cannot_move_between_neighbouring_fields() {
        let mut moved = entry();
        moved.signatures[0].key_id = "us".into();
        moved.signatures[0].bytes = Bytes::from_static(b"asig");
        assert_ne!(moved.hash(), entry().hash());
    }
}
