//! `detente score`: what an offer does, without a talk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use scenario::Scenario;
use scoring_server::Bench;
use serde_json::json;

use crate::impacts;
use crate::offers::{self, OfferChoice};
use crate::output::{Failure, Format, exit, line, print_json, write};
use crate::report::{self, Score};

#[derive(clap::Args)]
#[command(after_help = "\
An offer file holds issue and value, JSON or TOML; what `run --format json` prints can be given as it is.

Examples:
  detente score geneva-2025 --status-quo
  detente score geneva-2025 --offer offer.toml --fill-status-quo
  detente score geneva-2025 --offer deal.json --html deal.html
  detente run geneva-2025 --format json | detente score geneva-2025 --offer - --format json")]
pub(crate) struct ScoreOptions {
    /// The scenario: a shipped one's name, or a folder
    #[arg(value_name = "SCENARIO")]
    scenario: String,
    #[command(flatten)]
    offer: OfferChoice,
    /// Also write a page of its own to FILE: charts, diversion, flags, sources; `-` for standard output
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(crate) fn score(options: &ScoreOptions, format: Format) -> Result<(), Failure> {
    let bench = bench(&options.scenario)?;
    let offer = options.offer.load(&bench)?;
    let model = bench.model().ok_or_else(|| no_trade(&bench))?;
    let impact = model.impact(&offer).map_err(Failure::internal)?;
    if let Some(path) = &options.html {
        let page = report::html(&Score { bench: &bench, offer: &offer, impact: &impact });
        if path.as_os_str() == "-" {
            write(&page);
            return Ok(());
        }
        std::fs::write(path, page).map_err(|error| unwritable(path, &error))?;
    }
    if format == Format::Json {
        print_json(&json!({
            "scenario": bench.scenario().name(),
            "offer": offers::to_json(bench.agenda(), &offer),
            "impact": impact,
        }));
        return Ok(());
    }
    line(&offers::show(&bench, &offer));
    line("");
    line(&impacts::show(&impact));
    Ok(())
}

/// A scenario made ready, or why it cannot be.
pub(crate) fn bench(scenario: &str) -> Result<Bench, Failure> {
    Bench::new(Arc::new(Scenario::load(scenario)?)).map_err(Failure::internal)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(exit::UNAVAILABLE, "UNWRITABLE_FILE", format!("cannot write the page: {error}"))
        .at(path.display().to_string())
}

fn no_trade(bench: &Bench) -> Failure {
    let message = format!("{} has no trade data: nothing in it can be scored", bench.scenario().name());
    Failure::new(exit::USAGE, "NO_TRADE_DATA", message)
        .hint("`detente explain` says what an offer is worth to a party")
}
