//! Quotas, export controls, taxes on digital services, layers and staging in a scenario's files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::Path;

use detente_scenario::{Scenario, ScenarioError};
use scoring::time::{Ending, MeasureKind, Staging, Storable};
use scoring::{Model, Regime, Side, TariffEquivalent};
use tariff::{Agenda, AgendaDigest, Offer, Value};

const FACTS: &str = r#"
[[trade.tariff_rate_quota]]
by = "USA"
on = "CHN"
sectors = ["steel", "aluminium"]
in_quota_rate_pct = 25
quota_usd = 500_000_000
rent = "exporter"

[[trade.export_control]]
by = "CHN"
sector = "other_metals"
cap_pct = 2

[[trade.digital_services]]
by = "CHN"
revenue_usd = 4_000_000_000
base_rate_pct = 3

[trade.staging]
effective_month = 1
standing_months = 1

[trade.staging.added_rate]
phase_in_months = 6
duration_days = 360
after = "sunset"

[trade.adjustment]
years = 4

[trade.stockpiling]
carrying_cost_pct = 3
storable = 0.5
"#;

const ISSUES: &str = r#"
[[issue]]
id = "usa.quota.{sector}"
sectors = ["steel", "aluminium"]
instrument = "tariff_rate_quota"
by = "USA"
on = "CHN"
number = { unit = "usd", min = 0, max = 2_000_000_000, step = 500_000_000 }
status_quo = 500_000_000

[[issue]]
id = "usa.in_quota.steel"
sector = "steel"
instrument = "in_quota_rate"
by = "USA"
on = "CHN"
number = { unit = "percent", decimals = 2, min = 0, max = 50, step = 5 }
status_quo = 25

[[issue]]
id = "chn.digital_services"
instrument = "digital_services_tax"
by = "CHN"
on = "USA"
number = { unit = "percent", decimals = 2, min = 0, max = 6, step = 1 }
status_quo = 3
"#;

