use scoring_server::Bench;
use serde::Serialize;
use talks::{Outcome, Phase, What};
use transcript::{Transcript, procedure, reason};

/// A talk in the list: a few hundred bytes, however long the talk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TalkSummary {
    /// The talk.
    pub id: String,
    /// The scenario's name.
    pub scenario: String,
    /// The rules, such as `alternating-offers`.
    pub procedure: &'static str,
    /// The parties in seat order.
    pub parties: Vec<String>,
    /// `unread`, `convened`, `open`, `adjourned`, `agreed`, `failed` or `unreadable`.
    pub state: &'static str,
    /// How it ended, in a sentence, or why it cannot be read.
    pub reason: Option<String>,
    /// The round of the last move.
    pub rounds: u32,
    /// How many rounds there can be.
    pub rounds_limit: u32,
    /// Moves and missed turns.
    pub moves: usize,
    /// The bilateral deficit at the status quo, in dollars; none without trade data.
    pub deficit_before: Option<i64>,
    /// The same at the offer that was agreed, or else stands.
    pub deficit_after: Option<i64>,
    /// Mediator time of the first entry, microseconds since the Unix epoch.
    pub started_us: i64,
    /// Mediator time of the last entry, once the talk is over.
    pub ended_us: Option<i64>,
    /// The last entry that is known here.
    pub seq: u64,
    /// Raised with every change of any talk: where a list goes on.
    pub revision: u64,
}

impl TalkSummary {
    /// A talk of which no more than the name is known yet.
    pub(super) fn unread(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            scenario: String::new(),
            procedure: "",
            parties: Vec::new(),
            state: "unread",
            reason: None,
            rounds: 0,
            rounds_limit: 0,
            moves: 0,
            deficit_before: None,
            deficit_after: None,
            started_us: 0,
            ended_us: None,
            seq: 0,
            revision: 0,
        }
    }

    /// As the entries say that were read.
    pub(super) fn of(transcript: &Transcript, bench: Option<&Bench>, time_us: i64) -> Self {
        let talk = transcript.talk();
        let over = matches!(talk.phase(), Phase::Closed(_));
        let deficits = bench.and_then(|bench| deficits(transcript, bench));
        Self {
            id: transcript.id().to_string(),
            scenario: transcript.public().scenario.clone(),
            procedure: procedure(talk.terms().procedure()),
            parties: talk.terms().parties().iter().map(ToString::to_string).collect(),
            state: state(talk.phase()),
            reason: talk.outcome().map(reason),
            rounds: talk.history().last().map_or(0, |past| past.round),
            rounds_limit: talk.terms().rounds(),
            moves: talk.history().len(),
            deficit_before: deficits.map(|(before, _)| before),
            deficit_after: deficits.map(|(_, after)| after),
            started_us: transcript.convened_at().0,
            ended_us: over.then_some(time_us),
            seq: transcript.tip().seq,
            revision: 0,
        }
    }

    /// Whether nothing more can come.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, "agreed" | "failed" | "unreadable")
    }

    /// Whether every word of `query` stands somewhere in what the list shows.
    pub(crate) fn matches(&self, query: &str) -> bool {
        let text = format!(
            "{} {} {} {} {} {}",
            self.id,
            self.scenario,
            self.procedure,
            self.parties.join(" "),
            self.state,
            self.reason.as_deref().unwrap_or_default()
        )
        .to_lowercase();
        query.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// Where a talk stands, in a word.
pub(super) fn state(phase: &Phase) -> &'static str {
    match phase {
        Phase::Convened => "convened",
        Phase::Open => "open",
        Phase::Adjourned => "adjourned",
        Phase::Closed(Outcome::Agreed { .. }) => "agreed",
        Phase::Closed(Outcome::Failed(_)) => "failed",
    }
}

/// At the status quo, and at the offer that was agreed or was made last; a talk that failed leaves
/// the status quo.
fn deficits(transcript: &Transcript, bench: &Bench) -> Option<(i64, i64)> {
    let (talk, model) = (transcript.talk(), bench.model()?);
    let deficit = |offer| Some(model.headlines(offer).ok()?.bilateral_deficit);
    let before = deficit(bench.status_quo())?;
    let last = || {
        talk.history().iter().rev().find_map(|past| match &past.what {
            What::Proposed(offer) => Some(offer),
            _ => None,
        })
    };
    let judged = match talk.phase() {
        Phase::Closed(Outcome::Failed(_)) => None,
        Phase::Closed(_) => talk.agreed(),
        _ => last(),
    };
    Some((before, judged.map_or(Some(before), deficit)?))
}
