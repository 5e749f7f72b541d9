//! `detente lab`: tournaments, their results, and what these mean.

mod arenas;
mod page;
mod results;
mod run;
mod scaling;
mod text;

use std::path::PathBuf;

use clap::Subcommand;

use crate::output::{Failure, Format, exit, line};

/// The tournaments that ship with the command.
const SHIPPED: &[(&str, &str)] = &[
    ("standard", include_str!("../../../../tournaments/standard.toml")),
    ("own-development", include_str!("../../../../tournaments/own-development.toml")),
    ("own-held-out", include_str!("../../../../tournaments/own-held-out.toml")),
];

#[derive(Subcommand)]
pub(crate) enum LabCommand {
    /// Play a tournament: strategies × scenarios × both seats × repetitions
    Run(run::RunOptions),
    /// What a finished tournament means: a leaderboard, and a page of plots
    #[command(
        after_help = "Examples:\n  detente lab report lab-standard\n  detente lab report lab-standard --html standard.html"
    )]
    Report {
        /// The folder with a tournament's results
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// Write a page with plots here: one file, no script, nothing from elsewhere
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Print a tournament to begin with
    #[command(after_help = "Example:\n  detente lab example > tournament.toml")]
    Example,
    /// How a tournament's speed grows from one thread to all cores, beside bare computation
    #[command(after_help = "Example:\n  detente lab scaling standard --repetitions 10")]
    Scaling(scaling::ScalingOptions),
}

pub(crate) fn lab(command: LabCommand, format: Format) -> Result<(), Failure> {
    match command {
        LabCommand::Run(options) => run::run(&options, format),
        LabCommand::Report { dir, html } => {
            let stored = results::Stored::read(&dir)?;
            if let Some(file) = html {
                let written = std::fs::write(&file, page::page(&stored));
                written.map_err(|error| crate::output::unwritable(&file, &error, "the page"))?;
            }
            text::print(&stored, format);
            Ok(())
        }
        LabCommand::Example => {
            crate::output::write(SHIPPED[0].1);
            Ok(())
        }
        LabCommand::Scaling(options) => scaling::scaling(&options, format),
    }
}

/// The text of a tournament: a shipped one's, or a file's.
pub(crate) fn source(name: &str) -> Result<String, Failure> {
    if let Some((_, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) {
        return Ok((*text).to_owned());
    }
    std::fs::read_to_string(name).map_err(|error| {
        let shipped: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        Failure::new(exit::NOT_FOUND, "NO_SUCH_TOURNAMENT", format!("cannot read the tournament: {error}"))
            .at(name)
            .hint(format!("give a file (`detente lab example` prints one), or {}", shipped.join(", ")))
    })
}

/// A line for people, unless machines read.
fn tell(format: Format, text: &str) {
    if format == Format::Text {
        line(text);
    }
}
