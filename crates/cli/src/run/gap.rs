//! Why a talk failed, as only somebody who runs all sides can say: what each party last offered, and
//! what the party it served worst still asked for.

use talks::What;
use tariff::{Offer, PartyId};
use transcript::Transcript;

use super::{Plan, Seat};

/// A sentence on the last offers; nothing unless every party has made one.
pub(crate) fn gap(plan: &Plan, transcript: &Transcript) -> Option<String> {
    let last = |seat: &Seat| last_offer(transcript, &seat.party);
    let offers = plan.seats.iter().map(last).collect::<Option<Vec<_>>>()?;
    let parts: Vec<String> = plan
        .seats
        .iter()
        .zip(&offers)
        .filter_map(|(seat, offer)| worst(plan, &offers, seat, offer))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", and "))
}

fn last_offer<'a>(transcript: &'a Transcript, party: &PartyId) -> Option<&'a Offer> {
    transcript.talk().history().iter().rev().filter(|past| past.party == *party).find_map(|past| match &past
        .what
    {
        What::Proposed(offer) => Some(offer),
        _ => None,
    })
}

/// The party that `offer` leaves furthest from its own last offer.
fn worst(plan: &Plan, offers: &[&Offer], proposer: &Seat, offer: &Offer) -> Option<String> {
    let others = plan.seats.iter().zip(offers).filter(|(seat, _)| seat.party != proposer.party);
    let worth = others.map(|(seat, own)| {
        let utility = seat.prepared.preferences.utility();
        (&seat.party, utility.value(offer), utility.value(own))
    });
    let (party, offered, asked) = worth.max_by(|a, b| (a.2 - a.1).total_cmp(&(b.2 - b.1)))?;
    let short = offered < asked;
    short.then(|| {
        format!("{} last offered {party} {offered:.4} where it asked for {asked:.4}", proposer.party)
    })
}
