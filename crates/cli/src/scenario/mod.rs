//! `detente scenario`: what can be talked about.

mod check;
mod import;
mod new;

use clap::Subcommand;
use scenario::Scenario;
use serde_json::{Value as Json, json};
use tariff::{Issue, IssueKind};

use crate::offers::{self, spoken};
use crate::output::{Failure, Format, line, print_json};
use crate::score::bench;
use crate::tables::Sheet;

#[derive(Subcommand)]
pub(crate) enum ScenarioCommand {
    /// The scenarios that ship with the command
    #[command(after_help = "Example:\n  detente scenario list")]
    List,
    /// A scenario: its story, parties, agenda, status quo and sources
    #[command(
        after_help = "Examples:\n  detente scenario show geneva-2025\n  detente scenario show ./my-talks --format json"
    )]
    Show {
        /// A shipped scenario's name, or a folder
        #[arg(value_name = "NAME|DIR")]
        scenario: String,
    },
    /// Everything that is wrong with a scenario and the mandates beside it: file, line, key, what was
    /// expected; exit code 64 if anything is
    #[command(after_help = "Examples:\n  detente scenario check\n  detente scenario check ./my-talks")]
    Check {
        /// A shipped scenario's name, or a folder with scenario.toml or public/scenario.toml, and perhaps
        /// mandates/*.toml; by default every shipped one
        #[arg(value_name = "NAME|DIR")]
        scenario: Option<String>,
    },
    /// A folder for your own talks, drafted from one table of trade
    New(new::NewOptions),
    /// A scenario from files of GENIUS, GeniusWeb or NegMAS
    Import(import::ImportOptions),
    /// A scenario as files that NegMAS reads
    Export(import::ExportOptions),
}

pub(crate) fn scenario(command: &ScenarioCommand, format: Format) -> Result<(), Failure> {
    match command {
        ScenarioCommand::List => list(format),
        ScenarioCommand::Show { scenario } => show(scenario, format),
        ScenarioCommand::Check { scenario } => check::check(scenario.as_deref(), format),
        ScenarioCommand::New(options) => new::new(options, format),
        ScenarioCommand::Import(options) => import::import(options, format),
        ScenarioCommand::Export(options) => import::export(options, format),
    }
}

fn list(format: Format) -> Result<(), Failure> {
    let scenarios = Scenario::embedded().into_iter().map(Scenario::load).collect::<Result<Vec<_>, _>>()?;
    if format == Format::Json {
        print_json(&json!({ "scenarios": scenarios.iter().map(head).collect::<Vec<_>>() }));
        return Ok(());
    }
    let mut sheet = Sheet::new(3, &["scenario", "about", "parties", "issues", "rounds"]);
    for s in &scenarios {
        let (issues, rounds) = (s.issues().len().to_string(), s.rounds().to_string());
        sheet.row([s.name().to_owned(), s.title().to_owned(), parties(s).join(", "), issues, rounds]);
    }
    line(&sheet.to_string());
    Ok(())
}

fn head(s: &Scenario) -> Json {
    json!({
        "name": s.name(),
        "title": s.title(),
        "parties": parties(s),
        "issues": s.issues().len(),
        "rounds": s.rounds(),
        "digest": s.digest().to_string(),
    })
}

fn parties(s: &Scenario) -> Vec<String> {
    s.parties().iter().map(|party| party.id.to_string()).collect()
}

fn show(name: &str, format: Format) -> Result<(), Failure> {
    let bench = bench(name)?;
    let s = bench.scenario();
    if format == Format::Json {
        print_json(&document(s, &offers::to_json(bench.agenda(), bench.status_quo())));
        return Ok(());
    }
    line(&format!("{} — {}\n\n{}", s.name(), s.title(), s.story().trim_end()));
    line("");
    for party in s.parties() {
        line(&format!("party   {}  {}", party.id, party.name));
    }
    line(&format!("talk    {}, {} rounds", crate::summaries::procedure(s.procedure()), s.rounds()));
    if let Some(trade) = s.trade() {
        let facts = trade.facts();
        line(&format!(
            "trade   {} with {}, {}, {} sectors",
            facts.home,
            facts.partner,
            facts.year,
            facts.sectors.len()
        ));
    }
    line(&format!("digest  {}\n", s.digest()));
    let mut sheet = Sheet::new(3, &["issue", "about", "values", "status quo"]);
    for (place, issue) in s.issues().iter().enumerate() {
        let title = s.issue_title(place).unwrap_or_default();
        sheet.row([issue.id().as_str(), title, &values(issue), &spoken(issue, s.status_quo()[place])]);
    }
    line(&sheet.to_string());
    line("");
    for source in s.sources() {
        line(&format!("source  {}: {} ({})", source.what, source.citation, source.licence));
    }
    Ok(())
}

fn document(s: &Scenario, status_quo: &Json) -> Json {
    let mut document = head(s);
    document["story"] = json!(s.story());
    document["parties"] =
        s.parties().iter().map(|party| json!({ "id": party.id.as_str(), "name": party.name })).collect();
    document["procedure"] = json!(crate::summaries::procedure(s.procedure()));
    document["turn_limit_us"] = json!(s.turn_limit_us());
    document["time_limit_us"] = json!(s.time_limit_us());
    document["issues"] = s
        .issues()
        .iter()
        .enumerate()
        .map(|(place, issue)| {
            json!({
                "id": issue.id().as_str(),
                "title": s.issue_title(place),
                "values": values(issue),
                "instrument": issue.instrument().map(ToString::to_string),
            })
        })
        .collect();
    document["status_quo"] = status_quo.clone();
    let sources = s.sources().iter();
    document["sources"] = sources
        .map(|source| json!({ "what": source.what, "citation": source.citation, "licence": source.licence }))
        .collect();
    document
}

/// The values an issue can take, for people.
fn values(issue: &Issue) -> String {
    match issue.kind() {
        IssueKind::Number(range) => {
            let value = |n| spoken(issue, tariff::Value::Number(n));
            format!("{} to {} by {}", value(range.min()), value(range.max()), value(range.step()))
        }
        IssueKind::Choice(choices) => {
            choices.labels().iter().map(|label| label.as_str()).collect::<Vec<_>>().join(" | ")
        }
        IssueKind::Switch => "off | on".to_owned(),
    }
}
