//! Files that a command is given, or standard input.

use std::io::Read;
use std::path::Path;

use crate::output::{Failure, exit};

/// A file's name, as messages call it, and its text.
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads `path`, or standard input for `-`: at most `limit` bytes of UTF-8. `what` says in messages
/// what it is, such as `the offer`.
pub(crate) fn read(path: &Path, what: &str, limit: u64) -> Result<Given, Failure> {
    if path.as_os_str() == "-" {
        return text_of(std::io::stdin().lock(), "standard input".to_owned(), what, limit);
    }
    let name = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|error| unreadable(&name, what, &error))?;
    text_of(file, name, what, limit)
}

fn text_of(source: impl Read, name: String, what: &str, limit: u64) -> Result<Given, Failure> {
    let mut text = String::new();
    let read = source.take(limit + 1).read_to_string(&mut text);
    read.map_err(|error| unreadable(&name, what, &error))?;
    if text.len() as u64 > limit {
        let message = format!("{what} is larger than {} KiB", limit >> 10);
        return Err(Failure::new(exit::USAGE, "TOO_LARGE", message).at(name));
    }
    Ok(Given { name, text })
}

fn unreadable(name: &str, what: &str, error: &std::io::Error) -> Failure {
    Failure::new(exit::NOT_FOUND, "UNREADABLE_FILE", format!("cannot read {what}: {error}")).at(name)
}
