//! The three services started by hand: they find each other, hold a talk, describe themselves, and
//! end in order.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;

use detente_tests::mediators::client;
use detente_tests::patiently;
use detente_tests::programs::Process;
use detente_tests::talks_at::{convene, scenario_terms, watch_to_the_end, watch_until};
use tonic::transport::Endpoint;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

async fn reflected(url: &str, message: MessageRequest) -> ServerReflectionResponse {
    let channel = Endpoint::from_shared(url.to_owned()).unwrap().connect().await.unwrap();
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(message) };
    let mut client = ServerReflectionClient::new(channel);
    let asked = client.server_reflection_info(tokio_stream::once(request));
    let mut answers = patiently("reflection", asked).await.unwrap().into_inner();
    answers.message().await.unwrap().unwrap()
}

async fn services(url: &str) -> BTreeSet<String> {
    let listed = reflected(url, MessageRequest::ListServices(String::new())).await;
    let Some(MessageResponse::ListServicesResponse(list)) = listed.message_response else {
        panic!("{listed:?}")
    };
    list.service.into_iter().map(|service| service.name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_programs_in_three_terminals() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("talks.db").display().to_string();
    let table = Process::start("detente-mediator", &["--listen", "127.0.0.1:0", "--record", &record]).await;
    let url = table.url();
    let us = Process::start("detente-us", &["--mediator", &url, "--listen", "127.0.0.1:0"]).await;
    let china = Process::start("detente-china", &["--mediator", &url, "--listen", "127.0.0.1:0"]).await;

    let mut watching = client(&url).await;
    let talk = convene(&mut watching, "by hand", &scenario_terms("geneva-2025", None)).await;
    let over = watch_to_the_end(&mut watching, &talk).await;
    assert!(over.talk().agreed().is_some());

    let mediation = services(&url).await;
    for service in [
        "detente.mediation.v1.MediationService",
        "detente.scoring.v1.ScoringService",
        "grpc.health.v1.Health",
    ] {
        assert!(mediation.contains(service), "{mediation:?}");
    }
    for seat in [&us, &china] {
        assert!(services(&seat.url()).await.contains("detente.delegation.v1.DelegationService"));
    }
    let file = MessageRequest::FileContainingSymbol("detente.mediation.v1.MediationService".into());
    let described = reflected(&url, file).await.message_response;
    assert!(matches!(described, Some(MessageResponse::FileDescriptorResponse(_))), "{described:?}");

    for process in [us, china, table] {
        assert!(process.terminate().await.success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_in_the_middle_of_a_talk_ends_each_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("talks.db").display().to_string();
    let table = Process::start("detente-mediator", &["--listen", "127.0.0.1:0", "--record", &record]).await;
    let url = table.url();
    let us = Process::start("detente-us", &["--mediator", &url, "--pace", "50ms"]).await;
    let china = Process::start("detente-china", &["--mediator", &url, "--pace", "50ms"]).await;
    let mut watching = client(&url).await;
    let talk = convene(&mut watching, "broken off", &scenario_terms("geneva-2025", None)).await;
    watch_until(&mut watching, &talk, |t| t.tip().seq >= 6).await;
    // The mediator first, so that it has open streams to drain.
    for process in [table, us, china] {
        assert!(process.terminate().await.success());
    }
}
