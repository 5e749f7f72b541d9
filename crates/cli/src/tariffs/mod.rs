//! `detente tariffs`: the tariffs somebody would choose, by theory.

mod show;

use std::path::PathBuf;

use clap::Subcommand;
use scoring::ossa::{self, Choice};
use serde_json::{Map, Value as Json};

use crate::backtest::reciprocal;
use crate::input;
use crate::model;
use crate::output::{Failure, Format, print_json};
use show::Names;

/// The largest study that is read.
const MAX_BYTES: u64 = 16 << 20;

#[derive(Subcommand)]
pub(crate) enum TariffsCommand {
    /// Each region's best tariffs against the others' in the file
    #[command(after_help = "\
The file is a study of the model `ossa` (docs/scoring/ossa.md); its cases are left alone.

Examples:
  detente tariffs optimal world.json
  detente tariffs optimal world.json --format json")]
    Optimal(Study),
    /// The tariffs of a tariff war: each region's best against everybody else's best
    #[command(after_help = "\
Each region's gain from leaving the war alone is tested and printed: it is a fixed point only if
nobody gains. A party's welfare there is what theory says it can fall back on.

Example:
  detente tariffs nash world.json")]
    Nash(Study),
    /// The tariffs all would agree on, with the tariff war to fall back on
    #[command(after_help = "Example:\n  detente tariffs cooperative world.json")]
    Cooperative(Study),
    /// The "reciprocal" rates of Executive Order 14257 by its formula, beside its annex
    #[command(after_help = "Example:\n  detente tariffs reciprocal")]
    Reciprocal,
}

#[derive(clap::Args)]
pub(crate) struct Study {
    /// The data of a base year, JSON; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(crate) fn tariffs(command: &TariffsCommand, format: Format) -> Result<(), Failure> {
    let (study, choice) = match command {
        TariffsCommand::Optimal(study) => (study, Choice::Optimal),
        TariffsCommand::Nash(study) => (study, Choice::Nash),
        TariffsCommand::Cooperative(study) => (study, Choice::Cooperative),
        TariffsCommand::Reciprocal => {
            let rates = reciprocal::run()?;
            if format == Format::Json {
                print_json(&reciprocal::document(&rates))
            } else {
                reciprocal::show(&rates)
            }
            return Ok(());
        }
    };
    let given = input::read(&study.file, "the study", MAX_BYTES)?;
    let failed = |error| model::failure(error, &given);
    let found: Map<String, Json> = ossa::policy(&given.text, choice).map_err(failed)?;
    if format == Format::Json {
        print_json(&found);
        return Ok(());
    }
    let study = serde_json::from_str(&given.text).map_err(Failure::internal)?;
    show::show(&Names::of(&study), &found);
    Ok(())
}
