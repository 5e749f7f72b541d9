use std::pin::Pin;
use std::time::Instant;

use agent::Source;
use scoring::Model;
use strategy::{Brief, Decision, Place, Situation, Strategy, StrategyError};
use talks::Outcome;
use tariff::Offer;
use telemetry::{SeatInstruments, names};
use transcript::Transcript;
use wire::WireAct;

use crate::briefing::Prepared;

/// Why a negotiator has no move.
#[derive(Debug, thiserror::Error)]
#[error("no move could be decided: {0}")]
pub struct NegotiatorError(pub String);

/// Ends when a negotiator can decide.
pub type Prompt = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Decides for one party in one talk. Its answer is a function of what it was briefed with and of
/// the transcript, so that a restarted delegation says the same again.
///
/// One that must wait for somebody before it can decide says so by [`Negotiator::prompt`]. It then keeps
/// hearing what happens, and no thread waits with it.
pub trait Negotiator: Send {
    /// What to wait for before [`Negotiator::decide`] is called for the turn at hand; by default
    /// nothing. It is given up when the turn passes, and asked for again after a lost connection.
    fn prompt(&mut self, _transcript: &Transcript) -> Option<Prompt> {
        None
    }

    /// What to wait for out of turn before [`Negotiator::decide`] is called, which may then walk away and
    /// nothing else; by default a party says nothing out of turn. Asked for and given up as a prompt is.
    fn leaves(&mut self, _transcript: &Transcript) -> Option<Prompt> {
        None
    }

    /// The move for the turn at hand, which is this party's, or the one that was prompted out of it.
    ///
    /// # Errors
    /// There is no move; the turn will be missed.
    fn decide(&mut self, transcript: &Transcript) -> Result<WireAct, NegotiatorError>;

    /// Hears that its move was refused, and says whether it can think of another one for the turn; by
    /// default it would only say the same again.
    fn refused(&mut self, _why: &str) -> bool {
        false
    }

    /// Hears of every entry's effect once it is applied; by default it does not care.
    fn observe(&mut self, _transcript: &Transcript) {}

    /// Hears how the talk ended; by default it does not care.
    fn conclude(&mut self, _transcript: &Transcript, _outcome: &Outcome) {}
}

/// Bargains for a mandate with a strategy.
pub(crate) struct MandateNegotiator {
    brief: Brief,
    prepared: Prepared,
    strategy: Box<dyn Strategy>,
    /// The strategy in one of few words.
    kind: &'static str,
    /// Whether another process decides.
    elsewhere: bool,
    instruments: SeatInstruments,
}

impl MandateNegotiator {
    pub(crate) fn new(brief: Brief, prepared: Prepared, source: &Source) -> Result<Self, StrategyError> {
        let (strategy, kind) = (source.open()?, kind(&source.factory().spec()));
        let elsewhere = source.factory().place() == Place::Remote;
        Ok(Self { brief, prepared, strategy, kind, elsewhere, instruments: SeatInstruments::new() })
    }
}

/// What the standing offer does, for the trace: public facts only.
pub(crate) fn score(model: &dyn Model, offer: &Offer) {
    let span = tracing::info_span!(
        names::SCORE_SPAN,
        { names::OFFERS } = 1,
        { names::DEFICIT_BEFORE } = tracing::field::Empty,
        { names::DEFICIT_AFTER } = tracing::field::Empty,
        { names::TRADE_BEFORE } = tracing::field::Empty,
        { names::TRADE_AFTER } = tracing::field::Empty,
    );
    match span.in_scope(|| model.impact(offer)) {
        Ok(impact) => {
            span.record(names::DEFICIT_BEFORE, impact.bilateral_deficit.before);
            span.record(names::DEFICIT_AFTER, impact.bilateral_deficit.after);
            span.record(names::TRADE_BEFORE, impact.total_trade.before);
            span.record(names::TRADE_AFTER, impact.total_trade.after);
        }
        Err(error) => tracing::warn!(parent: &span, %error, "not scored"),
    }
}

impl MandateNegotiator {
    /// What the decision is worth to this party: private, and taken out of the span before it
    /// leaves the process unless the operator lets it.
    fn note_worth(&self, span: &tracing::Span, decision: &Decision, transcript: &Transcript) {
        let preferences = &self.prepared.preferences;
        let decided = match decision {
            Decision::Propose(offer) => Some(offer),
            Decision::Accept => transcript.talk().standing().map(|standing| standing.offer),
            Decision::WalkAway => None,
        };
        if let Some(offer) = decided.filter(|_| !span.is_disabled()) {
            span.record(names::private::UTILITY, preferences.utility().value(offer));
        }
        span.record(names::private::MANDATE_WALK_AWAY, preferences.walk_away());
    }
}

impl Negotiator for MandateNegotiator {
    fn decide(&mut self, transcript: &Transcript) -> Result<WireAct, NegotiatorError> {
        if let (Some(standing), Some(model)) = (transcript.talk().standing(), &self.prepared.model) {
            score(model.as_ref(), standing.offer);
        }
        let span = tracing::info_span!(
            names::EVALUATE_SPAN,
            { names::KIND } = self.elsewhere.then_some(names::CLIENT),
            { names::STRATEGY } = self.strategy.name(),
            { names::ERROR_TYPE } = tracing::field::Empty,
            { names::FALLBACK } = tracing::field::Empty,
            { names::RPC_SYSTEM } = tracing::field::Empty,
            { names::RPC_METHOD } = tracing::field::Empty,
            { names::private::UTILITY } = tracing::field::Empty,
            { names::private::MANDATE_WALK_AWAY } = tracing::field::Empty,
        );
        let strategy = &mut self.strategy;
        let began = Instant::now();
        let decision = span.in_scope(|| {
            let situation = Situation::new(transcript.talk(), &self.brief)?;
            strategy.decide(&situation)
        });
        self.instruments.decided(self.kind, began.elapsed());
        let decision = decision.map_err(|error| NegotiatorError(error.to_string()))?;
        self.note_worth(&span, &decision, transcript);
        match decision {
            Decision::Propose(offer) => Ok(WireAct::Propose(offer)),
            Decision::WalkAway => Ok(WireAct::WalkAway(String::new())),
            Decision::Accept => transcript
                .standing()
                .map(|standing| WireAct::Accept(standing.hash))
                .ok_or_else(|| NegotiatorError("the strategy accepts where no offer stands".to_owned())),
        }
    }

    fn conclude(&mut self, transcript: &Transcript, _: &Outcome) {
        self.strategy.conclude(transcript.talk(), &self.brief);
    }
}

/// A strategy in one of few words, for figures: a built-in one's name, or of what kind it is. What a
/// party calls its own agent is its affair, and such names have no end.
fn kind(spec: &str) -> &'static str {
    let name = spec.split(':').next().unwrap_or_default();
    match strategy::builtin().iter().find(|builtin| builtin.name == name) {
        Some(builtin) => builtin.name,
        None if spec.split('?').next().is_some_and(|file| file.ends_with(".wasm")) => "sandbox",
        None => "agent",
    }
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn a_strategy_counts_under_a_name_of_ours() {
        assert_eq!(kind("boulware"), "boulware");
        assert_eq!(kind("micro:rungs=40"), "micro");
        assert_eq!(kind("grpc://boulware:9000?fallback=linear"), "agent");
        assert_eq!(kind("my own one"), "agent");
        assert_eq!(kind("clever.wasm"), "sandbox");
    }
}