/// A copy of Geneva's public part, without its own staging, with `facts` before its parcels and `issues` at
/// its end.
fn folder(facts: &str, issues: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/geneva-2025/public");
    for entry in fs::read_dir(shipped).unwrap() {
        let from = entry.unwrap().path();
        fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    let path = folder.path().join("scenario.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replacen("[trade.staging]\nstanding_months = 1\n", "", 1);
    let text = text.replacen("[[trade.parcels]]", &format!("{facts}\n[[trade.parcels]]"), 1);
    fs::write(&path, text + issues).unwrap();
    folder
}

fn load(facts: &str, issues: &str) -> Result<Scenario, ScenarioError> {
    Scenario::load(folder(facts, issues).path().to_str().unwrap())
}

fn problems(facts: &str, issues: &str) -> String {
    let error = load(facts, issues).unwrap_err();
    let shown: Vec<String> = error
        .problems()
        .iter()
        .map(|p| format!("{} {:?}, expected {}", p.key, p.found, p.expected))
        .collect();
    shown.join("\n")
}

/// The status quo with some values moved.
fn moved(scenario: &Scenario, agenda: &Agenda, moves: &[(&str, Value)]) -> Offer {
    let mut values = scenario.status_quo().to_vec();
    for (issue, value) in moves {
        values[agenda.place(issue).unwrap()] = *value;
    }
    agenda.offer(values).unwrap()
}

#[test]
fn facts_are_read_as_they_stand() {
    let scenario = load(FACTS, ISSUES).unwrap();
    let facts = scenario.trade().unwrap().facts();
    assert_eq!(facts.quotas.len(), 2);
    let quota = &facts.quotas[0];
    assert_eq!((quota.importer, quota.rent_holder, quota.in_quota_rate), (Side::Home, Side::Partner, 0.25));
    assert_eq!((facts.export_controls[0].exporter, facts.export_controls[0].cap), (Side::Partner, 0.02));
    assert_eq!((facts.digital_services[0].base_rate, facts.digital_services[0].rate), (0.03, 0.03));
    let timetable = &facts.timetable;
    let rates =
        Staging { announced: 0, effective: 1, phase_in: 6, duration: Some(12), after: Ending::Sunset };
    assert_eq!(timetable.of(MeasureKind::AddedRate), rates);
    assert_eq!(timetable.of(MeasureKind::DeMinimis), Staging { effective: 1, ..Staging::default() });
    assert_eq!((timetable.standing, timetable.adjustment.years), (Some(1), 4.0));
    let stockpiling = timetable.stockpiling.as_ref().unwrap();
    assert_eq!((stockpiling.response, stockpiling.carrying_cost), (0.56, 0.03));
    assert_eq!(stockpiling.storable, Storable::BySector(vec![0.5; 24]));
}

#[test]
fn every_instrument_moves_its_figure() {
    let scenario = load(FACTS, ISSUES).unwrap();
    let agenda = scenario.agenda(AgendaDigest::of(b"measures"));
    let model = scenario.model(&agenda).unwrap().unwrap();
    let quo = model.impact(&scenario.status_quo_offer(&agenda).unwrap()).unwrap();
    assert_eq!(quo.imports.before, quo.imports.after);
    assert_ne!(quo.quotas[0].regime.after, Regime::None);
    assert!(quo.flags.iter().all(|f| model.base().meaning(f).is_some()), "{:?}", quo.flags);

    let wide = moved(&scenario, &agenda, &[("usa.quota.steel", Value::Number(2_000_000_000))]);
    let wide = model.impact(&wide).unwrap();
    assert!(wide.imports.after > quo.imports.after);
    let cheap = moved(&scenario, &agenda, &[("usa.in_quota.steel", Value::Number(0))]);
    let cheap = model.impact(&cheap).unwrap();
    assert!(cheap.parties[0].tariff_revenue.after < quo.parties[0].tariff_revenue.after);

    // The switch that counted for nothing in Geneva now suspends a control that the facts name.
    let names = |flags: &[scoring::Flag]| flags.iter().any(|f| f.as_str() == "export_controls_not_counted");
    assert!(!names(&quo.flags));
    let relief = moved(&scenario, &agenda, &[("chn.export_controls_suspended", Value::Switch(true))]);
    let relief = model.impact(&relief).unwrap();
    let metals = |impact: &scoring::Impact| {
        impact.sectors.iter().find(|s| s.sector.as_str() == "other_metals").unwrap().imports.value.after
    };
    assert!(metals(&relief) > metals(&quo));
    let TariffEquivalent::Bps(bps) = quo.export_controls[0].tariff_equivalent.after else { panic!("a ban") };
    assert!(bps > 0.0);

    let taxed = moved(&scenario, &agenda, &[("chn.digital_services", Value::Number(600))]);
    assert_eq!(model.impact(&taxed).unwrap().digital_services[0].tax.after, 240_000_000);
}

#[test]
fn geneva_has_a_path_and_its_pause_ends() {
    let scenario = Scenario::load("geneva-2025").unwrap();
    let agenda = scenario.agenda(AgendaDigest::of(b"path"));
    let mut moves: Vec<(String, Value)> = Vec::new();
    for issue in agenda.issues().iter().filter(|issue| issue.id().as_str().contains(".rate.")) {
        moves.push((issue.id().to_string(), Value::Number(1_000)));
    }
    let with_pause = |days: i64| {
        let mut moves: Vec<(&str, Value)> = moves.iter().map(|(id, value)| (id.as_str(), *value)).collect();
        moves.push(("pause.days", Value::Number(days)));
        let offer = moved(&scenario, &agenda, &moves);
        scenario.path(&agenda, &offer, 24).unwrap().unwrap()
    };
    let (held, paused) = (with_pause(0), with_pause(90));
    assert_eq!(held.months.len(), 24);
    let quo = scenario.path(&agenda, &scenario.status_quo_offer(&agenda).unwrap(), 24).unwrap().unwrap();
    assert!(paused.months[2].imports > held.months[2].imports, "buyers see the end coming");
    assert!(paused.months[3].imports < held.months[3].imports);
    // The longer, the more of what would be lost is kept.
    let kept = |month: usize| held.months[month].imports as f64 / quo.months[month].imports as f64;
    assert!((1..24).all(|month| kept(month) > kept(month - 1)) && kept(0) > 1.0);
    // After a month of 145% trade has not yet fallen to its long run, and goes on falling without a deal.
    assert!(quo.months.windows(2).all(|pair| pair[1].imports < pair[0].imports));
    assert!(quo.months[23].imports > quo.status_quo.imports);
    assert!(held.months[0].imports > quo.months[0].imports);
}

#[test]
fn layers_add_up_in_the_files_too() {
    let layered = folder("", "");
    let path = layered.path().join("scenario.toml");
    let text = fs::read_to_string(&path).unwrap();
    let layers = "layer = [{ name = \"fentanyl\", pct = 20 }, { name = \"section_232\", pct = 25 }]";
    fs::write(&path, text.replacen("extra_pct = 45", layers, 1)).unwrap();
    let scenario = Scenario::load(layered.path().to_str().unwrap()).unwrap();
    let shipped = Scenario::load("geneva-2025").unwrap();
    let tranche = |scenario: &Scenario| scenario.trade().unwrap().facts().imports[0].tranches[2].clone();
    assert_eq!(tranche(&scenario).layers.len(), 2);
    assert_eq!(tranche(&scenario).extra, tranche(&shipped).extra);
    let agenda = |s: &Scenario| s.agenda(AgendaDigest::of(b"layers"));
    let quo = |s: &Scenario| {
        let model = s.model(&agenda(s)).unwrap().unwrap();
        model.impact(&s.status_quo_offer(&agenda(s)).unwrap()).unwrap()
    };
    assert_eq!(quo(&scenario), quo(&shipped));
}

#[test]
fn what_is_wrong_is_named() {
    insta::assert_snapshot!(problems(&FACTS.replace("rent = \"exporter\"", "rent = \"nobody\""), ""), @r#"trade.tariff_rate_quota[1].rent Some("\"nobody\""), expected "importer" or "exporter""#);
    insta::assert_snapshot!(problems(&FACTS.replace("cap_pct = 2", "cap_pct = -20"), ""), @r#"trade.export_control[1].cap_pct Some("-20"), expected a number from 0 to 10000"#);
    insta::assert_snapshot!(problems(&FACTS.replace("on = \"CHN\"", "on = \"USA\""), ""), @r#"trade.tariff_rate_quota[1].on Some("USA"), expected the other party"#);
    insta::assert_snapshot!(problems(&FACTS.replace("\"other_metals\"", "\"rare_earths\""), ""), @r#"trade.export_control[1].sector Some("\"rare_earths\""), expected one of livestock, crops, soybeans, food, minerals, energy, chemicals, pharmaceuticals, plastics, leather, wood_paper, textiles, stone_glass, precious, steel, aluminium, other_metals, machinery, electronics, autos, aircraft, other_transport, instruments, consumer"#);
    insta::assert_snapshot!(problems(&FACTS.replace("after = \"sunset\"", "after = \"dusk\""), ""), @r#"trade.staging.added_rate.after Some("\"dusk\""), expected "snapback" or "sunset""#);
    insta::assert_snapshot!(problems(&FACTS.replace("years = 4", "short_run = 4"), ""), @r#"trade.adjustment.short_run Some("4 above 2"), expected at most the elasticity of the long run"#);
    insta::assert_snapshot!(problems("", ISSUES), @r#"trade Some("USA's tariff-rate quota for steel from CHN: no trade data: expected a fact on this tariff-rate quota"), expected facts on everything the issues touch"#);
}
