//! `detente landing-zone`: the contract of its document, tables, pictures and errors.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::Place;
use serde_json::Value;

/// What the document of a scenario has beside its offers.
fn utilities(point: &Value) -> Vec<f64> {
    let object = point["utilities"].as_object().unwrap();
    object.values().map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn reference_domains_are_exact() {
    let place = Place::new();
    let cases = [
        ("itex-cypress", "180", 18, [0.6705, 0.7215], 0.4315),
        ("laptop", "27", 4, [1.0, 0.8151], 0.1597),
        ("grocery", "1600", 7, [0.84, 0.895], 0.1914),
        ("energy", "390625", 204, [0.625, 0.7543], 0.4454),
    ];
    for (name, offers, points, nash, opposition) in cases {
        let document = place.json(&["landing-zone", name]);
        assert_eq!(document["offers"], offers);
        assert_eq!((&document["method"], &document["bound"]), (&"exhaustive".into(), &0.0.into()));
        assert_eq!(document["pareto"].as_array().unwrap().len(), points);
        let found = utilities(&document["nash"]);
        assert!(found.iter().zip(nash).all(|(f, n)| (f - n).abs() < 5e-5), "{name}: {found:?}");
        assert!((document["opposition"].as_f64().unwrap() - opposition).abs() < 5e-5);
        for point in ["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"] {
            assert!(document[point]["value"].is_f64() && document[point]["offer"].is_object(), "{point}");
        }
    }
}

/// What one command prints another one reads: the Nash offer of the document is an offer file.
#[test]
fn geneva_is_bounded_and_its_nash_offer_can_be_scored() {
    let place = Place::new();
    let document = place.json(&["landing-zone", "geneva-2025"]);
    assert_eq!((&document["method"], &document["capped"]), (&"additive".into(), &true.into()));
    assert!(document["bound"].as_f64().unwrap() <= 0.005);
    place.write("nash.json", &document["nash"].to_string());
    let again = place.json(&["landing-zone", "geneva-2025", "--offer", "nash.json"]);
    assert_eq!(again["given"]["utilities"], document["nash"]["utilities"]);
    assert_eq!(again["given"]["distance"]["nash"], 0.0);
    assert_eq!((&again["given"]["permitted"], &again["given"]["in_zone"]), (&true.into(), &true.into()));
    let explained = place.json(&["explain", "geneva-2025", "--party", "CHN", "--offer", "nash.json"]);
    assert_eq!(explained["explanation"]["utility"], document["nash"]["utilities"]["CHN"]);
}

#[test]
fn people_read_tables() {
    let place = Place::new();
    insta::assert_snapshot!(place.run(&["landing-zone", "grocery"]).ok().out);
}

/// A talk's offers and the deal, drawn: every named point is in words too.
#[test]
fn a_talk_is_drawn() {
    let place = Place::new();
    place.run(&["run", "itex-cypress", "--record", "talks.db", "--format", "json"]).ok();
    let arguments =
        ["landing-zone", "itex-cypress", "--talk", "--record", "talks.db", "--picture", "zone.svg"];
    let document = place.json(&arguments);
    let made = document["made"].as_array().unwrap();
    assert!(made.len() > 2 && made.iter().filter(|m| m["agreed"] == true).count() >= 1);
    assert!(made.iter().all(|m| m["distance"]["edge"].as_f64().unwrap() >= 0.0));
    let svg = std::fs::read_to_string(place.path().join("zone.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    for part in ["<title", "<desc", "prefers-color-scheme: dark", "Nash at 0.670 and 0.721", "agreed ("] {
        assert!(svg.contains(part), "{part}");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

/// A folder's own mandates speak, unless others are given.
#[test]
fn a_folder_brings_its_mandates() {
    let place = Place::new();
    place.write("mine/public/scenario.toml", include_str!("../../../scenarios/laptop/public/scenario.toml"));
    let buyer = include_str!("../../../scenarios/laptop/mandates/BUYER.toml");
    place.write("mine/mandates/BUYER.toml", &buyer.replace("walk_away = 0.0", "walk_away = 0.9"));
    let seller = include_str!("../../../scenarios/laptop/mandates/SELLER.toml");
    place.write("mine/mandates/SELLER.toml", seller);
    let choosy = place.json(&["landing-zone", "mine"]);
    assert_eq!(choosy["walk_away"]["BUYER"], 0.9);
    assert_eq!(choosy["pareto"].as_array().unwrap().iter().filter(|p| p["in_zone"] == true).count(), 1);
    place.write("buyer.toml", buyer);
    let given = place.json(&["landing-zone", "mine", "--mandate", "BUYER=buyer.toml"]);
    assert_eq!(given["walk_away"]["BUYER"], 0.0);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let place = Place::new();
    let never = include_str!("../../../scenarios/laptop/mandates/SELLER.toml").to_owned()
        + "\n[[red_line]]\nissues = \"laptop\"\nallowed = [\"Dell\"]\n";
    place.write("dell.toml", &never);
    let hp = include_str!("../../../scenarios/laptop/mandates/BUYER.toml").to_owned()
        + "\n[[red_line]]\nissues = \"laptop\"\nallowed = [\"HP\"]\n";
    place.write("hp.toml", &hp);
    let cases: [(&[&str], i32, &str); 6] = [
        (&["landing-zone", "nowhere"], 66, "NO_SUCH_SCENARIO"),
        (&["landing-zone", "laptop", "--mandate", "USA=dell.toml"], 64, "NOT_A_PARTY"),
        (&["landing-zone", "laptop", "--offer", "missing.toml"], 66, "UNREADABLE_FILE"),
        (&["landing-zone", "laptop", "--talk"], 66, "NO_SUCH_RECORD"),
        (&["landing-zone", "protocol-of-talks", "--picture", "x.svg"], 64, "NO_PICTURE"),
        (
            &["landing-zone", "laptop", "--mandate", "SELLER=dell.toml", "--mandate", "BUYER=hp.toml"],
            64,
            "NOTHING_PERMITTED",
        ),
    ];
    for (arguments, exit, code) in cases {
        let (found, error) = place.error(arguments);
        assert_eq!((found, error["code"].as_str()), (exit, Some(code)), "{arguments:?}: {error}");
    }
}

/// Control characters are no part of XML: a picture with one is none.
#[test]
fn a_title_with_control_characters_is_drawn_without_them() {
    let place = Place::new();
    let public = include_str!("../../../scenarios/laptop/public/scenario.toml");
    let title = public.lines().find(|line| line.starts_with("title = ")).unwrap();
    let public = public.replace(title, r#"title = "a\u0001b & <c>""#);
    place.write("mine/public/scenario.toml", &public);
    place.write("mine/mandates/BUYER.toml", include_str!("../../../scenarios/laptop/mandates/BUYER.toml"));
    place.write("mine/mandates/SELLER.toml", include_str!("../../../scenarios/laptop/mandates/SELLER.toml"));
    place.run(&["landing-zone", "mine", "--picture", "zone.svg"]).ok();
    let svg = std::fs::read_to_string(place.path().join("zone.svg")).unwrap();
    assert!(svg.contains("a\u{fffd}b &amp; &lt;c&gt;"), "{svg}");
    assert!(!svg.contains(|c: char| c.is_control() && c != '\n'), "{svg}");
}
