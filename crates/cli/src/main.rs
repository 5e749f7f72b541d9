//! The command `detente`.

use std::process::ExitCode;

use clap::Parser as _;

mod args;
mod clients;
mod failures;
mod offers;
mod output;
mod parties;
mod run;
mod serve;
mod tables;

fn main() -> ExitCode {
    let arguments = args::Detente::parse();
    let format = arguments.format;
    let ended = match arguments.command {
        // Services have a life of their own: telemetry, signals, readiness, exit codes.
        args::Command::Serve(service) => return serve::serve(service, &arguments.process),
        args::Command::Run(options) => run::run(options, format),
        args::Command::Completions { shell } => args::completions(shell),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(format),
    }
}
