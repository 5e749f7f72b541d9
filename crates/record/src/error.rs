use std::path::PathBuf;

use crate::{ChainBreak, TalkId, Tip};

/// Why nothing was appended, or why it is not known whether something was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The talk has moved on; nothing was appended. Read what came in between and decide again.
    #[error("talk {talk}: entry {} was expected to be the last, but the last is entry {}", expected.seq, actual.seq)]
    Conflict {
        /// The talk.
        talk: TalkId,
        /// What the caller took for the tip.
        expected: Tip,
        /// The tip.
        actual: Tip,
    },
    /// A writer of a later epoch has taken the talk over; nothing was appended. Stop writing to it.
    #[error("talk {talk}: epoch {given} is over, the talk is in epoch {}", actual.epoch)]
    Fenced {
        /// The talk.
        talk: TalkId,
        /// The lowest epoch given.
        given: u64,
        /// The tip.
        actual: Tip,
    },
    /// A draft does not fit the format; nothing was appended.
    #[error("talk {talk}, draft {index}: {what}")]
    Refused {
        /// The talk.
        talk: TalkId,
        /// Which draft, from 0.
        index: usize,
        /// What does not fit, and what would.
        what: String,
    },
    /// The talk's record is damaged; nothing was appended.
    #[error(transparent)]
    Broken(#[from] ChainBreak),
    /// The log takes no more entries until it is opened again. The entries of this call may or may
    /// not have been kept: read the tip after opening to know.
    #[error("the record takes no more entries: {0}")]
    Unavailable(String),
}

/// Why entries could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The talk's record is damaged; other talks are not concerned.
    #[error(transparent)]
    Broken(#[from] ChainBreak),
    /// The log cannot be read at this moment.
    #[error("the record cannot be read: {0}")]
    Unavailable(String),
}

/// Why a record could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process writes to it.
    #[error("{path}: another process is writing this record; stop it, or give another file")]
    InUse {
        /// The record.
        path: PathBuf,
    },
    /// There is no such file, and it was to be read only.
    #[error("{path}: there is no such record")]
    Missing {
        /// The record.
        path: PathBuf,
    },
    /// The file is something else, and was left as it is.
    #[error("{path}: not a record of talks ({what}); give another file")]
    NotARecord {
        /// The file.
        path: PathBuf,
        /// What it is taken for.
        what: String,
    },
    /// The file was written by a newer version, and was left as it is.
    #[error("{path}: record format {found}, but this version knows formats 1 to {known}; use a newer one")]
    NewerFormat {
        /// The record.
        path: PathBuf,
        /// The format of the file.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The file or its folder cannot be used.
    #[error("{path}: cannot {doing}: {source}; check that the folder exists and can be written to")]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// SQLite refuses the file.
    #[error(
        "{path}: cannot {doing}: {source}; check its permissions, and restore it from a copy if it is damaged"
    )]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: rusqlite::Error,
    },
}
