//! The way to services that run elsewhere.

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};
use wire::pb::mediation::v1::mediation_service_client::MediationServiceClient;

use crate::output::{Failure, exit};

/// A client of the mediator at `address`, such as `http://127.0.0.1:7400` or `127.0.0.1:7400`.
pub(crate) async fn mediator(address: &str) -> Result<MediationServiceClient<Channel>, Failure> {
    let address = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let endpoint = Endpoint::from_shared(address.clone()).map_err(|_| {
        Failure::new(exit::USAGE, "BAD_ADDRESS", format!("{address:?} is no address"))
            .hint("give something like http://127.0.0.1:7400")
    })?;
    let channel = endpoint.connect_timeout(Duration::from_secs(5)).tcp_nodelay(true).connect().await;
    let channel = channel.map_err(|error| {
        let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        Failure::new(exit::UNAVAILABLE, "MEDIATOR_UNREACHABLE", format!("the mediator cannot be reached: {why}"))
            .at(address)
            .hint("is it running? start one with `detente serve mediator`")
    })?;
    Ok(MediationServiceClient::new(channel))
}
