/// Slips of the pen that are still understood.
const MOST_SLIPS: usize = 2;

/// The name that was meant, as far as can be told from what was written.
#[must_use]
pub fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = names.into_iter().map(|name| (slips(given, name), name));
    near.filter(|(slips, name)| *slips <= MOST_SLIPS && slips * 2 <= name.len()).min().map(|(_, name)| name)
}

/// How many characters must be changed, added or left out to make one of the other (Levenshtein 1966).
fn slips(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, a) in one.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], line + 1);
        for (place, b) in other.iter().enumerate() {
            let changed = corner + usize::from(a != *b);
            corner = row[place + 1];
            row[place + 1] = changed.min(corner + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_pen_is_understood_and_another_word_is_not() {
        let names = ["boulware", "conceder", "micro", "person", "edge"];
        for (given, meant) in [
            ("bulware", Some("boulware")),
            ("persons", Some("person")),
            ("Person", Some("person")),
            ("prson", Some("person")),
            ("mirco", Some("micro")),
            ("micr", Some("micro")),
            ("parson", Some("person")),
            ("hedgehog", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, names), meant, "{given}");
        }
    }
}
