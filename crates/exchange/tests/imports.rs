//! Files of other tools: figures worked out by hand, refusals in words, and ten thousand broken copies.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};

use detente_exchange::{
    Convention, ExchangeError, Exported, ForeignKind, Format, Options, export_negmas, files, read,
};

const TOOLS: [(&str, Format); 3] =
    [("genius", Format::Genius), ("geniusweb", Format::GeniusWeb), ("negmas", Format::Negmas)];

fn fixture(tool: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(tool)
}

/// The mandate of a party, as it was written.
fn mandate(tool: &str, format: Format, convention: Convention, party: &str) -> toml::Table {
    let domain = read(&fixture(tool), format, &Options::default()).unwrap();
    let written = files(&domain, "imported", format, convention).unwrap();
    let (_, text) = written.iter().find(|(path, _)| path == &format!("mandates/{party}.toml")).unwrap();
    text.parse().unwrap()
}

/// Weight, and the worth of each value or corner, of an objective.
fn objective(mandate: &toml::Table, place: usize) -> (f64, Vec<(String, f64)>) {
    let objective = mandate["objective"].as_array().unwrap()[place].as_table().unwrap();
    let number = |value: &toml::Value| value.as_float().or(value.as_integer().map(|n| n as f64)).unwrap();
    let worths = match objective.get("values") {
        Some(values) => values.as_table().unwrap().iter().map(|(key, v)| (key.clone(), number(v))).collect(),
        None => objective["points"]
            .as_array()
            .unwrap()
            .iter()
            .map(|point| {
                let point = point.as_array().unwrap();
                (number(&point[0]).to_string(), number(&point[1]))
            })
            .collect(),
    };
    (objective["weight"].as_float().unwrap(), worths)
}

fn near(found: &[(String, f64)], expected: &[(&str, f64)]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (name, worth) in expected {
        let (_, value) =
            found.iter().find(|(key, _)| key == name).unwrap_or_else(|| panic!("{name}: {found:?}"));
        assert!((value - worth).abs() < 1e-9, "{name}: {value} for {worth}");
    }
}

#[test]
fn a_domain_of_genius_by_hand() {
    let domain =
        read(&fixture("genius"), Format::Genius, &Options { real_steps: 4, ..Options::default() }).unwrap();
    assert_eq!(domain.name, "Harbour");
    assert_eq!(domain.issues[1].kind, ForeignKind::Integer(1, 5));
    assert_eq!(domain.issues[2].kind, ForeignKind::Real(0.0, 1.0, 4));
    let names: Vec<&str> = domain.profiles.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["harbour_guest_utility", "harbour_owner_utility"], "alphabetical");
    assert_eq!((domain.profiles[1].discount, domain.profiles[1].reservation), (0.9, 0.2));
    // Weights go by index, not by place; evaluations over the greatest of the issue.
    let owner = mandate("genius", Format::Genius, Convention::Genius, "OWNER");
    assert_eq!(owner["walk_away"].as_float(), Some(0.2));
    assert_eq!(owner["discount"].as_float(), Some(0.9));
    let (weight, worths) = objective(&owner, 0);
    assert!((weight - 0.5).abs() < 1e-9);
    near(&worths, &[("North quay", 0.25), ("South quay", 0.5), ("Mole", 1.0)]);
    let (weight, worths) = objective(&owner, 1);
    assert!((weight - 0.3).abs() < 1e-9);
    near(&worths, &[("1", 0.0), ("5", 1.0)]);
    // Weights that sum to 4 are divided by it; the triangle bends where it peaks.
    let guest = mandate("genius", Format::Genius, Convention::Genius, "GUEST");
    assert!((objective(&guest, 0).0 - 0.5).abs() < 1e-9);
    near(&objective(&guest, 2).1, &[("0", 0.0), ("0.5", 1.0), ("1", 0.0)]);
}

