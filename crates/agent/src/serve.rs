//! The agent's side: serves strategies written against the `strategy` crate.

use std::sync::Arc;
use std::time::Duration;

use strategy::Strategy;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status, Streaming};
use wire::pb::mediation::v1::Procedure;
use wire::pb::strategy::v1 as pb;
use wire::pb::strategy::v1::negotiate_request::Message as Down;
use wire::pb::strategy::v1::negotiate_response::Message as Up;
use wire::pb::strategy::v1::strategy_service_server::{StrategyService, StrategyServiceServer};
use wire::{PLUGIN_ASK_LIMIT, PLUGIN_BRIEF_LIMIT, Refused};

use crate::seat::Seat;
use crate::session::VERSION;

/// How long a host may take to say Hello, and to brief.
const OPENING: Duration = Duration::from_secs(5);

/// Makes a fresh strategy for a party in a talk.
pub trait Make: Fn() -> Box<dyn Strategy> + Send + Sync + 'static {}

impl<F: Fn() -> Box<dyn Strategy> + Send + Sync + 'static> Make for F {}

/// Serves strategies on `listener` until `shutdown`: one fresh strategy for each talk. It speaks
/// for strategies that keep the promise of [`Strategy`], so it declares itself deterministic.
///
/// # Errors
/// The transport failed.
pub async fn serve(
    listener: TcpListener,
    make: impl Make,
    shutdown: CancellationToken,
) -> Result<(), tonic::transport::Error> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<StrategyServiceServer<Desk>>().await;
    let desk = Desk { make: Arc::new(make), shutdown: shutdown.clone() };
    let service = StrategyServiceServer::new(desk)
        .max_decoding_message_size(PLUGIN_BRIEF_LIMIT)
        .max_encoding_message_size(PLUGIN_ASK_LIMIT);
    let server =
        Server::builder().max_concurrent_streams(1024).add_service(health_service).add_service(service);
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    tokio::select! {
        served = server.serve_with_incoming_shutdown(incoming, shutdown.clone().cancelled_owned()) => served,
        // Streams end with the shutdown; a connection that does not is left.
        () = async { shutdown.cancelled().await; tokio::time::sleep(Duration::from_secs(1)).await } => Ok(()),
    }
}

struct Desk {
    make: Arc<dyn Make>,
    shutdown: CancellationToken,
}

type Answers = mpsc::Sender<Result<pb::NegotiateResponse, Status>>;

#[tonic::async_trait]
impl StrategyService for Desk {
    async fn get_agent(
        &self,
        _: Request<pb::GetAgentRequest>,
    ) -> Result<Response<pb::GetAgentResponse>, Status> {
        let agent = Some(declaration((self.make)().name()));
        Ok(Response::new(pb::GetAgentResponse { agent }))
    }

    type NegotiateStream = ReceiverStream<Result<pb::NegotiateResponse, Status>>;

    async fn negotiate(
        &self,
        request: Request<Streaming<pb::NegotiateRequest>>,
    ) -> Result<Response<Self::NegotiateStream>, Status> {
        let (answers, stream) = mpsc::channel(16);
        let (make, shutdown) = (self.make.clone(), self.shutdown.clone());
        tokio::spawn(async move {
            let talk = negotiate(make, request.into_inner(), &answers);
            let ended = tokio::select! {
                ended = talk => ended,
                () = shutdown.cancelled() => Err(Refused::unavailable("GOING_AWAY", "the agent is going away").into()),
            };
            if let Err(status) = ended {
                // A host that is gone needs no reason.
                let _ = answers.send(Err(status)).await;
            }
        });
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}

fn declaration(name: &str) -> pb::Agent {
    pb::Agent {
        name: name.chars().take(64).collect(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        deterministic: true,
        procedures: vec![Procedure::AlternatingOffers.into()],
        max_parties: talks::MAX_PARTIES as u32,
        needs_opponent_utility: false,
        needs_closed_form: true,
        versions: vec![VERSION],
    }
}

/// One talk, from Hello to End.
async fn negotiate(
    make: Arc<dyn Make>,
    mut down: Streaming<pb::NegotiateRequest>,
    answers: &Answers,
) -> Result<(), Status> {
    let Down::Hello(hello) = opening(&mut down, "hello").await? else { return Err(out_of_order("hello")) };
    if hello.version != VERSION {
        let message = format!("this agent speaks version {VERSION} of the contract, not {}", hello.version);
        return Err(Refused::new(Code::FailedPrecondition, "UNSUPPORTED_VERSION", message).into());
    }
    let strategy = make();
    let agent = Some(declaration(strategy.name()));
    say(answers, Up::Welcome(pb::Welcome { version: VERSION, agent })).await?;
    let Down::Brief(brief) = opening(&mut down, "brief").await? else { return Err(out_of_order("brief")) };
    let prepared = tokio::task::spawn_blocking(move || Seat::new(&brief, strategy)).await;
    let mut seat = prepared.map_err(|_| internal("it panicked over the brief"))?.map_err(malformed)?;
    say(answers, Up::Ready(pb::Ready {})).await?;
    while let Some(request) = down.message().await? {
        match request.message {
            Some(Down::Turn(turn)) => {
                let deciding = tokio::task::spawn_blocking(move || {
                    let decided = seat.turn(&turn);
                    (seat, decided)
                });
                let (back, decided) = deciding.await.map_err(|_| internal("the strategy panicked"))?;
                seat = back;
                say(answers, Up::Move(decided.map_err(|error| internal(&error))?)).await?;
            }
            Some(Down::End(_)) => {
                seat.conclude();
                return Ok(());
            }
            // The same situation would be decided the same way, and be wrong again.
            Some(Down::Correction(given)) => {
                let why = given.status.unwrap_or_default().message;
                return Err(internal(&format!("the host cannot use the strategy's move: {why}")));
            }
            Some(Down::Values(_)) => {}
            Some(Down::Hello(_) | Down::Brief(_)) | None => return Err(out_of_order("turn or end")),
        }
    }
    Ok(())
}

async fn opening(down: &mut Streaming<pb::NegotiateRequest>, due: &'static str) -> Result<Down, Status> {
    let late = |_| Refused::new(Code::DeadlineExceeded, "SILENT", format!("no {due} within {OPENING:?}"));
    let message = timeout(OPENING, down.message()).await.map_err(late)??;
    message.and_then(|m| m.message).ok_or_else(|| out_of_order(due))
}

async fn say(answers: &Answers, message: Up) -> Result<(), Status> {
    let answer = Ok(pb::NegotiateResponse { message: Some(message) });
    answers.send(answer).await.map_err(|_| Refused::unavailable("GONE", "the host is gone").into())
}

fn out_of_order(due: &str) -> Status {
    let message = format!("the message is not what is due here: expected {due}");
    Refused::new(Code::FailedPrecondition, "OUT_OF_ORDER", message).into()
}

fn malformed(error: impl std::fmt::Display) -> Status {
    Refused::new(Code::InvalidArgument, "MALFORMED", error.to_string()).at("brief").into()
}

fn internal(message: &str) -> Status {
    Refused::new(Code::Internal, "STRATEGY_FAILED", message).into()
}
