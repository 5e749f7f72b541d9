//! What a delegation may serve: its card, an invitation, scoring for its own plug-ins, health.

use std::sync::Arc;

use record::TalkId;
use scenario::Scenario;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};
use wire::pb::delegation::v1 as pb;
use wire::pb::delegation::v1::delegation_service_server::{DelegationService, DelegationServiceServer};
use wire::pb::mediation::v1::Procedure;
use wire::{MEDIATION_MESSAGE_LIMIT, Refused};

use crate::Config;

/// Where invitations go.
pub(crate) type Invitations = mpsc::Sender<TalkId>;

struct Desk {
    config: Config,
    name: String,
    scenarios: Vec<String>,
    invitations: Invitations,
}

/// Serves the delegation's card, invitations, scoring and health on `listener` until `shutdown`.
///
/// # Errors
/// The transport failed.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    name: String,
    scenarios: Vec<Arc<Scenario>>,
    invitations: mpsc::Sender<TalkId>,
    shutdown: CancellationToken,
) -> Result<(), tonic::transport::Error> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<DelegationServiceServer<Desk>>().await;
    let names = scenarios.iter().map(|s| s.name().to_owned()).collect();
    let desk = Desk { config, name, scenarios: names, invitations };
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(wire::pb::DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1();
    let server = Server::builder()
        .max_concurrent_streams(64)
        .add_service(health_service)
        .add_optional_service(reflection.ok())
        .add_service(DelegationServiceServer::new(desk).max_decoding_message_size(MEDIATION_MESSAGE_LIMIT))
        .add_service(scoring_server::service(scenarios, shutdown.clone()))
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            shutdown.clone().cancelled_owned(),
        );
    tokio::select! {
        served = server => served,
        // An open Health.Watch would hold a graceful shutdown for ever; nothing here needs longer.
        () = async { shutdown.cancelled().await; tokio::time::sleep(std::time::Duration::from_secs(1)).await } => Ok(()),
    }
}

#[tonic::async_trait]
impl DelegationService for Desk {
    async fn get_card(
        &self,
        _: Request<pb::GetCardRequest>,
    ) -> Result<Response<pb::GetCardResponse>, Status> {
        let card = pb::Card {
            party: self.config.party.to_string(),
            name: self.name.clone(),
            procedures: vec![Procedure::AlternatingOffers.into()],
            scenarios: self.scenarios.clone(),
        };
        Ok(Response::new(pb::GetCardResponse { card: Some(card) }))
    }

    async fn invite_to_talk(
        &self,
        request: Request<pb::InviteToTalkRequest>,
    ) -> Result<Response<pb::InviteToTalkResponse>, Status> {
        let request = request.into_inner();
        if !request.mediator.is_empty() && request.mediator != self.config.mediator {
            let message = format!("this delegation attends talks at {} only", self.config.mediator);
            return Err(Refused::new(Code::PermissionDenied, "OTHER_MEDIATOR", message)
                .at("mediator")
                .into());
        }
        let talk = TalkId::new(&request.talk).map_err(|_| Refused::no_such_talk(&request.talk))?;
        let attending = self.invitations.send(talk).await.is_ok();
        Ok(Response::new(pb::InviteToTalkResponse { attending }))
    }
}
