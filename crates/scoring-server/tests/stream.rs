//! The scoring stream over a real connection: the figures of the model, in order, and errors that
//! leave the stream alive.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::sync::Arc;
use std::time::Duration;

use detente_scoring_server::{Bench, MOST_OFFERS, service};
use futures::stream;
use scenario::Scenario;
use tariff::{Agenda, Offer};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Streaming};
use wire::pb::scoring::v1 as pb;
use wire::pb::scoring::v1::score_stream_response::Answer;
use wire::pb::scoring::v1::scoring_service_client::ScoringServiceClient;
use wire::{SCORING_MESSAGE_LIMIT, encode_packed, impact_to_pb, impacts_from_columns};

const SCENARIO: &str = "geneva-2025";

struct World {
    bench: Bench,
    client: ScoringServiceClient<Channel>,
    shutdown: CancellationToken,
}

async fn world() -> World {
    world_of(SCENARIO).await
}

async fn world_of(scenario: &str) -> World {
    let scenario = Arc::new(Scenario::load(scenario).unwrap());
    let shutdown = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = Server::builder()
        .add_service(service(vec![scenario.clone()], shutdown.clone()))
        .serve_with_incoming_shutdown(TcpIncoming::from(listener), shutdown.clone().cancelled_owned());
    tokio::spawn(serving);
    let client = ScoringServiceClient::connect(format!("http://{address}")).await.unwrap();
    let client = client.max_decoding_message_size(SCORING_MESSAGE_LIMIT);
    World { bench: Bench::new(scenario).unwrap(), client, shutdown }
}

/// Offers over the whole agenda: the first prohibitive, the last free of duty.
fn offers(agenda: &Agenda, count: u32) -> Vec<Offer> {
    let offer = |i: u32| {
        let level = |(place, issue): (usize, &tariff::Issue)| {
            let most = issue.levels() - 1;
            let spread = (u64::from(most) * u64::from(count - 1 - i) / u64::from(count.max(2) - 1)) as u32;
            if place % 7 == 3 { most - spread } else { spread }
        };
        let levels: Vec<u32> = agenda.issues().iter().enumerate().map(level).collect();
        agenda.offer_at(&levels).unwrap()
    };
    (0..count).map(offer).collect()
}

fn request(bench: &Bench, batch: u64, offers: &[Offer], detail: pb::Detail) -> pb::ScoreStreamRequest {
    pb::ScoreStreamRequest {
        batch,
        scenario: bench.scenario().name().to_owned(),
        offers: Some(encode_packed(bench.agenda(), offers)),
        detail: detail.into(),
    }
}

async fn ask(world: &mut World, requests: Vec<pb::ScoreStreamRequest>) -> Vec<pb::ScoreStreamResponse> {
    let mut answers = world.client.score_stream(stream::iter(requests)).await.unwrap().into_inner();
    let mut all = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        all.push(answer);
    }
    all
}

#[tokio::test]
async fn full_columns_are_the_impacts_of_the_model() {
    let mut world = world().await;
    let offers = offers(world.bench.agenda(), 9);
    let request = request(&world.bench, 7, &offers, pb::Detail::Full);
    let answers = ask(&mut world, vec![request]).await;
    assert_eq!((answers.len(), answers[0].batch), (1, 7));
    let Some(Answer::Impacts(columns)) = &answers[0].answer else { panic!("{answers:?}") };
    let model = world.bench.model().unwrap();
    let expected: Vec<_> = offers.iter().map(|offer| impact_to_pb(&model.impact(offer).unwrap())).collect();
    assert!(expected.iter().any(|i| i.flags != expected[0].flags), "some flag comes and goes");
    assert_eq!(impacts_from_columns(columns).unwrap(), expected);
}

#[tokio::test]
async fn full_columns_hold_what_stands_beside_goods() {
    let mut world = world_of("uk-2025").await;
    let offers = offers(world.bench.agenda(), 9);
    let request = request(&world.bench, 1, &offers, pb::Detail::Full);
    let answers = ask(&mut world, vec![request]).await;
    let Some(Answer::Impacts(columns)) = &answers[0].answer else { panic!("{answers:?}") };
    let model = world.bench.model().unwrap();
    let expected: Vec<_> = offers.iter().map(|offer| impact_to_pb(&model.impact(offer).unwrap())).collect();
    assert!(expected.iter().any(|i| i.quotas != expected[0].quotas), "some quota does another thing");
    assert!(expected.iter().any(|i| i.digital_services != expected[0].digital_services));
    assert_eq!(impacts_from_columns(columns).unwrap(), expected);
}

