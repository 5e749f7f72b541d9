//! An agent that behaves as it is told, well or badly, served straight from the contract.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::{Request, Response, Status, Streaming};
use wire::pb::mediation::v1::Procedure;
use wire::pb::strategy::v1 as pb;
use wire::pb::strategy::v1::negotiate_request::Message as Down;
use wire::pb::strategy::v1::negotiate_response::Message as Up;
use wire::pb::strategy::v1::strategy_service_server::{StrategyService, StrategyServiceServer};

/// What an agent does when it is asked.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Sends these moves, one after the other.
    Moves(Vec<pb::Move>),
    /// Says nothing.
    Silence,
    /// Ends the stream.
    Crash,
}

/// What an agent was asked, and what it was briefed with.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How many streams came before this one.
    pub stream: usize,
    /// The brief of the stream.
    pub brief: pb::Brief,
    /// The turn, or the correction of an answer to it.
    pub turn: Question,
}

/// A question.
#[derive(Debug, Clone)]
pub enum Question {
    /// A turn.
    Turn(pb::Turn),
    /// A correction.
    Correction(pb::Correction),
}

type Behaviour = Arc<dyn Fn(&Asked) -> Reply + Send + Sync>;

/// Listens on a free loopback port until it is dropped.
pub struct Agent {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    ended: Arc<Mutex<Vec<pb::End>>>,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Clone)]
struct Desk {
    behaviour: Behaviour,
    asked: Arc<Mutex<Vec<Asked>>>,
    ended: Arc<Mutex<Vec<pb::End>>>,
    streams: Arc<Mutex<usize>>,
}

impl Agent {
    /// Starts an agent that behaves so.
    pub async fn start(behaviour: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Desk {
            behaviour: Arc::new(behaviour),
            asked: Arc::default(),
            ended: Arc::default(),
            streams: Arc::default(),
        };
        let (asked, ended) = (desk.asked.clone(), desk.ended.clone());
        let server = tonic::transport::Server::builder()
            .add_service(StrategyServiceServer::new(desk))
            .serve_with_incoming(TcpListenerStream::new(listener));
        let server = tokio::spawn(async move { server.await.unwrap() });
        Self { address, asked, ended, server }
    }

    /// How a party is told to bargain by it, at most so many milliseconds a decision.
    #[must_use]
    pub fn spec(&self, limit_ms: u32) -> String {
        format!("grpc://{}?limit={limit_ms}ms", self.address)
    }

    /// What it was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The ends of talks it has heard of.
    #[must_use]
    pub fn ended(&self) -> Vec<pb::End> {
        self.ended.lock().unwrap().clone()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The turn's number and the best offer, proposed.
#[must_use]
pub fn best(asked: &Asked, turn: u64) -> pb::Move {
    let best = asked.brief.best.clone().unwrap();
    pb::Move { turn, act: Some(pb::r#move::Act::Propose(best)) }
}

impl Asked {
    /// The number of the turn it is about.
    #[must_use]
    pub fn number(&self) -> u64 {
        match &self.turn {
            Question::Turn(turn) => turn.turn,
            Question::Correction(correction) => correction.turn,
        }
    }
}

#[tonic::async_trait]
impl StrategyService for Desk {
    async fn get_agent(
        &self,
        _: Request<pb::GetAgentRequest>,
    ) -> Result<Response<pb::GetAgentResponse>, Status> {
        Ok(Response::new(pb::GetAgentResponse { agent: Some(declaration()) }))
    }

    type NegotiateStream = ReceiverStream<Result<pb::NegotiateResponse, Status>>;

    async fn negotiate(
        &self,
        request: Request<Streaming<pb::NegotiateRequest>>,
    ) -> Result<Response<Self::NegotiateStream>, Status> {
        let stream = {
            let mut streams = self.streams.lock().unwrap();
            *streams += 1;
            *streams - 1
        };
        let (up, answers) = mpsc::channel(16);
        tokio::spawn(self.clone().talk(stream, request.into_inner(), up));
        Ok(Response::new(ReceiverStream::new(answers)))
    }
}

fn declaration() -> pb::Agent {
    pb::Agent {
        name: "told".to_owned(),
        procedures: vec![Procedure::AlternatingOffers.into()],
        versions: vec![1],
        ..pb::Agent::default()
    }
}

impl Desk {
    async fn talk(
        self,
        stream: usize,
        mut down: Streaming<pb::NegotiateRequest>,
        up: mpsc::Sender<Result<pb::NegotiateResponse, Status>>,
    ) {
        let mut briefed = pb::Brief::default();
        while let Ok(Some(pb::NegotiateRequest { message: Some(message), .. })) = down.message().await {
            let answers = match message {
                Down::Hello(_) => {
                    vec![Up::Welcome(pb::Welcome { version: 1, agent: Some(declaration()) })]
                }
                Down::Brief(brief) => {
                    briefed = brief;
                    vec![Up::Ready(pb::Ready {})]
                }
                Down::Turn(turn) => match self.ask(stream, &briefed, Question::Turn(turn)) {
                    Some(answers) => answers,
                    None => break,
                },
                Down::Correction(given) => match self.ask(stream, &briefed, Question::Correction(given)) {
                    Some(answers) => answers,
                    None => break,
                },
                Down::Values(_) => Vec::new(),
                Down::End(end) => {
                    self.ended.lock().unwrap().push(end);
                    break;
                }
            };
            for answer in answers {
                let answer = Ok(pb::NegotiateResponse { message: Some(answer) });
                if up.send(answer).await.is_err() {
                    return;
                }
            }
        }
    }

    /// What to send; nothing where the stream ends.
    fn ask(&self, stream: usize, brief: &pb::Brief, turn: Question) -> Option<Vec<Up>> {
        let asked = Asked { stream, brief: brief.clone(), turn };
        self.asked.lock().unwrap().push(asked.clone());
        match (self.behaviour)(&asked) {
            Reply::Moves(moves) => Some(moves.into_iter().map(Up::Move).collect()),
            Reply::Silence => Some(Vec::new()),
            Reply::Crash => None,
        }
    }
}