#[test]
fn a_domain_of_geniusweb_by_hand() {
    let domain = read(&fixture("geniusweb"), Format::GeniusWeb, &Options::default()).unwrap();
    assert_eq!(domain.issues[1].kind, ForeignKind::Integer(2, 6));
    // The reservation bid: 0.4 · 0.25 + 0.6 · 0.25.
    assert!((domain.profiles[0].reservation - 0.25).abs() < 1e-9);
    let first = mandate("geniusweb", Format::GeniusWeb, Convention::Raw, "REGATTA1");
    near(&objective(&first, 0).1, &[("inshore", 0.25), ("offshore", 1.0)]);
    near(&objective(&first, 1).1, &[("2", 0.0), ("6", 1.0)]);
}

#[test]
fn a_domain_of_negmas_by_hand() {
    let domain = read(&fixture("negmas"), Format::Negmas, &Options::default()).unwrap();
    assert_eq!((domain.profiles[0].discount, domain.profiles[0].reservation), (0.8, 0.1));
    let buyer = mandate("negmas", Format::Negmas, Convention::Raw, "BUYER");
    near(&objective(&buyer, 0).1, &[("apples", 1.0), ("pears", 0.5)]);
    near(&objective(&buyer, 1).1, &[("1", 1.0), ("4", 0.25)]);
    // Stretched: the worst is 0.5·0.5 + 0.5·0.25 = 0.375, the best 1; no deal, at 0.1, is below both.
    let stretched = mandate("negmas", Format::Negmas, Convention::MinMax, "BUYER");
    assert_eq!(stretched["walk_away"].as_float(), Some(0.0));
    let (weight, worths) = objective(&stretched, 0);
    assert!((weight - 0.25 / 0.625).abs() < 1e-9);
    near(&worths, &[("apples", 1.0), ("pears", 0.0)]);
}

/// The fixture's files, with one of them changed, in a folder of its own.
fn changed(tool: &str, file: &str, change: impl Fn(&str) -> Vec<u8>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(fixture(tool)).unwrap().map(Result::unwrap) {
        let bytes = std::fs::read(entry.path()).unwrap();
        let changed = entry.file_name().to_string_lossy() == file;
        let bytes = if changed { change(&String::from_utf8_lossy(&bytes)) } else { bytes };
        std::fs::write(folder.path().join(entry.file_name()), bytes).unwrap();
    }
    folder
}

