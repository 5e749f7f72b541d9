//! What a file gets wrong: one error each, with line, column, path, what was given and what is
//! expected.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_scoring::ScoringError;
use detente_scoring::study::{self, StudyError};

const SMART: &str = include_str!("oracle/smart.json");
const GSIM: &str = include_str!("oracle/gsim_4x4.json");
const CES: &str = include_str!("oracle/pe_ces.json");
const PARRO: &str = include_str!("oracle/caliendo_parro_synthetic_3x2.json");
const DEFICIT: &str = include_str!("oracle/deficit_ge_5region.json");

fn refused(model: &str, text: &str) -> String {
    let refusal = study::read(model, text).err().unwrap_or_else(|| panic!("{model} took it"));
    refusal.to_string()
}

/// The refusal of a file with one thing changed.
fn changed(model: &str, text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{model} has no {from:?}");
    refused(model, &text.replacen(from, to, 1))
}

#[test]
fn a_missing_key_names_the_object_that_lacks_it() {
    assert_eq!(
        changed("caliendo-parro", PARRO, "\"theta\"", "\"thetas\""),
        "line 1, column 1: the file: missing key \"theta\""
    );
    assert_eq!(
        changed("smart", SMART, "\"tariff1\"", "\"tariffs\""),
        "line 5, column 3: cases[0]: missing key \"tariff1\""
    );
}

#[test]
fn a_missing_sector_shows_in_the_shape() {
    let shorter = "\"theta\": [\n  4.0\n ]";
    assert_eq!(
        changed("caliendo-parro", PARRO, "\"theta\": [\n  4.0,\n  6.0\n ]", shorter),
        "line 15, column 11: theta: found a list of 1 entry, expected a list of 2 entries, one per sector"
    );
    assert_eq!(
        changed("gsim", GSIM, "  \"US\",\n", ""),
        "line 12, column 32: trade_exporter_by_importer: found a list of 4 entries, \
         expected a list of 3 entries, one per exporter"
    );
}

#[test]
fn a_negative_flow_has_its_place() {
    assert_eq!(
        changed("caliendo-parro", PARRO, "    30.0,\n    600.0", "    30.0,\n    -600.0"),
        "line 28, column 5: trade_exporter_by_importer[0][1][1]: found -600, expected a finite amount from 0"
    );
    assert_eq!(
        changed("deficit-ge", DEFICIT, "145334.425", "-145334.425"),
        "line 14, column 4: trade_2023_musd_exporter_by_importer_offdiag[0][1]: found -145334.425, \
         expected a finite amount from 0"
    );
}

#[test]
fn what_is_no_number_is_quoted() {
    let expected = "expected a finite number";
    assert_eq!(
        changed("gsim", GSIM, "   500.0,", "   NaN,"),
        format!("line 21, column 4: trade_exporter_by_importer[1][0]: found NaN, {expected}")
    );
    assert!(changed("gsim", GSIM, "   500.0,", "   null,").contains("[1][0]: found null, expected"));
    assert!(changed("gsim", GSIM, "   500.0,", "   \"500\",").contains("[1][0]: found \"500\", expected"));
    assert!(changed("gsim", GSIM, "   500.0,", "   1e999,").contains("[1][0]: found 1e999, expected"));
}

#[test]
fn elasticities_a_model_forbids_are_refused() {
    assert!(
        changed("caliendo-parro", PARRO, "  4.0,\n  6.0", "  4.0,\n  0.0").contains("theta[1]: found 0, ")
    );
    assert!(changed("deficit-ge", DEFICIT, "\"eps\": 4", "\"eps\": -4").contains("eps: found -4, expected"));
    assert!(changed("gsim", GSIM, "\"Em\": -1.25", "\"Em\": 1.25").contains("Em: found 1.25, expected"));
    assert!(changed("armington", CES, "\"sig\": 5", "\"sig\": 0").contains("cases[0].inputs.sig: found 0, "));
    // |η| < σ, or diversion turns negative.
    assert!(
        changed("armington", CES, "\"eta\": -1.0", "\"eta\": -5").contains("cases[0].inputs.eta: found -5, ")
    );
    let supply = changed("armington", CES, "     10,\n     2\n", "     10,\n     -2\n");
    assert!(supply.contains("cases[0].inputs.eps[3]: found -2, expected"), "{supply}");
    let smart = changed("smart", SMART, "\"substitution_elasticity\": 1.5", "\"substitution_elasticity\": 0");
    assert!(smart.contains("cases[0].substitution_elasticity: found 0, expected"), "{smart}");
}

