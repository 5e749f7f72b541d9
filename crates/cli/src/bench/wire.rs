//! `detente bench wire`.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use scenario::Scenario;
use scoring_server::Bench;
use serde::Serialize;
use tokio::task::JoinSet;
use tonic::transport::{Channel, Endpoint};

use super::children::Server;
use super::measure::{Latencies, Rates, summarise};
use super::talks::Template;
use super::{bare, talks};
use crate::output::{Failure, Format, line, print_json};

#[derive(Serialize)]
struct Document {
    message_bytes: usize,
    measurements: Vec<Rates>,
    /// Durable moves per second over the bare stream's round trips per second, with one and many.
    ratio_one: f64,
    ratio_many: f64,
}

pub(crate) fn bench(length: Duration, at_once: u32, format: Format) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    let document = runtime.block_on(measure(length, at_once))?;
    if format == Format::Json {
        print_json(&document);
        return Ok(());
    }
    line(&format!("messages of {} bytes", document.message_bytes));
    line("                                at once      per second    p50 µs    p99 µs");
    for m in &document.measurements {
        let (name, many) = (&m.name, m.at_once);
        line(&format!("{name:<32}{many:>7}{:>16.0}{:>10.0}{:>10.0}", m.per_second, m.p50_us, m.p99_us));
    }
    let (one, many) = (document.ratio_one * 100.0, document.ratio_many * 100.0);
    line(&format!(
        "durable moves are {one:.1}% of bare round trips with 1 at once, {many:.1}% with {at_once}"
    ));
    Ok(())
}

async fn measure(length: Duration, at_once: u32) -> Result<Document, Failure> {
    let template = template()?;
    let payload = template.payload("talk-0123456789abcdef", &template.terms.parties[0], 1000);
    let folder = tempfile::tempdir().map_err(Failure::internal)?;
    let record = folder.path().join("bench.db");
    let mediator = Server::start(&[
        "serve",
        "mediator",
        "--listen",
        "127.0.0.1:0",
        "--record",
        &record.display().to_string(),
    ])?;
    let server = Server::start(&["bench", "bare"])?;
    let mut measurements = Vec::new();
    for many in [1, at_once] {
        let size = payload.clone();
        measurements.push(
            each("bare bidirectional stream", many, length, &server, move |[channel, _], until| {
                bare::ping_pong(channel, size.clone(), until)
            })
            .await?,
        );
        let template = template.clone();
        measurements.push(
            each("durable moves, both seats", many, length, &mediator, move |channels, until| {
                talks::talk(channels, template.clone(), until)
            })
            .await?,
        );
    }
    let ratio = |place: usize| measurements[place + 1].per_second / measurements[place].per_second;
    let (ratio_one, ratio_many) = (ratio(0), ratio(2));
    Ok(Document { message_bytes: payload.len(), measurements, ratio_one, ratio_many })
}

/// Runs `many` tasks over two connections for `length`, once everybody is there.
async fn each<F>(
    name: &str,
    many: u32,
    length: Duration,
    server: &Server,
    task: impl Fn([Channel; 2], Instant) -> F,
) -> Result<Rates, Failure>
where
    F: Future<Output = Result<Latencies, Failure>> + Send + 'static,
{
    let endpoint =
        Endpoint::from_shared(server.address.clone()).map_err(Failure::internal)?.tcp_nodelay(true);
    let connect = async || endpoint.connect().await.map_err(Failure::internal);
    let channels = [connect().await?, connect().await?];
    let began = Instant::now();
    let until = began + length;
    let mut tasks = JoinSet::new();
    for place in 0..many {
        let [first, second] = channels.clone();
        let channels = if place % 2 == 0 { [first, second] } else { [second, first] };
        tasks.spawn(task(channels, until));
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.push(done.map_err(Failure::internal)??);
    }
    Ok(summarise(name, many, all, began.elapsed()))
}

/// Talks on the Geneva agenda, without end as far as the measurement goes.
pub(crate) fn template() -> Result<Template, Failure> {
    let bench = Bench::new(Arc::new(Scenario::load("geneva-2025")?)).map_err(Failure::internal)?;
    let terms = bench.scenario().terms(bench.agenda().clone(), ::talks::MAX_ROUNDS)?;
    let terms = wire::encode_terms(&wire::PublicTerms {
        scenario: String::new(),
        scenario_digest: None,
        agenda_bytes: bench.agenda_bytes().clone(),
        ordinal: 0,
        terms,
    });
    Ok(Template::new(terms, wire::encode_offer(bench.agenda(), bench.status_quo())))
}