#[test]
fn what_cannot_be_taken_over_is_refused_in_words() {
    let cases: [(&str, Format, &str, &str, &str, &str); 9] = [
        (
            "genius",
            Format::Genius,
            "harbour_owner_utility.xml",
            "<utility_space>",
            "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><utility_space>",
            "DTD",
        ),
        (
            "genius",
            Format::Genius,
            "harbour_owner_utility.xml",
            "<reservation",
            "<hyperRectangle/><reservation",
            "nonlinear",
        ),
        (
            "genius",
            Format::Genius,
            "harbour_owner_utility.xml",
            "value=\"Mole\"",
            "value=\"Pier\"",
            "\"Mole\" of the domain is missing",
        ),
        (
            "genius",
            Format::Genius,
            "harbour_owner_utility.xml",
            "evaluation=\"10\"",
            "evaluation=\"NaN\"",
            "expected a number",
        ),
        (
            "genius",
            Format::Genius,
            "harbour_domain.xml",
            "upperbound=\"5\"",
            "upperbound=\"0\"",
            "above upperbound",
        ),
        (
            "geniusweb",
            Format::GeniusWeb,
            "regatta1.json",
            "LinearAdditiveUtilitySpace",
            "SumOfGroupsUtilitySpace",
            "SumOfGroups",
        ),
        (
            "geniusweb",
            Format::GeniusWeb,
            "regatta2.json",
            "\"crew\": 0.3",
            "\"cru\": 0.3",
            "\"crew\" has no weight",
        ),
        (
            "negmas",
            Format::Negmas,
            "seller.yml",
            "LinearAdditiveUtilityFunction",
            "HyperRectangleUtilityFunction",
            "HyperRectangle",
        ),
        (
            "negmas",
            Format::Negmas,
            "seller.yml",
            "weights: [0.4, 0.6]",
            "weights: [0.4]",
            "one number of 0 or more for each issue",
        ),
    ];
    for (tool, format, file, from, to, expected) in cases {
        let folder = changed(tool, file, |text| {
            assert!(text.contains(from), "{file} has no {from}");
            text.replacen(from, to, 1).into_bytes()
        });
        let error = read(folder.path(), format, &Options::default()).unwrap_err();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
    let missing = Options { profiles: vec!["nobody".to_owned()], ..Options::default() };
    assert!(matches!(read(&fixture("negmas"), Format::Negmas, &missing), Err(ExchangeError::Folder { .. })));
    let folder = changed("negmas", "seller.yml", |text| text.replace("slope: 0.25", "slope: 2").into_bytes());
    let domain = read(folder.path(), Format::Negmas, &Options::default()).unwrap();
    let error = files(&domain, "x", Format::Negmas, Convention::Raw).unwrap_err();
    assert!(error.to_string().contains("--convention minmax"), "{error}");
    assert!(files(&domain, "x", Format::Negmas, Convention::MinMax).is_ok());
}

#[test]
fn odd_encodings_are_read() {
    let latin = changed("genius", "harbour_domain.xml", |text| {
        let text = text.replace("name=\"Harbour\"", "name=\"Hafen M@nchen\"");
        text.bytes().map(|b| if b == b'@' { 0xFC } else { b }).collect()
    });
    assert_eq!(read(latin.path(), Format::Genius, &Options::default()).unwrap().name, "Hafen München");
    let marked = changed("geniusweb", "regatta.json", |text| [b"\xEF\xBB\xBF", text.as_bytes()].concat());
    assert_eq!(read(marked.path(), Format::GeniusWeb, &Options::default()).unwrap().name, "regatta");
    let wide = changed("genius", "harbour_guest_utility.xml", |text| {
        std::iter::once(0xFEFF_u16).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    });
    assert_eq!(read(wide.path(), Format::Genius, &Options::default()).unwrap().profiles.len(), 2);
}

#[test]
fn what_is_harmless_is_read() {
    let domain = |folder: &tempfile::TempDir| read(folder.path(), Format::Genius, &Options::default());
    // UTF-16 declared by a file that is plain text, and files that are no part of the domain.
    let lie = changed("genius", "harbour_domain.xml", |text| {
        let text = text.split_once("?>").map_or(text, |(_, rest)| rest);
        format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{text}").into_bytes()
    });
    std::fs::write(lie.path().join("session.xml"), "<session><deadline/></session>").unwrap();
    assert_eq!(domain(&lie).unwrap().profiles.len(), 2);
    let empty = changed("genius", "harbour_owner_utility.xml", |text| {
        text.replace("value=\"0.9\"", "value=\"\"").into_bytes()
    });
    assert_eq!(domain(&empty).unwrap().profiles[1].discount, 1.0);
    let broken = changed("genius", "harbour_owner_utility.xml", |text| {
        text.replace("evaluation=\"10\"", "evaluation=\"ten\"").into_bytes()
    });
    let error = domain(&broken).unwrap_err().to_string();
    assert!(error.starts_with("harbour_owner_utility.xml:"), "{error}");
    assert!(error.contains("<item evaluation>: expected a number, found \"ten\""), "{error}");
}

#[test]
fn what_is_exported_reads_back_the_same() {
    let issues = vec![("fruit".to_owned(), vec!["apples".to_owned(), "pears".to_owned()])];
    let party = |party: &str, worths: [f64; 2], discount: f64| Exported {
        party: party.to_owned(),
        worths: vec![worths.to_vec()],
        walk_away: 0.125,
        discount,
    };
    let parties = [party("BUYER", [0.75, 0.25], 0.5), party("SELLER", [0.0, 0.5], 1.0)];
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in export_negmas("orchard", &issues, &parties) {
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    let domain = read(folder.path(), Format::Negmas, &Options::default()).unwrap();
    for (profile, party) in domain.profiles.iter().zip(&parties) {
        assert_eq!((profile.discount, profile.reservation), (party.discount, party.walk_away));
        assert_eq!((&profile.weights, &profile.evaluations), (&vec![1.0], &party.worths));
    }
    // Weights of NegMAS are not divided by their sum: the seller's best is worth a half here too.
    let written = files(&domain, "orchard", Format::Negmas, Convention::Raw).unwrap();
    let (_, seller) = written.iter().find(|(path, _)| path.ends_with("SELLER.toml")).unwrap();
    let (weight, worths) = objective(&seller.parse().unwrap(), 0);
    assert_eq!(weight, 0.5);
    near(&worths, &[("apples", 0.0), ("pears", 1.0)]);
}

/// Numbers that are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}

/// A copy with something broken: cut off, reordered, of another type, very deep, very large.
fn broken(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let lines: Vec<&str> = text.lines().collect();
    match dice.below(9) {
        0 => bytes.truncate(dice.below(bytes.len())),
        1 => {
            let mut lines = lines;
            let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
            lines.swap(a, b);
            bytes = lines.join("\n").into_bytes();
        }
        2 => {
            let at = dice.below(bytes.len());
            bytes[at] = dice.below(256) as u8;
        }
        3 => {
            let words = [
                "NaN",
                "-1e999",
                "{}",
                "[]",
                "null",
                "\"\"",
                "18446744073709551616",
                "<x>",
                "!!int x",
                "&a *a",
            ];
            let at = dice.below(bytes.len());
            bytes.splice(at..at, words[dice.below(words.len())].bytes());
        }
        4 => {
            let line = lines[dice.below(lines.len())];
            bytes.extend(format!("\n{line}").repeat(dice.below(50)).bytes());
        }
        5 => {
            let deep = ["[", "{\"a\":", "<a>", "- "][dice.below(4)].repeat(1_000);
            let at = dice.below(bytes.len());
            bytes.splice(at..at, deep.bytes());
        }
        6 => {
            let digits: Vec<usize> =
                bytes.iter().enumerate().filter(|(_, b)| b.is_ascii_digit()).map(|(at, _)| at).collect();
            if let Some(at) = digits.get(dice.below(digits.len())) {
                bytes.splice(*at..*at, b"99999999".iter().copied());
            }
        }
        7 => {
            let (from, to) = (dice.below(bytes.len()), dice.below(bytes.len()));
            bytes.drain(from.min(to)..from.max(to));
        }
        _ => {
            let long = "x".repeat(20_000);
            let at = dice.below(bytes.len());
            bytes.splice(at..at, long.bytes());
        }
    }
    bytes
}

#[test]
fn broken_copies_of_genius_give_an_error_or_a_scenario() {
    broken_copies(0);
}

#[test]
fn broken_copies_of_geniusweb_give_an_error_or_a_scenario() {
    broken_copies(1);
}

#[test]
fn broken_copies_of_negmas_give_an_error_or_a_scenario() {
    broken_copies(2);
}

/// A third of ten thousand, for each tool on a thread of its own.
fn broken_copies(which: usize) {
    let (tool, format) = TOOLS[which];
    let mut dice = Dice(7 + which as u64);
    let (mut taken, mut refused) = (0, 0);
    let folder = tempfile::tempdir().unwrap();
    let mut originals = Vec::new();
    for entry in std::fs::read_dir(fixture(tool)).unwrap().map(Result::unwrap) {
        let path = folder.path().join(entry.file_name());
        std::fs::copy(entry.path(), &path).unwrap();
        originals.push((path, std::fs::read_to_string(entry.path()).unwrap()));
    }
    originals.sort();
    for _ in 0..3_334 {
        let (path, text) = &originals[dice.below(originals.len())];
        std::fs::write(path, broken(text, &mut dice)).unwrap();
        let options = Options { real_steps: 10, ..Options::default() };
        let domain = read(folder.path(), format, &options);
        match domain.and_then(|domain| files(&domain, "imported", format, format.convention())) {
            Ok(written) => {
                for (path, text) in written.iter().filter(|(path, _)| path.ends_with(".toml")) {
                    assert!(text.parse::<toml::Table>().is_ok(), "{path}: {text}");
                }
                taken += 1;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
        }
        std::fs::write(path, text).unwrap();
    }
    assert!(taken > 150 && refused > 150, "{taken} taken, {refused} refused");
}
