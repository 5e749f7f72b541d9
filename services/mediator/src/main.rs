//! The mediator as a service of its own.

use clap::Parser;
use detente_mediator::{Options, Service};

/// Runs the table: convenes talks, keeps their record, and never learns what anybody wants.
#[derive(Parser)]
#[command(version, after_help = "Example:\n  detente-mediator --listen 127.0.0.1:7400 --record talks.db")]
struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    process: process::Options,
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    process::main("detente-mediator", &arguments.process, async |life| {
        let service = Service::prepare(&arguments.options)
            .await
            .map_err(|error| process::refused(&error, error.is_unavailable()))?;
        life.ready(service.address().ok());
        Ok(service.run(life.shutdown()).await?)
    })
}
