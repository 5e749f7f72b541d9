//! The way to services that run elsewhere.

use std::time::Duration;

use scoring_server::Bench;
use tonic::transport::{Channel, Endpoint};
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::mediation_service_client::MediationServiceClient;

use crate::output::{Failure, exit};

/// A client of the mediator at `address`, such as `http://127.0.0.1:7400` or `127.0.0.1:7400`.
pub(crate) async fn mediator(address: &str) -> Result<MediationServiceClient<Channel>, Failure> {
    let address = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let endpoint = Endpoint::from_shared(address.clone()).map_err(|_| {
        Failure::new(exit::USAGE, "BAD_ADDRESS", format!("{address:?} is no address"))
            .at("--mediator")
            .hint("give something like http://127.0.0.1:7400")
    })?;
    let channel = endpoint.connect_timeout(Duration::from_secs(5)).tcp_nodelay(true).connect().await;
    let channel = channel.map_err(|error| {
        let why = innermost(&error);
        Failure::new(
            exit::UNAVAILABLE,
            "MEDIATOR_UNREACHABLE",
            format!("the mediator cannot be reached: {why}"),
        )
        .at(address)
        .hint("is it running? start one with `detente serve mediator`")
    })?;
    Ok(MediationServiceClient::new(channel))
}

/// The terms of a talk on the scenario, with the agenda in its exact bytes. `turn_limit` is for
/// scenarios that have none.
pub(crate) fn terms(bench: &Bench, rounds: u32, turn_limit: Option<Duration>) -> Result<pb::Terms, Failure> {
    let scenario = bench.scenario();
    let mut terms = scenario.terms(bench.agenda().clone(), rounds)?;
    if let Some(limit) = scenario.time_limit_us() {
        let now = ambient::Clock::now_us(&ambient::SystemClock);
        terms = terms.with_deadline(talks::Time(now.saturating_add(limit)));
    }
    if let Some(limit) = turn_limit.filter(|_| terms.turn_limit_us().is_none()) {
        let limit = i64::try_from(limit.as_micros()).unwrap_or(i64::MAX);
        terms = terms.with_turn_limit_us(limit).map_err(Failure::internal)?;
    }
    Ok(wire::encode_terms(&wire::PublicTerms {
        scenario: scenario.name().to_owned(),
        scenario_digest: Some(*scenario.digest().as_bytes()),
        agenda_bytes: bench.agenda_bytes().clone(),
        ordinal: 0,
        terms,
    }))
}

/// The rounds a talk is to have: as asked for, or the scenario's.
pub(crate) fn rounds(asked: Option<u32>, bench: &Bench) -> Result<u32, Failure> {
    let rounds = asked.unwrap_or(bench.scenario().rounds());
    if (1..=talks::MAX_ROUNDS).contains(&rounds) {
        return Ok(rounds);
    }
    let message = format!("{rounds} rounds: expected 1 to {}", talks::MAX_ROUNDS);
    Err(Failure::new(exit::USAGE, "BAD_ARGUMENT", message).at("--rounds"))
}

/// The last cause, which says what happened.
fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}
