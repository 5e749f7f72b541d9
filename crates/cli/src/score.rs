//! `detente score`: what an offer does, without a talk. `detente backtest`: what the model says
//! beside what others published.

use std::sync::Arc;

use clap::Subcommand;
use scenario::Scenario;
use scoring::{Elasticities, WtoExperiment, wto_experiment};
use scoring_server::Bench;
use serde_json::json;

use crate::impacts;
use crate::offers::{self, OfferChoice};
use crate::output::{Failure, Format, exit, line, print_json};
use crate::parties;
use crate::tables::Sheet;

#[derive(clap::Args)]
#[command(after_help = "\
An offer file holds issue and value, JSON or TOML; what `run --format json` prints can be given as it is.

Examples:
  detente score geneva-2025 --status-quo
  detente score geneva-2025 --offer offer.toml --fill-status-quo
  detente score seventeen-partners:JPN --status-quo --agreed VNM=20 --agreed KOR=15
  detente run geneva-2025 --format json | detente score geneva-2025 --offer - --format json")]
pub(crate) struct ScoreOptions {
    /// The scenario: a shipped one's name, or a folder
    #[arg(value_name = "SCENARIO")]
    scenario: String,
    #[command(flatten)]
    offer: OfferChoice,
    /// What the home party's other talks agreed on: the added rate of a third country in percent, in
    /// every sector on this table; may be given again
    #[arg(long, value_name = "PARTY=PERCENT")]
    agreed: Vec<String>,
}

pub(crate) fn score(options: &ScoreOptions, format: Format) -> Result<(), Failure> {
    let scenario = Scenario::load(&options.scenario)?;
    let scenario = match options.agreed.as_slice() {
        [] => scenario,
        agreed => scenario.with_third_rates(&parties::rates(agreed)?)?,
    };
    let bench = Bench::new(Arc::new(scenario)).map_err(Failure::internal)?;
    let offer = options.offer.load(&bench)?;
    let model = bench.model().ok_or_else(|| no_trade(&bench))?;
    let impact = model.impact(&offer).map_err(Failure::internal)?;
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

fn no_trade(bench: &Bench) -> Failure {
    let message = format!("{} has no trade data: nothing in it can be scored", bench.scenario().name());
    Failure::new(exit::USAGE, "NO_TRADE_DATA", message)
        .hint("`detente explain` says what an offer is worth to a party")
}

#[derive(Subcommand)]
pub(crate) enum BacktestCommand {
    /// The experiment behind the WTO's figures of April 2025: 145 points on all imports of the United
    /// States from China, 125 on all exports, and the same with electronics at 20
    #[command(after_help = "Examples:\n  detente backtest wto\n  detente backtest wto --format json")]
    Wto {
        /// The scenario that holds the trade data
        #[arg(default_value = "geneva-2025", value_name = "SCENARIO")]
        scenario: String,
    },
}

/// What the WTO published, in percent of trade between the two.
const WTO_ON_EVERYTHING: f64 = -91.0;
const WTO_ELECTRONICS_EXEMPT: f64 = -81.0;
const WTO_SOURCE: &str = "WTO, Global Trade Outlook and Statistics, April 2025";

pub(crate) fn backtest(command: &BacktestCommand, format: Format) -> Result<(), Failure> {
    let BacktestCommand::Wto { scenario } = command;
    let scenario = Scenario::load(scenario)?;
    let Some(base) = scenario.trade() else {
        let message = format!("{} has no trade data", scenario.name());
        return Err(Failure::new(exit::USAGE, "NO_TRADE_DATA", message));
    };
    let cases = [
        ("by sector", Elasticities::default()),
        ("2.0", Elasticities::uniform(2.0)),
        ("0.76", Elasticities::uniform(0.76)),
    ];
    let run = |(sigma, elasticities): (&'static str, Elasticities)| {
        wto_experiment(base, &elasticities).map(|experiment| (sigma, experiment))
    };
    let results = cases.into_iter().map(run).collect::<Result<Vec<_>, _>>().map_err(Failure::internal)?;
    if format == Format::Json {
        print_json(&wto_document(scenario.name(), &results))
    } else {
        wto_table(&results)
    }
    Ok(())
}

fn wto_document(scenario: &str, results: &[(&str, WtoExperiment)]) -> serde_json::Value {
    let change = |change: &scoring::TradeChange| {
        json!({
            "trade_percent": change.percent(),
            "imports_usd": change.imports,
            "exports_usd": change.exports,
        })
    };
    let case = |(sigma, experiment): &(&str, WtoExperiment)| {
        json!({
            "sigma": sigma,
            "on_everything": change(&experiment.on_everything),
            "electronics_exempt": change(&experiment.electronics_exempt),
        })
    };
    json!({
        "scenario": scenario,
        "published": {
            "source": WTO_SOURCE,
            "on_everything_percent": WTO_ON_EVERYTHING,
            "electronics_exempt_percent": WTO_ELECTRONICS_EXEMPT,
        },
        "model": results.iter().map(case).collect::<Vec<_>>(),
    })
}

fn wto_table(results: &[(&str, WtoExperiment)]) {
    let header = ["change of trade", "published", "model, σ by sector", "σ 2.0", "σ 0.76"];
    let mut sheet = Sheet::new(1, &header);
    let mut case = |name: &str, published: f64, of: &dyn Fn(&WtoExperiment) -> f64| {
        let model = results.iter().map(|(_, experiment)| format!("{:+.2}%", of(experiment)));
        sheet.row([name.to_owned(), format!("{published:+.0}%")].into_iter().chain(model));
    };
    case("145 and 125 points on everything", WTO_ON_EVERYTHING, &|e| e.on_everything.percent());
    case("the same, electronics at 20 points", WTO_ELECTRONICS_EXEMPT, &|e| e.electronics_exempt.percent());
    line(&sheet.to_string());
    line(&format!("published: {WTO_SOURCE}"));
}
