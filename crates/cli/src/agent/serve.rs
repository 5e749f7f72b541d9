//! `detente agent serve`: a strategy of this program behind the contract of plug-ins.

use std::net::SocketAddr;

use agent::Source;
use serde_json::json;
use strategy::{Place, Strategy};
use tokio::net::TcpListener;

use crate::output::{Failure, Format, exit, json_line, line, unheard};

pub(crate) fn serve(source: Source, listen: SocketAddr, format: Format) -> Result<(), Failure> {
    if source.factory().place() == Place::Remote {
        let message = format!("{source} is served elsewhere already");
        return Err(Failure::new(exit::USAGE, "BAD_ARGUMENT", message).at("SPEC"));
    }
    // Opened once before anybody is waiting, so that what is wrong with it shows here.
    source.open().map_err(|error| Failure::new(exit::USAGE, "BAD_STRATEGY", error.to_string()))?;
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::internal)?;
    runtime.block_on(async {
        let shutdown = ambient::shutdown_on_signal().map_err(Failure::internal)?;
        let busy = |why: std::io::Error| {
            let message = format!("cannot listen on {listen}: {why}");
            unheard(listen, &why, message).hint("choose another one with --listen")
        };
        let listener = TcpListener::bind(listen).await.map_err(busy)?;
        let address = listener.local_addr().map_err(Failure::internal)?;
        match format {
            Format::Json => json_line(&json!({ "address": format!("grpc://{address}") }))?,
            Format::Text => line(&format!("{source} listens at grpc://{address}")),
        }
        let make = move || source.open().unwrap_or_else(|error| Box::new(Unopened(error.to_string())));
        agent::serve(listener, make, shutdown).await.map_err(Failure::internal)
    })
}

/// A strategy that could not be opened for a talk: says so, turn by turn.
struct Unopened(String);

impl Strategy for Unopened {
    fn name(&self) -> &str {
        "unopened"
    }

    fn decide(&mut self, _: &strategy::Situation<'_>) -> Result<strategy::Decision, strategy::StrategyError> {
        Err(strategy::StrategyError::Failed { strategy: "unopened".to_owned(), message: self.0.clone() })
    }
}
