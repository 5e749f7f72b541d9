//! The observatory as a service of its own.

use clap::Parser;
use detente_observatory::{Options, Service};

/// Receives traces, metrics and logs over OTLP and keeps them in one SQLite file.
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:\n  detente-observatory --listen 127.0.0.1:4317 --store observatory.db"
)]
struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    process: process::Options,
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    // Before there are other threads, which inherit it.
    ambient::step_back();
    process::main("detente-observatory", &arguments.process, async |life| {
        let service = Service::prepare(&arguments.options)
            .await
            .map_err(|error| process::refused(&error, error.is_unavailable()))?;
        let page = service.page().map(|page| ("page", format!("http://{page}/")));
        life.ready_with(service.addresses().first().copied(), page);
        Ok(service.run(life.shutdown()).await?)
    })
}
