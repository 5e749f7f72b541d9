//! `detente bench`: this project beside the bare limit, in one run, on one machine.

mod bare;
mod children;
mod lab;
mod measure;
mod observatory;
mod score;
mod scoring;
mod talks;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;

use crate::output::{Failure, Format};

#[derive(Subcommand)]
pub(crate) enum BenchCommand {
    /// Durable moves over the network beside a bare tonic ping-pong of the same message size
    #[command(after_help = "\
A move counts when both seats have its entry; the record is SQLite with full sync. Both sides have
one server process and one client process, with as many threads each.

Example:
  detente bench wire --seconds 5")]
    Wire {
        /// Seconds for each of the four measurements
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
        seconds: u64,
        /// Talks at once, beside the measurement with one
        #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=512))]
        talks: u32,
    },
    /// Scored offers per second and core beside the bare power functions they need
    #[command(after_help = "Example:\n  detente bench score --seconds 2")]
    Score {
        /// Seconds for each measurement
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=600))]
        seconds: u64,
    },
    /// Batch scoring over the network beside the same work in this process
    #[command(after_help = "\
Batches of 1000 offers, packed, over one stream to a server process on this machine; the server scores
on one thread, as the loop in this process does. Client and server share the cores.

Example:
  detente bench scoring --seconds 2")]
    Scoring {
        /// Seconds for each measurement
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=600))]
        seconds: u64,
    },
    /// Talks in this process, per second of CPU time, beside NegMAS in the same run
    #[command(after_help = "\
Random additive domains of 3 issues with 10 values and of 10 issues with 3 values, 1,000 rounds: without
acceptance, and to their natural end. With --python the same domains are played by NegMAS, and the
agreements of deterministic strategies are compared.

Examples:
  detente bench lab --seconds 2
  detente bench lab --python ./negmas/bin/python --format json")]
    Lab {
        /// Seconds of CPU time for each measurement
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=600))]
        seconds: u64,
        /// A Python that has `negmas`
        #[arg(long, value_name = "PATH")]
        python: Option<PathBuf>,
    },
    /// Spans received and stored, beside bare inserts of the same bytes into SQLite
    #[command(after_help = "\
Spans of a talk in batches of 512 as they come off the wire, decoded, bounded and stored in a file;
beside it rows of the same size put into a bare table, as many to a commit.

Example:
  detente bench observatory --seconds 5")]
    Observatory {
        /// Seconds for each measurement
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
        seconds: u64,
    },
    /// The bare server that `bench wire` compares with
    #[command(hide = true)]
    Bare,
}

pub(crate) fn bench(command: &BenchCommand, format: Format) -> Result<(), Failure> {
    match command {
        BenchCommand::Wire { seconds, talks } => wire::bench(Duration::from_secs(*seconds), *talks, format),
        BenchCommand::Score { seconds } => score::bench(Duration::from_secs(*seconds), format),
        BenchCommand::Scoring { seconds } => scoring::bench(Duration::from_secs(*seconds), format),
        BenchCommand::Lab { seconds, python } => lab::bench(*seconds, python.as_deref(), format),
        BenchCommand::Observatory { seconds } => observatory::bench(Duration::from_secs(*seconds), format),
        BenchCommand::Bare => bare::serve(),
    }
}
