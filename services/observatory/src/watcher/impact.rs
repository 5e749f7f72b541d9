//! What an offer does, sector by sector, with bands.

use scoring::uncertainty::{Band, Distributions, Ensemble, with_bands};
use scoring::{ArmingtonCes, Elasticities, Impact, ScoringError, SectorImpact, Usd};
use scoring_server::Bench;
use serde_json::{Value as Json, json};
use tariff::Offer;

/// Draws behind a band: those of `detente score`, so that both say the same.
const DRAWS: usize = 1000;
const SEED: u32 = 1;

/// The impact as the page shows it; nothing where the scenario has no trade data.
pub(crate) fn document(bench: &Bench, offer: &Offer) -> Result<Option<Json>, ScoringError> {
    let Some(model) = bench.model() else { return Ok(None) };
    let base = model.base();
    let elasticities = Elasticities::default();
    let model = ArmingtonCes::compile_with(base, bench.agenda(), bench.status_quo(), &elasticities)?;
    let spread = Distributions::published(base);
    let ensemble = Ensemble::around(model.clone(), &elasticities, &spread, DRAWS, SEED)?;
    let impact = with_bands(scoring::Model::impact(&model, offer)?, &ensemble, offer)?;
    let name = |sector: &SectorImpact| {
        let known = base.facts().sectors.iter().find(|known| known.id == sector.sector);
        known.map_or_else(|| sector.sector.to_string(), |known| known.name.clone())
    };
    let sectors = impact.sectors.iter().map(|sector| {
        json!({
            "id": sector.sector.as_str(),
            "name": name(sector),
            "imports": figure(sector.imports.value, None),
            "exports": figure(sector.exports.value, None),
        })
    });
    Ok(Some(json!({
        "home": impact.parties[0].party.as_str(),
        "partner": impact.parties[1].party.as_str(),
        "draws": DRAWS,
        "headlines": headlines(&impact),
        "sectors": sectors.collect::<Vec<_>>(),
        "flags": impact.flags.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })))
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
