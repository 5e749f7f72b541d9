use crate::escape;

/// A table of text in the first column and figures in the others.
#[derive(Debug, Clone)]
pub struct Table {
    caption: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(caption: &str, header: &[&str]) -> Self {
        let header = header.iter().map(|cell| escape(cell)).collect();
        Self { caption: escape(caption), header, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> &mut Self {
        self.rows.push(cells.into_iter().map(|cell| escape(cell.as_ref())).collect());
        self
    }

    /// The table as HTML; it scrolls by itself where the screen is narrow.
    #[must_use]
    pub fn html(&self) -> String {
        let head: String = self.header.iter().map(|cell| format!("<th scope=\"col\">{cell}</th>")).collect();
        let body: String = self.rows.iter().map(|row| row_html(row)).collect();
        format!(
            "<div class=\"scroll\" tabindex=\"0\"><table><caption>{}</caption><thead><tr>{head}</tr></thead>\
             <tbody>{body}</tbody></table></div>",
            self.caption
        )
    }

    /// The table folded under a line: for the numbers of a chart.
    #[must_use]
    pub fn folded(&self, summary: &str) -> String {
        format!("<details><summary>{}</summary>{}</details>", escape(summary), self.html())
    }
}

fn row_html(row: &[String]) -> String {
    let cell = |(place, cell): (usize, &String)| match place {
        0 => format!("<th scope=\"row\">{cell}</th>"),
        _ => format!("<td>{cell}</td>"),
    };
    format!("<tr>{}</tr>\n", row.iter().enumerate().map(cell).collect::<String>())
}
