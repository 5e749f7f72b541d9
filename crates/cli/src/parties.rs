//! Which party speaks how: the delegations that ship with the command, and mandates given to it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use delegation::Player;
use delegation::service::Profile;
use tariff::PartyId;

use crate::output::{Failure, exit};
use crate::shipped::PARTIES;

/// Every delegation that ships: services of their own first, in the order their mandates are listed.
fn shipped() -> impl Iterator<Item = &'static Profile> {
    [&us::PROFILE, &china::PROFILE].into_iter().chain(PARTIES)
}

/// The mandates that ship for a scenario: where they stand in the repository, and their text.
pub(crate) fn shipped_mandates(scenario: &str) -> Vec<(String, String)> {
    let folder = scenario.split(':').next().unwrap_or(scenario);
    let of = |profile: &Profile| {
        let text = profile.mandate(scenario)?;
        Some((format!("{folder}/mandates/{}.toml", profile.party), text.to_owned()))
    };
    shipped().filter_map(of).collect()
}

/// The delegation of a party: a shipped one, or one that needs a mandate.
pub(crate) fn profile(party: &PartyId) -> Profile {
    let found = shipped().find(|profile| profile.party == party.as_str()).cloned();
    found.unwrap_or_else(|| {
        // A name that lives as long as the process: there are as many as parties.
        let name: &'static str = Box::leak(party.as_str().to_owned().into_boxed_str());
        Profile { party: name, name, mandates: &[], strategy: "boulware", rules: &[] }
    })
}

/// Refuses a party that has no seat.
pub(crate) fn check_seat(party: &str, scenario: &str, seats: &[&str]) -> Result<(), Failure> {
    if seats.contains(&party) {
        return Ok(());
    }
    let message = format!("{party} has no seat in {scenario}");
    Err(Failure::new(exit::USAGE, "NOT_A_PARTY", message).hint(format!("the seats are {}", seats.join(", "))))
}

/// `PARTY=SPEC` pairs, each party at most once.
pub(crate) fn strategies(given: &[String]) -> Result<BTreeMap<PartyId, Player>, Failure> {
    pairs(given, "--strategy", "USA=boulware", |spec| {
        spec.parse::<Player>().map_err(|error| error.to_string())
    })
}

/// `PARTY=FILE` pairs, each party at most once.
pub(crate) fn mandates(given: &[String]) -> Result<BTreeMap<PartyId, PathBuf>, Failure> {
    pairs(given, "--mandate", "USA=mandate.toml", |path| Ok(PathBuf::from(path)))
}

/// `PARTY=PERCENT` pairs, each party at most once; in basis points.
pub(crate) fn rates(given: &[String]) -> Result<Vec<(PartyId, i64)>, Failure> {
    let rate = |text: &str| {
        let percent = text.parse::<f64>().ok().filter(|percent| (0.0..=10_000.0).contains(percent));
        let percent =
            percent.ok_or_else(|| format!("{text:?} is no rate: expected percent from 0 to 10000"))?;
        Ok((percent * 100.0).round() as i64)
    };
    pairs(given, "--agreed", "VNM=20", rate).map(|rates| rates.into_iter().collect())
}

fn pairs<T>(
    given: &[String],
    flag: &str,
    example: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<BTreeMap<PartyId, T>, Failure> {
    let bad = |message: String| Failure::new(exit::USAGE, "BAD_ARGUMENT", message).at(flag);
    let mut pairs = BTreeMap::new();
    for text in given {
        let (party, value) = text.split_once('=').ok_or_else(|| {
            bad(format!("{text:?} is no pair")).hint(format!("give PARTY=…, such as {example}"))
        })?;
        let party = PartyId::new(party).map_err(|error| bad(error.to_string()))?;
        let value = read(value).map_err(&bad)?;
        if pairs.insert(party.clone(), value).is_some() {
            return Err(bad(format!("{party} is given twice")));
        }
    }
    Ok(pairs)
}
