//! The page of a tournament: one file, plots with their tables, no script.

use super::results::Stored;

pub(crate) fn page(_stored: &Stored) -> String {
    String::new()
}
