//! One stream to an agent, from Hello to End: one talk of one party.

use std::time::Duration;

use strategy::{Brief, Decision, Situation};
use tariff::Agenda;
use telemetry::names;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::{Channel, Endpoint};
use wire::pb::strategy::v1 as pb;
use wire::pb::strategy::v1::negotiate_request::Message as Down;
use wire::pb::strategy::v1::negotiate_response::Message as Up;
use wire::pb::strategy::v1::strategy_service_client::StrategyServiceClient;
use wire::{
    PLUGIN_ASK_LIMIT, PLUGIN_BRIEF_LIMIT, PluginAct, PluginAgent, PluginMove, Refused, decode_offer,
    decode_plugin_agent, decode_plugin_move, encode_plugin_turn,
};

use crate::AgentError;
use crate::brief;

/// The version of the contract this program speaks.
pub(crate) const VERSION: u32 = 1;
/// How long an agent may take to accept a connection, and to answer the first message.
const PREPARING: Duration = Duration::from_secs(5);
/// Answers of one turn that may be wrong before it is given up.
const CORRECTIONS: u32 = 2;
/// Messages an agent may send in one turn, questions and late answers included.
const MESSAGES: u32 = 256;
/// Offers in one question.
const OFFERS: usize = 1024;

/// A stream to an agent that was briefed.
pub(crate) struct Session {
    up: mpsc::Sender<pb::NegotiateRequest>,
    down: Streaming<pb::NegotiateResponse>,
    /// The agenda as the agent has it.
    agenda: Agenda,
    /// How much of the history it was told.
    told: usize,
    talk: String,
}

impl Session {
    /// Dials `address`, shakes hands and briefs the agent.
    pub(crate) async fn open(
        address: &str,
        situation: &Situation<'_>,
        limit: Duration,
    ) -> Result<Self, AgentError> {
        let (brief, terms) = (situation.brief(), situation.talk().terms());
        let talk = format!("{}-{}", brief.me(), brief.seed().talk);
        let (up, ups) = mpsc::channel(16);
        let hello = pb::Hello {
            version: VERSION,
            host: concat!("detente ", env!("CARGO_PKG_VERSION")).to_owned(),
            information: brief::policy(brief).into(),
            decision_limit_ms: millis(limit),
        };
        // Queued before the call: the agent's server may wait for it before it answers.
        let _ = up.send(envelope(&talk, Down::Hello(hello))).await;
        let mut client = StrategyServiceClient::new(connect(address).await?)
            .max_decoding_message_size(PLUGIN_ASK_LIMIT)
            .max_encoding_message_size(PLUGIN_BRIEF_LIMIT);
        let opened = timeout(PREPARING, client.negotiate(ReceiverStream::new(ups))).await;
        let silent = |what| move |_| AgentError::Silent { what, limit: PREPARING };
        let mut down = opened.map_err(silent("stream"))??.into_inner();
        let welcome = match timeout(PREPARING, down.message()).await.map_err(silent("welcome"))?? {
            Some(pb::NegotiateResponse { message: Some(Up::Welcome(welcome)) }) => welcome,
            other => return Err(unexpected(other.as_ref(), "Welcome")),
        };
        let agent = decode_plugin_agent(&welcome.agent.unwrap_or_default())?;
        check(&agent, welcome.version, brief, terms.parties().len())?;
        let (stored, agenda) = brief::own_agenda(terms.agenda())?;
        let message = Down::Brief(brief::encode(brief, terms, stored));
        let mut session = Self { up, down, agenda, told: 0, talk };
        session.send(message).await?;
        let briefing = brief::briefing_limit(terms);
        let late = |_| AgentError::Silent { what: "readiness", limit: briefing };
        timeout(briefing, session.ready(situation)).await.map_err(late)??;
        Ok(session)
    }

