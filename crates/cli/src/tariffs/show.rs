//! Chosen tariffs as tables: what each importer takes from whom, and what it does to welfare.

use serde_json::{Map, Value as Json};

use crate::output::line;
use crate::tables::Sheet;

/// The names in the file the tariffs were found for.
pub(super) struct Names {
    regions: Vec<String>,
    sectors: Vec<String>,
}

impl Names {
    /// Those of a study that has been read without complaint.
    pub(super) fn of(study: &Json) -> Self {
        let names = |key: &str| {
            let given = study[key].as_array().into_iter().flatten();
            given.filter_map(Json::as_str).map(str::to_owned).collect()
        };
        Self { regions: names("regions"), sectors: names("sectors") }
    }
}

pub(super) fn show(names: &Names, found: &Map<String, Json>) {
    for (key, choice) in found {
        if key != "unilateral_optimal" {
            line(&format!("{key}\n"));
            outcome(names, choice, None);
            continue;
        }
        for (place, region) in names.regions.iter().enumerate() {
            line(&format!("optimal for {region}\n"));
            outcome(names, &choice[region], Some(place));
        }
    }
}

/// The tariffs of one importer, or of all, and everybody's welfare.
fn outcome(names: &Names, outcome: &Json, importer: Option<usize>) {
    let mut header = vec!["tariffs of", "sector"];
    header.extend(names.regions.iter().map(String::as_str));
    let mut sheet = Sheet::new(2, &header);
    let importers = (0..names.regions.len()).filter(|i| importer.is_none_or(|only| only == *i));
    for i in importers {
        for (s, sector) in names.sectors.iter().enumerate() {
            let rate = |j: usize| match outcome["tariffs"][s][j][i].as_f64() {
                Some(rate) if j != i => format!("{:.2}%", 100.0 * rate),
                _ => String::new(),
            };
            let rates = (0..names.regions.len()).map(rate);
            sheet.row([names.regions[i].clone(), sector.clone()].into_iter().chain(rates));
        }
    }
    line(&sheet.to_string());
    line("");
    let welfare = names.regions.iter().enumerate().map(|(j, region)| {
        let hat = outcome["welfare_hat"][j].as_f64().unwrap_or(f64::NAN);
        format!("{region} {:+.3}%", 100.0 * (hat - 1.0))
    });
    line(&format!("welfare            {}", welfare.collect::<Vec<_>>().join(", ")));
    if let Some(deviations) = outcome["deviations"].as_array() {
        let most = deviations.iter().filter_map(|d| d["gain"].as_f64()).fold(f64::NEG_INFINITY, f64::max);
        line(&format!("gain from leaving  at most {most:.1e} of welfare, for every region tried"));
    }
    if let Some(gain) = outcome["gain_over_nash"].as_f64() {
        line(&format!("gain over the war  {:+.3}% for everybody", 100.0 * (gain - 1.0)));
    }
    line("");
}
