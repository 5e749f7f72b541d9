//! The offers made in a talk, as the landing zone sees them.

use scoring_server::Bench;
use talks::What;
use tariff::{Offer, PartyId};
use transcript::Transcript;
use utility::LandingZone;

use super::Placed;
use crate::entries::Follower;
use crate::output::{Failure, exit};
use crate::record::Opened;

/// An offer of a talk.
pub(super) struct Made {
    pub(super) seq: u64,
    pub(super) round: u32,
    pub(super) party: PartyId,
    pub(super) agreed: bool,
    pub(super) placed: Placed,
}

/// The offers of a talk of `record`, in order; of the one begun last where `talk` is empty.
pub(super) fn made(
    record: &Opened,
    talk: &str,
    bench: &Bench,
    zone: &LandingZone,
) -> Result<Vec<Made>, Failure> {
    let talk = record.choose(Some(talk).filter(|talk| !talk.is_empty()))?;
    let mut follower = Follower::new(talk.clone());
    for entry in record.entries(&talk)? {
        follower.take(&entry)?;
    }
    let Some(transcript) = follower.transcript() else { return Ok(Vec::new()) };
    check_scenario(transcript, bench).map_err(|failure| failure.at(format!("--talk {talk}")))?;
    let agreed = transcript.talk().agreed();
    let made = |past: &talks::Past| {
        let What::Proposed(offer) = &past.what else { return None };
        let here = Placed::new(zone, on_this_agenda(bench, offer)?);
        let (seq, round, party) = (past.seq, past.round, past.party.clone());
        Some(Made { seq: seq.0, round, party, agreed: agreed == Some(offer), placed: here })
    };
    Ok(transcript.talk().history().iter().filter_map(made).collect())
}

/// Refuses a talk about something else.
fn check_scenario(transcript: &Transcript, bench: &Bench) -> Result<(), Failure> {
    let (public, scenario) = (transcript.public(), bench.scenario());
    if public.terms.agenda().issues() == bench.agenda().issues() {
        return Ok(());
    }
    let message =
        format!("that talk is about {}, or another edition of {}", public.scenario, scenario.name());
    Err(Failure::new(exit::USAGE, "OTHER_SCENARIO", message).hint("`detente record list` shows the talks"))
}

/// The same values under the digest of the agenda at hand.
fn on_this_agenda(bench: &Bench, offer: &Offer) -> Option<Offer> {
    bench.agenda().offer(offer.values().to_vec()).ok()
}
