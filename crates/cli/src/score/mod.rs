//! `detente score`: what an offer does, without a talk.

pub(crate) mod scored;

use std::path::PathBuf;
use std::sync::Arc;

use scenario::Scenario;
use scoring::OFFER_MODELS;
use scoring_server::Bench;
use serde_json::json;

use crate::impacts;
use crate::offers::{self, OfferChoice};
use crate::output::{Failure, Format, line, print_json, unwritable, write};
use crate::parties;
use crate::report::{self, Score};
use scored::Manner;

#[derive(clap::Args)]
#[command(after_help = "\
An offer file holds issue and value, JSON or TOML; what `run --format json` prints can be given as it is.

Examples:
  detente score geneva-2025 --status-quo
  detente score geneva-2025 --offer offer.toml --fill-status-quo
  detente score geneva-2025 --offer deal.json --html deal.html
  detente score geneva-2025 --offer deal.json --horizon 1 --months 24
  detente score geneva-2025 --offer deal.json --tornado
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
    #[arg(long, value_name = "N", conflicts_with = "model", value_parser = clap::value_parser!(u32).range(1..=1200))]
    months: Option<u32>,
    /// Draws of the elasticities behind the bands p5 to p95; 0 for none
    #[arg(long, value_name = "N", default_value_t = scored::DRAWS as u32, value_parser = clap::value_parser!(u32).range(0..=65_536))]
    draws: u32,
    /// Also show which parameter the deficit depends on most
    #[arg(long, conflicts_with = "model")]
    tornado: bool,
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
    let manner = options.manner();
    let impact = manner.impact(&bench, &offer)?;
    let burden = impact.burden(scored::base(&bench)?);
    let months = options.months.map(|months| scored::path(&bench, &offer, months)).transpose()?;
    let tornado = options.tornado.then(|| manner.tornado(&bench, &offer)).transpose()?;
    if let Some(file) = &options.html {
        let months = options.months.unwrap_or(report::MONTHS);
        // Months and tornado are the default model's: on a page of another one they would mislead.
        let default = manner.is_default_model();
        let page = report::html(&Score {
            bench: &bench,
            offer: &offer,
            impact: &impact,
            burden: &burden,
            months: default.then(|| scored::months(&bench, &offer, months)).transpose()?,
            tornado: default.then(|| manner.tornado(&bench, &offer)).transpose()?,
        });
        if file.as_os_str() == "-" {
            write(&page);
            return Ok(());
        }
        std::fs::write(file, page).map_err(|error| unwritable(file, &error, "the page"))?;
    }
    if format == Format::Json {
        let mut document = json!({
            "scenario": bench.scenario().name(),
            "offer": offers::to_json(bench.agenda(), &offer),
            "impact": impact,
            "burden": burden,
        });
        if let Some(months) = months {
            document["path"] = json!(months);
        }
        if let Some(tornado) = tornado {
            document["tornado"] = json!(tornado);
        }
        print_json(&document);
        return Ok(());
    }
    line(&offers::show(&bench, &offer));
    line("");
    line(&impacts::show(&impact, &burden));
    if let Some(months) = months {
        line(&format!("\n{}", impacts::months(&months)));
    }
    if let Some(tornado) = tornado {
        line(&format!("\n{}", impacts::tornado(&tornado)));
    }
    Ok(())
}

impl ScoreOptions {
    fn manner(&self) -> Manner {
        Manner { model: self.model.clone(), horizon: self.horizon, draws: self.draws as usize }
    }
}

/// A scenario made ready, or why it cannot be.
pub(crate) fn bench(scenario: &str) -> Result<Bench, Failure> {
    Bench::new(Arc::new(Scenario::load(scenario)?)).map_err(Failure::internal)
}
