//! How a talk stands, from a mediator or from a record, in one shape.

use serde::Serialize;
use talks::{Outcome, Phase};
use transcript::Transcript;
pub(crate) use transcript::{procedure, reason};
use wire::outcome_from_pb;
use wire::pb::mediation::v1 as pb;

use crate::output::Failure;

/// How a talk stands.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) talk: String,
    pub(crate) scenario: String,
    pub(crate) procedure: &'static str,
    pub(crate) parties: Vec<String>,
    /// `convened`, `open`, `adjourned`, `agreed` or `failed`; `unreadable` where the record is damaged.
    pub(crate) phase: &'static str,
    /// Why it ended as it did.
    pub(crate) reason: Option<String>,
    pub(crate) round: u32,
    pub(crate) turn: Option<String>,
    pub(crate) entries: u64,
    pub(crate) tip_hash: String,
    pub(crate) epoch: u64,
    pub(crate) convened: String,
    pub(crate) trace_id: Option<String>,
    /// The parties that attend now; unknown to a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attending: Option<Vec<String>>,
}

impl Summary {
    /// As a mediator says.
    pub(crate) fn of_mediator(talk: pb::Talk) -> Result<Self, Failure> {
        let outcome = talk.closed.as_ref().map(outcome_from_pb).transpose().map_err(Failure::internal)?;
        let phase = match talk.phase() {
            pb::TalkPhase::Convened => "convened",
            pb::TalkPhase::Open => "open",
            pb::TalkPhase::Adjourned => "adjourned",
            pb::TalkPhase::Agreed => "agreed",
            pb::TalkPhase::Failed => "failed",
            pb::TalkPhase::Unspecified => "unreadable",
        };
        Ok(Self {
            procedure: match talk.procedure() {
                pb::Procedure::AlternatingOffers => "alternating-offers",
                pb::Procedure::Unspecified => "unknown",
            },
            phase,
            reason: outcome.as_ref().map(reason),
            turn: Some(talk.turn).filter(|turn| !turn.is_empty()),
            trace_id: talk.trace.as_ref().and_then(|trace| trace_id(&trace.traceparent)),
            tip_hash: hex(&talk.tip_hash),
            convened: moment(talk.convened_time_us),
            attending: Some(talk.attending),
            talk: talk.talk,
            scenario: talk.scenario,
            parties: talk.parties,
            round: talk.round,
            entries: talk.tip_seq,
            epoch: talk.epoch,
        })
    }

    /// As its record says.
    pub(crate) fn of_record(transcript: &Transcript) -> Self {
        let (talk, tip) = (transcript.talk(), transcript.tip());
        Self {
            talk: transcript.id().to_string(),
            scenario: transcript.public().scenario.clone(),
            procedure: procedure(talk.terms().procedure()),
            parties: talk.terms().parties().iter().map(ToString::to_string).collect(),
            phase: match talk.phase() {
                Phase::Convened => "convened",
                Phase::Open => "open",
                Phase::Adjourned => "adjourned",
                Phase::Closed(Outcome::Agreed { .. }) => "agreed",
                Phase::Closed(Outcome::Failed(_)) => "failed",
            },
            reason: talk.outcome().map(reason),
            round: rounds(transcript),
            turn: talk.turn().map(ToString::to_string),
            entries: tip.seq,
            tip_hash: tip.hash.to_string(),
            epoch: tip.epoch,
            convened: moment(transcript.convened_at().0),
            trace_id: transcript.talk_trace().and_then(trace_id),
            attending: None,
        }
    }

    /// The lines a person reads.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![
            format!("talk      {}", self.talk),
            format!("scenario  {}, {}", self.scenario, self.procedure),
            format!("parties   {}", self.parties.join(", ")),
            format!(
                "phase     {}, round {}, {} entries, epoch {}",
                self.phase, self.round, self.entries, self.epoch
            ),
        ];
        lines.extend(self.reason.iter().map(|reason| format!("outcome   {reason}")));
        lines.extend(self.turn.iter().map(|turn| format!("turn      {turn}")));
        if let Some(attending) = &self.attending {
            let names = if attending.is_empty() { "nobody".to_owned() } else { attending.join(", ") };
            lines.push(format!("attending {names}"));
        }
        lines.push(format!("convened  {}", self.convened));
        lines.extend(self.trace_id.iter().map(|trace| format!("trace     {trace}")));
        lines.join("\n")
    }
}

/// The round of the last move or missed turn: after the last seat's turn the next round has begun,
/// but nothing has happened in it.
pub(crate) fn rounds(transcript: &Transcript) -> u32 {
    transcript.talk().history().last().map_or(0, |past| past.round)
}

/// Mediator time as people write it (RFC 3339).
pub(crate) fn moment(time_us: i64) -> String {
    jiff::Timestamp::from_microsecond(time_us)
        .map_or_else(|_| format!("{time_us} µs"), |time| time.to_string())
}

/// The same to the second, for tables.
pub(crate) fn second(moment: &str) -> String {
    moment.chars().take(19).collect::<String>() + "Z"
}

/// The trace a `traceparent` belongs to.
pub(crate) fn trace_id(traceparent: &str) -> Option<String> {
    traceparent.split('-').nth(1).map(str::to_owned)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
