//! Sectors, and numbers by sector: constants, or columns of the data files.

use std::rc::Rc;

use scoring::Sector;
use tariff::SectorId;

use super::Node;
use super::cells::{Cells, Row};

/// The sectors in the order of their file; none if any of them is wrong, so that what names them is
/// not reported a second time.
pub(super) fn sectors(node: &Node<'_>) -> Option<Vec<Sector>> {
    node.only(&["file", "id", "name"]);
    let cells = file(node)?;
    let (id, name) = (column(node, &cells, "id")?, column(node, &cells, "name")?);
    let read = |row: &Row| match SectorId::new(row.cell(id)) {
        Ok(id) => Some(Sector { id, name: row.cell(name).to_owned() }),
        Err(error) => {
            let found = Some(format!("{:?}", row.cell(id)));
            node.reading.wrong(&cells.name, row.line, "sector", found, &error.to_string());
            None
        }
    };
    let distinct = cells.keyed(node.reading, id).len();
    let sectors: Vec<_> = cells.rows().iter().filter_map(read).collect();
    if cells.rows().is_empty() {
        node.wrong("file", Some("no sector"), "a file with a row per sector");
    }
    let sound = distinct > 0 && distinct == cells.rows().len() && sectors.len() == distinct;
    sound.then_some(sectors)
}

/// The data file a table names.
pub(super) fn file(node: &Node<'_>) -> Option<Rc<Cells>> {
    let name = node.text("file", "the name of a data file")?;
    node.reading.cells(name, node, "file")
}

/// The place of the column that `key` names.
pub(super) fn column(node: &Node<'_>, cells: &Cells, key: &str) -> Option<usize> {
    let name = node.text(key, "the name of a column")?;
    cells.column(node.reading, name, node.line(key))
}

/// One number per sector: a constant, or a column of a data file with a row per sector. Stand-ins
/// where it is wrong.
pub(super) fn by_sector(node: &Node<'_>, key: &str, sectors: &[Sector], bounds: (f64, f64)) -> Vec<f64> {
    let stand_in = || vec![bounds.0; sectors.len()];
    if node.has(key) && !node.is_table(key) {
        return node.number(key, bounds).map_or_else(stand_in, |n| vec![n; sectors.len()]);
    }
    let expected = "a number, or { file = ..., column = ... } with a row per sector";
    let Some(place) = node.table(key, expected) else { return stand_in() };
    place.only(&["file", "column", "key"]);
    read_column(&place, sectors, bounds).unwrap_or_else(stand_in)
}

fn read_column(place: &Node<'_>, sectors: &[Sector], bounds: (f64, f64)) -> Option<Vec<f64>> {
    let cells = file(place)?;
    let values = column(place, &cells, "column")?;
    let key = if place.has("key") { place.text("key", "the column of sectors")? } else { "sector" };
    let keys = cells.column(place.reading, key, place.line("column"))?;
    let rows = cells.keyed(place.reading, keys);
    for (name, row) in &rows {
        if !sectors.iter().any(|s| s.id.as_str() == *name) {
            let found = Some(format!("{name:?}"));
            place.reading.wrong(&cells.name, row.line, key, found, "a sector of the scenario");
        }
    }
    let read = |sector: &Sector| match rows.get(sector.id.as_str()) {
        Some(row) => cells.number(place.reading, row, values, bounds),
        None => {
            let expected = format!("a row for every sector, also for {}", sector.id);
            place.reading.wrong(&cells.name, 1, key, None, &expected);
            None
        }
    };
    Some(sectors.iter().map(|s| read(s).unwrap_or(bounds.0)).collect())
}
