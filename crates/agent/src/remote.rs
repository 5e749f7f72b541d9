//! The host's side: a strategy that decides elsewhere.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use strategy::{Brief, Decision, Factory, Place, Situation, Strategy, StrategyError};
use talks::{Outcome, Talk, What};
use telemetry::names;
use tokio::runtime::Runtime;
use wire::pb::strategy::v1 as pb;
use wire::{encode_offer, outcome_to_pb};

use crate::session::Session;
use crate::{AgentError, brief};

/// How long a decision may take where nothing else is said.
pub const DECISION_LIMIT: Duration = Duration::from_secs(5);

/// How long a delegation waits for its agent to hear how the talk ended.
const FAREWELL: Duration = Duration::from_secs(2);

/// Agents over gRPC: `grpc://HOST:PORT`, with what their operator declares.
#[derive(Debug, Clone)]
pub struct Remote {
    /// Where the agent listens, such as `127.0.0.1:9000`.
    pub address: String,
    /// How long a decision may take; never more than half a turn.
    pub limit: Duration,
    /// Who decides the turns that the agent leaves without a usable answer. Nobody, if none is
    /// declared: then the turn is missed, and nobody speaks for the party.
    pub fallback: Option<Arc<dyn Factory>>,
}

impl Remote {
    /// An agent at `address` that has [`DECISION_LIMIT`] for a decision and no fallback.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), limit: DECISION_LIMIT, fallback: None }
    }
}

impl Factory for Remote {
    fn spec(&self) -> String {
        let fallback = self.fallback.as_ref().map(|f| format!("fallback={}", f.spec()));
        let limit = (self.limit != DECISION_LIMIT).then(|| format!("limit={}ms", self.limit.as_millis()));
        let options: Vec<String> = fallback.into_iter().chain(limit).collect();
        let mark = if options.is_empty() { "" } else { "?" };
        format!("grpc://{}{mark}{}", self.address, options.join("&"))
    }

    fn place(&self) -> Place {
        Place::Remote
    }

    fn deterministic(&self) -> bool {
        false
    }

    fn decision_limit(&self) -> Option<Duration> {
        Some(self.limit)
    }

    fn open(&self) -> Result<Box<dyn Strategy>, StrategyError> {
        let fallback = self.fallback.as_ref().map(|factory| factory.open()).transpose()?;
        Ok(Box::new(RemoteStrategy {
            name: self.spec(),
            remote: self.clone(),
            fallback,
            session: None,
            asked: false,
        }))
    }
}

/// An agent elsewhere, in one talk. A turn without a usable answer leaves the next one its own
/// try: over the same stream where the agent was only late, over a new one where it was lost.
struct RemoteStrategy {
    name: String,
    remote: Remote,
    fallback: Option<Box<dyn Strategy>>,
    session: Option<Session>,
    asked: bool,
}

impl RemoteStrategy {
    /// Asks within the turn, however long connecting and briefing take.
    async fn ask_in_time(&mut self, situation: &Situation<'_>) -> Result<Decision, AgentError> {
        let Some(limit) = brief::turn_budget(situation.talk().terms()) else {
            return self.ask(situation).await;
        };
        let asked = tokio::time::timeout(limit, self.ask(situation)).await;
        asked.unwrap_or(Err(AgentError::Silent { what: "brief and move", limit }))
    }

    async fn ask(&mut self, situation: &Situation<'_>) -> Result<Decision, AgentError> {
        let limit = brief::decision_limit(situation.talk().terms(), self.remote.limit);
        let last = if self.asked { last_turn(situation) } else { pb::LastTurn::Unspecified };
        let mut session = match self.session.take() {
            Some(session) => session,
            None => Session::open(&self.remote.address, situation, limit).await?,
        };
        self.asked = true;
        let asked = session.ask(situation, last, limit).await;
        if asked.as_ref().err().is_none_or(|error| !error.ends_stream()) {
            self.session = Some(session);
        }
        asked
    }
}

/// The call behind every decision, as OpenTelemetry names it.
const METHOD: &str = "detente.strategy.v1.StrategyService/Negotiate";

impl Strategy for RemoteStrategy {
    fn name(&self) -> &str {
        &self.name
    }

    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        let failed = |message: String| StrategyError::Failed { strategy: self.remote.spec(), message };
        let span = tracing::Span::current();
        span.record(telemetry::names::RPC_SYSTEM, telemetry::names::GRPC);
        span.record(telemetry::names::RPC_METHOD, METHOD);
        let runtime = runtime().ok_or_else(|| failed("no thread could be started".to_owned()))?;
        let error = match runtime.block_on(self.ask_in_time(situation)) {
            Ok(decision) => return Ok(decision),
            Err(error) => error,
        };
        span.record(telemetry::names::ERROR_TYPE, error.kind());
        match &mut self.fallback {
            Some(fallback) => {
                tracing::warn!(reason = error.kind(), { names::private::WHY } = %error, fallback = fallback.name(), "the fallback decides this turn");
                span.record(telemetry::names::FALLBACK, fallback.name());
                fallback.decide(situation)
            }
            None => Err(StrategyError::Failed { strategy: self.remote.spec(), message: error.to_string() }),
        }
    }

    fn conclude(&mut self, talk: &Talk, brief: &Brief) {
        let (Some(session), Some(runtime)) = (self.session.take(), runtime()) else { return };
        let agreed = talk.agreed();
        // As the lab scores it: discounted by the rounds that passed before the agreement.
        let time = f64::from(talk.round().saturating_sub(1)) / f64::from(talk.terms().rounds().max(1));
        let worth = |offer| brief.preferences().agreed_at(offer, time);
        let end = pb::End {
            outcome: talk.outcome().map(|outcome: &Outcome| outcome_to_pb(outcome)),
            agreed: agreed.map(|offer| encode_offer(talk.terms().agenda(), offer)),
            utility: agreed.map_or(brief.preferences().walk_away(), worth),
        };
        let (said, heard) = std::sync::mpsc::channel();
        runtime.spawn(async move {
            session.end(end).await;
            // Whoever waited may have had enough.
            let _ = said.send(());
        });
        // A process that ends now would end the farewell too. One that is not read is not waited for.
        let _ = heard.recv_timeout(FAREWELL);
    }
}

/// What became of the party's last turn, as the history has it.
fn last_turn(situation: &Situation<'_>) -> pb::LastTurn {
    let own = situation.talk().history().iter().rev().find(|past| past.party == *situation.me());
    match own.map(|past| &past.what) {
        None => pb::LastTurn::Unspecified,
        Some(What::Missed) => pb::LastTurn::Missed,
        Some(_) => pb::LastTurn::Taken,
    }
}

/// The threads that carry the streams of every agent of this process. Deciding is blocking, so it
/// cannot be driven by the caller's own runtime.
pub(crate) fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let make = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("agents").enable_all().build().ok()
    };
    RUNTIME.get_or_init(make).as_ref()
}

/// Asks who listens at `address`.
///
/// # Errors
/// Nobody does, or what it says of itself is not valid.
pub async fn agent_at(address: &str) -> Result<wire::PluginAgent, AgentError> {
    use wire::pb::strategy::v1::strategy_service_client::StrategyServiceClient;
    let mut client = StrategyServiceClient::new(crate::session::connect(address).await?);
    let asked = tokio::time::timeout(DECISION_LIMIT, client.get_agent(pb::GetAgentRequest {})).await;
    let answer = asked.map_err(|_| AgentError::Silent { what: "card", limit: DECISION_LIMIT })??;
    Ok(wire::decode_plugin_agent(&answer.into_inner().agent.unwrap_or_default())?)
}
