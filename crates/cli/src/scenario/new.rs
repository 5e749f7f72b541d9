//! `detente scenario new`: a folder drafted from one table of trade.

use std::path::{Component, Path, PathBuf};

use scenario::{DraftRequest, Scenario, draft};
use serde_json::json;
use tariff::PartyId;

use crate::input;
use crate::output::{Failure, Format, exit, line, print_json, unwritable};

/// The largest table that is read.
const MAX_BYTES: u64 = 8 << 20;

#[derive(clap::Args)]
#[command(after_help = "\
The table has the columns importer, exporter, sector, value_musd, tariff_pct and, if there are any,
added_pct and sigma; a row with twice the same party is what it buys of its own goods. docs/own-data.md
goes through it.

Example:
  detente scenario new ./north-sea --home NOR --partner SWE --year 2024 --csv trade.csv")]
pub(crate) struct NewOptions {
    /// The folder to make
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The party whose deficit is counted; it speaks first
    #[arg(long, value_name = "PARTY")]
    home: String,
    /// The other party
    #[arg(long, value_name = "PARTY")]
    partner: String,
    /// The table of trade; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    csv: PathBuf,
    /// The year of the data
    #[arg(long, value_parser = clap::value_parser!(u16).range(1900..=2100))]
    year: u16,
}

pub(crate) fn new(options: &NewOptions, format: Format) -> Result<(), Failure> {
    let folder = &options.folder;
    if ["scenario.toml", "public", "mandates"].iter().any(|part| folder.join(part).exists()) {
        let message = "a scenario stands there already";
        return Err(Failure::new(exit::USAGE, "ALREADY_THERE", message).at(folder.display().to_string()));
    }
    let [home, partner] = [&options.home, &options.partner].map(|name| {
        PartyId::new(name).map_err(|error| Failure::new(exit::USAGE, "BAD_ARGUMENT", error.to_string()))
    });
    let (home, partner) = (home?, partner?);
    if home == partner {
        return Err(Failure::new(exit::USAGE, "BAD_ARGUMENT", format!("{home} cannot talk to itself"))
            .at("--partner"));
    }
    let csv = input::read(&options.csv, "the table", MAX_BYTES)?;
    let request = DraftRequest {
        name: &name_of(folder),
        home: &home,
        partner: &partner,
        year: options.year,
        table: &csv.name,
        csv: &csv.text,
    };
    let files = draft(&request)?;
    for file in &files {
        write(&folder.join(&file.path), &file.text)?;
    }
    // What was drafted must be a scenario.
    let place = place_of(folder);
    let drafted = Scenario::load(&place)?;
    match format {
        Format::Json => print_json(&json!({
            "scenario": drafted.name(),
            "folder": place,
            "files": files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
        })),
        Format::Text => {
            files.iter().for_each(|file| line(&folder.join(&file.path).display().to_string()));
            line(&format!(
                "\nnext: detente scenario check {place}\n      detente score {place} --status-quo"
            ));
        }
    }
    Ok(())
}

/// The folder's name, spelled as a scenario's.
fn name_of(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
    let name: String = name.chars().take(64).map(plain).collect();
    if name.is_empty() { "own-data".to_owned() } else { name }
}

/// The folder as commands are to be given it: a shipped scenario's name alone would mean that one.
fn place_of(folder: &Path) -> String {
    let mut parts = folder.components();
    let bare = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
    let place = if bare { Path::new(".").join(folder) } else { folder.to_path_buf() };
    place.display().to_string()
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, text));
    written.map_err(|error| unwritable(path, &error, "the scenario"))
}
