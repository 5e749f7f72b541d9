//! What a Prometheus sees of a service.

use std::collections::{BTreeMap, BTreeSet};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::patiently;

/// A page in Prometheus' text format: every series with its value.
#[derive(Debug, Clone, Default)]
pub struct Page(BTreeMap<String, f64>);

impl Page {
    /// Reads a page.
    ///
    /// # Panics
    /// A line is none of the format's.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let series = lines.map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.parse().unwrap())
        });
        Self(series.collect())
    }

    /// The names of its metrics, those of histograms without what is behind them.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        let bare = |series: &String| {
            let name = series.split('{').next().unwrap();
            let name =
                ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            name.to_owned()
        };
        self.0.keys().map(bare).collect()
    }

    /// The labels of its series, except those of the format and of the process itself.
    #[must_use]
    pub fn labels(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::<String, BTreeSet<String>>::new();
        for series in self.0.keys().filter(|series| !series.starts_with("target_info")) {
            let Some((_, labels)) = series.split_once('{') else { continue };
            for label in labels.trim_end_matches('}').split(',') {
                let (key, value) = label.split_once('=').unwrap();
                found.entry(key.to_owned()).or_default().insert(value.trim_matches('"').to_owned());
            }
        }
        found.remove("le");
        found
    }

    /// All series of a metric together.
    #[must_use]
    pub fn sum(&self, name: &str) -> f64 {
        let of = |series: &str| series.split('{').next() == Some(name);
        self.0.iter().filter(|(series, _)| of(series)).map(|(_, value)| value).sum()
    }
}

/// Says these bytes to `address` and returns what comes back until the connection ends.
///
/// # Panics
/// Nobody listens there.
pub async fn say(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is cut off has said what it has said.
    patiently("an answer", stream.read_to_end(&mut answer)).await.ok();
    String::from_utf8(answer).unwrap()
}

/// The metrics page at `address`.
///
/// # Panics
/// There is none.
pub async fn scrape(address: &str) -> Page {
    Page::parse(&scrape_text(address).await)
}

/// The text of the metrics page at `address`.
///
/// # Panics
/// There is none.
pub async fn scrape_text(address: &str) -> String {
    let answer = say(address, format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert!(head.to_lowercase().contains("content-type: text/plain; version=0.0.4"), "{head}");
    body.to_owned()
}
