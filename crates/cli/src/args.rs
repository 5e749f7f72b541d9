use clap::{CommandFactory as _, Parser, Subcommand};

use crate::output::{Failure, Format};
use crate::run::RunOptions;
use crate::serve::ServeCommand;

/// Tariff talks between separate services: run them, watch them, score offers, read records.
#[derive(Parser)]
#[command(name = "detente", version, after_help = EXAMPLES)]
pub(crate) struct Detente {
    /// How results are printed
    #[arg(long, global = true, default_value = "text", value_enum)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) process: process::Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  detente run geneva-2025
  detente run geneva-2025 --strategy USA=micro --strategy CHN=conceder --seed 7
  detente serve mediator --listen 127.0.0.1:7400 --record talks.db";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a scenario's talks: mediator and delegations as processes of their own
    Run(RunOptions),
    /// Run one service
    #[command(subcommand)]
    Serve(ServeCommand),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Detente::command(), "detente", &mut script);
    crate::output::write(&String::from_utf8_lossy(&script));
    Ok(())
}
