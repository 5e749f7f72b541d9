//! A broken scenario is answered with file, line, column, key, and what was expected; never with a
//! panic.

#![allow(clippy::unwrap_used)] // only in tests

use std::fs;
use std::path::{Path, PathBuf};

use detente_scenario::{Scenario, ScenarioError};
use proptest::prelude::*;

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(name).join("public")
}

/// A copy of a shipped public part in which `edit` changed one file.
fn edited(name: &str, file: &str, edit: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(shipped(name)).unwrap() {
        let from = entry.unwrap().path();
        fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, edit(&text)).unwrap();
    folder
}

/// The problems of the Geneva scenario with one passage replaced.
fn problems(file: &str, from: &str, to: &str) -> Vec<String> {
    let folder = edited("geneva-2025", file, |text| {
        assert!(text.contains(from), "{file} has no {from:?}");
        text.replacen(from, to, 1)
    });
    match Scenario::load(folder.path().to_str().unwrap()) {
        Err(ScenarioError::Broken(problems)) => problems.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

/// The line of the first occurrence of `text` in a file of the Geneva scenario.
fn line(file: &str, text: &str) -> usize {
    let whole = fs::read_to_string(shipped("geneva-2025").join(file)).unwrap();
    whole.lines().position(|l| l.contains(text)).unwrap() + 1
}

#[test]
fn a_missing_key_is_named_where_its_table_begins() {
    insta::assert_snapshot!(problems("scenario.toml", "rounds = 30", "").join("\n"), @r#"scenario.toml:28:1: talk.rounds: missing, expected a whole number from 1 to 100000"#);
}

#[test]
fn a_wrong_type_says_what_stands_there() {
    insta::assert_snapshot!(problems("scenario.toml", "rounds = 30", "rounds = \"twenty\"").join("\n"), @r#"scenario.toml:30:10: talk.rounds: found "twenty", expected a whole number from 1 to 100000"#);
}

#[test]
fn an_unknown_key_is_refused_with_those_there_are() {
    insta::assert_snapshot!(problems("scenario.toml", "rounds = 30", "rounds = 30\nturns = 3").join("\n"), @r#"scenario.toml:31:1: talk.turns: found an unknown key, expected one of procedure, rounds, turn_limit_seconds, time_limit_seconds"#);
}

#[test]
fn an_unknown_sector_is_refused_with_those_there_are() {
    insta::assert_snapshot!(problems("scenario.toml", "\"instruments\", \"consumer\"", "\"instruments\", \"toys\"").join("\n"), @r#"scenario.toml:151:11: issue[3].sectors: found "toys", expected one of livestock, crops, soybeans, food, minerals, energy, chemicals, pharmaceuticals, plastics, leather, wood_paper, textiles, stone_glass, precious, steel, aluminium, other_metals, machinery, electronics, autos, aircraft, other_transport, instruments, consumer"#);
}

#[test]
fn an_unknown_party_is_refused_with_those_there_are() {
    insta::assert_snapshot!(problems("scenario.toml", "by = \"USA\"", "by = \"EU27\"").join("\n"), @r#"scenario.toml:132:6: issue[1].by: found "EU27", expected one of USA, CHN"#);
}

#[test]
fn a_bad_range_says_which_rule_it_breaks() {
    insta::assert_snapshot!(problems("scenario.toml", "max = 125, step = 5 }", "max = 124, step = 5 }").join("\n"), @r#"scenario.toml:134:59: issue[1].number.max: found a range that is not valid, expected max to be min plus a multiple of step"#);
    insta::assert_snapshot!(problems("scenario.toml", "max = 125, step = 5 }", "max = 125, step = 0 }").join("\n"), @r#"scenario.toml:134:71: issue[1].number.step: found a range that is not valid, expected a positive step"#);
    insta::assert_snapshot!(problems("scenario.toml", "max = 125, step = 5 }", "max = 125, step = 0.001 }").join("\n"), @r#"scenario.toml:134:71: issue[1].number.step: found 0.001, expected a number with at most 2 decimals"#);
}

#[test]
fn a_status_quo_off_the_range_is_refused() {
    insta::assert_snapshot!(problems("scenario.toml", "status_quo = 125", "status_quo = 123").join("\n"), @r#"scenario.toml:135:14: issue[1].status_quo: found 123 percent, expected 0 percent to 125 percent in steps of 5 percent"#);
}

#[test]
fn a_duplicate_issue_is_named() {
    insta::assert_snapshot!(problems("scenario.toml", "id = \"usa.de_minimis\"", "id = \"chn.rate.steel\"").join("\n"), @r#"scenario.toml:180:6: issue[6].id: found "chn.rate.steel" again, expected a name that no other issue has"#);
}

#[test]
fn an_instrument_set_twice_is_named() {
    let twice = "instrument = \"pause\"\nnumber = { unit = \"day\", min = 0, max = 9, step = 1 }\nstatus_quo = 0\n\
                 [[issue]]\nid = \"again\"\ninstrument = \"pause\"";
    insta::assert_snapshot!(problems("scenario.toml", "instrument = \"pause\"", twice).join("\n"), @r#"scenario.toml:205:14: issue[9].instrument: found "again" sets it again, expected each instrument once"#);
}

#[test]
fn an_instrument_of_another_kind_of_value_is_refused() {
    insta::assert_snapshot!(problems("scenario.toml", "unit = \"day\"", "unit = \"week\"").join("\n"), @r#"scenario.toml:200:14: issue[8].instrument: found another kind of value, expected a number from 0 in day without decimals"#);
}

#[test]
fn a_missing_column_lists_those_there_are() {
    insta::assert_snapshot!(problems("tariffs_in_force_2025_05_est.csv", "china_added_pp", "china_added").join("\n"), @r#"tariffs_in_force_2025_05_est.csv:1:1: china_added_pp: missing, expected this column, as line 82 of scenario.toml says; the columns are sector, us_base_pct, us_share_full, us_share_electronics_exempt, us_share_section_232, us_share_other_exempt, us_added_full_pp, us_added_exempt_pp, us_added_232_pp, china_base_pct, china_2025_lists_pp, china_added"#);
}

#[test]
fn a_cell_that_is_no_number_is_named_by_line_and_column() {
    insta::assert_snapshot!(problems("us_china_2024_by_sector.csv", "5.823", "high").join("\n"), @r#"us_china_2024_by_sector.csv:2:69: sigma_median: found "high", expected a number from 0.001 to 100"#);
    insta::assert_snapshot!(problems("tariffs_in_force_2025_05_est.csv", "minerals,4.5634,0.4", "minerals,4.5634,1.4").join("\n"), @r#"tariffs_in_force_2025_05_est.csv:6:17: us_share_full: found "1.4", expected a number from 0 to 1"#);
}

#[test]
fn what_is_no_finite_number_is_refused_where_it_stands() {
    let flows = "us_china_2024_by_sector.csv";
    insta::assert_snapshot!(problems(flows, "2982.1,", "NaN,").join("\n"), @r#"us_china_2024_by_sector.csv:2:38: us_exports_to_china_2024_est_musd: found "NaN", expected a number from 0 to 1000000000"#);
    insta::assert_snapshot!(problems(flows, "5.823", "inf").join("\n"), @r#"us_china_2024_by_sector.csv:2:69: sigma_median: found "inf", expected a number from 0.001 to 100"#);
    insta::assert_snapshot!(problems(flows, "5.823", "-inf").join("\n"), @r#"us_china_2024_by_sector.csv:2:69: sigma_median: found "-inf", expected a number from 0.001 to 100"#);
    insta::assert_snapshot!(problems(flows, "livestock,2969.012", "livestock,").join("\n"), @r#"us_china_2024_by_sector.csv:2:11: us_imports_from_china_2024_musd: found "", expected a number from 0 to 1000000000"#);
    insta::assert_snapshot!(problems(flows, "livestock,2969.012", "livestock,-2969.012").join("\n"), @r#"us_china_2024_by_sector.csv:2:11: us_imports_from_china_2024_musd: found "-2969.012", expected a number from 0 to 1000000000"#);
    insta::assert_snapshot!(problems("us_imports_2024_by_partner_sector.csv", "AUS,livestock,4577.892", "AUS,livestock,-1").join("\n"), @r#"us_imports_2024_by_partner_sector.csv:2:15: imports_musd: found "-1", expected a number from 0 to 1000000000"#);
    insta::assert_snapshot!(problems("scenario.toml", "penetration = 0.34", "penetration = nan").join("\n"), @r#"scenario.toml:49:15: trade.imports.penetration: found nan, expected a number from 0 to 1"#);
}

#[test]
fn an_elasticity_no_model_can_use_is_refused_where_it_stands() {
    let flows = "us_china_2024_by_sector.csv";
    insta::assert_snapshot!(problems(flows, "5.823", "0.5").join("\n"), @r#"us_china_2024_by_sector.csv:2:69: sigma_median: found 0.5, expected an elasticity above 0.5, the size of eta"#);
    insta::assert_snapshot!(problems(flows, "5.823", "0").join("\n"), @r#"us_china_2024_by_sector.csv:2:69: sigma_median: found "0", expected a number from 0.001 to 100"#);
}

#[test]
fn a_column_named_twice_is_refused() {
    insta::assert_snapshot!(problems("us_china_2024_by_sector.csv", "china_mfn_2018_pct", "sigma_median").join("\n"), @r#"us_china_2024_by_sector.csv:1:213: sigma_median: found "sigma_median" again, expected each column once"#);
}

#[test]
fn a_row_of_another_length_is_named() {
    insta::assert_snapshot!(problems("sectors.csv", "food,\"Prepared", "food,again,\"Prepared").join("\n"), @r#"sectors.csv:5:1: row: found 4 cells under a header of 3, expected a CSV table with one header line"#);
}

/// Empty lines, spaces and letters of several bytes do not move the place of a cell.
#[test]
fn the_column_is_that_of_the_character_an_editor_shows() {
    let folder = edited("geneva-2025", "sectors.csv", |text| text.replacen("\nfood,", "\n\n\n  sö ya,", 1));
    let error = Scenario::load(folder.path().to_str().unwrap()).unwrap_err();
    let first = error.problems().iter().find(|p| p.file == "sectors.csv").unwrap();
    let text = fs::read_to_string(folder.path().join("sectors.csv")).unwrap();
    let line = text.lines().nth(first.line - 1).unwrap();
    assert!(line.chars().skip(first.column - 1).collect::<String>().starts_with("sö ya"), "{error}");
}

#[test]
fn a_row_too_many_or_too_few_is_named() {
    insta::assert_snapshot!(problems("us_china_2024_by_sector.csv", "livestock,", "cattle,").join("\n"), @r#"
    us_china_2024_by_sector.csv:1:1: sector: missing, expected a row for every sector, also for livestock
    us_china_2024_by_sector.csv:2:1: sector: found "cattle", expected a sector of the scenario
    "#);
    insta::assert_snapshot!(problems("sectors.csv", "energy,", "minerals,").join("\n"), @r#"sectors.csv:7:1: sector: found "minerals" again, expected each name once"#);
}

/// A row past the last that is read is told of, not left out.
#[test]
fn a_file_with_too_many_rows_is_refused() {
    let rows = |count: usize| {
        let folder = edited("geneva-2025", "us_imports_2024_by_partner_sector.csv", |text| {
            let first = text.lines().nth(1).unwrap();
            let columns = first.split(',').count();
            let missing = count - text.lines().filter(|line| !line.is_empty()).count() + 1;
            // Empty lines count as lines and not as rows.
            format!("{}\n\n{}", text.trim_end(), format!("x{}\n", ",0".repeat(columns - 1)).repeat(missing))
        });
        Scenario::load(folder.path().to_str().unwrap()).unwrap_err().to_string()
    };
    insta::assert_snapshot!(rows(100_001), @r#"
    scenario.toml:41:1: trade.imports.share_of_imports: missing, expected the partner's share of the importer's imports, or third_countries
    us_imports_2024_by_partner_sector.csv:100003:1: row: found row 100001, expected at most 100000 rows
    "#);
    assert!(!rows(100_000).contains("rows"), "so many are read");
}

/// What is wrong is told up to a number; the time it takes does not grow with the rest of the file. Before
/// it was so, twenty thousand rows took a minute.
#[test]
fn a_file_wrong_in_every_row_is_told_in_time() {
    let rows: String = (0..90_000).map(|row| format!("P{row},nothing,-1,high,high\n")).collect();
    let folder = edited("geneva-2025", "us_imports_2024_by_partner_sector.csv", |text| {
        format!("{}\n{rows}", text.lines().next().unwrap())
    });
    let error = Scenario::load(folder.path().to_str().unwrap()).unwrap_err();
    assert_eq!(error.problems().len(), 100);
    assert!(error.problems().iter().all(|p| p.line <= 101), "{error}");
    let rows: String = (0..90_000).map(|row| format!("s{row},again\n")).collect();
    let columns = |text: &str| {
        let header = text.lines().next().unwrap().to_owned();
        let left = header.split(',').count() - 2;
        format!("{header}\n{}", rows.replace('\n', &format!("{}\n", ",".repeat(left))))
    };
    let folder = edited("geneva-2025", "us_china_2024_by_sector.csv", columns);
    let error = Scenario::load(folder.path().to_str().unwrap()).unwrap_err();
    assert!(error.problems().len() <= 100, "{error}");
}

#[test]
fn a_header_of_very_many_columns_is_read_in_time() {
    let more: String = (0..400_000).map(|column| format!(",c{column}")).collect();
    let folder = edited("geneva-2025", "sectors.csv", |text| {
        text.lines().take(2).map(|line| line.split(',').next().unwrap().to_owned() + &more + "\n").collect()
    });
    let error = Scenario::load(folder.path().to_str().unwrap()).unwrap_err();
    assert!(error.problems().iter().any(|p| p.file == "sectors.csv" && p.line == 1), "{error}");
}

#[test]
fn shares_that_do_not_sum_are_named_by_sector() {
    insta::assert_snapshot!(problems("tariffs_in_force_2025_05_est.csv", "minerals,4.5634,0.4", "minerals,4.5634,0.3").join("\n"), @r#"scenario.toml:41:1: trade.imports: found USA imports of minerals: shares of the tranches: 0.8999999999999999, expected a sum of 1"#);
}

#[test]
fn a_file_outside_the_folder_is_refused() {
    insta::assert_snapshot!(problems("scenario.toml", "file = \"sectors.csv\"", "file = \"../sectors.csv\"").join("\n"), @r#"scenario.toml:39:20: trade.sectors.file: found ../sectors.csv, expected the name of a data file beside scenario.toml"#);
}

#[test]
fn text_that_is_no_toml_is_named_by_line() {
    insta::assert_snapshot!(problems("scenario.toml", "rounds = 30", "rounds = = 30").join("\n"), @r#"
    scenario.toml:30:10: syntax: found extra `=`, expected nothing, expected valid TOML
    scenario.toml:30:12: syntax: found unexpected key or value, expected newline, `#`, expected valid TOML
    "#);
}

#[test]
fn all_problems_come_in_one_pass_in_order() {
    let folder = edited("geneva-2025", "scenario.toml", |text| {
        let text = text.replacen("rounds = 30", "rounds = 0", 1);
        text.replacen("year = 2024", "year = 24", 1).replacen("switch = true", "switch = 1", 1)
    });
    let error = Scenario::load(folder.path().to_str().unwrap()).unwrap_err();
    let lines: Vec<_> = error.problems().iter().map(|p| p.line).collect();
    let expected: Vec<_> =
        ["rounds = 30", "year = 2024", "switch = true"].map(|text| line("scenario.toml", text)).into();
    assert_eq!(lines, expected, "{error}");
}

#[test]
fn a_scenario_that_is_not_there_names_those_that_are() {
    let error = Scenario::load("geneva-2052").unwrap_err();
    insta::assert_snapshot!(error, @r#"no scenario "geneva-2052": expected one of geneva-2025, protocol-of-talks, uk-2025, eu-2025, usmca-2026, seventeen-partners, itex-cypress, laptop, grocery, energy or a folder with a scenario.toml"#);
}

#[test]
fn a_folder_gives_the_same_scenario_as_the_binary() {
    for name in Scenario::embedded() {
        let inside = Scenario::load(name).unwrap();
        let (series, member) = name.split_at(name.find(':').unwrap_or(name.len()));
        let folder = shipped(series);
        for path in [folder.as_path(), folder.parent().unwrap(), &folder.join("scenario.toml")] {
            let named = format!("{}{member}", path.display());
            assert_eq!(inside, Scenario::load(&named).unwrap_or_else(|e| panic!("{named}: {e}")));
        }
        assert_eq!(inside.name(), name);
    }
}

#[test]
fn the_digest_covers_every_byte_of_every_file_that_is_named() {
    let shipped = Scenario::load("geneva-2025").unwrap().digest();
    for file in ["scenario.toml", "sectors.csv", "china_market_2024_est.csv"] {
        let folder = edited("geneva-2025", file, |text| format!("{text}\n"));
        let changed = Scenario::load(folder.path().to_str().unwrap()).unwrap().digest();
        assert_ne!(changed, shipped, "{file}");
    }
    let folder = edited("geneva-2025", "PROVENANCE.md", |text| format!("{text}\n"));
    assert_eq!(Scenario::load(folder.path().to_str().unwrap()).unwrap().digest(), shipped);
}

#[test]
fn talks_without_trade_have_no_model() {
    let scenario = Scenario::load("protocol-of-talks").unwrap();
    let agenda = scenario.agenda(tariff::AgendaDigest::of(b"test"));
    assert!(scenario.trade().is_none() && scenario.model(&agenda).unwrap().is_none());
    assert_eq!((scenario.parties().len(), agenda.outcomes()), (3, 80.0));
    assert_eq!(scenario.terms(agenda, scenario.rounds()).unwrap().parties().len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Any file, cut, doubled or scrambled at any place, is read or refused.
    #[test]
    fn no_damage_panics(
        file in prop::sample::select(vec!["scenario.toml", "sectors.csv", "us_china_2024_by_sector.csv",
            "us_imports_2024_by_partner_sector.csv", "tariffs_in_force_2025_05_est.csv"]),
        at in 0.0..1.0_f64, length in 0..40_usize, junk in "[\\[\\]{}=\",\\n0-9a-z.-]{0,12}",
    ) {
        let folder = edited("geneva-2025", file, |text| {
            let start = (text.len() as f64 * at) as usize;
            let end = (start + length).min(text.len());
            let (start, end) = (text.floor_char_boundary(start), text.floor_char_boundary(end));
            format!("{}{junk}{}", &text[..start], &text[end..])
        });
        match Scenario::load(folder.path().to_str().unwrap()) {
            Ok(_) => {}
            Err(ScenarioError::Broken(problems)) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|p| p.line > 0 && p.column > 0 && !p.expected.is_empty()));
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}

/// The example of the format's description is a scenario.
#[test]
fn the_documented_example_loads() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md")).unwrap();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("scenario.toml"), example).unwrap();
    let scenario = Scenario::load(folder.path().to_str().unwrap()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((scenario.issues().len(), scenario.issues()[0].levels()), (3, 21));
    assert_eq!((scenario.turn_limit_us(), scenario.time_limit_us()), (Some(60_000_000), Some(3_600_000_000)));
}
