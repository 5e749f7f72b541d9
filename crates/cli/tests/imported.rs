//! Scenarios in folders bring their own mandates: they are what is played, and nothing that ships is.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::Place;

/// A domain of one issue, whose profiles are called the same in their last word.
fn domain(place: &Place) {
    place.write(
        "files/toy_domain.xml",
        r#"<negotiation_template><utility_space><objective index="0" name="toy" etype="objective" type="objective">
<issue etype="discrete" index="1" name="venue" type="discrete" vtype="discrete">
<item index="1" value="Geneva"/><item index="2" value="London"/><item index="3" value="Madrid"/></issue>
</objective></utility_space></negotiation_template>"#,
    );
    for (name, worths) in [("a_side", [10, 6, 1]), ("b_side", [1, 6, 10])] {
        let [first, second, third] = worths;
        let text = format!(
            r#"<utility_space><objective index="0" name="toy" etype="objective" type="objective">
<issue etype="discrete" index="1" name="venue" type="discrete" vtype="discrete">
<item index="1" value="Geneva" evaluation="{first}"/><item index="2" value="London" evaluation="{second}"/>
<item index="3" value="Madrid" evaluation="{third}"/></issue>
<weight index="1" value="1.0"/></objective><discount_factor value="0.5"/></utility_space>"#
        );
        place.write(&format!("files/{name}.xml"), &text);
    }
}

#[test]
fn an_imported_scenario_is_played_and_ranked_with_the_mandates_beside_it() {
    let place = Place::new();
    domain(&place);
    place.run(&["scenario", "import", "genius", "files", "-o", "toy"]).ok();
    let report = place.json(&["run", "./toy", "--strategy", "SIDE=conceder"]);
    assert_eq!(report["outcome"], "agreed", "{report}");
    place.write(
        "mine.toml",
        "name = \"mine\"\nstrategies = [\"boulware\", \"conceder\"]\nscenarios = [\"./toy\"]\n",
    );
    let board = place.json(&["lab", "run", "mine.toml", "-o", "results"]);
    let best = board["leaderboard"][0]["mean_utility"].as_f64().unwrap();
    assert!(best > 0.0 && best < 1.0, "a discount of a half leaves nobody with everything: {board}");
}

#[test]
fn a_folder_named_like_a_shipped_scenario_has_its_own_mandates_or_none() {
    let place = Place::new();
    domain(&place);
    place.run(&["scenario", "import", "genius", "files", "-o", "laptop"]).ok();
    let parties: Vec<String> = std::fs::read_dir(place.path().join("laptop/mandates"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(parties.len(), 2, "two profiles whose names end alike are two parties: {parties:?}");
    std::fs::remove_file(place.path().join("laptop/mandates/SIDE.toml")).unwrap();
    let (code, error) = place.error(&["run", "./laptop"]);
    assert_eq!((code, error["code"].as_str().unwrap()), (64, "NO_MANDATE"));
    assert!(error["message"].as_str().unwrap().contains("mandates"), "{error}");
}
