//! A series: one main file for talks with many partners, each a scenario of its own.
//!
//! The file is a template. `{partner}` stands for the member, `{column}` for what the member's row of
//! the series' data file says; a text that is nothing but such a place becomes a number where the cell
//! is one. Everything is filled in before the file is read, so a member is read as any other scenario.

use super::cells::Cells;
use super::columns::{column, file};
use super::{Node, Place};

/// What `{...}` of the issue templates means; no column can take it.
const TAKEN: [&str; 2] = ["sector", "name"];
/// The place of the member itself.
const PARTNER: &str = "partner";

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
    let mut places = vec![(PARTNER.to_owned(), member.to_owned())];
    if node.has("file") {
        let cells = file(node)?;
        places.extend(row(node, &cells, member)?);
    }
    let fill = |text: String, (name, value): &(String, String)| {
        let number = value.parse::<f64>().ok().filter(|n| n.is_finite());
        let bare = number.map_or_else(|| format!("{value:?}"), |number| number.to_string());
        text.replace(&format!("\"{{{name}}}\""), &bare).replace(&format!("{{{name}}}"), value)
    };
    Some(places.iter().fold(template.to_owned(), fill))
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
        node.reading.wrong(
            &cells.name,
            Place::START,
            taken,
            found,
            "another name: {sector} and {name} are taken",
        );
        return None;
    }
    let rows = cells.keyed(node.reading, key, |_| true);
    let Some(row) = rows.get(member) else {
        let expected = format!("a row for every partner, also for {member}");
        node.reading.wrong(&cells.name, Place::START, &cells.header()[key], None, &expected);
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
        values.push((cells.header()[place].clone(), value.to_owned()));
    }
    Some(values)
}