#[test]
fn a_tariff_of_minus_a_hundred_percent_is_refused() {
    let smart = changed("smart", SMART, "    0.0,\n    0.2", "    -1.0,\n    0.2");
    assert!(smart.contains("cases[0].tariff1[0]: found -1, expected"), "{smart}");
    let gsim = changed("gsim", GSIM, "   1.21,", "   0.0,");
    assert!(gsim.contains("tariff_power_base[0][1]: found 0, expected"), "{gsim}");
    let parro = changed("caliendo-parro", PARRO, "      0.3,\n", "      -1.3,\n");
    assert!(parro.contains("cases[1].tariff_counterfactual[0][1][0]: found -1.3, expected"), "{parro}");
}

/// No region taxes what it sells at home, before or after.
#[test]
fn a_tariff_on_domestic_sales_is_refused() {
    let expected = "expected 0: domestic sales pay no tariff";
    let parro = |key: &str| {
        let (before, after) = PARRO.split_once(&format!("\"{key}\": [")).unwrap();
        let taxed = after.replacen("0.0,", "0.3,", 1);
        refused("caliendo-parro", &format!("{before}\"{key}\": [{taxed}"))
    };
    let base = parro("tariff_base");
    assert!(base.contains("tariff_base[0][0][0]: ") && base.ends_with(expected), "{base}");
    let after = parro("tariff_counterfactual");
    assert!(
        after.contains("cases[0].tariff_counterfactual[0][0][0]: ") && after.ends_with(expected),
        "{after}"
    );
    let (before, added) = DEFICIT.split_once("\"added_tariff_exporter_by_importer\": [").unwrap();
    let taxed =
        format!("{before}\"added_tariff_exporter_by_importer\": [{}", added.replacen("0.0,", "0.3,", 1));
    let deficit = refused("deficit-ge", &taxed);
    let place = "cases[0].added_tariff_exporter_by_importer[0][0]: ";
    assert!(deficit.contains(place) && deficit.ends_with(expected), "{deficit}");
}

#[test]
fn smart_refuses_tariffs_of_several_partners_at_once() {
    let both = changed("smart", SMART, "    0.0,\n    0.2,", "    0.0,\n    0.1,");
    assert!(both.contains("cases[0].tariff1[1]: found 0.1, expected the tariff of one partner"), "{both}");
}

#[test]
fn shares_that_do_not_sum_to_one_are_refused() {
    let parro = changed("caliendo-parro", PARRO, "   0.55,\n", "   0.65,\n");
    assert!(parro.contains("gamma_va[0][0]: found a sum of 1.1, expected value added and"), "{parro}");
    let deficit = changed("deficit-ge", DEFICIT, "0.2704709823", "1.0");
    assert!(deficit.contains("nu[0]: found 1, expected a share of services below 1"), "{deficit}");
}

#[test]
fn what_is_derived_must_agree_with_what_it_follows_from() {
    let parro = changed("caliendo-parro", PARRO, "  717.0,", "  817.0,");
    assert!(parro.contains("wL[0]: found 817.0, expected 717"), "{parro}");
    let deficit = changed("deficit-ge", DEFICIT, "28759864.750587", "27759864.750587");
    assert!(deficit.contains("derived.E[0]: found 27759864.750587, expected 28759864.75"), "{deficit}");
    let small = changed("deficit-ge", DEFICIT, "3931585.0", "531585.0");
    assert!(small.contains("gdp_musd[3]: found a GDP of 531585 with imports of"), "{small}");
}

