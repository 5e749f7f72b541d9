//! The preferences of every party: its mandate, and the rules it brings from home.

use std::path::{Path, PathBuf};

use delegation::service::Settings;
use scenario::Party;
use scoring_server::Bench;
use tariff::PartyId;
use utility::Preferences;

use crate::output::Failure;
use crate::parties;

/// A party as the landing zone sees it.
pub(super) struct Seat {
    pub(super) party: PartyId,
    pub(super) name: String,
    pub(super) preferences: Preferences,
}

/// Every seat of a scenario: a mandate given as `PARTY=FILE`, else the party's own.
pub(super) fn seats(bench: &Bench, mandates: &[String]) -> Result<Vec<Seat>, Failure> {
    let scenario = bench.scenario();
    let names: Vec<&str> = scenario.parties().iter().map(|party| party.id.as_str()).collect();
    let mandates = parties::mandates(mandates)?;
    for party in mandates.keys() {
        parties::check_seat(party.as_str(), scenario.name(), &names)
            .map_err(|failure| failure.at("--mandate"))?;
    }
    let seat = |party: &Party| seat(bench, party, mandates.get(&party.id).map(PathBuf::as_path));
    scenario.parties().iter().map(seat).collect()
}

fn seat(bench: &Bench, party: &Party, mandate: Option<&Path>) -> Result<Seat, Failure> {
    let profile = parties::profile(&party.id);
    let settings = Settings { scenario: bench.scenario(), mandate, strategy: None, seed: 0 };
    let prepared = settings.briefing(&profile)?.prepare(&party.id, bench.agenda())?;
    Ok(Seat { party: party.id.clone(), name: party.name.clone(), preferences: prepared.preferences })
}
