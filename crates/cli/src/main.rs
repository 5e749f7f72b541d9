//! The command `detente`.

use std::process::ExitCode;

mod agent;
mod args;
mod backtest;
mod bench;
mod clients;
mod entries;
mod explain;
mod failures;
mod impacts;
mod input;
mod lab;
mod landing;
mod model;
mod observe;
mod offers;
mod output;
mod parties;
mod record;
mod report;
mod run;
mod scenario;
mod score;
mod serve;
mod shipped;
mod strategies;
mod summaries;
mod tables;
mod talk;
mod tariffs;
mod teller;
mod trace;
mod watch;

use args::Command;
use output::{Failure, Format};

fn main() -> ExitCode {
    let arguments = match args::parse() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let format = arguments.format;
    match arguments.command {
        // Services have a life of their own: telemetry, signals, readiness, exit codes.
        Command::Serve(service) => serve::serve(service, &arguments.process, format),
        command => match answer(command, format) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(format),
        },
    }
}

fn answer(command: Command, format: Format) -> Result<(), Failure> {
    match command {
        Command::Run(options) => run::run(options, format),
        Command::Talk(arguments) => talk::talk(arguments, format),
        Command::Observe(options) => observe::observe(&options, format),
        Command::Trace(arguments) => trace::trace(arguments, format),
        Command::Watch(arguments) => watch::watch(arguments, format),
        Command::Score(options) => score::score(&options, format),
        Command::Model(options) => model::model(&options, format),
        Command::Tariffs(command) => tariffs::tariffs(&command, format),
        Command::Explain(options) => explain::explain(&options, format),
        Command::LandingZone(options) => landing::landing_zone(&options, format),
        Command::Scenario(command) => scenario::scenario(&command, format),
        Command::Record(command) => record::record(command, format),
        Command::Backtest(command) => backtest::backtest(&command, format),
        Command::Bench(command) => bench::bench(&command, format),
        Command::Lab(command) => crate::lab::lab(command, format),
        Command::Agent(command) => agent::agent(command, format),
        Command::Strategies => strategies::strategies(format),
        Command::Completions { shell } => args::completions(shell),
        Command::Serve(_) => Err(Failure::internal("services are started elsewhere")),
    }
}
