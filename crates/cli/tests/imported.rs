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

/// The same numbers everywhere (Steele, Lea & Flood 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % bound
    }
}

/// What the importer takes can be played, and what it refuses leaves nothing behind.
#[test]
fn a_broken_copy_is_a_whole_scenario_or_none() {
    let place = Place::new();
    domain(&place);
    let names = ["files/toy_domain.xml", "files/a_side.xml", "files/b_side.xml"];
    let whole = names.map(|name| std::fs::read_to_string(place.path().join(name)).unwrap());
    let pieces = ["", "0", "-1", "1e999", "NaN", "\"", "<item index=\"9\" value=\"x\"/>", "é", "name"];
    let (mut dice, mut taken) = (Dice(7), 0);
    for number in 0..200 {
        let which = dice.below(names.len());
        let mut text = whole[which].clone();
        let at = (0..=dice.below(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let end = (at + dice.below(12)).min(text.len());
        text.replace_range(at..end, pieces[dice.below(pieces.len())]);
        place.write(names[which], &text);
        let out = format!("toy-{number}");
        let answer = place.run(&["scenario", "import", "genius", "files", "-o", &out, "--format", "json"]);
        assert!([0, 64, 65, 66].contains(&answer.code), "{number}: {answer:?} for {text}");
        let there = place.path().join(&out).exists();
        assert_eq!(there, answer.code == 0, "{number}: {answer:?}");
        if there {
            taken += 1;
            place.run(&["scenario", "check", &out]).ok();
        }
        place.write(names[which], &whole[which]);
    }
    assert!((20..180).contains(&taken), "{taken} of 200 were taken");
    let left = std::fs::read_dir(place.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".import"));
    assert_eq!(left.count(), 0, "drafts are cleared away");
}

#[test]
fn a_mandate_under_which_nothing_can_be_agreed_is_refused_before_the_talk() {
    let place = Place::new();
    domain(&place);
    place.run(&["scenario", "import", "genius", "files", "-o", "toy"]).ok();
    let file = place.path().join("toy/mandates/SIDE.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replacen("walk_away = 0", "walk_away = 0.9 # 0", 1)
        + "\n[[red_line]]\nissues = \"*\"\nallowed = [\"London\"]\n";
    std::fs::write(&file, text).unwrap();
    let (code, error) = place.error(&["run", "./toy"]);
    assert_eq!((code, error["code"].as_str().unwrap()), (64, "NOTHING_ACCEPTABLE"), "{error}");
}
