//! Talks held side by side: one file for many partners, and deals that change what other deals are worth.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::fs;
use std::path::Path;

use detente_scenario::{Scenario, ScenarioError};
use scoring::{Impact, Model};
use tariff::{AgendaDigest, Instrument, PartyId, Value};

fn party(name: &str) -> PartyId {
    PartyId::new(name).unwrap()
}

/// What the status quo becomes when the home party's rates are cut to `percent` where they are higher.
fn impact(scenario: &Scenario, percent: i64) -> Impact {
    let agenda = scenario.agenda(AgendaDigest::of(b"test"));
    let model = scenario.model(&agenda).unwrap().unwrap();
    let cut = |(issue, standing): (&tariff::Issue, &Value)| match (issue.instrument(), standing) {
        (Some(Instrument::AddedRate { by, .. }), Value::Number(n)) if by.as_str() == "USA" => {
            Value::Number((*n).min(percent * 100))
        }
        _ => *standing,
    };
    let offer = agenda.issues().iter().zip(scenario.status_quo()).map(cut).collect();
    model.impact(&agenda.offer(offer).unwrap()).unwrap()
}

/// What the cut is worth to the partner: what it sells more.
fn gain(scenario: &Scenario, percent: i64) -> i64 {
    let imports = impact(scenario, percent).imports;
    imports.after - imports.before
}

