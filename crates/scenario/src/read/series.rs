//! A series: one main file for talks with many partners, each a scenario of its own.
//!
//! The file is a template. `{partner}` stands for the member, `{column}` for what the member's row of
//! the series' data file says; a text that is nothing but such a place becomes a number where the cell
//! is one. Everything is filled in before the file is read, so a member is read as any other scenario.

use std::collections::BTreeMap;

use super::cells::Cells;
use super::columns::{column, file};
use super::{Node, Place};

/// What `{...}` of the issue templates means; no column can take it.
const TAKEN: [&str; 2] = ["sector", "name"];
/// The place of the member itself.
const PARTNER: &str = "partner";
/// The longest text that is put in a place, in characters.
const MAX_CELL: usize = 1_000;
/// The longest main file once everything is in place, in bytes: as long as one that is no template.
const MAX_FILLED: usize = 8 << 20;

/// What the main file says of its series.
pub(super) struct Series {
    /// The members in order.
    pub(super) members: Vec<String>,
}

/// The series a main file describes; none, with the problem noted, where it is wrong.
pub(super) fn series(node: &Node<'_>) -> Option<Series> {
    node.only(&["partners", "file", "partner"]);
    let members = node.texts("partners", "a list of parties")?;
    let members: Vec<String> = members.into_iter().map(ToOwned::to_owned).collect();
    let twice = members.iter().enumerate().find(|(i, member)| members[..*i].contains(member));
    if let Some((_, twice)) = twice {
        node.wrong("partners", Some(&format!("{twice:?} again")), "each partner once");
        return None;
    }
    Some(Series { members })
}

/// The template with everything in place that belongs to one member.
pub(super) fn filled(node: &Node<'_>, template: &str, member: &str) -> Option<String> {
    let mut places = Places::from([(PARTNER.to_owned(), member.to_owned())]);
    if node.has("file") {
        let cells = file(node)?;
        for (name, value) in row(node, &cells, member)? {
            places.entry(name).or_insert(value);
        }
    }
    let text = in_place(template, &places);
    if text.is_none() {
        let expected = "a main file of at most 8 MiB with every place filled in";
        node.wrong("partners", Some(&format!("more for {member:?}")), expected);
    }
    text
}

/// What stands for each place, by name.
type Places = BTreeMap<String, String>;

/// The template with every place filled in, in one pass; none where that would be too long.
fn in_place(template: &str, places: &Places) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        text += before;
        match place(from).and_then(|(name, after)| Some((places.get(name)?, after))) {
            Some((value, after)) => match after.strip_prefix('"').filter(|_| text.ends_with('"')) {
                Some(after) => {
                    text.pop();
                    text += &bare(value);
                    rest = after;
                }
                None => {
                    text += value;
                    rest = after;
                }
            },
            None => {
                text.push('{');
                rest = from;
            }
        }
        if text.len() > MAX_FILLED {
            return None;
        }
    }
    text += rest;
    (text.len() <= MAX_FILLED).then_some(text)
}

/// The name of a place whose brace was opened just before, and what follows it.
fn place(from: &str) -> Option<(&str, &str)> {
    let (name, after) = from.split_at(from.find(['{', '}'])?);
    Some((name, after.strip_prefix('}')?))
}

/// A value that is not part of a longer text: a number where it is one.
fn bare(value: &str) -> String {
    let number = value.parse::<f64>().ok().filter(|n| n.is_finite());
    number.map_or_else(|| format!("{value:?}"), |number| number.to_string())
}

/// Name and value of each further column in the member's row.
fn row(node: &Node<'_>, cells: &Cells, member: &str) -> Option<Vec<(String, String)>> {
    let key = if node.has("partner") {
        column(node, cells, "partner")?
    } else {
        cells.column(node.reading, PARTNER, node.line("file"))?
    };
    if let Some(taken) = cells.header().iter().find(|name| TAKEN.contains(&name.as_str())) {
        let found = Some(format!("a column {taken:?}"));
        let expected = "another name: {sector} and {name} are taken";
        node.reading.wrong(&cells.name, || Place::START, taken, found, expected);
        return None;
    }
    let rows = cells.keyed(node.reading, key, |_| true);
    let Some(row) = rows.get(member) else {
        let expected = format!("a row for every partner, also for {member}");
        node.reading.wrong(&cells.name, || Place::START, &cells.header()[key], None, &expected);
        return None;
    };
    let others = (0..cells.header().len()).filter(|place| *place != key);
    let mut values = Vec::new();
    for place in others {
        let value = row.cell(place);
        // What would end a text of the main file, or begin another place.
        if value.contains(|c: char| c.is_control() || matches!(c, '"' | '\\' | '{' | '}')) {
            cells.wrong(node.reading, row, place, "a text without quotes, backslashes and braces");
            return None;
        }
        if value.chars().nth(MAX_CELL).is_some() {
            let expected = format!("a text of at most {MAX_CELL} characters");
            cells.wrong(node.reading, row, place, &expected);
            return None;
        }
        values.push((cells.header()[place].clone(), value.to_owned()));
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Places, bare, in_place};

    proptest! {
        /// One pass says what replacing one place after the other says.
        #[test]
        fn every_place_is_filled_in(
            template in "([a-z\"{} ]|\\{a\\}|\"\\{b\\}\"|\\{no\\}){0,20}", a in "[a-z]{0,4}", b in "-?[0-9]{1,3}\\.?",
        ) {
            let places = Places::from([("a".to_owned(), a), ("b".to_owned(), b)]);
            // A value between braces of the template would make a place of its own.
            prop_assume!(!template.contains("{{") && !template.contains("}}"));
            let one_by_one = places.iter().fold(template.clone(), |text, (name, value)| {
                let whole = text.replace(&format!("\"{{{name}}}\""), &bare(value));
                whole.replace(&format!("{{{name}}}"), value)
            });
            prop_assert_eq!(in_place(&template, &places), Some(one_by_one));
        }
    }
}
