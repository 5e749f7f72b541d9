use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The longest name of a talk, in bytes.
pub const MAX_TALK_ID: usize = 64;

/// The name of a talk: 1 to 64 of `a-z`, `0-9` and `-`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TalkId(Arc<str>);

/// A talk's name is empty, too long, or holds other characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("talk name {given:?} is not valid: expected 1 to 64 of a-z, 0-9 and '-'")]
pub struct BadTalkId {
    /// What was given, at most 80 characters of it.
    pub given: String,
}

impl TalkId {
    /// Checks the spelling and keeps it.
    pub fn new(text: &str) -> Result<Self, BadTalkId> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if text.is_empty() || text.len() > MAX_TALK_ID || !text.bytes().all(allowed) {
            return Err(BadTalkId { given: text.chars().take(80).collect() });
        }
        Ok(Self(text.into()))
    }

    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TalkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TalkId {
    type Err = BadTalkId;
    fn from_str(text: &str) -> Result<Self, BadTalkId> {
        Self::new(text)
    }
}

impl Borrow<str> for TalkId {
    fn borrow(&self) -> &str {
        &self.0
    }
}
