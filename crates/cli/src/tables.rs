//! How tables look: a rule under the header and nothing else, figures to the right.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use scoring::Figure;

const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table whose first `text` columns hold words; the others hold figures.
pub(crate) struct Sheet {
    table: Table,
    text: usize,
}

impl Sheet {
    pub(crate) fn new(text: usize, header: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_style(STYLE).set_header(header.to_vec());
        Self { table, text }
    }

    pub(crate) fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) -> &mut Self {
        self.table.add_row(cells.into_iter().map(Into::into).collect::<Vec<String>>());
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}

impl std::fmt::Display for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut table = self.table.clone();
        for column in table.column_iter_mut().skip(self.text) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        f.write_str(&table.trim_fmt())
    }
}

/// Dollars in billions, to ten millions.
pub(crate) fn bn(dollars: i64) -> String {
    format!("{:.2}", dollars as f64 / 1e9)
}

/// A change in billions, with its sign.
pub(crate) fn bn_change(dollars: i64) -> String {
    format!("{:+.2}", dollars as f64 / 1e9)
}

/// Basis points in percent.
pub(crate) fn percent(bps: f64) -> String {
    format!("{:.1}%", bps / 100.0)
}

/// The three values of a figure, and the change from the status quo to the offer.
pub(crate) fn moments<T: Copy>(figure: Figure<T>, show: impl Fn(T) -> String, change: String) -> [String; 4] {
    [show(figure.base), show(figure.before), show(figure.after), change]
}
