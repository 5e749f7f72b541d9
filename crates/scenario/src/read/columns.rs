//! Sectors, and numbers by sector: constants, or columns of the data files.

use std::collections::HashSet;
use std::rc::Rc;

use scoring::Sector;
use tariff::SectorId;

use super::cells::{Cells, Row};
use super::{Node, Place};

/// The sectors in the order of their file; none if any of them is wrong, so that what names them is
/// not reported a second time.
pub(super) fn sectors(node: &Node<'_>) -> Option<Vec<Sector>> {
    node.only(&["file", "id", "name"]);
    let cells = file(node)?;
    let (id, name) = (column(node, &cells, "id")?, column(node, &cells, "name")?);
    let read = |row: &Row| match SectorId::new(row.cell(id)) {
        Ok(id) => Some(Sector { id, name: row.cell(name).to_owned() }),
        Err(error) => {
            cells.wrong(node.reading, row, id, &error.to_string());
            None
        }
    };
    let distinct = cells.keyed(node.reading, id, |_| true).len();
    let sectors: Vec<_> = cells.rows(node.reading).filter_map(read).collect();
    if cells.len() == 0 {
        node.wrong("file", Some("no sector"), "a file with a row per sector");
    }
    let sound = distinct > 0 && distinct == cells.len() && sectors.len() == distinct;
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

/// One number per sector, and where each was read.
pub(super) struct BySector<'a> {
    pub(super) values: Vec<f64>,
    node: &'a Node<'a>,
    key: String,
    /// Whether every number is the file's own and no stand-in.
    pub(super) sound: bool,
    /// The data file and the places of its cells, by sector.
    cells: Option<(Rc<Cells>, String, Vec<Place>)>,
}

impl BySector<'_> {
    /// Notes a problem with the number of one sector, at its cell where it has one.
    pub(super) fn wrong(&self, sector: usize, expected: &str) {
        let found = self.values[sector].to_string();
        match &self.cells {
            Some((cells, column, places)) => {
                self.node.reading.wrong(&cells.name, || places[sector], column, Some(found), expected);
            }
            None => self.node.wrong(&self.key, Some(&found), expected),
        }
    }
}

/// One number per sector: a constant, or a column of a data file with a row per sector. Stand-ins
/// where it is wrong.
pub(super) fn by_sector<'a>(
    node: &'a Node<'a>,
    key: &str,
    sectors: &[Sector],
    bounds: (f64, f64),
) -> BySector<'a> {
    let same = |value: Option<f64>| BySector {
        values: vec![value.unwrap_or(bounds.0); sectors.len()],
        sound: value.is_some(),
        node,
        key: key.to_owned(),
        cells: None,
    };
    if node.has(key) && !node.is_table(key) {
        return same(node.number(key, bounds));
    }
    let expected = "a number, or { file = ..., column = ... } with a row per sector";
    let Some(table) = node.table(key, expected) else { return same(None) };
    table.only(&["file", "column", "key", "only", "absent"]);
    let Some((numbers, cells)) = read_column(&table, sectors, bounds) else { return same(None) };
    BySector {
        sound: numbers.iter().all(Option::is_some),
        values: numbers.into_iter().map(|number| number.unwrap_or(bounds.0)).collect(),
        cells: Some(cells),
        ..same(None)
    }
}

/// Numbers by sector as far as they could be read; the file, the column's name, and the places of
/// the cells.
type Column = (Vec<Option<f64>>, (Rc<Cells>, String, Vec<Place>));

fn read_column(table: &Node<'_>, sectors: &[Sector], bounds: (f64, f64)) -> Option<Column> {
    let cells = file(table)?;
    let values = column(table, &cells, "column")?;
    let key = if table.has("key") { table.text("key", "the column of sectors")? } else { "sector" };
    let keys = cells.column(table.reading, key, table.line("column"))?;
    let absent = if table.has("absent") { Some(table.number("absent", bounds)?) } else { None };
    let only = only(table, &cells)?;
    let rows = cells.keyed(table.reading, keys, |row| only.admits(row));
    let known: HashSet<&str> = sectors.iter().map(|s| s.id.as_str()).collect();
    for (name, row) in &rows {
        if !known.contains(name) {
            cells.wrong(table.reading, row, keys, "a sector of the scenario");
        }
    }
    let read = |sector: &Sector| match rows.get(sector.id.as_str()) {
        Some(row) => (cells.number(table.reading, row, values, bounds), cells.place(row, values)),
        None if absent.is_some() => (absent, Place::START),
        None => {
            let expected = format!("a row for every sector, also for {}", sector.id);
            table.reading.wrong(&cells.name, || Place::START, key, None, &expected);
            (None, Place::START)
        }
    };
    let (numbers, places) = sectors.iter().map(read).unzip();
    let name = table.text("column", "the name of a column")?.to_owned();
    drop(rows);
    Some((numbers, (cells, name, places)))
}

/// Which rows of a data file count: those with these texts in these columns.
pub(super) struct Only<'a>(Vec<(usize, &'a str)>);

impl Only<'_> {
    pub(super) fn admits(&self, row: &Row) -> bool {
        self.0.iter().all(|(column, text)| row.cell(*column) == *text)
    }
}

/// `only = { column = "text" }`: the rows with this text in that column; all where it is left out.
pub(super) fn only<'a>(table: &Node<'a>, cells: &Cells) -> Option<Only<'a>> {
    let Some(node) = table.optional("only") else { return Some(Only(Vec::new())) };
    let admitted = |name: &'a str| {
        let column = cells.column(node.reading, name, node.line(name))?;
        Some((column, node.text(name, "the text of the rows that count")?))
    };
    node.keys().map(admitted).collect::<Option<_>>().map(Only)
}
