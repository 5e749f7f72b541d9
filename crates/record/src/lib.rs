//! The durable, hash-chained log of talks.
//!
//! A [`Log`] knows a talk's entries by their bytes and their order, and nothing of what they mean.
//! It has one way to write: *append these drafts to this talk if its tip is still the one I know*.
//! Entries are durable before [`Log::append`] resolves and before any reader or watcher sees them.
//! Each names the hash of the one before, so a [`Chain`] finds the first byte that changed.
//!
//! [`SqliteLog`] keeps any number of talks in one file; [`SqliteReader`] reads that file beside a
//! running writer. [`MemoryLog`] is the same log over a pretended disk that can fail or stall.
//!
//! ```
//! use detente_record::{Draft, Log, MemoryLog, Page, TalkId, Tip};
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let log = MemoryLog::new();
//! let talk = TalkId::new("geneva-2025-05-10")?;
//! let draft = Draft {
//!     epoch: 1,
//!     time_us: 1_746_835_200_000_000,
//!     kind: 1,
//!     payload: "the terms".into(),
//!     signatures: vec![],
//!     trace: None,
//! };
//! let written = log.append(&talk, Tip::genesis(&talk), vec![draft]).await?;
//! assert_eq!(log.read(&talk, 0, Page::default()).await?, written);
//! assert_eq!(log.verify(&talk).await?, Tip::of(&written[0]));
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! # Ok::<(), std::io::Error>(())
//! ```

mod chain;
mod drafts;
mod entry;
mod error;
mod log;
mod memory;
mod sqlite;
mod talk_id;
mod tips;

pub use chain::{Chain, ChainBreak};
pub use drafts::{MAX_PAYLOAD, MAX_SIGNATURE, MAX_SIGNATURES, MAX_TRACE};
pub use entry::{Draft, Entry, Hash, Signature, Tip};
pub use error::{AppendError, OpenError, ReadError};
pub use log::{BoxFuture, Cursor, Listed, Log, Page};
pub use memory::{FailedSync, HeldSync, MemoryLog};
pub use sqlite::{SqliteLog, SqliteOptions, SqliteReader};
pub use talk_id::{BadTalkId, MAX_TALK_ID, TalkId};
