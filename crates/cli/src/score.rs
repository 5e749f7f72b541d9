//! `detente score`: what an offer does, without a talk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use scenario::Scenario;
use scoring::{
    ArmingtonCes, Elasticities, Impact, Model as _, OFFER_MODELS, ScoringError, compile_model, time,
};
use scoring_server::Bench;
use serde_json::json;
use tariff::Offer;

use crate::impacts;
use crate::offers::{self, OfferChoice};
use crate::output::{Failure, Format, exit, line, print_json, write};
use crate::parties;
use crate::report::{self, Score};

#[derive(clap::Args)]
#[command(after_help = "\
An offer file holds issue and value, JSON or TOML; what `run --format json` prints can be given as it is.

Examples:
  detente score geneva-2025 --status-quo
  detente score geneva-2025 --offer offer.toml --fill-status-quo
  detente score geneva-2025 --offer deal.json --html deal.html
  detente score geneva-2025 --offer deal.json --horizon 1 --months 24
  detente score seventeen-partners:JPN --status-quo --agreed VNM=20 --agreed KOR=15
  detente run geneva-2025 --format json | detente score geneva-2025 --offer - --format json")]
pub(crate) struct ScoreOptions {
    /// The scenario: a shipped one's name, or a folder
    #[arg(value_name = "SCENARIO")]
    scenario: String,
    #[command(flatten)]
    offer: OfferChoice,
    /// The model: armington (exact), or gsim and smart (linear, for small changes and comparison)
    #[arg(long, value_name = "NAME", default_value = OFFER_MODELS[0].0, value_parser = OFFER_MODELS.map(|(name, _)| name))]
    model: String,
    /// The figures so many years after the change instead of in the long run: elasticities grow with time
    #[arg(long, value_name = "YEARS", conflicts_with = "model")]
    horizon: Option<f64>,
    /// Also show so many months from the agreement on, with what is bought ahead of a rise
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1200))]
    months: Option<u32>,
    /// Also write a page of its own to FILE: charts, diversion, flags, sources; `-` for standard output
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
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
    let impact = impact(options, &bench, &offer)?;
    let months = options.months.map(|months| path(&bench, &offer, months)).transpose()?;
    if let Some(file) = &options.html {
        let path = path(&bench, &offer, options.months.unwrap_or(report::MONTHS))?;
        let page = report::html(&Score { bench: &bench, offer: &offer, impact: &impact, path: &path });
        if file.as_os_str() == "-" {
            write(&page);
            return Ok(());
        }
        std::fs::write(file, page).map_err(|error| unwritable(file, &error))?;
    }
    if format == Format::Json {
        let mut document = json!({
            "scenario": bench.scenario().name(),
            "offer": offers::to_json(bench.agenda(), &offer),
            "impact": impact,
        });
        if let Some(months) = months {
            document["path"] = json!(months);
        }
        print_json(&document);
        return Ok(());
    }
    line(&offers::show(&bench, &offer));
    line("");
    line(&impacts::show(&impact));
    if let Some(months) = months {
        line(&format!("\n{}", impacts::months(&months)));
    }
    Ok(())
}

/// The impact at the horizon that was asked for.
fn impact(options: &ScoreOptions, bench: &Bench, offer: &Offer) -> Result<Impact, Failure> {
    let model = bench.model().ok_or_else(|| no_trade(bench))?;
    let other = options.model != OFFER_MODELS[0].0;
    let scored = match options.horizon {
        _ if other => compile_model(&options.model, model.base(), bench.agenda(), bench.status_quo())
            .and_then(|model| model.impact(offer)),
        None => model.impact(offer),
        Some(years) => {
            let elasticities = Elasticities::at_horizon(years);
            ArmingtonCes::compile_with(model.base(), bench.agenda(), bench.status_quo(), &elasticities)
                .and_then(|model| model.impact(offer))
        }
    };
    scored.map_err(not_scored)
}

/// The months from the agreement on, as the scenario's timetable has them.
fn path(bench: &Bench, offer: &Offer, months: u32) -> Result<time::Path, Failure> {
    let base = bench.model().ok_or_else(|| no_trade(bench))?.base();
    let timetable = &base.facts().timetable;
    time::path(base, bench.agenda(), bench.status_quo(), offer, timetable, months).map_err(not_scored)
}

fn not_scored(error: ScoringError) -> Failure {
    match error {
        ScoringError::BadFact { .. } => Failure::new(exit::USAGE, "BAD_ARGUMENT", error.to_string()),
        other => Failure::internal(other),
    }
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
