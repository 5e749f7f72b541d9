use bytes::Bytes;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use talks::{Act, Fingerprint, Seq, Submission};
use tariff::{Agenda, PartyId};

use crate::pb::mediation::v1 as pb;
use crate::{WireError, decode_offer, encode_offer};

/// The most characters of a reason.
const REASON_LIMIT: usize = 1000;

/// The offer that stands, under its two names: its sequence inside, its entry's hash on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// The entry's sequence.
    pub seq: Seq,
    /// The entry's hash.
    pub hash: [u8; 32],
}

/// A move as received: validated, with its offer's name translated.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedMove {
    /// The talk the payload names.
    pub talk: String,
    /// The submission to decide on.
    pub submission: Submission,
    /// What a party that walks away says; empty otherwise.
    pub reason: String,
}

/// Reads a move's payload. An offer's entry that is not the standing one becomes sequence 0, which
/// no entry has, so that `talks` answers with its own refusal.
pub fn decode_move(
    payload: &[u8],
    agenda: &Agenda,
    standing: Option<Names>,
) -> Result<ReceivedMove, WireError> {
    let message = pb::Move::decode(payload).map_err(|e| WireError::undecodable("move", &e))?;
    if message.encoded_len() != payload.len() {
        return Err(WireError::unsupported("move (it holds fields this version does not know)"));
    }
    let named = |hash: &Bytes, field: &str| {
        let hash =
            <[u8; 32]>::try_from(hash.as_ref()).map_err(|_| WireError::malformed(field, "32 bytes"))?;
        Ok::<_, WireError>(standing.filter(|s| s.hash == hash).map_or(Seq(0), |s| s.seq))
    };
    let mut reason = String::new();
    let act = match message.act.ok_or_else(|| WireError::unsupported("move.act"))? {
        pb::r#move::Act::Propose(propose) => {
            let offer =
                propose.offer.ok_or_else(|| WireError::malformed("move.propose.offer", "an offer"))?;
            Act::Propose(decode_offer(agenda, &offer)?)
        }
        pb::r#move::Act::Accept(accept) => {
            Act::Accept { offer: named(&accept.offer_entry, "move.accept.offer_entry")? }
        }
        pb::r#move::Act::WalkAway(walk) => {
            if walk.reason.chars().count() > REASON_LIMIT {
                return Err(WireError::malformed("move.walk_away.reason", "at most 1000 characters"));
            }
            reason = walk.reason;
            Act::WalkAway
        }
    };
    let reply_to =
        (!message.reply_to.is_empty()).then(|| named(&message.reply_to, "move.reply_to")).transpose()?;
    let submission = Submission {
        party: PartyId::new(&message.party)?,
        client_seq: message.client_seq,
        round: (message.round != 0).then_some(message.round),
        reply_to,
        act,
        fingerprint: Fingerprint(Sha256::digest(payload).into()),
    };
    Ok(ReceivedMove { talk: message.talk, submission, reason })
}

/// What a party does, with offers named as the wire names them.
#[derive(Debug, Clone, PartialEq)]
pub enum WireAct {
    /// Puts an offer on the table.
    Propose(tariff::Offer),
    /// Accepts the offer in the entry with this hash.
    Accept([u8; 32]),
    /// Ends the talk, saying why.
    WalkAway(String),
}

/// A move to be sent: where it stands among its party's moves, and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingMove<'a> {
    /// The talk.
    pub talk: &'a str,
    /// The party that moves.
    pub party: &'a PartyId,
    /// Dense from 1.
    pub client_seq: u64,
    /// The round it is made for; 0 for whichever is current.
    pub round: u32,
    /// What it does.
    pub act: WireAct,
}

/// The exact bytes of a move. Sent, stored and hashed as they are.
#[must_use]
pub fn encode_move(agenda: &Agenda, outgoing: &OutgoingMove<'_>) -> Bytes {
    let act = match &outgoing.act {
        WireAct::Propose(offer) => {
            pb::r#move::Act::Propose(pb::Propose { offer: Some(encode_offer(agenda, offer)) })
        }
        WireAct::Accept(hash) => {
            pb::r#move::Act::Accept(pb::Accept { offer_entry: Bytes::copy_from_slice(hash) })
        }
        WireAct::WalkAway(reason) => {
            pb::r#move::Act::WalkAway(pb::WalkAway { reason: reason.chars().take(REASON_LIMIT).collect() })
        }
    };
    let message = pb::Move {
        talk: outgoing.talk.to_owned(),
        party: outgoing.party.to_string(),
        client_seq: outgoing.client_seq,
        round: outgoing.round,
        reply_to: Bytes::new(),
        act: Some(act),
    };
    message.encode_to_vec().into()
}
