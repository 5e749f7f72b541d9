//! A talk as the contract shows it.

use bytes::Bytes;
use talks::{Outcome, Phase};
use transcript::Transcript;
use wire::pb::mediation::v1 as pb;
use wire::{outcome_to_pb, trace_to_pb};

pub(crate) fn talk(transcript: &Transcript, attending: Vec<String>) -> pb::Talk {
    let (talk, public) = (transcript.talk(), transcript.public());
    let tip = transcript.tip();
    let terms = wire::encode_terms(public);
    pb::Talk {
        talk: transcript.id().to_string(),
        scenario: terms.scenario,
        procedure: terms.procedure,
        parties: terms.parties,
        phase: phase(talk.phase()).into(),
        round: if *talk.phase() == Phase::Convened { 0 } else { talk.round() },
        turn: talk.turn().map(ToString::to_string).unwrap_or_default(),
        tip_seq: tip.seq,
        tip_hash: Bytes::copy_from_slice(tip.hash.as_bytes()),
        epoch: tip.epoch,
        closed: talk.outcome().map(outcome_to_pb),
        convened_time_us: transcript.convened_at().0,
        trace: trace_to_pb(transcript.talk_trace()),
        attending,
    }
}

fn phase(phase: &Phase) -> pb::TalkPhase {
    match phase {
        Phase::Convened => pb::TalkPhase::Convened,
        Phase::Open => pb::TalkPhase::Open,
        Phase::Adjourned => pb::TalkPhase::Adjourned,
        Phase::Closed(Outcome::Agreed { .. }) => pb::TalkPhase::Agreed,
        Phase::Closed(Outcome::Failed(_)) => pb::TalkPhase::Failed,
    }
}
