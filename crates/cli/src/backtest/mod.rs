//! `detente backtest`: what the models say beside what others published, hits and misses alike.

mod front_loading;
mod page;
mod pass_through;
pub(crate) mod reciprocal;
mod timeline;
mod wto;

use clap::Subcommand;
use scenario::Scenario;
use scoring::TradeBase;
use serde_json::json;

use crate::output::{Failure, Format, exit, print_json, write};

/// The scenario whose trade data the experiments run on.
#[derive(clap::Args)]
pub(crate) struct On {
    /// The scenario that holds the trade data
    #[arg(default_value = "geneva-2025", value_name = "SCENARIO")]
    scenario: String,
}

#[derive(Subcommand)]
pub(crate) enum BacktestCommand {
    /// The experiment behind the WTO's figures of April 2025: 145 points on all imports of the United
    /// States from China, 125 on all exports, and the same with electronics at 20
    #[command(after_help = "Examples:\n  detente backtest wto\n  detente backtest wto --format json")]
    Wto(On),
    /// How much of the Section 301 duties buyers bore, at several supply elasticities
    #[command(after_help = "Example:\n  detente backtest pass-through")]
    PassThrough(On),
    /// Imports of the first quarter of 2025, bought ahead of tariffs that were seen coming
    #[command(after_help = "Example:\n  detente backtest front-loading")]
    FrontLoading,
    /// Every dated step of the tariff war since January 2025 through the model
    #[command(
        after_help = "Examples:\n  detente backtest timeline\n  detente backtest timeline --format json"
    )]
    Timeline(On),
    /// Every experiment on one page, hits and misses side by side: docs/validation.md is what this prints
    #[command(after_help = "Example:\n  detente backtest page > docs/validation.md")]
    Page(On),
}

/// One published figure and the model's.
#[derive(serde::Serialize)]
struct Check {
    target: String,
    source: &'static str,
    published: String,
    model: String,
    tolerance: String,
    hit: bool,
}

pub(crate) fn backtest(command: &BacktestCommand, format: Format) -> Result<(), Failure> {
    let json = format == Format::Json;
    match command {
        BacktestCommand::Wto(on) => on.base(|name, base| {
            let results = wto::run(base).map_err(Failure::internal)?;
            if json {
                print_json(&results.document(name))
            } else {
                results.show()
            }
            Ok(())
        }),
        BacktestCommand::PassThrough(on) => on.base(|name, base| {
            let results = pass_through::run(base).map_err(Failure::internal)?;
            if json {
                print_json(&results.document(name))
            } else {
                results.show()
            }
            Ok(())
        }),
        BacktestCommand::FrontLoading => {
            let runs = front_loading::run()?;
            if json {
                print_json(&json!({ "expectations": runs }))
            } else {
                front_loading::show(&runs)
            }
            Ok(())
        }
        BacktestCommand::Timeline(on) => on.base(|_, base| {
            let steps = timeline::run(base)?;
            if json {
                print_json(&timeline::document(&steps))
            } else {
                timeline::show(&steps)
            }
            Ok(())
        }),
        BacktestCommand::Page(on) => on.base(|name, base| {
            let parts = parts(base)?;
            if json {
                let part = |(title, checks): &(&str, Vec<Check>)| json!({ "part": title, "checks": checks });
                print_json(&json!({ "scenario": name, "parts": parts.iter().map(part).collect::<Vec<_>>() }));
            } else {
                write(&page::markdown(&parts));
            }
            Ok(())
        }),
    }
}

impl On {
    /// Runs an experiment on the scenario's name and facts.
    fn base(&self, run: impl FnOnce(&str, &TradeBase) -> Result<(), Failure>) -> Result<(), Failure> {
        let scenario = Scenario::load(&self.scenario)?;
        let name = scenario.name();
        let missing = || Failure::new(exit::USAGE, "NO_TRADE_DATA", format!("{name} has no trade data"));
        run(name, scenario.trade().ok_or_else(missing)?)
    }
}

/// Every experiment, in parts.
fn parts(base: &TradeBase) -> Result<Vec<(&'static str, Vec<Check>)>, Failure> {
    Ok(vec![
        ("Trade under 145% and 125%", wto::run(base).map_err(Failure::internal)?.checks()),
        ("Who bears a duty", pass_through::run(base).map_err(Failure::internal)?.checks()),
        ("Bought ahead of a rise", front_loading::checks(&front_loading::run()?)),
        ("The reciprocal formula", reciprocal::checks(&reciprocal::run()?)),
    ])
}
