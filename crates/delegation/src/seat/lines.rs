//! Red lines as a person reads them: titles of issues in place of patterns.

use mandate::RedLineVerdict;
use tariff::{Issue, IssueKind};

use super::table::Table;

/// A red line in words: `US added rate: at least 10%` for `usa.rate.* at least 10`.
pub(super) fn title(table: &Table, line: &RedLineVerdict) -> String {
    let concerned = |(place, issue): (usize, &Issue)| {
        line.issues.iter().any(|id| id == issue.id().as_str()).then_some(place)
    };
    let issues = table.agenda().issues();
    let places: Vec<usize> = issues.iter().enumerate().filter_map(concerned).collect();
    let Some(first) = places.first() else { return line.red_line.clone() };
    let titles: Vec<&str> = (0..issues.len()).map(|place| table.title(place)).collect();
    format!("{}: {}{}", name(&titles, &places), line.asks, unit(&issues[*first], &line.asks))
}

/// What these issues are called together: what their titles share, where no other issue does.
fn name(titles: &[&str], places: &[usize]) -> String {
    let [first, others @ ..] = places else { return String::new() };
    if others.is_empty() {
        return titles[*first].to_owned();
    }
    let shared = others.iter().fold(titles[*first], |shared, place| common(shared, titles[*place]));
    // Up to the last word that is whole, without what led on to the rest.
    let head = shared.rsplit_once(' ').map_or("", |(head, _)| head);
    let alone = titles.iter().filter(|title| title.starts_with(head)).count() == places.len();
    if head.contains(' ') && alone {
        return head.strip_suffix(" on").unwrap_or(head).trim_end_matches([',', ':']).to_owned();
    }
    format!("{} and {} more", titles[*first], others.len())
}

/// What both begin with.
fn common<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.char_indices().zip(other.chars()).take_while(|((_, a), b)| a == b);
    let end = same.last().map_or(0, |((at, a), _)| at + a.len_utf8());
    &one[..end]
}

/// The unit of what is asked, if it is a number.
fn unit(issue: &Issue, asks: &str) -> &'static str {
    let IssueKind::Number(range) = issue.kind() else { return "" };
    match range.unit().as_str() {
        _ if asks.starts_with("only") => "",
        "percent" => "%",
        "usd" => " USD",
        "day" => " days",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn issues_are_called_by_what_their_titles_share() {
        let titles =
            ["US rate on Aluminium", "US rate on Animals", "US rate on Soybeans", "A truce: days", "A pause"];
        assert_eq!(name(&titles, &[0, 1, 2]), "US rate");
        assert_eq!(name(&titles, &[1]), "US rate on Animals");
        assert_eq!(name(&titles, &[0, 1]), "US rate on Aluminium and 1 more");
        assert_eq!(name(&titles, &[0, 3]), "US rate on Aluminium and 1 more");
        assert_eq!(name(&titles, &[3, 4]), "A truce: days and 1 more");
        assert_eq!(name(&["Zoll für Öl", "Zoll für Äpfel"], &[0, 1]), "Zoll für");
    }
}
