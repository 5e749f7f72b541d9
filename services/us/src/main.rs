//! The delegation of the United States as a service of its own.

use clap::Parser;
use delegation::service::{Options, Service};

/// Speaks for the United States: dials the mediator and attends every talk with a seat for USA.
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:\n  detente-us --mediator http://127.0.0.1:7400 --strategy boulware"
)]
struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    process: process::Options,
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    process::main("detente-us", &arguments.process, async |life| {
        let service = Service::prepare(&detente_us::PROFILE, &arguments.options)
            .await
            .map_err(|error| process::refused(&error, error.is_unavailable()))?;
        life.ready_with(service.address(), service.seat().map(|seat| ("seat", seat)));
        Ok(service.run(life.shutdown()).await?)
    })
}
