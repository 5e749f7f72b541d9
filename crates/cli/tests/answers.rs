//! Commands that run no talk: score, explain, scenario, backtest, strategies, help.

mod common;

use common::Place;
use serde_json::Value;

#[test]
fn the_status_quo_changes_nothing() {
    let place = Place::new();
    let scored = place.json(&["score", "geneva-2025", "--status-quo"]);
    let impact = &scored["impact"];
    for name in ["bilateral_deficit_usd", "imports_usd", "exports_usd", "total_trade_usd"] {
        assert_eq!(impact[name]["after"], impact[name]["before"], "{name}");
    }
    place.write("none.toml", "");
    let filled = place.json(&["score", "geneva-2025", "--offer", "none.toml", "--fill-status-quo"]);
    assert_eq!(filled, scored);
}

#[test]
fn the_deal_of_geneva_as_a_file() {
    let place = Place::new();
    let status_quo = place.json(&["score", "geneva-2025", "--status-quo"])["offer"].clone();
    let rates = status_quo.as_object().unwrap().keys().filter(|name| name.contains(".rate."));
    let deal: String = rates.map(|name| format!("\"{name}\" = 10\n")).collect();
    place.write("geneva.toml", &deal);
    let scored = place.json(&["score", "geneva-2025", "--offer", "geneva.toml", "--fill-status-quo"]);
    let deficit = scored["impact"]["bilateral_deficit_usd"]["after"].as_f64().unwrap() / 1e9;
    assert!((deficit - 136.112).abs() < 0.01, "{deficit}");
    let answer = place.run(&["score", "geneva-2025", "--offer", "geneva.toml", "--fill-status-quo"]).ok();
    insta::assert_snapshot!(answer.out);
}

#[test]
fn contributions_sum_to_the_utility() {
    let place = Place::new();
    for party in ["USA", "CHN"] {
        let document = place.json(&["explain", "geneva-2025", "--party", party, "--status-quo"]);
        let explanation = &document["explanation"];
        let objectives = explanation["objectives"].as_array().unwrap();
        let sum: f64 = objectives.iter().map(|o| o["offer"]["contribution"].as_f64().unwrap()).sum();
        assert_eq!(sum, explanation["utility"].as_f64().unwrap());
        assert_eq!(explanation["utility"], explanation["status_quo_utility"]);
        assert_eq!(explanation["acceptable"], false, "the status quo is below the walk-away value");
    }
}

#[test]
fn red_lines_and_rules_at_home_are_named_where_they_break() {
    let place = Place::new();
    place.write("offer.toml", "usa.rate.steel = 5\nusa.de_minimis = 800\n");
    let arguments =
        ["explain", "geneva-2025", "--party", "USA", "--offer", "offer.toml", "--fill-status-quo"];
    insta::assert_snapshot!(place.run(&arguments).ok().out);
}

#[test]
fn the_wto_experiment_stands_beside_what_was_published() {
    let place = Place::new();
    insta::assert_snapshot!(place.run(&["backtest", "wto"]).ok().out, @r"
     change of trade                      published   model, σ by sector     σ 2.0    σ 0.76
    ─────────────────────────────────────────────────────────────────────────────────────────
     145 and 125 points on everything          -91%              -88.66%   -79.27%   -45.37%
     the same, electronics at 20 points        -81%              -79.18%   -69.98%   -39.37%
    published: WTO, Global Trade Outlook and Statistics, April 2025
    ");
    let model = place.json(&["backtest", "wto"])["model"].clone();
    let change = |place: usize, case: &str| model[place][case]["trade_percent"].as_f64().unwrap();
    assert!((change(0, "on_everything") - -88.66).abs() < 0.01);
    assert!((change(0, "electronics_exempt") - -79.18).abs() < 0.01);
}

#[test]
fn shipped_scenarios_are_in_order() {
    let place = Place::new();
    insta::assert_snapshot!(place.run(&["scenario", "check"]).ok().out, @r#"
    geneva-2025: in order (geneva-2025/mandates/USA.toml, geneva-2025/mandates/CHN.toml)
    protocol-of-talks: in order (protocol-of-talks/mandates/USA.toml, protocol-of-talks/mandates/CHN.toml, protocol-of-talks/mandates/CHE.toml)
    uk-2025: in order (uk-2025/mandates/USA.toml, uk-2025/mandates/GBR.toml)
    eu-2025: in order (eu-2025/mandates/USA.toml, eu-2025/mandates/EU27.toml)
    usmca-2026:CAN: in order (usmca-2026/mandates/USA.toml, usmca-2026/mandates/CAN.toml)
    usmca-2026:MEX: in order (usmca-2026/mandates/USA.toml, usmca-2026/mandates/MEX.toml)
    seventeen-partners:AUS: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/AUS.toml)
    seventeen-partners:BGD: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/BGD.toml)
    seventeen-partners:BRA: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/BRA.toml)
    seventeen-partners:CHE: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/CHE.toml)
    seventeen-partners:CHN: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/CHN.toml)
    seventeen-partners:EU27: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/EU27.toml)
    seventeen-partners:GBR: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/GBR.toml)
    seventeen-partners:IDN: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/IDN.toml)
    seventeen-partners:IND: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/IND.toml)
    seventeen-partners:JPN: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/JPN.toml)
    seventeen-partners:KHM: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/KHM.toml)
    seventeen-partners:KOR: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/KOR.toml)
    seventeen-partners:MYS: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/MYS.toml)
    seventeen-partners:PHL: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/PHL.toml)
    seventeen-partners:THA: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/THA.toml)
    seventeen-partners:TWN: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/TWN.toml)
    seventeen-partners:VNM: in order (seventeen-partners/mandates/USA.toml, seventeen-partners/mandates/VNM.toml)
    itex-cypress: in order (itex-cypress/mandates/CYPRESS.toml, itex-cypress/mandates/ITEX.toml)
    laptop: in order (laptop/mandates/BUYER.toml, laptop/mandates/SELLER.toml)
    grocery: in order (grocery/mandates/MARY.toml, grocery/mandates/SAM.toml)
    energy: in order (energy/mandates/CONSUMER.toml, energy/mandates/DISTRIBUTOR.toml)
    "#);
    for name in ["geneva-2025", "protocol-of-talks"] {
        let shown = place.json(&["scenario", "show", name]);
        let listed = place.json(&["scenario", "list"])["scenarios"].clone();
        let listed = listed.as_array().unwrap().iter().find(|s| s["name"] == name).cloned().unwrap();
        assert_eq!(listed["digest"], shown["digest"]);
        assert_eq!(listed["issues"], shown["issues"].as_array().unwrap().len());
    }
}

