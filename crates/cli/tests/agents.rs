//! Beginnings of agents: what is written out, and what it says of the checkout it builds on.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::path::Path;

use common::Place;

#[test]
fn a_beginning_says_which_checkout_it_builds_on_and_how_it_moves() {
    let place = Place::new();
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let checkout = checkout.to_str().unwrap();
    for (language, names, lines) in [("rust", "Cargo.toml", 2), ("python", "requirements.txt", 1)] {
        let said = place.run(&["agent", "new", language, "--lang", language]).ok().out;
        assert!(said.contains(checkout) && said.contains("README.md"), "{said}");
        let read = |file: &str| std::fs::read_to_string(place.path().join(language).join(file)).unwrap();
        let naming = read(names).lines().filter(|line| line.contains(checkout)).count();
        assert_eq!(naming, lines, "as its README says");
        let readme = read("README.md");
        for words in [checkout, names, "moves", "--detente"] {
            assert!(readme.contains(words), "{words}: {readme}");
        }
        assert!(!readme.contains('@'), "{readme}");
    }
    let pinned = std::fs::read(place.path().join("rust/Cargo.lock")).unwrap();
    assert_eq!(pinned, std::fs::read(Path::new(checkout).join("Cargo.lock")).unwrap(), "what was tested");
}

#[test]
fn a_folder_that_is_no_checkout_is_refused_with_what_to_do() {
    let place = Place::new();
    let (code, error) = place.error(&["agent", "new", "mine", "--lang", "python", "--detente", "nowhere"]);
    assert_eq!((code, error["code"].as_str().unwrap()), (66, "NO_CHECKOUT"), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("--detente"), "{error}");
    assert!(!place.path().join("mine").exists(), "nothing is written");
}