#[test]
fn a_text_that_is_not_json_says_where_it_stops_being_it() {
    let cut = refused("smart", "{\"cases\": [\n  {\"name\": \"a\",,}]}");
    assert!(cut.starts_with("line 2, column 16: the file: "), "{cut}");
    assert!(refused("smart", "").contains("found an empty text, expected a JSON object"));
    assert!(refused("smart", "[1, 2]").contains("expected an object"));
    assert!(refused("smart", &"[".repeat(100_000)).contains("nesting"));
    let twice = refused("smart", "{\"cases\": [], \"cases\": []}");
    assert!(twice.contains("found the key \"cases\" twice, expected it once"), "{twice}");
    assert!(refused("smart", "{\"cases\": []}").contains("expected at least one case"));
}

#[test]
fn the_column_counts_characters() {
    let text = "{\"note\": \"Détente – 𝛾\", \"cases\": 7}";
    assert!(refused("smart", text).starts_with("line 1, column 34: cases: found 7, expected"));
}

#[test]
fn an_unknown_model_lists_the_known_ones() {
    let message = refused("gtap", "{}");
    assert!(message.starts_with("there is no model \"gtap\": known are "), "{message}");
    for (name, about) in study::models() {
        assert!(message.contains(name) && !about.is_empty());
    }
}

/// Where no demand and no supply responds to all prices moving together, prices have no level.
#[test]
fn a_singular_system_says_so() {
    let text = r#"{"regions": ["A", "B"], "trade_exporter_by_importer": [[5, 1], [2, 4]],
        "tariff_power_base": [[1, 1.1], [1.2, 1]], "Em": 0, "Ex": 0, "Es": 3,
        "cases": [{"name": "free", "tariff_power": [[1, 1], [1, 1]]}]}"#;
    let failed = study::read("gsim", text).unwrap().solve().unwrap_err();
    assert_eq!(
        failed,
        StudyError::Unsolved { case: "free".into(), error: ScoringError::Singular { unknowns: 2 } }
    );
    assert_eq!(
        failed.to_string(),
        "case \"free\": the system of 2 equations is singular: expected data that determine every unknown"
    );
}

#[test]
fn a_mistyped_key_is_no_key_left_out() {
    let eps = changed("armington", CES, "\"eps\"", "\"epz\"");
    assert!(eps.ends_with("cases[0].inputs.epz: unknown key \"epz\": did you mean \"eps\"?"), "{eps}");
    assert!(changed("armington", CES, "\"eps\"", "\"EPS\"").contains("did you mean \"eps\"?"));
    assert!(changed("deficit-ge", DEFICIT, "\"kappa\"", "\"Kapa\"").contains("did you mean \"kappa\"?"));
    let rebate = changed("deficit-ge", DEFICIT, "\"lump_sum_rebate\"", "\"lumpsum_rebate\"");
    assert!(rebate.contains("did you mean \"lump_sum_rebate\"?"), "{rebate}");
    assert!(changed("caliendo-parro", PARRO, "\"wL\"", "\"wl\"").contains("did you mean \"wL\"?"));
    let supply = "\"name\": \"a\", \"export_supply_elastcity\": 2, ";
    let smart = refused("smart", &SMART.replacen("\"name\": ", &format!("{supply}\"note\": "), 1));
    assert!(smart.contains("did you mean \"export_supply_elasticity\"?"), "{smart}");
}

/// JavaScript writes null for infinity, and for what is not a number.
#[test]
fn null_is_no_infinite_supply() {
    let eps = changed("armington", CES, "     10,\n     2\n", "     10,\n     null\n");
    assert!(eps.contains("inputs.eps[3]: found null, expected a finite number, or \"inf\""), "{eps}");
    let ex = changed("gsim", GSIM, "\"Ex\": 1.5", "\"Ex\": null");
    assert!(ex.contains("Ex: found null, expected a finite number, or \"inf\""), "{ex}");
}

#[test]
fn a_trailing_comma_is_called_by_its_name() {
    let text = refused("smart", "{\"cases\": [],}");
    assert_eq!(text, "line 1, column 13: the file: not JSON: trailing commas are not allowed");
}