/// A deal with Vietnam lowers what the same offer leaves Japan to sell.
#[test]
fn what_other_talks_agreed_on_counts() {
    let place = Place::new();
    let score = |more: &[&str]| {
        let impact = place.json(&[&["score", "seventeen-partners:JPN", "--status-quo"], more].concat());
        impact["impact"]["imports_usd"]["after"].as_i64().unwrap()
    };
    let (alone, beside) = (score(&[]), score(&["--agreed", "VNM=10"]));
    assert!(0 < beside && beside < alone, "{beside} {alone}");
    for (agreed, code) in [("VNM", "BAD_ARGUMENT"), ("VNM=-1", "BAD_ARGUMENT"), ("JPN=10", "BROKEN_SCENARIO")]
    {
        let refused = ["score", "seventeen-partners:JPN", "--status-quo", "--agreed", agreed];
        let (exit, error) = place.error(&refused);
        assert_eq!((exit, error["code"].as_str()), (64, Some(code)), "{error}");
    }
}

#[test]
fn a_broken_scenario_is_told_file_line_and_key() {
    let place = Place::new();
    let shipped = include_str!("../../../scenarios/protocol-of-talks/public/scenario.toml");
    let mandate = include_str!("../../../scenarios/protocol-of-talks/mandates/USA.toml");
    place.write("mine/public/scenario.toml", shipped);
    place.write("mine/mandates/USA.toml", mandate);
    place.run(&["scenario", "check", "mine"]).ok();
    place.write("mine/mandates/USA.toml", &mandate.replace("walk_away = ", "walk_away = 9"));
    let elsewhere = mandate.replace("\"venue\"", "\"weather\"");
    place.write("mine/mandates/ZZZ.toml", &elsewhere);
    place.write("mine/mandates/notes.txt", "not a mandate");
    let answer = place.run(&["scenario", "check", "mine"]);
    assert_eq!(answer.code, 64);
    insta::assert_snapshot!("mandates", answer.out);
    place.write("mine/public/scenario.toml", &shipped.replace("rounds = 12", "rounds = -3"));
    let (exit, error) = place.error(&["scenario", "check", "mine"]);
    assert_eq!((exit, error["code"].as_str()), (64, Some("BROKEN_SCENARIO")));
    let problem = &error["problems"][0];
    assert_eq!(problem["file"], "mine/public/scenario.toml");
    assert_eq!(
        error["where"],
        format!("mine/public/scenario.toml:{}:{}", problem["line"], problem["column"])
    );
    assert_eq!((&problem["key"], &problem["found"]), (&"talk.rounds".into(), &"-3".into()));
    assert_eq!(problem["expected"], "a whole number from 1 to 100000");
}

#[test]
fn every_command_has_help_with_an_example() {
    let place = Place::new();
    let help = place.run(&["--help"]).ok().out;
    insta::assert_snapshot!("help", help);
    let commands: &[&[&str]] = &[
        &["run"],
        &["score"],
        &["explain"],
        &["strategies"],
        &["completions"],
        &["backtest"],
        &["bench"],
        &["tariffs"],
        &["scenario"],
        &["record"],
        &["talk"],
        &["serve"],
        &["backtest", "wto"],
        &["talk", "convene"],
        &["talk", "get"],
        &["talk", "list"],
        &["talk", "watch"],
        &["talk", "adjourn"],
        &["talk", "reconvene"],
        &["scenario", "list"],
        &["scenario", "show"],
        &["scenario", "check"],
        &["scenario", "new"],
        &["record", "list"],
        &["record", "show"],
        &["record", "replay"],
        &["record", "export"],
        &["serve", "mediator"],
        &["serve", "delegation"],
        &["serve", "scoring"],
        &["bench", "wire"],
        &["bench", "score"],
    ];
    for command in commands {
        let help = place.run(&[command, &["--help"][..]].concat()).ok().out;
        assert!(help.contains("Example") && help.contains("\n  detente "), "{command:?}: {help}");
    }
}

#[test]
fn strategies_and_completions_are_printed() {
    let place = Place::new();
    insta::assert_snapshot!("strategies", place.run(&["strategies"]).ok().out);
    let listed = place.json(&["strategies"]);
    let names: Vec<&Value> = listed["strategies"].as_array().unwrap().iter().map(|s| &s["name"]).collect();
    assert!(names.is_sorted_by_key(|name| name.as_str()) && names.len() == 15, "{names:?}");
    assert_eq!(listed["models"], serde_json::json!(["prior", "hardheaded", "smith", "bayesian", "impact"]));
    for shell in ["bash", "zsh", "fish"] {
        assert!(place.run(&["completions", shell]).ok().out.contains("detente"));
    }
}
