//! `detente bench`: this project beside the bare limit, in one run, on one machine.

mod bare;
mod children;
mod lab;
mod measure;
mod observatory;
mod page;
mod score;
mod scoring;
mod talks;
mod traces;
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
    /// Spans received and stored, beside bare inserts of the same bytes into SQLite, and beside talks
    #[command(after_help = "\
Spans of a talk in batches of 512 as they come off the wire, decoded, bounded and stored in a file;
beside it rows of the same size put into a bare table, as many to a commit. Then an observatory process
takes them over gRPC beside 64 talks on the same cores: none, as many as it must take, and as many as
eight senders can send, of which it sheds what it cannot store. Told is what the answers said was shed.

Example:
  detente bench observatory --seconds 5")]
    Observatory {
        /// Seconds for each measurement
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
        seconds: u64,
    },
    /// What tracing costs: moves with it and without, paced and unpaced
    #[command(after_help = "\
Each turn has a mediator and its seats in processes of their own; with tracing, every talk is sampled and
every span sent over OTLP to an observatory process on the same cores. The seats make the spans that
delegations make. With tracing off nobody is told anything. A move's time is that of `bench wire`.

Example:
  detente bench traces --seconds 4 --turns 4")]
    Traces {
        /// Seconds for each turn: there are four times as many turns as asked for
        #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=600))]
        seconds: u64,
        /// Turns each way, paced and unpaced
        #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100))]
        turns: u32,
        /// Talks at once
        #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=512))]
        talks: u32,
        /// Moves per second of all talks together, where they are paced
        #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        pace: u32,
    },
    /// The observatory's page in a headless Chromium, beside an empty page
    #[command(after_help = "\
A record of many talks and a long one is written to a temporary folder and served by an observatory
process. Timed are the first row of the list, from the navigation on, and the animation frames while each
of them moves the scrubber of the long talk; beside it those of a page with one word that each changes.
Chromium has to be installed (DETENTE_CHROMIUM names another one).

Example:
  detente bench page --seconds 5")]
    Page {
        /// Seconds for each turn
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
        seconds: u64,
        /// Turns of each measurement
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
        turns: u32,
        /// Talks in the list
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        talks: u32,
        /// Rounds of the long talk
        #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(2..=20_000))]
        rounds: u32,
    },
    /// The seats of `bench traces`
    #[command(hide = true)]
    Seats(traces::seats::SeatsOptions),
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
        BenchCommand::Traces { seconds, turns, talks, pace } => {
            let (seconds, turns, talks, pace) = (*seconds, *turns, *talks, *pace);
            traces::bench(traces::Plan { seconds, turns, talks, pace }, format)
        }
        BenchCommand::Page { seconds, turns, talks, rounds } => {
            let (seconds, turns, talks, rounds) = (*seconds, *turns, *talks, *rounds);
            page::bench(page::Plan { seconds, turns, talks, rounds }, format)
        }
        BenchCommand::Seats(options) => traces::seats::seats(options),
        BenchCommand::Bare => bare::serve(),
    }
}
