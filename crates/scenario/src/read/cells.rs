//! A data file in CSV, with the line of every cell.

use std::collections::BTreeMap;

use super::Reading;

/// The most rows of one data file.
const MAX_ROWS: usize = 100_000;

/// A data file.
pub(super) struct Cells {
    pub(super) name: String,
    pub(super) text: String,
    header: Vec<String>,
    rows: Vec<Row>,
}

/// One row.
pub(super) struct Row {
    pub(super) line: usize,
    cells: Vec<String>,
}

impl Row {
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells[column].as_str()
    }
}

impl Cells {
    /// Reads a file; none, with the problem noted, if it is not a table.
    pub(super) fn read(reading: &Reading<'_>, name: &str, text: String) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let wrong = |error: &csv::Error| {
            let line = error.position().map_or(1, |p| p.line() as usize);
            reading.wrong(name, line, "row", Some(described(error)), "a CSV table with one header line");
        };
        let header: Vec<String> =
            reader.headers().map_err(|e| wrong(&e)).ok()?.iter().map(ToOwned::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records().take(MAX_ROWS) {
            let record = record.map_err(|e| wrong(&e)).ok()?;
            let line = record.position().map_or(1, |p| p.line() as usize);
            rows.push(Row { line, cells: record.iter().map(ToOwned::to_owned).collect() });
        }
        Some(Self { name: name.to_owned(), text, header, rows })
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The place of a column; none, with the problem noted, if there is no such column.
    pub(super) fn column(&self, reading: &Reading<'_>, column: &str, asked: usize) -> Option<usize> {
        let found = self.header.iter().position(|h| h == column);
        if found.is_none() {
            let expected = format!(
                "this column, as line {asked} of scenario.toml says; the columns are {}",
                self.header.join(", ")
            );
            reading.wrong(&self.name, 1, column, None, &expected);
        }
        found
    }

    /// The number in a cell; none, with the problem noted, if it is no number within the bounds.
    pub(super) fn number(
        &self,
        reading: &Reading<'_>,
        row: &Row,
        column: usize,
        (low, high): (f64, f64),
    ) -> Option<f64> {
        let cell = row.cell(column);
        let number = cell.parse::<f64>().ok().filter(|n| (low..=high).contains(n));
        if number.is_none() {
            let expected = format!("a number from {low} to {high}");
            reading.wrong(&self.name, row.line, &self.header[column], Some(format!("{cell:?}")), &expected);
        }
        number
    }

    /// The row of each key; a key that appears twice is noted.
    pub(super) fn keyed(&self, reading: &Reading<'_>, column: usize) -> BTreeMap<&str, &Row> {
        let mut keyed = BTreeMap::new();
        for row in &self.rows {
            let key = row.cell(column);
            if keyed.insert(key, row).is_some() {
                let found = Some(format!("{key:?} again"));
                reading.wrong(&self.name, row.line, &self.header[column], found, "each name once");
            }
        }
        keyed
    }
}

fn described(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells under a header of {expected_len}")
        }
        _ => error.to_string(),
    }
}
