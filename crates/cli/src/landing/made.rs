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
use ::record::TalkId;

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
    let follower = match talk {
        "" => last_about(record, bench)?,
        talk => {
            let follower = followed(record, record.choose(Some(talk))?)?;
            if let Some(transcript) = follower.transcript() {
                check_scenario(transcript, bench).map_err(|failure| failure.at(format!("--talk {talk}")))?;
            }
            follower
        }
    };
    let Some(transcript) = follower.transcript() else { return Ok(Vec::new()) };
    let agreed = transcript.talk().agreed();
    let made = |past: &talks::Past| {
        let What::Proposed(offer) = &past.what else { return None };
        let here = Placed::new(zone, on_this_agenda(bench, offer)?);
        let (seq, round, party) = (past.seq, past.round, past.party.clone());
        Some(Made { seq: seq.0, round, party, agreed: agreed == Some(offer), placed: here })
    };
    Ok(transcript.talk().history().iter().filter_map(made).collect())
}

/// So many talks are looked through for one about a scenario.
const LOOKED_THROUGH: usize = 256;

/// The talk about the scenario of `bench` that was begun last.
fn last_about(record: &Opened, bench: &Bench) -> Result<Follower, Failure> {
    for talk in record.talks(LOOKED_THROUGH)? {
        let follower = followed(record, talk)?;
        if follower.transcript().is_some_and(|transcript| check_scenario(transcript, bench).is_ok()) {
            return Ok(follower);
        }
    }
    let message = format!("the record holds no talk about {}", bench.scenario().name());
    Err(Failure::new(exit::NOT_FOUND, "NO_SUCH_TALK", message).hint("`detente record list` shows the talks"))
}

/// A talk with all its entries.
fn followed(record: &Opened, talk: TalkId) -> Result<Follower, Failure> {
    let mut follower = Follower::new(talk.clone());
    for entry in record.entries(&talk)? {
        follower.take(&entry)?;
    }
    Ok(follower)
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
