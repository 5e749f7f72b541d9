//! docs/own-data.md, followed: its table becomes the files it shows, and they score.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::fs;
use std::path::Path;

use detente_scenario::{DraftFile, DraftRequest, Scenario, ScenarioError, draft};
use proptest::prelude::*;
use scoring::{Market, Model, Supply, equilibrium};
use tariff::{AgendaDigest, PartyId, Value};

fn party(name: &str) -> PartyId {
    PartyId::new(name).unwrap()
}

/// The file of this name as the page shows it, in a fenced block `file=NAME`.
fn shown(name: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/own-data.md");
    let page = fs::read_to_string(page).unwrap();
    let block = page.split(&format!(" file={name}\n")).nth(1).unwrap_or_else(|| panic!("no {name}"));
    block.split("```").next().unwrap().to_owned()
}

fn drafted(csv: &str) -> Result<Vec<DraftFile>, ScenarioError> {
    let (home, partner) = (party("NOR"), party("SWE"));
    draft(&DraftRequest {
        name: "north-sea",
        home: &home,
        partner: &partner,
        year: 2024,
        table: "trade.csv",
        csv,
    })
}

/// The scenario in a folder of drafted files.
fn loaded(files: &[DraftFile]) -> Result<Scenario, ScenarioError> {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
    Scenario::load(folder.path().to_str().unwrap())
}

#[test]
fn the_page_shows_what_is_drafted() {
    for file in drafted(&shown("trade.csv")).unwrap() {
        if file.path.ends_with("scenario.toml") || file.path.ends_with("NOR.toml") {
            assert_eq!(file.text, shown(&format!("north-sea/{}", file.path)), "{}", file.path);
        }
    }
}

/// The figures of one market, by the plain solver from the page's own numbers.
#[test]
fn the_tables_numbers_are_scored() {
    let scenario = loaded(&drafted(&shown("trade.csv")).unwrap()).unwrap_or_else(|e| panic!("{e}"));
    let agenda = scenario.agenda(AgendaDigest::of(b"test"));
    assert_eq!((scenario.name(), agenda.issues().len()), ("north-sea", 4));
    let model = scenario.model(&agenda).unwrap().unwrap();
    // Norway's rate on fish from 20 to 5 points, all else as it stands.
    let mut values = scenario.status_quo().to_vec();
    values[0] = Value::Number(500);
    let impact = model.impact(&agenda.offer(values).unwrap()).unwrap();
    let fish = |added: f64| {
        let market = Market {
            v0: &[120e6 * 1.05, 200e6 * 1.05, 900e6],
            t0: &[0.05, 0.05, 0.0],
            t1: &[0.05 + added, 0.05, 0.0],
            sigma: 4.0,
            eta: -0.5,
            supply: &[Supply::Infinite; 3],
        };
        equilibrium(&market).unwrap().exporter_revenue[0]
    };
    let imports = impact.sectors[0].imports.value;
    assert_eq!(imports.base, 120_000_000);
    assert!((imports.before as f64 - fish(0.20)).abs() < 1.0);
    assert!((imports.after as f64 - fish(0.05)).abs() < 1.0);
    assert_eq!(impact.diversion.len(), 2, "Denmark sells to both");
    assert!(impact.flags.is_empty(), "{:?}", impact.flags);
}