    /// Waits until the agent has read its brief, and answers what it asks of its utility until then.
    async fn ready(&mut self, situation: &Situation<'_>) -> Result<(), AgentError> {
        for _ in 0..MESSAGES {
            match self.down.message().await? {
                Some(pb::NegotiateResponse { message: Some(Up::Ready(_)) }) => return Ok(()),
                Some(pb::NegotiateResponse { message: Some(Up::Evaluate(question)) }) => {
                    self.evaluate(situation, &question).await?;
                }
                other => return Err(unexpected(other.as_ref(), "Ready")),
            }
        }
        Err(AgentError::Flood { limit: MESSAGES })
    }

    /// Asks for the turn at hand and takes the first answer that can be used.
    pub(crate) async fn ask(
        &mut self,
        situation: &Situation<'_>,
        last: pb::LastTurn,
        limit: Duration,
    ) -> Result<Decision, AgentError> {
        let talk = situation.talk();
        let until = Instant::now() + limit;
        let mut turn = encode_plugin_turn(&self.agenda, talk, self.told);
        (turn.progress, turn.decision_limit_ms) = (situation.progress(), millis(limit));
        turn.last = last.into();
        let number = turn.turn;
        self.send(Down::Turn(turn)).await?;
        self.told = talk.history().len();
        let mut corrections = 0;
        for _ in 0..MESSAGES {
            let message = timeout_at(until, self.down.message()).await;
            let message = message.map_err(|_| AgentError::Silent { what: "move", limit })??;
            match message.and_then(|m| m.message) {
                Some(Up::Evaluate(question)) => self.evaluate(situation, &question).await?,
                Some(Up::Move(given)) if given.turn < number => {
                    tracing::info!(turn = given.turn, "an answer to a turn that has passed is ignored");
                }
                Some(Up::Move(given)) => match self.usable(situation, &given, number) {
                    Ok(decision) => return Ok(decision),
                    Err(refused) if corrections == CORRECTIONS => {
                        return Err(AgentError::Uncorrected { corrections, last: refused.message });
                    }
                    Err(refused) => {
                        corrections += 1;
                        tracing::warn!(
                            reason = refused.reason,
                            { names::private::WHY } = refused.message,
                            "the agent is corrected"
                        );
                        let (status, attempts_left) =
                            (Some(refused.rpc_status()), CORRECTIONS + 1 - corrections);
                        let correction = pb::Correction { turn: number, status, attempts_left };
                        self.send(Down::Correction(correction)).await?;
                    }
                },
                None => return Err(AgentError::Gone { why: "no status".to_owned() }),
                other => return Err(unexpected(Some(&pb::NegotiateResponse { message: other }), "Move")),
            }
        }
        Err(AgentError::Flood { limit: MESSAGES })
    }

    /// Tells the agent how the talk ended. An agent that is gone has heard enough.
    pub(crate) async fn end(self, end: pb::End) {
        let _ = timeout(Duration::from_secs(1), self.up.send(envelope(&self.talk, Down::End(end)))).await;
        let Self { up, mut down, .. } = self;
        drop(up);
        // The end of the agent's own stream says that it has read what was sent.
        let drained = async { while let Ok(Some(_)) = down.message().await {} };
        let _ = timeout(Duration::from_secs(1), drained).await;
    }

    /// The agent's answer as a decision, if it is one.
    fn usable(&self, situation: &Situation<'_>, given: &pb::Move, turn: u64) -> Result<Decision, Refused> {
        let PluginMove { turn: named, act } = decode_plugin_move(&self.agenda, given)?;
        if named != turn {
            let message = format!("move.turn is {named}, the turn at hand is {turn}");
            return Err(Refused::new(tonic::Code::InvalidArgument, "OTHER_TURN", message).at("move.turn"));
        }
        match act {
            PluginAct::Propose(offer) => {
                let agenda = situation.talk().terms().agenda();
                Ok(Decision::Propose(agenda.offer(offer.values().to_vec())?))
            }
            PluginAct::Accept if situation.offered().is_none() => {
                let message = "no offer of another party stands: propose one";
                Err(Refused::new(tonic::Code::FailedPrecondition, "NOTHING_TO_ACCEPT", message)
                    .at("move.accept"))
            }
            PluginAct::Accept => Ok(Decision::Accept),
            PluginAct::WalkAway => Ok(Decision::WalkAway),
        }
    }

