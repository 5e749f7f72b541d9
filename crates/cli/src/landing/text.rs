//! The landing zone as tables.

use std::path::Path;

use utility::landing::{Distances, Method, Solution};

use super::{Findings, Placed};
use crate::offers;
use crate::output::line;
use crate::tables::Sheet;

pub(super) fn print(findings: &Findings, picture: Option<&Path>) {
    let zone = &findings.zone;
    line(&format!(
        "{}: {} offers, {}",
        findings.bench.scenario().name(),
        size(&zone.offers),
        found(findings)
    ));
    line("");
    line(&points(findings).to_string());
    line("");
    line(&summary(findings));
    if let Some(nash) = &zone.nash {
        line("\nthe Nash point");
        line(&offers::show(&findings.bench, &nash.deal.offer));
    }
    if let Some(given) = &findings.given {
        line("");
        line(&placed("the offer", given));
    }
    if let Some(last) = findings.made.last() {
        line("");
        let what = if last.agreed { "the deal" } else { "the last offer" };
        line(&format!("{} offers were made in the talk", findings.made.len()));
        line(&placed(what, &last.placed));
    }
    if let Some(path) = picture {
        line(&format!("\npicture  {}", path.display()));
    }
}

/// A count that fits a line.
fn size(offers: &str) -> String {
    if offers.len() <= 12 {
        return offers.to_owned();
    }
    let digits: String = offers.chars().skip(1).take(2).collect();
    format!("{}.{digits}e{}", offers.chars().next().unwrap_or('0'), offers.len() - 1)
}

fn found(findings: &Findings) -> String {
    let zone = &findings.zone;
    let how = match zone.method {
        Method::Exhaustive => "all of them valued",
        Method::Additive => "put together from groups of issues",
        Method::Search => "some of them valued in a search",
    };
    match zone.bound {
        Some(0.0) => format!("{how}; exact"),
        Some(bound) => format!("{how}; Nash is proved to within {}", percent(bound)),
        None => format!("{how}; nothing is proved about what was not valued"),
    }
}

fn percent(share: f64) -> String {
    if share < 0.000_1 { format!("{:.5}%", share * 100.0) } else { format!("{:.2}%", share * 100.0) }
}

fn points(findings: &Findings) -> Sheet {
    let zone = &findings.zone;
    let parties = findings.parties();
    let header: Vec<&str> =
        ["point"].into_iter().chain(parties).chain(["value", "proved to within", "in the zone"]).collect();
    let mut sheet = Sheet::new(1, &header);
    let blanks = || [String::new(), String::new(), String::new()];
    let four = |value: &f64| format!("{value:.4}");
    let mut plain = |name: &str, values: &[f64]| {
        sheet.row(std::iter::once(name.to_owned()).chain(values.iter().map(four)).chain(blanks()));
    };
    plain("walk-away values", &zone.walk_away);
    if let Some(ideal) = &zone.ideal {
        plain("the best for each, in the zone", ideal);
    }
    let solutions: [(&str, &Option<Solution>); 4] = [
        ("Nash: greatest product of gains", &zone.nash),
        ("Kalai–Smorodinsky: greatest least share", &zone.kalai_smorodinsky),
        ("egalitarian: greatest least gain", &zone.egalitarian),
        ("utilitarian: greatest sum", &zone.utilitarian),
    ];
    for (name, solution) in solutions {
        let Some(solution) = solution else {
            let none = parties_blank(findings).chain(blanks());
            sheet.row(std::iter::once(format!("{name}: none")).chain(none));
            continue;
        };
        let bound = solution.bound.map_or_else(|| "unknown".to_owned(), |bound| format!("{bound:.1e}"));
        let bound = if solution.bound == Some(0.0) { "exact".to_owned() } else { bound };
        let inside = if solution.deal.in_zone { "yes" } else { "no" };
        let figures = solution.deal.utilities.iter().map(four);
        let rest = [four(&solution.value), bound, inside.to_owned()];
        sheet.row(std::iter::once(name.to_owned()).chain(figures).chain(rest));
    }
    sheet
}

fn parties_blank(findings: &Findings) -> impl Iterator<Item = String> {
    findings.parties().into_iter().map(|_| String::new())
}

fn summary(findings: &Findings) -> String {
    let zone = &findings.zone;
    let inside = zone.pareto.iter().filter(|deal| deal.in_zone).count();
    let more = match (zone.method, zone.capped) {
        (Method::Search, _) => ", of those the search came upon",
        // An edge that is known whole is only listed in part.
        (_, true) if zone.bound == Some(0.0) => ", evenly spaced over the edge: there are more",
        (_, true) => ", those on the convex hull: there are more",
        (_, false) => "",
    };
    let edge = format!("{} efficient offers{more}; {inside} of them in the landing zone", zone.pareto.len());
    let opposition = zone.opposition.map_or_else(
        || "the landing zone is empty: no offer is worth everybody's walk-away value".to_owned(),
        |opposition| format!("opposition {opposition:.4}: how far the zone stays from the best for each"),
    );
    format!("{edge}\n{opposition}")
}

fn placed(what: &str, placed: &Placed) -> String {
    let Distances { edge, nash, kalai_smorodinsky, egalitarian, utilitarian } = placed.distance;
    let worth: Vec<String> = placed.utilities.iter().map(|u| format!("{u:.4}")).collect();
    let inside = match (placed.in_zone, placed.permitted) {
        (true, _) => "in the landing zone",
        (false, true) => "outside the landing zone: somebody would rather walk away",
        (false, false) => "outside the landing zone: it breaks a red line",
    };
    let points = [
        ("the edge", Some(edge)),
        ("Nash", nash),
        ("Kalai–Smorodinsky", kalai_smorodinsky),
        ("egalitarian", egalitarian),
        ("utilitarian", utilitarian),
    ];
    let distances: Vec<String> =
        points.iter().filter_map(|(name, d)| d.map(|d| format!("{d:.4} from {name}"))).collect();
    format!("{what} is worth {}, {inside}\n  {}", worth.join(" and "), distances.join(", "))
}
