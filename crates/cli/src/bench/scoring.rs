//! `detente bench scoring`: the scoring stream beside a loop in this process that computes the same.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use scenario::Scenario;
use scoring::Model;
use scoring_server::Bench;
use serde::Serialize;
use tariff::Offer;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};
use wire::pb::scoring::v1 as pb;
use wire::pb::scoring::v1::score_stream_response::Answer;
use wire::pb::scoring::v1::scoring_service_client::ScoringServiceClient;

use super::children::Server;
use super::measure::Rate;
use super::score::offers;
use crate::output::{Failure, Format, line, print_json};

const SCENARIO: &str = "geneva-2025";
/// Offers in a message.
const BATCH: u32 = 1_000;
/// Turns of each pair, so that both meet the same machine.
const TURNS: u32 = 4;
/// Batches on their way that the client does not wait for.
const AHEAD: usize = 2;
/// Bytes a connection may carry unread: a batch of full impacts.
const WINDOW: u32 = 4 * 1024 * 1024;

#[derive(Serialize)]
struct Document {
    scenario: &'static str,
    offers_per_message: u32,
    headlines: Pair,
    full: Pair,
}

/// Offers per second in this process and over the stream.
#[derive(Serialize)]
struct Pair {
    in_process: f64,
    over_grpc: f64,
    /// The second over the first.
    ratio: f64,
}

pub(crate) fn bench(length: Duration, format: Format) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    let document = runtime.block_on(measure(length))?;
    if format == Format::Json {
        print_json(&document);
        return Ok(());
    }
    line(&format!("{SCENARIO}, {BATCH} offers a message, one scoring thread either way"));
    line("                in this process       over gRPC     ratio");
    for (name, pair) in [("headlines", &document.headlines), ("full impacts", &document.full)] {
        line(&format!("{name:<15}{:>16.0}{:>16.0}{:>10.2}", pair.in_process, pair.over_grpc, pair.ratio));
    }
    Ok(())
}

async fn measure(length: Duration) -> Result<Document, Failure> {
    let bench = Bench::new(Arc::new(Scenario::load(SCENARIO)?)).map_err(Failure::internal)?;
    let offers = offers(bench.agenda(), BATCH).map_err(Failure::internal)?;
    let server = Server::start(&["serve", "scoring", "--listen", "127.0.0.1:0"])?;
    let endpoint = Endpoint::from_shared(server.address.clone()).map_err(Failure::internal)?;
    let endpoint =
        endpoint.tcp_nodelay(true).initial_stream_window_size(WINDOW).initial_connection_window_size(WINDOW);
    let channel = endpoint.connect().await.map_err(Failure::internal)?;
    let client = ScoringServiceClient::new(channel).max_decoding_message_size(wire::SCORING_MESSAGE_LIMIT);
    let headlines = pair(&bench, &client, &offers, pb::Detail::Headlines, length).await?;
    let full = pair(&bench, &client, &offers, pb::Detail::Full, length).await?;
    Ok(Document { scenario: SCENARIO, offers_per_message: BATCH, headlines, full })
}

async fn pair(
    bench: &Bench,
    client: &ScoringServiceClient<Channel>,
    offers: &[Offer],
    detail: pb::Detail,
    length: Duration,
) -> Result<Pair, Failure> {
    let model = bench.model().ok_or_else(|| Failure::internal("no trade data"))?;
    let (mut here, mut there) = (Rate::default(), Rate::default());
    for _ in 0..TURNS {
        in_process(&mut here, &**model, offers, detail, length / TURNS)?;
        over_grpc(&mut there, bench, client.clone(), offers, detail, length / TURNS).await?;
    }
    let (in_process, over_grpc) = (here.per_second(), there.per_second());
    Ok(Pair { in_process, over_grpc, ratio: over_grpc / in_process })
}

/// What the server computes for each offer, without the wire.
fn in_process(
    rate: &mut Rate,
    model: &dyn Model,
    offers: &[Offer],
    detail: pb::Detail,
    length: Duration,
) -> Result<(), Failure> {
    let mut failed = None;
    rate.measure(length, offers.len(), |place| {
        let offer = &offers[place % offers.len()];
        let scored = match detail {
            pb::Detail::Full => model.impact(offer).map(|impact| drop(black_box(impact))),
            _ => model.headlines(offer).map(|headlines| {
                black_box(headlines);
            }),
        };
        if let Err(error) = scored {
            failed = Some(error);
        }
    });
    failed.map_or(Ok(()), |error| Err(Failure::internal(error)))
}

/// Sends batches as fast as they are answered; each is packed anew and its answer decoded.
async fn over_grpc(
    rate: &mut Rate,
    bench: &Bench,
    mut client: ScoringServiceClient<Channel>,
    offers: &[Offer],
    detail: pb::Detail,
    length: Duration,
) -> Result<(), Failure> {
    let (up, ups) = mpsc::channel(AHEAD);
    let (agenda, batch) = (bench.agenda().clone(), offers.to_vec());
    let enough = CancellationToken::new();
    let until = enough.clone();
    let sender = tokio::spawn(async move {
        while !until.is_cancelled() {
            let request = pb::ScoreStreamRequest {
                batch: 0,
                scenario: SCENARIO.to_owned(),
                offers: Some(wire::encode_packed(&agenda, &batch)),
                detail: detail.into(),
            };
            if up.send(request).await.is_err() {
                return;
            }
        }
    });
    let mut answers = client.score_stream(ReceiverStream::new(ups)).await?.into_inner();
    let began = Instant::now();
    let mut scored = 0;
    // To the end: what was sent is counted, and the time it takes.
    while let Some(message) = answers.message().await? {
        scored += match message.answer {
            Some(Answer::Headlines(columns)) => columns.imports.len(),
            Some(Answer::Impacts(columns)) => columns.headlines.map_or(0, |h| h.imports.len()),
            Some(Answer::Refused(status)) => return Err(Failure::internal(status.message)),
            None => return Err(Failure::internal("an answer without figures")),
        };
        if began.elapsed() >= length {
            enough.cancel();
        }
    }
    rate.add(scored, began.elapsed());
    sender.await.map_err(Failure::internal)
}
