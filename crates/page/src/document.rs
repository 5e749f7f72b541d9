use std::fmt::Write as _;

use crate::STYLE;

/// `text` as it may stand in HTML and SVG, between tags or inside a quoted attribute.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Control characters are no part of HTML, and one in a file name could hide text.
            c if c.is_control() && c != '\n' && c != '\t' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// A page that is one file: sections under a title.
#[derive(Debug, Clone)]
pub struct Document {
    title: String,
    body: String,
}

impl Document {
    /// A page with a title and a line about it.
    #[must_use]
    pub fn new(title: &str, lead: &str) -> Self {
        let title = escape(title);
        let body = format!("<h1>{title}</h1>\n<p class=\"lead\">{}</p>\n", escape(lead));
        Self { title, body }
    }

    /// Adds a section; `html` is taken as it is.
    pub fn section(&mut self, heading: &str, html: &str) -> &mut Self {
        let heading = escape(heading);
        // A String takes everything.
        let _ = write!(self.body, "<section>\n<h2>{heading}</h2>\n{html}\n</section>\n");
        self
    }

    /// The whole page. Its policy lets nothing in from anywhere: no script, no image, no request.
    #[must_use]
    pub fn html(&self) -> String {
        let Self { title, body } = self;
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, escape};

    #[test]
    fn nothing_a_file_says_becomes_markup() {
        assert_eq!(escape("<b a='1' c=\"2\">&\u{7}"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;\u{fffd}");
        let mut page = Document::new("<script>", "</style>");
        page.section("a<b", "<p>kept</p>");
        let html = page.html();
        assert!(!html.contains("<script>") && html.matches("</style>").count() == 1);
        assert!(html.contains("<h2>a&lt;b</h2>\n<p>kept</p>"));
    }
}
