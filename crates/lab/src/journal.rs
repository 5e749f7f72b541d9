use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Played;

/// Finished blocks between two writes to the disk itself.
const SYNC_EVERY: u32 = 32;

/// The finished blocks of a tournament, in the order they came: one line each. What is there
/// after a kill is taken up again; a last line that was cut off is dropped.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    blocks: BTreeMap<u64, Vec<Played>>,
    talks: u64,
    unsynced: u32,
}

#[derive(Serialize, Deserialize)]
struct Head {
    tournament: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    block: u64,
    played: Vec<Played>,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be read or written.
    #[error("the journal {path} cannot be used: {why}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        why: std::io::Error,
    },
    /// It belongs to another tournament.
    #[error("the journal {path} is of another tournament: choose another folder, or remove it")]
    OtherTournament {
        /// The file.
        path: String,
    },
    /// A line in its midst cannot be read.
    #[error("the journal {path} is damaged at line {line}: {why}")]
    Damaged {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

impl Journal {
    /// Opens the journal of the tournament with this fingerprint, or begins it.
    ///
    /// # Errors
    /// The file cannot be used, is damaged in its midst, or is another tournament's.
    pub fn open(path: &Path, fingerprint: &str) -> Result<Self, JournalError> {
        let io = |why| JournalError::Io { path: path.display().to_string(), why };
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(false).open(path).map_err(io)?;
        let (blocks, good) = read(path, &file, fingerprint)?;
        // Behind the last whole line there is at most what a kill left of the next one.
        file.set_len(good).map_err(io)?;
        file.seek(std::io::SeekFrom::End(0)).map_err(io)?;
        let talks = blocks.values().map(|played| played.len() as u64).sum();
        let mut journal = Self { path: path.to_owned(), file, blocks, talks, unsynced: 0 };
        if good == 0 {
            journal.line(&Head { tournament: fingerprint.to_owned() })?;
        }
        Ok(journal)
    }

    /// Whether a block is there.
    #[must_use]
    pub fn holds(&self, block: u64) -> bool {
        self.blocks.contains_key(&block)
    }

    /// How many talks are there.
    #[must_use]
    pub fn talks(&self) -> u64 {
        self.talks
    }

    /// The talks that are there, in order of their numbers.
    pub fn played(&self) -> impl Iterator<Item = &Played> {
        self.blocks.values().flatten()
    }

    /// Adds a block.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, block: u64, played: &[Played]) -> Result<(), JournalError> {
        self.line(&Line { block, played: played.to_vec() })?;
        self.unsynced += 1;
        if self.unsynced >= SYNC_EVERY {
            self.sync()?;
        }
        self.talks += played.len() as u64;
        self.blocks.insert(block, played.to_vec());
        Ok(())
    }

    /// Makes all that is written durable.
    ///
    /// # Errors
    /// The disk fails.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        self.unsynced = 0;
        self.file.sync_data().map_err(|why| self.io(why))
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), JournalError> {
        let mut text = serde_json::to_vec(line).map_err(|error| self.io(error.into()))?;
        text.push(b'\n');
        self.file.write_all(&text).map_err(|why| self.io(why))
    }

    fn io(&self, why: std::io::Error) -> JournalError {
        JournalError::Io { path: self.path.display().to_string(), why }
    }
}

/// The blocks of a file, and how many bytes of it are whole lines.
fn read(
    path: &Path,
    file: &File,
    fingerprint: &str,
) -> Result<(BTreeMap<u64, Vec<Played>>, u64), JournalError> {
    let name = || path.display().to_string();
    let (mut blocks, mut good) = (BTreeMap::new(), 0);
    let mut reader = BufReader::new(file);
    let mut text = String::new();
    for number in 1.. {
        text.clear();
        let bytes = reader.read_line(&mut text).map_err(|why| JournalError::Io { path: name(), why })?;
        if bytes == 0 || !text.ends_with('\n') {
            break;
        }
        let damaged = |why: serde_json::Error| JournalError::Damaged {
            path: name(),
            line: number,
            why: why.to_string(),
        };
        if number == 1 {
            let head: Head = serde_json::from_str(&text).map_err(damaged)?;
            if head.tournament != fingerprint {
                return Err(JournalError::OtherTournament { path: name() });
            }
        } else {
            let line: Line = serde_json::from_str(&text).map_err(damaged)?;
            blocks.insert(line.block, line.played);
        }
        good += bytes as u64;
    }
    Ok((blocks, good))
}
