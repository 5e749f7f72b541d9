//! What an offer does, sector by sector, with bands, as pages show it.

use scenario::{Scenario, ScenarioError};
use scoring::uncertainty::{Band, Distributions, Ensemble, with_bands};
use scoring::{ArmingtonCes, Elasticities, Impact, Model as _, ScoringError, SectorImpact, Usd};
use serde_json::{Value as Json, json};
use tariff::{Agenda, Offer, SectorId};

/// Draws behind a band: those of `detente score`, so that both say the same.
const DRAWS: usize = 1000;
const SEED: u32 = 1;

/// Why impacts cannot be written down.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The scenario's data do not fit the agenda.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The model has no solution.
    #[error(transparent)]
    Scoring(#[from] ScoringError),
}

/// Writes an offer's impact as one document. Making one ready costs more than asking it.
#[derive(Debug)]
pub struct Sheet {
    model: ArmingtonCes,
    ensemble: Ensemble,
    sectors: Vec<(SectorId, String)>,
}

impl Sheet {
    /// A sheet for offers on this agenda; nothing where the scenario has no trade data.
    ///
    /// # Errors
    /// The scenario's data do not fit the agenda, or a draw has no solution.
    pub fn new(scenario: &Scenario, agenda: &Agenda) -> Result<Option<Self>, SheetError> {
        let Some(model) = scenario.model(agenda)? else { return Ok(None) };
        let spread = Distributions::published(model.base());
        let ensemble = Ensemble::around(model.clone(), &Elasticities::default(), &spread, DRAWS, SEED)?;
        let sectors = model.base().facts().sectors.iter().map(|known| (known.id.clone(), known.name.clone()));
        let sectors = sectors.collect();
        Ok(Some(Self { model, ensemble, sectors }))
    }

    /// What the offer does, by headline and by sector.
    ///
    /// # Errors
    /// It is an offer of another agenda, or the model has no solution for it.
    pub fn document(&self, offer: &Offer) -> Result<Json, SheetError> {
        let impact = with_bands(self.model.impact(offer)?, &self.ensemble, offer)?;
        let name = |sector: &SectorImpact| {
            let known = self.sectors.iter().find(|(id, _)| *id == sector.sector);
            known.map_or_else(|| sector.sector.to_string(), |(_, name)| name.clone())
        };
        let sectors = impact.sectors.iter().map(|sector| {
            json!({
                "id": sector.sector.as_str(),
                "name": name(sector),
                "imports": figure(sector.imports.value, None),
                "exports": figure(sector.exports.value, None),
            })
        });
        Ok(json!({
            "home": impact.parties[0].party.as_str(),
            "partner": impact.parties[1].party.as_str(),
            "draws": DRAWS,
            "headlines": headlines(&impact),
            "sectors": sectors.collect::<Vec<_>>(),
            "flags": impact.flags.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }))
    }
}

fn headlines(impact: &Impact) -> Vec<Json> {
    let bands = impact.bands.as_ref().map(|bands| &bands.figures);
    let [home, partner] = impact.parties.each_ref().map(|party| party.party.as_str());
    let row = |name: String, of: Usd, band| {
        let mut row = figure(of, band);
        row["name"] = json!(name);
        row
    };
    vec![
        row(
            format!("deficit of {home} with {partner}"),
            impact.bilateral_deficit,
            bands.map(|b| b.bilateral_deficit),
        ),
        row(format!("imports of {home}"), impact.imports, bands.map(|b| b.imports)),
        row(format!("exports of {home}"), impact.exports, bands.map(|b| b.exports)),
        row("total trade".to_owned(), impact.total_trade, bands.map(|b| b.total_trade)),
    ]
}

fn figure(of: Usd, band: Option<Band<i64>>) -> Json {
    json!({
        "base": of.base, "before": of.before, "after": of.after,
        "p5": band.map(|band| band.p5), "p95": band.map(|band| band.p95),
    })
}
