//! A data file in CSV, with the place of every cell.

use std::collections::{BTreeMap, HashSet};

use super::Reading;
use super::place::{Place, newlines};

/// The most rows of one data file.
const MAX_ROWS: usize = 100_000;

/// A data file.
pub(crate) struct Cells {
    pub(crate) name: String,
    pub(crate) text: String,
    header: Vec<String>,
    rows: Vec<Row>,
}

/// One row.
pub(crate) struct Row {
    /// Where it begins in the text, in bytes.
    start: usize,
    /// The line it begins on, from 1.
    line: usize,
    cells: Vec<String>,
}

impl Row {
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells[column].as_str()
    }
}

impl Cells {
    /// Reads a file; none, with the problem noted, if it is not a table.
    pub(crate) fn read(reading: &Reading<'_>, name: &str, text: String) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let wrong = |error: &csv::Error| {
            let start = error.position().map_or(0, |p| row_start(&text, p.byte()));
            let expected = "a CSV table with one header line";
            reading.wrong(name, || Place::of(&text, start), "row", Some(described(error)), expected);
        };
        let header: Vec<String> =
            reader.headers().map_err(|e| wrong(&e)).ok()?.iter().map(ToOwned::to_owned).collect();
        let mut rows: Vec<Row> = Vec::new();
        let (mut counted, mut line) = (0, 1);
        for record in reader.records() {
            let record = record.map_err(|e| wrong(&e)).ok()?;
            let start = record.position().map_or(0, |p| row_start(&text, p.byte()));
            line += newlines(&text[..start], counted);
            counted = start;
            if rows.len() == MAX_ROWS {
                let found = Some(format!("row {}", MAX_ROWS + 1));
                let expected = format!("at most {MAX_ROWS} rows");
                reading.wrong(name, || Place { line, column: 1 }, "row", found, &expected);
                return None;
            }
            rows.push(Row { start, line, cells: record.iter().map(ToOwned::to_owned).collect() });
        }
        let mut seen = HashSet::new();
        let twice = header.iter().position(|column| !column.is_empty() && !seen.insert(column));
        if let Some(twice) = twice {
            let place = || Place::of(&text, cell_start(&text, row_start(&text, 0), twice));
            let found = Some(format!("{:?} again", header[twice]));
            reading.wrong(name, place, &header[twice], found, "each column once");
            return None;
        }
        Some(Self { name: name.to_owned(), text, header, rows })
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows, as long as there is room for what is wrong with them.
    pub(crate) fn rows<'a, 'r>(
        &'a self,
        reading: &'r Reading<'r>,
    ) -> impl Iterator<Item = &'a Row> + use<'a, 'r> {
        self.rows.iter().take_while(|_| !reading.full())
    }

    /// The place of a cell in the file.
    pub(crate) fn place(&self, row: &Row, column: usize) -> Place {
        Place::after(&self.text, (row.start, row.line), cell_start(&self.text, row.start, column))
    }

    /// Notes that a cell is not what was expected.
    pub(crate) fn wrong(&self, reading: &Reading<'_>, row: &Row, column: usize, expected: &str) {
        let found = Some(format!("{:?}", row.cell(column)));
        reading.wrong(&self.name, || self.place(row, column), &self.header[column], found, expected);
    }

    /// The place of a column; none, with the problem noted, if there is no such column.
    pub(crate) fn column(&self, reading: &Reading<'_>, column: &str, asked: usize) -> Option<usize> {
        let found = self.header.iter().position(|h| h == column);
        if found.is_none() {
            let expected = format!(
                "this column, as line {asked} of scenario.toml says; the columns are {}",
                self.header.join(", ")
            );
            reading.wrong(&self.name, || Place::START, column, None, &expected);
        }
        found
    }

    /// The number in a cell; none, with the problem noted, if it is no number within the bounds.
    pub(crate) fn number(
        &self,
        reading: &Reading<'_>,
        row: &Row,
        column: usize,
        (low, high): (f64, f64),
    ) -> Option<f64> {
        let number = row.cell(column).parse::<f64>().ok().filter(|n| (low..=high).contains(n));
        if number.is_none() {
            self.wrong(reading, row, column, &format!("a number from {low} to {high}"));
        }
        number
    }

    /// The row of each key, of the rows that count; a key that appears twice among them is noted.
    pub(crate) fn keyed(
        &self,
        reading: &Reading<'_>,
        column: usize,
        counts: impl Fn(&Row) -> bool,
    ) -> BTreeMap<&str, &Row> {
        let mut keyed = BTreeMap::new();
        for row in self.rows(reading).filter(|row| counts(row)) {
            let key = row.cell(column);
            if keyed.insert(key, row).is_some() {
                let found = Some(format!("{key:?} again"));
                let place = || self.place(row, column);
                reading.wrong(&self.name, place, &self.header[column], found, "each name once");
            }
        }
        keyed
    }
}

/// Where a row begins that the reader found from `byte` on: it passes over empty lines.
fn row_start(text: &str, byte: u64) -> usize {
    let from = usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    let empty = text.as_bytes()[from..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
    from + empty
}

/// Where a cell of the row at `start` begins: past the commas outside quotes, and past spaces.
fn cell_start(text: &str, start: usize, column: usize) -> usize {
    let (mut at, mut quoted, mut left) = (start, false, column);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at).filter(|_| left > 0) {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => left -= 1,
            _ => {}
        }
        at += 1;
    }
    at + bytes[at.min(bytes.len())..].iter().take_while(|b| **b == b' ').count()
}

fn described(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells under a header of {expected_len}")
        }
        _ => error.to_string(),
    }
}