    async fn evaluate(&mut self, situation: &Situation<'_>, asked: &pb::Evaluate) -> Result<(), AgentError> {
        if asked.offers.len() > OFFERS {
            return Err(AgentError::Unexpected { found: "more than 1024 offers", expected: "a question" });
        }
        let agenda = situation.talk().terms().agenda();
        let mut values = pb::Values { id: asked.id, utilities: Vec::new(), permitted: Vec::new() };
        for offer in &asked.offers {
            let offer = decode_offer(&self.agenda, offer)?;
            let offer = agenda.offer(offer.values().to_vec()).map_err(wire::WireError::from)?;
            values.utilities.push(situation.value(&offer));
            values.permitted.push(situation.preferences().permits(&offer));
        }
        self.send(Down::Values(values)).await
    }

    async fn send(&mut self, message: Down) -> Result<(), AgentError> {
        let sent = timeout(PREPARING, self.up.send(envelope(&self.talk, message))).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            _ => Err(AgentError::Gone { why: "it takes no more messages".to_owned() }),
        }
    }
}

fn check(agent: &PluginAgent, version: u32, brief: &Brief, parties: usize) -> Result<(), AgentError> {
    let unfit = |why: String| Err(AgentError::Unfit { agent: agent.name.clone(), why });
    if version != VERSION {
        return unfit(format!("it speaks version {version} of the contract, this host version {VERSION}"));
    }
    if parties > agent.max_parties {
        return unfit(format!("it plays with at most {} parties, here are {parties}", agent.max_parties));
    }
    if agent.needs_opponent_utility && brief::policy(brief) == pb::InformationPolicy::None {
        return unfit(
            "it must know what the other side wants, and the mandate presumes nothing: add [opponent_prior]"
                .to_owned(),
        );
    }
    if agent.needs_closed_form && !brief.preferences().utility().is_additive() {
        return unfit("it needs its utility in closed form, and the mandate has an objective that is no sum over groups of issues".to_owned());
    }
    Ok(())
}

pub(crate) async fn connect(address: &str) -> Result<Channel, AgentError> {
    let unreachable = |why: String| AgentError::Unreachable { address: address.to_owned(), why };
    let endpoint = Endpoint::from_shared(format!("http://{address}"))
        .map_err(|error| unreachable(error.to_string()))?
        .connect_timeout(PREPARING)
        .tcp_nodelay(true);
    endpoint.connect().await.map_err(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        unreachable(source.unwrap_or_else(|| error.to_string()))
    })
}

/// The message under the talk's name and the place of the span at hand in its trace.
fn envelope(talk: &str, message: Down) -> pb::NegotiateRequest {
    let place = telemetry::TraceContext::current();
    let trace = (!place.is_empty()).then(|| place.traceparent());
    pb::NegotiateRequest {
        talk: talk.to_owned(),
        trace: wire::trace_to_pb(trace.as_deref()),
        message: Some(message),
    }
}

fn unexpected(found: Option<&pb::NegotiateResponse>, expected: &'static str) -> AgentError {
    let Some(found) = found else { return AgentError::Gone { why: "no status".to_owned() } };
    let found = match found.message {
        Some(Up::Welcome(_)) => "Welcome",
        Some(Up::Ready(_)) => "Ready",
        Some(Up::Move(_)) => "Move",
        Some(Up::Evaluate(_)) => "Evaluate",
        None => "an empty message",
    };
    AgentError::Unexpected { found, expected }
}

fn millis(limit: Duration) -> u32 {
    u32::try_from(limit.as_millis()).unwrap_or(u32::MAX)
}
