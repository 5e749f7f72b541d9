//! `detente lab run`: plays what is not played yet, and writes the results.

use std::path::PathBuf;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use lab::{Journal, JournalError, Progress, RunError, TournamentFile, Workers};

use super::results::Stored;
use super::{arenas, source, tell, text};
use crate::output::{Failure, Format, exit, unwritable};

/// What can be set for a tournament.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  detente lab run standard
  detente lab run tournament.toml -o results --threads 1 --format json

A run that was interrupted goes on where it stopped: give the same command again. Results are the same
bytes on any number of threads; measured times are in timings.csv alone.")]
pub(crate) struct RunOptions {
    /// The tournament: a shipped one's name, or a file
    #[arg(value_name = "FILE")]
    tournament: String,
    /// Where results go; lab-NAME if left out
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Threads that compute; one on every core if left out
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// Repetitions, in place of the tournament's
    #[arg(long, value_name = "N")]
    repetitions: Option<u32>,
    /// The seed, in place of the tournament's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Begin anew, whatever was played before
    #[arg(long)]
    restart: bool,
}

pub(crate) fn run(options: &RunOptions, format: Format) -> Result<(), Failure> {
    let file = file(&options.tournament, options.repetitions, options.seed)?;
    let tournament = arenas::tournament(&file)?;
    let folder = options.output.clone().unwrap_or_else(|| format!("lab-{}", file.name).into());
    std::fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error, "results"))?;
    let path = folder.join("journal.jsonl");
    if options.restart && path.exists() {
        std::fs::remove_file(&path).map_err(|error| unwritable(&path, &error, "the journal"))?;
    }
    let mut journal = Journal::open(&path, &tournament.fingerprint())?;
    let talks = tournament.talks();
    let before = journal.talks();
    tell(format, &format!("{}: {talks} talks, {before} of them played before", file.name));
    let bar = ProgressBar::new(talks);
    let style = "{bar:30} {percent}% {per_sec} {eta} left";
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_position(before);
    bar.reset_eta();
    let (began, spent) = (Instant::now(), cpu_s());
    let workers = Workers { threads: options.threads };
    let timings =
        lab::run(&tournament, &mut journal, workers, |Progress { done, .. }| bar.set_position(done))?;
    journal.sync()?;
    bar.finish_and_clear();
    let clocks = (began.elapsed().as_secs_f64(), cpu_s() - spent);
    let stored = Stored::write(&folder, &file, &tournament, &journal, &timings, clocks)?;
    text::print(&stored, format);
    Ok(())
}

/// The CPU time of this process.
fn cpu_s() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

pub(crate) fn file(
    name: &str,
    repetitions: Option<u32>,
    seed: Option<u64>,
) -> Result<TournamentFile, Failure> {
    let mut file = TournamentFile::parse(name, &source(name)?).map_err(|e| arenas::bad(e.why).at(e.file))?;
    if let Some(repetitions) = repetitions {
        if !(1..=100_000).contains(&repetitions) {
            return Err(
                arenas::bad(format!("{repetitions} repetitions: expected 1 to 100000")).at("--repetitions")
            );
        }
        file.repetitions = repetitions;
    }
    file.seed = seed.unwrap_or(file.seed);
    Ok(file)
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let message = error.to_string();
        match error {
            JournalError::Io { .. } => Self::new(exit::UNAVAILABLE, "JOURNAL_UNAVAILABLE", message),
            JournalError::OtherTournament { .. } => Self::new(exit::USAGE, "OTHER_TOURNAMENT", message)
                .hint("name another folder with -o, or begin anew with --restart"),
            JournalError::Damaged { .. } => {
                Self::new(exit::BAD_DATA, "JOURNAL_DAMAGED", message).hint("begin anew with --restart")
            }
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Journal(error) => error.into(),
            other => Self::internal(other),
        }
    }
}
