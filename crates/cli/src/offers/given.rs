//! Which offer a command is asked about.

use std::path::{Path, PathBuf};

use scoring_server::Bench;
use tariff::Offer;

use super::read;
use crate::input::{self, Given};
use crate::output::Failure;

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
    let Given { name, text } = input::read(path, "the offer", MAX_BYTES)?;
    read::offer(&name, &text, bench.agenda(), fill.then_some(bench.status_quo()))
}
