//! `detente agent`: strategies that run elsewhere: tried out, served, begun.

mod build;
mod check;
mod new;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;

use agent::Source;
use clap::Subcommand;

use crate::output::{Failure, Format};

#[derive(Subcommand)]
pub(crate) enum AgentCommand {
    /// Try out what an agent must be able to do: legal moves, limits, determinism, reconnection
    #[command(after_help = "\
Examples:
  detente agent check grpc://127.0.0.1:9000
  detente agent check boulware --format json

The exit code is 65 where something failed.")]
    Check {
        /// The agent, or any other strategy
        #[arg(value_name = "SPEC")]
        target: Source,
    },
    /// Serve a strategy of this program to others, over gRPC
    #[command(after_help = "Example:\n  detente agent serve micro:rungs=100 --listen 127.0.0.1:9000")]
    Serve {
        /// The strategy
        #[arg(value_name = "SPEC")]
        strategy: Source,
        /// Where to listen; port 0 takes a free one
        #[arg(long, default_value = "127.0.0.1:9000", value_name = "ADDR")]
        listen: SocketAddr,
    },
    /// Write out the beginnings of an agent of your own, which work as they are
    #[command(
        after_help = "Examples:\n  detente agent new my-agent --lang python\n  detente agent new my-agent --lang rust\n  detente agent new my-strategy --lang wasm"
    )]
    New(new::NewOptions),
    /// Build a crate into a strategy for the sandbox (in programs built with the feature wasm)
    #[command(after_help = "\
Examples:
  detente agent build my-strategy -o agent.wasm
  detente agent build my-strategy -o agent.wasm -- -Z build-std=std,panic_abort

What stands after -- goes to cargo. CARGO and RUSTC say which cargo and which rustc.")]
    Build(build::BuildOptions),
}

pub(crate) fn agent(command: AgentCommand, format: Format) -> Result<(), Failure> {
    match command {
        AgentCommand::Check { target } => check::check(&target, format),
        AgentCommand::Serve { strategy, listen } => serve::serve(strategy, listen, format),
        AgentCommand::New(options) => new::new(&options, format),
        AgentCommand::Build(options) => build::build(&options, format),
    }
}

/// Files that were written, for people and machines.
pub(crate) fn written(paths: &[PathBuf], format: Format, next: &str) {
    if format == Format::Json {
        let files: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        crate::output::print_json(&serde_json::json!({ "written": files, "next": next }));
        return;
    }
    paths.iter().for_each(|path| crate::output::line(&format!("wrote {}", path.display())));
    crate::output::line(&format!("next: {next}"));
}