#[tokio::test]
async fn headline_columns_are_the_headlines_in_order_of_the_batches() {
    let mut world = world().await;
    let offers = offers(world.bench.agenda(), 40);
    let batches: Vec<&[Offer]> = offers.chunks(7).collect();
    let requests = batches
        .iter()
        .zip(100..)
        .map(|(offers, batch)| request(&world.bench, batch, offers, pb::Detail::Headlines));
    let requests = requests.collect();
    let answers = ask(&mut world, requests).await;
    assert_eq!(answers.iter().map(|a| a.batch).collect::<Vec<_>>(), (100..106).collect::<Vec<_>>());
    let model = world.bench.model().unwrap();
    for (answer, offers) in answers.iter().zip(batches) {
        let Some(Answer::Headlines(columns)) = &answer.answer else { panic!("{answer:?}") };
        for (place, offer) in offers.iter().enumerate() {
            let expected = model.headlines(offer).unwrap();
            assert_eq!(
                (columns.imports[place], columns.exports[place]),
                (expected.imports, expected.exports)
            );
            for (party, expected) in columns.parties.iter().zip(expected.parties) {
                assert_eq!(party.tariff_revenue[place], expected.tariff_revenue);
                assert_eq!(party.average_tariff[place].to_bits(), expected.average_tariff.to_bits());
                assert_eq!(party.price_effect[place].to_bits(), expected.price_effect.to_bits());
            }
        }
        assert_eq!((columns.parties[0].party.as_str(), columns.parties[1].party.as_str()), ("USA", "CHN"));
    }
}

#[tokio::test]
async fn a_bad_batch_is_answered_and_the_next_one_scored() {
    let mut world = world().await;
    let few = offers(world.bench.agenda(), 3);
    let good = request(&world.bench, 9, &few, pb::Detail::Headlines);
    let with = |change: &dyn Fn(&mut pb::ScoreStreamRequest)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let values = |r: &mut pb::ScoreStreamRequest, change: &dyn Fn(&mut Vec<i64>)| {
        change(&mut r.offers.as_mut().unwrap().values);
    };
    let faults = vec![
        with(&|r| r.scenario = "elsewhere".to_owned()),
        with(&|r| r.detail = 99),
        with(&|r| r.offers = None),
        with(&|r| values(r, &|v| v.truncate(v.len() - 1))),
        with(&|r| values(r, &|v| v[0] = -1)),
        with(&|r| values(r, &|v| *v = v.repeat(MOST_OFFERS))),
        with(&|r| r.offers.as_mut().unwrap().agenda_digest = vec![1; 32]),
        good.clone(),
    ];
    let answers = ask(&mut world, faults).await;
    let code = |answer: &pb::ScoreStreamResponse| match &answer.answer {
        Some(Answer::Refused(status)) => Code::from(status.code),
        Some(Answer::Headlines(_)) => Code::Ok,
        other => panic!("{other:?}"),
    };
    let codes: Vec<Code> = answers.iter().map(code).collect();
    let bad = Code::InvalidArgument;
    assert_eq!(codes, [Code::NotFound, bad, bad, bad, bad, bad, bad, Code::Ok]);
}

#[tokio::test]
async fn an_open_stream_ends_with_the_service_and_says_so() {
    let mut world = world().await;
    let (up, ups) = mpsc::channel(1);
    let few = offers(world.bench.agenda(), 2);
    up.send(request(&world.bench, 1, &few, pb::Detail::Headlines)).await.unwrap();
    let answers = world.client.score_stream(ReceiverStream::new(ups)).await.unwrap();
    let mut answers: Streaming<_> = answers.into_inner();
    assert_eq!(answers.message().await.unwrap().unwrap().batch, 1);
    world.shutdown.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(10), answers.message()).await.unwrap();
    assert_eq!(ended.unwrap_err().code(), Code::Unavailable);
    drop(up);
}

#[tokio::test]
async fn streams_that_stop_early_leave_the_connection_to_the_next() {
    let mut world = world().await;
    let batch = offers(world.bench.agenda(), 1_000);
    for _ in 0..3 {
        let (up, ups) = mpsc::channel(2);
        let full = request(&world.bench, 1, &batch, pb::Detail::Full);
        let sender = tokio::spawn(async move { while up.send(full.clone()).await.is_ok() {} });
        let answers = world.client.score_stream(ReceiverStream::new(ups)).await.unwrap();
        let mut answers = answers.into_inner();
        let first = answers.message().await.unwrap().unwrap();
        assert!(matches!(first.answer, Some(Answer::Impacts(_))));
        // No more is sent; what is on its way is answered, far more bytes than a window holds.
        sender.abort();
        let rest = async { while answers.message().await.unwrap().is_some() {} };
        tokio::time::timeout(Duration::from_secs(60), rest).await.unwrap();
    }
}
