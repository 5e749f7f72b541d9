//! Which offer a command is asked about.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use scoring_server::Bench;
use tariff::Offer;

use super::read;
use crate::output::{Failure, exit};

/// The largest offer file that is read.
const MAX_BYTES: u64 = 1 << 20;

/// The offer that is looked at.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct OfferChoice {
    /// The offer, JSON or TOML: issue → value, as `run --format json` prints it; `-` reads standard input
    #[arg(long, value_name = "FILE", required_unless_present = "status_quo")]
    offer: Option<PathBuf>,
    /// The state of affairs before the talk
    #[arg(long, conflicts_with = "offer")]
    status_quo: bool,
    /// Issues that the file leaves out stay as they are
    #[arg(long, requires = "offer")]
    fill_status_quo: bool,
}

impl OfferChoice {
    /// The offer on the agenda of `bench`.
    pub(crate) fn load(&self, bench: &Bench) -> Result<Offer, Failure> {
        match &self.offer {
            Some(path) => from_file(path, self.fill_status_quo, bench),
            None => Ok(bench.status_quo().clone()),
        }
    }
}

/// The offer in a file, or on standard input for `-`; what it leaves out stays as it is if `fill`.
pub(crate) fn from_file(path: &Path, fill: bool, bench: &Bench) -> Result<Offer, Failure> {
    let (name, text) = if path.as_os_str() == "-" {
        ("standard input".to_owned(), text_of(std::io::stdin().lock(), "standard input")?)
    } else {
        let name = path.display().to_string();
        let file = std::fs::File::open(path).map_err(|error| unreadable(&name, &error))?;
        let text = text_of(file, &name)?;
        (name, text)
    };
    read::offer(&name, &text, bench.agenda(), fill.then_some(bench.status_quo()))
}

fn text_of(source: impl std::io::Read, name: &str) -> Result<String, Failure> {
    let mut text = String::new();
    source.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| unreadable(name, &error))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(Failure::new(exit::USAGE, "BAD_OFFER", "the offer is larger than 1 MiB").at(name));
    }
    Ok(text)
}

fn unreadable(name: &str, error: &std::io::Error) -> Failure {
    Failure::new(exit::NOT_FOUND, "UNREADABLE_FILE", format!("cannot read the offer: {error}")).at(name)
}
