//! What every HTML page of Détente shares: one style for light and dark, a self-contained document,
//! tables, and charts as inline SVG. It knows nothing of trade.
//!
//! A page needs no script and no network. Every chart has a title, a description and a table with
//! the same numbers, and tells its series apart by shape as well as by colour.
//!
//! ```
//! use detente_page::{Document, Table};
//! let mut page = Document::new("A score", "What an offer does");
//! let mut table = Table::new("Imports, USD bn", &["sector", "before", "after"]);
//! table.row(["steel & iron", "1.0", "0.4"]);
//! page.section("Sectors", &table.html());
//! assert!(page.html().contains("steel &amp; iron"));
//! ```

mod asset;
mod bars;
mod document;
mod intervals;
mod lines;
pub mod observatory;
mod path;
mod scale;
pub mod seat;
mod table;

pub use bars::{Bars, Series};
pub use document::{Document, escape};
pub use intervals::{Interval, Intervals};
pub use lines::Lines;
pub use path::{Path, Point};
pub use table::Table;

/// The style sheet: colours as custom properties, for light and dark.
pub const STYLE: &str = include_str!("../assets/page.css");
