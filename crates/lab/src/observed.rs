use std::time::Instant;

use strategy::{Brief, Decision, Estimate, Place, Situation, Strategy, StrategyError};
use talks::Talk;

use crate::models::{Modelled, Sample};
use crate::{Timing, Tournament};

/// Characters of the reason why a turn was missed.
const REASON: usize = 160;

/// What a talk is watched for beside its outcome.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch<'a> {
    /// Whether this talk's decisions are timed, for itself and seven others.
    pub(crate) timed: bool,
    /// What models are compared with, and whether after every decision.
    pub(crate) sample: &'a Sample,
    pub(crate) each_round: bool,
}

/// A strategy under a stopwatch; one that cannot be opened has no move. Talks with one elsewhere are
/// all timed, of those computed here the ones that are looked at.
pub(crate) struct Observed<'a> {
    inner: Result<Box<dyn Strategy>, StrategyError>,
    /// For how many talks this one stands.
    stands_for: u32,
    pub(crate) timing: Timing,
    /// Why the last turn was missed for which it had no move.
    pub(crate) failure: Option<String>,
    watch: Watch<'a>,
    /// Whom it models, 0 or 1.
    other: usize,
    /// How good its model was after each decision, if that is watched.
    pub(crate) rounds: Vec<(u32, Modelled)>,
}

impl<'a> Observed<'a> {
    /// The strategy of an entrant in the seat of `party`.
    pub(crate) fn open(tournament: &Tournament, entrant: usize, party: usize, watch: Watch<'a>) -> Self {
        let factory = &tournament.entrants[entrant].1;
        let stands_for = match (factory.place(), watch.timed) {
            (Place::Remote, _) => 1,
            (_, true) => 8,
            (_, false) => 0,
        };
        let (inner, timing, other) = (factory.open(), Timing::default(), 1 - party);
        Self { inner, stands_for, timing, failure: None, watch, other, rounds: Vec::new() }
    }

    /// How good its model of the other side is by now. None where it has none.
    pub(crate) fn modelled(&self) -> Option<Modelled> {
        self.model().and_then(|estimate| self.watch.sample.measure(estimate, self.other))
    }

    fn timed(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        let strategy = self.inner.as_mut().map_err(|error| error.clone())?;
        if self.stands_for == 0 {
            return strategy.decide(situation);
        }
        let began = Instant::now();
        let decided = strategy.decide(situation);
        self.timing.spent += began.elapsed() * self.stands_for;
        self.timing.decisions += u64::from(self.stands_for);
        decided
    }
}

impl Strategy for Observed<'_> {
    fn name(&self) -> &str {
        self.inner.as_ref().map_or("unopened", |strategy| strategy.name())
    }

    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        let decided = self.timed(situation);
        if let Err(error) = &decided {
            self.failure = Some(bounded(error));
        }
        if self.watch.each_round
            && let Some(modelled) = self.modelled()
        {
            self.rounds.push((situation.talk().round(), modelled));
        }
        decided
    }

    fn model(&self) -> Option<&Estimate> {
        self.inner.as_ref().ok().and_then(|strategy| strategy.model())
    }

    fn conclude(&mut self, talk: &Talk, brief: &Brief) {
        if let Ok(strategy) = &mut self.inner {
            strategy.conclude(talk, brief);
        }
    }
}

/// What an error says, fit for a line of a table: agents elsewhere send what they like.
fn bounded(error: &StrategyError) -> String {
    let text = match error {
        StrategyError::Failed { message, .. } => message.clone(),
        other => other.to_string(),
    };
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(REASON).collect()
}