#[test]
fn a_series_must_be_asked_for_by_member() {
    insta::assert_snapshot!(Scenario::load("usmca-2026").unwrap_err(), @r#"a series of talks: expected one of its members after ':', which are CAN, MEX"#);
    insta::assert_snapshot!(Scenario::load("usmca-2026:BRA").unwrap_err(), @r#"no member "BRA": expected one of CAN, MEX"#);
    insta::assert_snapshot!(Scenario::load("geneva-2025:CHN").unwrap_err(), @r#"no member "CHN": expected nothing after ':', the scenario is one talk"#);
    assert!(matches!(Scenario::load("nowhere:CAN"), Err(ScenarioError::NotFound { .. })));
}

#[test]
fn every_member_is_a_scenario_of_its_own() {
    for series in ["usmca-2026", "seventeen-partners"] {
        let members = Scenario::members(series).unwrap();
        let shipped = Scenario::embedded().into_iter().filter_map(|name| name.split_once(':'));
        let shipped: Vec<_> = shipped.filter(|(name, _)| *name == series).map(|(_, member)| member).collect();
        assert_eq!(members, shipped, "the binary names the members of {series}");
        let mut digests = Vec::new();
        for member in members {
            let scenario = Scenario::load(&format!("{series}:{member}")).unwrap();
            assert_eq!(scenario.name(), format!("{series}:{member}"));
            assert_eq!(scenario.parties()[1].id.as_str(), member);
            assert!(!scenario.title().contains('{') && !scenario.story().contains('{'));
            digests.push(*scenario.digest().as_bytes());
        }
        let all = digests.len();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), all);
    }
    assert_eq!(Scenario::members("seventeen-partners").unwrap().len(), 17);
    assert!(Scenario::members("protocol-of-talks").unwrap().is_empty());
}

/// The base of each scenario is its data: imports by sector, exports as one total.
#[test]
fn the_base_is_the_data() {
    let totals_only = ["uk-2025", "eu-2025", "usmca-2026", "seventeen-partners"];
    for name in Scenario::embedded().into_iter().filter(|n| totals_only.iter().any(|t| n.starts_with(t))) {
        let scenario = Scenario::load(name).unwrap();
        let base = scenario.trade().unwrap();
        let impact = impact(&scenario, 1_000);
        let imports: f64 = base.facts().imports.iter().map(|f| f.value_usd).sum();
        assert!((impact.imports.base as f64 - imports).abs() < 50.0, "{name}");
        let flags: Vec<_> = impact.flags.iter().map(|f| f.as_str()).collect();
        assert!(impact.flags.iter().all(|f| base.meaning(f).is_some()), "{name}: {flags:?}");
        assert!(flags.contains(&"export_total_only"), "{name}: {flags:?}");
        // Where nothing is bought there is exactly nothing, and no NaN.
        let flows = base.facts().imports.iter().zip(&base.facts().exports);
        for (sector, (bought, sold)) in impact.sectors.iter().zip(flows) {
            assert!(bought.value_usd == 0.0 || sold.value_usd == 0.0, "{name} {}", sector.sector);
            let value = if sold.value_usd == 0.0 { sector.exports.value } else { sector.imports.value };
            assert_eq!([value.base, value.before, value.after], [0; 3], "{name} {}", sector.sector);
        }
        assert!(impact.parties.iter().all(|p| p.price_effect.after.is_finite()), "{name}");
    }
}

/// Where nobody names a partner's other suppliers the result says so, and nowhere else.
#[test]
fn missing_suppliers_are_flagged() {
    for (name, missing) in [
        ("seventeen-partners:TWN", true),
        ("seventeen-partners:BGD", true),
        ("seventeen-partners:JPN", false),
        ("usmca-2026:CAN", false),
    ] {
        let impact = impact(&Scenario::load(name).unwrap(), 10);
        let flagged = impact.flags.iter().any(|f| f.as_str().starts_with("diversion_not_by_partner:"));
        assert_eq!(flagged, missing, "{name}: {:?}", impact.flags);
        let theirs = impact.diversion.iter().filter(|d| d.importer.as_str() != "USA").count();
        assert_eq!(theirs == 0, missing, "{name}");
    }
}

/// The heart of it: after Vietnam's deal the same cut is worth less to Japan, and the other way round.
#[test]
fn a_deal_with_one_lowers_what_a_deal_with_another_is_worth() {
    for (one, other) in [("JPN", "VNM"), ("VNM", "JPN"), ("KOR", "EU27")] {
        let alone = Scenario::load(&format!("seventeen-partners:{one}")).unwrap();
        let after = alone.with_third_rates(&[(party(other), 1_000)]).unwrap();
        assert!(gain(&after, 15) < gain(&alone, 15), "{one} after {other}");
        assert!(gain(&after, 15) > 0);
        // It loses sales already before it talks.
        assert!(
            impact(&after, 100).imports.before < impact(&alone, 100).imports.before,
            "{one} after {other}"
        );
        assert_ne!(alone.digest(), after.digest());
    }
    let (canada, mexico) = (Scenario::load("usmca-2026:CAN").unwrap(), party("MEX"));
    assert!(gain(&canada.with_third_rates(&[(mexico, 0)]).unwrap(), 0) < gain(&canada, 0));
}

/// More deals, less left: each further one lowers the worth again.
#[test]
fn every_further_deal_counts() {
    let japan = Scenario::load("seventeen-partners:JPN").unwrap();
    let rates: Vec<_> = ["VNM", "KOR", "EU27", "THA", "TWN"].map(|other| (party(other), 1_000)).into();
    let worth = |deals: usize| gain(&japan.with_third_rates(&rates[..deals]).unwrap(), 15);
    let worths: Vec<_> = (0..=rates.len()).map(worth).collect();
    assert!(worths.windows(2).all(|pair| pair[1] < pair[0]), "{worths:?}");
    assert_eq!(worths[0], gain(&japan, 15));
}

#[test]
fn rates_of_strangers_are_refused() {
    let japan = Scenario::load("seventeen-partners:JPN").unwrap();
    for (who, rate) in [("JPN", 1_000), ("USA", 1_000), ("XYZ", 1_000), ("VNM", -1)] {
        assert!(
            matches!(japan.with_third_rates(&[(party(who), rate)]), Err(ScenarioError::Scoring(_))),
            "{who}"
        );
    }
    assert!(Scenario::load("protocol-of-talks").unwrap().with_third_rates(&[]).is_err());
}

/// What is wrong with a copy of a shipped public part in which one passage of one file is another.
fn broken(file: &str, from: &str, to: &str) -> String {
    broken_twice([(file, from, to)])
}

/// The same with several passages.
fn broken_twice<const N: usize>(edits: [(&str, &str, &str); N]) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/usmca-2026/public");
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    for (file, from, to) in edits {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }
    match Scenario::load(&format!("{}:CAN", folder.path().display())) {
        Ok(_) => "in order".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_broken_series_is_told_where() {
    insta::assert_snapshot!(broken("partners.csv", "CAN,can", "KAN,can"), @r#"partners.csv:1:1: partner: missing, expected a row for every partner, also for CAN"#);
    insta::assert_snapshot!(broken("partners.csv", "0.7651", "0.7{"), @r#"partners.csv:2:16: exposed_share: found "0.7{", expected a text without quotes, backslashes and braces"#);
    insta::assert_snapshot!(broken("partners.csv", "0.7651", "1.5"), @r#"scenario.toml:70:9: trade.imports.tranche[1].share: found 1.5, expected a number from 0 to 1"#);
    insta::assert_snapshot!(broken("partners.csv", "party_name", "name"), @r#"partners.csv:1:1: name: found a column "name", expected another name: {sector} and {name} are taken"#);
    insta::assert_snapshot!(broken("scenario.toml", "[\"CAN\", \"MEX\"]", "[\"CAN\", \"CAN\"]"), @r#"scenario.toml:18:12: series.partners: found "CAN" again, expected each partner once"#);
    insta::assert_snapshot!(broken("rates_2026_04_est.csv", "MEX,autos", "MEX,autos2"), @r#"rates_2026_04_est.csv:381:5: sector: found "autos2", expected a sector of the scenario"#);
    insta::assert_snapshot!(broken("rates_2026_04_est.csv", "AUS,livestock,6.5039", "AUS,livestock,-6"), @r#"rates_2026_04_est.csv:2:15: added_pct: found "-6", expected a number from 0 to 10000"#);
    insta::assert_snapshot!(broken("scenario.toml", "{ partner = \"{partner}\" }", "{ partners = \"{partner}\" }"), @r#"us_imports_2024_by_partner_sector.csv:1:1: partners: missing, expected this column, as line 44 of scenario.toml says; the columns are partner, sector, imports_musd, duty_musd, collected_rate_pct"#);
}

/// What a place holds and what a template becomes are bounded: small files cannot fill the memory.
#[test]
fn a_template_cannot_grow_without_bound() {
    let long = "x".repeat(1_001);
    insta::assert_snapshot!(broken("partners.csv", "CAN,can", &format!("CAN,{long}")), @r#"partners.csv:2:5: code: found "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, expected a text of at most 1000 characters"#);
    let longest = format!("CAN,can,{}", "x".repeat(1_000));
    let places = |count: usize| format!("# {}\nformat = 1", "{party_name}".repeat(count));
    let with = |count: usize| {
        let cell = ("partners.csv", "CAN,can,Canada", longest.as_str());
        broken_twice([cell, ("scenario.toml", "format = 1", &places(count))])
    };
    insta::assert_snapshot!(with(9_000), @r#"scenario.toml:19:12: series.partners: found more for "CAN", expected a main file of at most 8 MiB with every place filled in"#);
    assert_eq!(with(8_000), "in order", "what fits is filled in");
}

/// What was agreed in London moves what it should: quotas the cars and metals sold, the tax its own line.
#[test]
fn quotas_and_the_services_tax_of_the_united_kingdom_count() {
    let scenario = Scenario::load("uk-2025").unwrap();
    let agenda = scenario.agenda(AgendaDigest::of(b"test"));
    let model = scenario.model(&agenda).unwrap().unwrap();
    let with = |id: &str, value: i64| {
        let mut values = scenario.status_quo().to_vec();
        values[agenda.place(id).unwrap()] = Value::Number(value);
        model.impact(&agenda.offer(values).unwrap()).unwrap()
    };
    let sold = |impact: &Impact, sector: &str| {
        let sector = impact.sectors.iter().find(|s| s.sector.as_str() == sector).unwrap();
        (sector.imports.value.before, sector.imports.value.after)
    };
    for (quota, sector) in
        [("usa.quota.autos", "autos"), ("usa.quota.steel", "steel"), ("usa.quota.aluminium", "aluminium")]
    {
        let half = with(quota, 1_000_000_000);
        let (before, after) = sold(&half, sector);
        let whole = with(quota, if sector == "autos" { 12_000_000_000 } else { 1_500_000_000 });
        assert!(before <= after && after <= sold(&whole, sector).1, "{sector}");
        assert!(before < sold(&whole, sector).1, "{sector}");
    }
    let untaxed = with("gbr.digital_services_tax", 0);
    let [services] = untaxed.digital_services.as_slice() else { panic!("{:?}", untaxed.digital_services) };
    assert_eq!((services.tax.base, services.tax.after), (1_020_000_000, 0));
    assert_eq!(untaxed.imports.before, untaxed.imports.after, "outside goods trade");
}
