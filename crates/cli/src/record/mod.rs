//! `detente record`: what a record says, read beside a running writer or long after.

mod export;
mod list;
mod replay;
mod show;

use std::path::PathBuf;

use clap::Subcommand;
use record::{Entry, Page, SqliteReader, TalkId};

use crate::output::{Failure, Format, exit};

#[derive(Subcommand)]
pub(crate) enum RecordCommand {
    /// The talks of a record, the one begun last first
    #[command(
        after_help = "Examples:\n  detente record list\n  detente record list --record talks.db --format json"
    )]
    List {
        #[command(flatten)]
        record: RecordFile,
        /// At most so many
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// A talk, entry by entry, as it was
    #[command(
        after_help = "Examples:\n  detente record show\n  detente record show TALK --record talks.db --format json"
    )]
    Show(Choice),
    /// Run the rules of procedure over a talk again: same inputs and times, same bytes and hashes
    #[command(
        after_help = "Examples:\n  detente record replay\n  detente record replay --all --record talks.db"
    )]
    Replay {
        #[command(flatten)]
        choice: Choice,
        /// Every talk of the record
        #[arg(long, conflicts_with = "talk")]
        all: bool,
    },
    /// Entries as JSON lines: exact bytes, hashes, signatures, and what they say
    #[command(after_help = "\
Without a talk, every talk of the record is exported, the one begun last first.

Examples:
  detente record export > talks.jsonl
  detente record export TALK --record talks.db | jq .decoded")]
    Export(Choice),
}

/// Where the record is.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RecordFile {
    /// The record
    #[arg(long = "record", env = "DETENTE_RECORD", default_value = "detente.db", value_name = "FILE")]
    path: PathBuf,
}

/// Which talk of which record.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Choice {
    /// The talk; by default the one begun last
    #[arg(value_name = "TALK")]
    talk: Option<String>,
    #[command(flatten)]
    record: RecordFile,
}

/// A record that is being read.
pub(crate) struct Opened {
    reader: SqliteReader,
    path: PathBuf,
}

pub(crate) fn record(command: RecordCommand, format: Format) -> Result<(), Failure> {
    match command {
        RecordCommand::List { record, limit } => list::list(&record.open()?, limit as usize, format),
        RecordCommand::Show(choice) => show::show(&choice.record.open()?, choice.talk.as_deref(), format),
        RecordCommand::Replay { choice, all } => {
            replay::replay(&choice.record.open()?, choice.talk.as_deref(), all, format)
        }
        RecordCommand::Export(choice) => export::export(&choice.record.open()?, choice.talk.as_deref()),
    }
}

impl RecordFile {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn open(&self) -> Result<Opened, Failure> {
        let reader = SqliteReader::open(&self.path)?;
        Ok(Opened { reader, path: self.path.clone() })
    }
}

impl Opened {
    /// The talks, the one begun last first.
    pub(crate) fn talks(&self, limit: usize) -> Result<Vec<TalkId>, Failure> {
        let listed = self.reader.talks(None, limit).map_err(|error| self.unreadable(error))?;
        Ok(listed.into_iter().map(|listed| listed.talk).collect())
    }

    /// The talk that is asked for, or the one begun last.
    pub(crate) fn choose(&self, talk: Option<&str>) -> Result<TalkId, Failure> {
        let place = self.path.display().to_string();
        let Some(name) = talk else {
            let latest = self.talks(1)?.pop();
            return latest.ok_or_else(|| {
                Failure::new(exit::NOT_FOUND, "NO_SUCH_TALK", "the record holds no talk").at(&*place)
            });
        };
        let missing = || {
            let message =
                format!("there is no talk {:?} in this record", name.chars().take(80).collect::<String>());
            Failure::new(exit::NOT_FOUND, "NO_SUCH_TALK", message)
                .at(place.clone())
                .hint("`detente record list` shows the talks")
        };
        let id = TalkId::new(name).map_err(|_| missing())?;
        let tip = self.reader.tip(&id).map_err(|error| self.unreadable(error))?;
        if tip.seq == 0 { Err(missing()) } else { Ok(id) }
    }

    /// Every entry of a talk, in order.
    pub(crate) fn entries(&self, talk: &TalkId) -> Result<Vec<Entry>, Failure> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map_or(0, |entry| entry.seq);
            let page = Page { entries: 512, bytes: 4 << 20 };
            let page = self.reader.read(talk, after, page).map_err(|error| self.unreadable(error))?;
            if page.is_empty() {
                return Ok(entries);
            }
            entries.extend(page);
        }
    }

    pub(crate) fn reader(&self) -> &SqliteReader {
        &self.reader
    }

    pub(crate) fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn unreadable(&self, error: record::ReadError) -> Failure {
        Failure::from(error).at(self.place())
    }
}
