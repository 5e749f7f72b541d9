//! An offer in full: rates by sector with both sides beside each other, the rest below.

use std::collections::BTreeMap;

use scoring_server::Bench;
use tariff::{Instrument, Offer, PartyId, SectorId};

use super::spoken;
use crate::tables::Sheet;

/// Which column a sector's issue stands in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Rate(PartyId),
    Excluded(PartyId),
}

/// Every issue with its value at the status quo and in `offer`; unchanged ones say so once.
pub(crate) fn show(bench: &Bench, offer: &Offer) -> String {
    let (by_sector, rest) = (by_sector(bench, offer), rest(bench, offer));
    let parts = [by_sector, rest].into_iter().flatten().map(|sheet| sheet.to_string());
    parts.collect::<Vec<_>>().join("\n\n")
}

fn by_sector(bench: &Bench, offer: &Offer) -> Option<Sheet> {
    let (mut columns, mut sectors) = (Vec::<Column>::new(), Vec::<SectorId>::new());
    let mut cells = BTreeMap::new();
    for (place, issue) in bench.agenda().issues().iter().enumerate() {
        let Some((column, sector)) = issue.instrument().and_then(place_of) else { continue };
        let (before, after) = (bench.status_quo().value(place), offer.value(place));
        let text = if before == after {
            spoken(issue, after)
        } else {
            format!("{} → {}", spoken(issue, before), spoken(issue, after))
        };
        if !columns.contains(&column) {
            columns.push(column.clone());
        }
        if !sectors.contains(&sector) {
            sectors.push(sector.clone());
        }
        cells.insert((sector, column), text);
    }
    if columns.is_empty() {
        return None;
    }
    let names: Vec<String> = columns.iter().map(heading).collect();
    let header: Vec<&str> = std::iter::once("sector").chain(names.iter().map(String::as_str)).collect();
    let mut sheet = Sheet::new(1, &header);
    for sector in sectors {
        let cell =
            |column: &Column| cells.get(&(sector.clone(), column.clone())).cloned().unwrap_or_default();
        sheet.row(std::iter::once(sector.to_string()).chain(columns.iter().map(cell)));
    }
    Some(sheet)
}

fn place_of(instrument: &Instrument) -> Option<(Column, SectorId)> {
    match instrument {
        Instrument::AddedRate { by, sector, .. } => Some((Column::Rate(by.clone()), sector.clone())),
        Instrument::ExcludedShare { by, sector, .. } => Some((Column::Excluded(by.clone()), sector.clone())),
        _ => None,
    }
}

fn heading(column: &Column) -> String {
    match column {
        Column::Rate(by) => format!("{by} added rate"),
        Column::Excluded(by) => format!("{by} excludes"),
    }
}

fn rest(bench: &Bench, offer: &Offer) -> Option<Sheet> {
    let mut sheet = Sheet::new(1, &["issue", "status quo", "offer"]);
    for (place, issue) in bench.agenda().issues().iter().enumerate() {
        if issue.instrument().and_then(place_of).is_none() {
            let title = bench.scenario().issue_title(place).unwrap_or(issue.id().as_str());
            let values =
                [bench.status_quo().value(place), offer.value(place)].map(|value| spoken(issue, value));
            sheet.row(std::iter::once(title.to_owned()).chain(values));
        }
    }
    (!sheet.is_empty()).then_some(sheet)
}
