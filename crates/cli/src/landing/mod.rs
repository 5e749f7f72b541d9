//! `detente landing-zone`: which deals there are to be had, for somebody who knows all mandates.

mod document;
mod made;
mod picture;
mod seats;
mod text;

use std::path::PathBuf;

use scoring_server::Bench;
use tariff::Offer;
use utility::landing::{Distances, Options};
use utility::{LandingZone, UtilityError};

use crate::offers;
use crate::output::{Failure, Format, exit, print_json, unwritable};
use crate::record::RecordFile;
use crate::score::bench;
use made::Made;
use seats::Seat;

#[derive(clap::Args)]
#[command(after_help = "\
The landing zone are the offers that keep to every red line and that no party would rather walk away from.
docs/landing-zone.md has the formulas, what `method` and `bound` mean, and how to read the picture.

Examples:
  detente landing-zone geneva-2025
  detente landing-zone geneva-2025 --offer deal.toml --fill-status-quo --picture zone.svg
  detente landing-zone geneva-2025 --talk --picture zone.svg     # with the offers of the last talk
  detente landing-zone ./my-talks --mandate USA=mine.toml --format json")]
pub(crate) struct LandingOptions {
    /// The scenario: a shipped one's name, or a folder
    #[arg(value_name = "SCENARIO")]
    scenario: String,
    /// A party's mandate, in place of the one that ships or stands beside the scenario; once a party
    #[arg(long, value_name = "PARTY=FILE")]
    mandate: Vec<String>,
    /// How far this offer lies from the edge and from each solution; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    offer: Option<PathBuf>,
    /// Issues that the file leaves out stay as they are
    #[arg(long, requires = "offer")]
    fill_status_quo: bool,
    /// Show the offers made in this talk of the record; without a name, in the one begun last
    #[arg(long, value_name = "TALK", num_args = 0..=1, default_missing_value = "")]
    talk: Option<String>,
    #[command(flatten)]
    record: RecordFile,
    /// Draw one party's utility against the other's (SVG)
    #[arg(long, value_name = "FILE.svg")]
    picture: Option<PathBuf>,
}

/// All there is to say.
struct Findings {
    bench: Bench,
    seats: Vec<Seat>,
    zone: LandingZone,
    /// The offer that was asked about.
    given: Option<Placed>,
    /// The offers of a talk.
    made: Vec<Made>,
}

/// Where an offer lies.
struct Placed {
    offer: Offer,
    utilities: Vec<f64>,
    /// Whether it keeps to every red line.
    permitted: bool,
    in_zone: bool,
    distance: Distances,
}

impl Placed {
    fn new(zone: &LandingZone, offer: Offer) -> Self {
        let (permitted, in_zone) = (zone.permits(&offer), zone.contains(&offer));
        Self { utilities: zone.utilities(&offer), distance: zone.distance(&offer), permitted, in_zone, offer }
    }
}

pub(crate) fn landing_zone(options: &LandingOptions, format: Format) -> Result<(), Failure> {
    let findings = Findings::new(options)?;
    if let Some(path) = &options.picture {
        let picture = picture::draw(&findings)?;
        std::fs::write(path, picture).map_err(|error| unwritable(path, &error, "the picture"))?;
    }
    match format {
        Format::Json => print_json(&document::document(&findings)),
        Format::Text => text::print(&findings, options.picture.as_deref()),
    }
    Ok(())
}

impl Findings {
    fn new(options: &LandingOptions) -> Result<Self, Failure> {
        let bench = bench(&options.scenario)?;
        let seats = seats::seats(&bench, &options.mandate)?;
        let parties: Vec<_> = seats.iter().map(|seat| seat.preferences.clone()).collect();
        let zone = LandingZone::solve(&parties, &Options::default()).map_err(unsolved)?;
        let read = |path: &PathBuf| offers::from_file(path, options.fill_status_quo, &bench);
        let given = options.offer.as_ref().map(read).transpose()?.map(|offer| Placed::new(&zone, offer));
        let made = match &options.talk {
            Some(talk) => made::made(&options.record.open()?, talk, &bench, &zone)?,
            None => Vec::new(),
        };
        Ok(Self { bench, seats, zone, given, made })
    }

    fn parties(&self) -> Vec<&str> {
        self.seats.iter().map(|seat| seat.party.as_str()).collect()
    }
}

fn unsolved(error: UtilityError) -> Failure {
    let message = error.to_string();
    match error {
        UtilityError::NothingAcceptable(_) => Failure::new(exit::USAGE, "NOTHING_PERMITTED", message).hint(
            "the red lines of the parties exclude each other: `detente explain` names those an offer breaks",
        ),
        _ => Failure::new(exit::USAGE, "NO_LANDING_ZONE", message),
    }
}
