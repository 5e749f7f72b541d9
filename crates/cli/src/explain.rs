//! `detente explain`: why an offer is worth to a party what it is worth.

use std::path::PathBuf;

use delegation::DomesticRule;
use delegation::service::Settings;
use mandate::{Contribution, Explanation};
use scoring_server::Bench;
use serde_json::json;
use tariff::PartyId;

use crate::offers::OfferChoice;
use crate::output::{Failure, Format, line, print_json};
use crate::parties;
use crate::score::bench;
use crate::tables::Sheet;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  detente explain geneva-2025 --party USA --status-quo
  detente explain geneva-2025 --party CHN --offer offer.toml --fill-status-quo
  detente explain geneva-2025 --party USA --mandate mine.toml --offer offer.json --format json")]
pub(crate) struct ExplainOptions {
    /// The scenario: a shipped one's name, or a folder
    #[arg(value_name = "SCENARIO")]
    scenario: String,
    /// Whose mandate speaks
    #[arg(long)]
    party: PartyId,
    /// A mandate in place of the party's own for the scenario
    #[arg(long, value_name = "FILE")]
    mandate: Option<PathBuf>,
    #[command(flatten)]
    offer: OfferChoice,
}

pub(crate) fn explain(options: &ExplainOptions, format: Format) -> Result<(), Failure> {
    let bench = bench(&options.scenario)?;
    seat(&bench, &options.party)?;
    let offer = options.offer.load(&bench)?;
    let profile = parties::profile(&options.party);
    let settings =
        Settings { scenario: bench.scenario(), mandate: options.mandate.as_deref(), strategy: None, seed: 0 };
    let prepared = settings.briefing(&profile)?.prepare(&options.party, bench.agenda())?;
    let mut explanation = prepared.compiled.explain(&offer)?;
    explanation.acceptable = prepared.preferences.acceptable(&offer);
    explanation.red_lines.extend(DomesticRule::verdicts(profile.rules, bench.agenda(), &offer));
    match format {
        Format::Json => print_json(&json!({
            "scenario": bench.scenario().name(),
            "offer": crate::offers::to_json(bench.agenda(), &offer),
            "explanation": explanation,
        })),
        Format::Text => text(&explanation),
    }
    Ok(())
}

/// Refuses a party without a seat in the scenario.
fn seat(bench: &Bench, party: &PartyId) -> Result<(), Failure> {
    let seats: Vec<&str> = bench.scenario().parties().iter().map(|p| p.id.as_str()).collect();
    parties::check_seat(party.as_str(), bench.scenario().name(), &seats)
        .map_err(|failure| failure.at("--party"))
}

fn text(explanation: &Explanation) {
    let header =
        ["objective", "weight", "at the offer", "scaled", "contributes", "at the status quo", "contributes"];
    let mut sheet = Sheet::new(1, &header);
    for objective in &explanation.objectives {
        let (here, there) = (&objective.offer, &objective.status_quo);
        sheet.row([
            objective.name.clone(),
            format!("{:.3}", objective.weight),
            raw(objective, here),
            format!("{:.3}", here.scaled),
            format!("{:.4}", here.contribution),
            raw(objective, there),
            format!("{:.4}", there.contribution),
        ]);
    }
    let weight: f64 = explanation.objectives.iter().map(|o| o.weight).sum();
    let (here, there) = (explanation.utility, explanation.status_quo_utility);
    let blank = String::new;
    let sum = format!("utility of {}", explanation.party);
    sheet.row([
        sum,
        format!("{weight:.3}"),
        blank(),
        blank(),
        format!("{here:.4}"),
        blank(),
        format!("{there:.4}"),
    ]);
    line(&sheet.to_string());
    line("");
    let margin = here - explanation.walk_away;
    line(&format!("walk-away value {:.4}: the offer is {margin:+.4} from it", explanation.walk_away));
    for red_line in &explanation.red_lines {
        let verdict = if red_line.kept {
            "kept".to_owned()
        } else {
            format!("broken by {}", red_line.broken_by.join(", "))
        };
        line(&format!("red line: {}: {verdict}", red_line.red_line));
    }
    line(conclusion(explanation));
}

fn conclusion(explanation: &Explanation) -> &'static str {
    if explanation.acceptable {
        "may be agreed"
    } else if explanation.red_lines.iter().any(|r| !r.kept) {
        "may not be agreed: a red line is broken"
    } else {
        "may not be agreed: it is worth less than walking away"
    }
}

fn raw(objective: &Contribution, reading: &mandate::Reading) -> String {
    match (&reading.value, objective.unit) {
        (Some(value), _) => value.clone(),
        (None, "usd") => format!("{:.2} bn USD", reading.raw / 1e9),
        (None, "bps") => format!("{:.2}%", reading.raw / 100.0),
        (None, _) => format!("{:.4}", reading.raw),
    }
}
