use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use wire::MEDIATION_MESSAGE_LIMIT;
use wire::pb::mediation::v1::mediation_service_server::MediationServiceServer;

use crate::config::Config;
use crate::service::Mediation;
use crate::table::Table;

/// Why a mediator could not serve to the end.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The record could not be read at the start.
    #[error("cannot take over unfinished talks: {0}")]
    Record(#[from] record::ReadError),
    /// The transport failed.
    #[error("cannot serve: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// Reflection could not be set up.
    #[error("cannot describe the contract: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// Streams were still open when the time to drain was over; they were cut.
    #[error("some streams were still open {0:?} after the drain began, and were cut")]
    Cut(Duration),
}

/// Serves on `listener` until `shutdown`, then drains: health says NOT_SERVING, every seat is told
/// to come back, and what is still open after [`crate::Limits::drain`] is cut.
///
/// # Errors
/// The record or the transport failed, or streams had to be cut.
pub async fn run(
    listener: TcpListener,
    shutdown: CancellationToken,
    config: Config,
) -> Result<(), ServeError> {
    let benches = scoring_server::benches(config.scenarios);
    let table = Arc::new(Table::new(config.log, config.clock, config.limits, benches.clone()));
    table.take_over_unfinished().await?;
    let poisoned = table.poisoned.clone();
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<MediationServiceServer<Mediation>>().await;
    let mediation = MediationServiceServer::new(Mediation { table, drain: shutdown.clone() })
        .max_decoding_message_size(MEDIATION_MESSAGE_LIMIT)
        .max_encoding_message_size(MEDIATION_MESSAGE_LIMIT);
    let scoring = scoring_server::service_over(benches, shutdown.clone());
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(wire::pb::DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let ended = shutdown.clone();
    let watched = health.clone();
    tokio::spawn(async move {
        poisoned.cancelled().await;
        watched.set_not_serving::<MediationServiceServer<Mediation>>().await;
    });
    let server = Server::builder()
        .http2_keepalive_interval(Some(Duration::from_secs(15)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        .http2_max_header_list_size(16 * 1024)
        .max_concurrent_streams(1024)
        .concurrency_limit_per_connection(1024)
        .load_shed(true)
        .max_connection_age(Duration::from_secs(6 * 3600))
        .max_connection_age_grace(Duration::from_secs(30))
        .add_service(health_service)
        .add_service(reflection)
        .add_service(mediation)
        .add_service(scoring)
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), async move {
            ended.cancelled().await;
            health.set_not_serving::<MediationServiceServer<Mediation>>().await;
        });
    drain(server, shutdown, config.limits.drain).await
}

/// A graceful shutdown can wait for ever on one open stream, so it has its own limit.
async fn drain(
    server: impl Future<Output = Result<(), tonic::transport::Error>>,
    shutdown: CancellationToken,
    limit: Duration,
) -> Result<(), ServeError> {
    tokio::pin!(server);
    tokio::select! {
        served = &mut server => return Ok(served?),
        () = shutdown.cancelled() => {}
    }
    match tokio::time::timeout(limit, server).await {
        Ok(served) => Ok(served?),
        Err(_) => Err(ServeError::Cut(limit)),
    }
}