/// What is wrong with the page's table once one passage is another.
fn problems(from: &str, to: &str) -> String {
    let csv = shown("trade.csv");
    assert!(csv.contains(from), "{from}");
    drafted(&csv.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn a_broken_table_is_told_file_line_and_column() {
    insta::assert_snapshot!(problems("120,5", "NaN,5"), @r#"trade.csv:2:14: value_musd: found "NaN", expected a number from 0 to 1000000000"#);
    insta::assert_snapshot!(problems("120,5", "-120,5"), @r#"trade.csv:2:14: value_musd: found "-120", expected a number from 0 to 1000000000"#);
    insta::assert_snapshot!(problems("5,20,4", "5,20.125,4"), @r#"trade.csv:2:20: added_pct: found "20.125", expected a rate with at most 2 decimals"#);
    insta::assert_snapshot!(problems("5,20,4", "5,20,inf"), @r#"trade.csv:2:23: sigma: found "inf", expected a number from 0.001 to 100"#);
    insta::assert_snapshot!(problems("5,20,4", "5,20,0.5"), @r#"trade.csv:2:23: sigma: found "0.5", expected an elasticity above 0.5, the size of eta"#);
    insta::assert_snapshot!(problems("tariff_pct", "tariff"), @r#"trade.csv:1:1: tariff_pct: missing, expected this column; the columns are importer, exporter, sector, value_musd, tariff, added_pct, sigma"#);
    insta::assert_snapshot!(problems("NOR,SWE,timber", "NOR,SWE,fish"), @r#"
    trade.csv:1:1: sector: missing, expected a row for what NOR buys of timber from SWE, 0 for nothing
    trade.csv:5:9: sector: found "fish", expected each sector of an importer and exporter once
    "#);
    insta::assert_snapshot!(problems("SWE,DNK,fish", "SWE,denmark!,fish"), @r#"trade.csv:9:5: exporter: found "denmark!", expected party "denmark!" is not valid: expected 1 to 16 capital letters, digits, '_' or '-'"#);
}

/// Without elasticities and own goods a draft assumes them, and every result says so.
#[test]
fn what_is_assumed_is_flagged() {
    let csv = "importer,exporter,sector,value_musd,tariff_pct\nNOR,SWE,fish,100,5\nSWE,NOR,fish,80,3\n";
    let scenario = loaded(&drafted(csv).unwrap()).unwrap_or_else(|e| panic!("{e}"));
    let agenda = scenario.agenda(AgendaDigest::of(b"test"));
    let model = scenario.model(&agenda).unwrap().unwrap();
    let impact = model.impact(&scenario.status_quo_offer(&agenda).unwrap()).unwrap();
    let flags: Vec<_> = impact.flags.iter().map(|f| f.as_str()).collect();
    let unknown = ["diversion_not_by_partner:NOR", "diversion_not_by_partner:SWE"];
    assert_eq!(flags, ["assumed_elasticity", "assumed_penetration", unknown[0], unknown[1]]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Any table is a scenario that loads and starts from its data, or is refused with a place.
    #[test]
    fn a_table_drafts_or_is_refused(
        values in prop::collection::vec(-1.0..500.0_f64, 8), added in prop::collection::vec(0..4_000_u32, 4),
        tariff in 0.0..30.0_f64, cut in 0..400_usize,
    ) {
        let mut csv = "importer,exporter,sector,value_musd,tariff_pct,added_pct\n".to_owned();
        let rows = ["NOR,SWE,a", "SWE,NOR,a", "NOR,SWE,b", "SWE,NOR,b", "NOR,DNK,a", "SWE,SWE,a", "SWE,DNK,b", "NOR,NOR,b"];
        for (i, (row, value)) in rows.iter().zip(&values).enumerate() {
            let added = added.get(i).map_or(0.0, |n| f64::from(*n) / 100.0);
            csv += &format!("{row},{value:.3},{tariff:.2},{added}\n");
        }
        let whole = csv.len();
        csv.truncate(whole - cut.saturating_sub(100).min(whole));
        match drafted(&csv) {
            Ok(files) => {
                let scenario = loaded(&files).unwrap_or_else(|e| panic!("{e}\n{csv}"));
                let agenda = scenario.agenda(AgendaDigest::of(b"test"));
                let model = scenario.model(&agenda).unwrap().unwrap();
                let impact = model.impact(&scenario.status_quo_offer(&agenda).unwrap()).unwrap();
                let given = ((values[0].max(0.0) * 1e3).round() + (values[2].max(0.0) * 1e3).round()) * 1e3;
                let base = impact.imports.base as f64;
                prop_assert!(csv.len() < whole || (base - given).abs() < 2.0, "{base} {given}");
                prop_assert_eq!(impact.imports.before, impact.imports.after);
            }
            Err(ScenarioError::Broken(problems)) => {
                prop_assert!(!problems.is_empty() && problems.iter().all(|p| p.line > 0 && p.column > 0));
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}
