//! The seats of a measurement in a process of their own, with the telemetry of a delegation.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tonic::transport::Endpoint;

use crate::bench::children::sum;
use crate::bench::measure::{Latencies, summarise};
use crate::bench::talks::{Pace, Table};
use crate::bench::wire;
use crate::output::{Failure, print_json};

/// Connections that the talks share.
const CONNECTIONS: usize = 2;
/// What is left is sent within this.
const FLUSH: Duration = Duration::from_secs(10);

/// What the seats are to do.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SeatsOptions {
    /// The mediator's address
    #[arg(long)]
    mediator: String,
    #[arg(long)]
    talks: u32,
    #[arg(long)]
    seconds: u64,
    /// Moves per second of all talks together; as many as can be without
    #[arg(long)]
    pace: Option<u32>,
    /// Where spans are sent
    #[arg(long)]
    export: Option<String>,
}

/// What they did.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Played {
    pub(crate) moves: u64,
    pub(crate) per_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    /// From the first move until every span was sent.
    pub(crate) cpu_s: f64,
    pub(crate) spans: Fates,
}

/// What became of a process's spans.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Fates {
    pub(crate) ended: u64,
    pub(crate) sent: u64,
    pub(crate) dropped: u64,
}

impl Fates {
    /// As a page of metrics has them.
    pub(crate) fn read(page: &str) -> Self {
        let of = |fate: &str| sum(page, &format!("detente_spans_{fate}_total"));
        Self { ended: of("ended"), sent: of("sent"), dropped: of("dropped") }
    }

    /// Whether none is on its way any more.
    pub(crate) fn are_settled(self) -> bool {
        self.ended == self.sent + self.dropped
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            ended: self.ended + other.ended,
            sent: self.sent + other.sent,
            dropped: self.dropped + other.dropped,
        }
    }
}

pub(crate) fn seats(options: &SeatsOptions) -> Result<(), Failure> {
    let mut config = telemetry::Config::new("detente-bench-seats");
    config.endpoint.clone_from(&options.export);
    "warn".clone_into(&mut config.filter);
    config.scrape = true;
    let guard = telemetry::init(&config).map_err(Failure::internal)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    let (mut played, began) = runtime.block_on(play(options))?;
    // What is not sent shows in the figures.
    let _ = guard.flush();
    played.cpu_s = cpu_s() - began;
    let page = guard.figures().map(|figures| figures.render()).transpose().map_err(Failure::internal)?;
    played.spans = Fates::read(&page.unwrap_or_default());
    print_json(&played);
    guard.shutdown(FLUSH).map_err(Failure::internal)
}

/// Convenes every talk, then lets all of them move; returns the CPU time used before the first move.
async fn play(options: &SeatsOptions) -> Result<(Played, f64), Failure> {
    let endpoint =
        Endpoint::from_shared(options.mediator.clone()).map_err(Failure::internal)?.tcp_nodelay(true);
    let mut channels = Vec::new();
    for _ in 0..CONNECTIONS {
        channels.push(endpoint.connect().await.map_err(Failure::internal)?);
    }
    let template = wire::template()?;
    let mut convening = JoinSet::new();
    for place in 0..options.talks as usize {
        let pair = [0, 1].map(|seat| channels[(place + seat) % CONNECTIONS].clone());
        convening.spawn(Table::convene(pair, template.clone()));
    }
    let tables = convening.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (cpu, began) = (cpu_s(), Instant::now());
    let until = began + Duration::from_secs(options.seconds);
    let mut playing = JoinSet::new();
    for (place, table) in (0_u32..).zip(tables) {
        // Spread over the first interval, so that the talks do not move all at once.
        let pace = options.pace.map(|pace| {
            let between = Duration::from_secs(1) / pace.max(1);
            Pace { first: began + between * place, every: between * options.talks }
        });
        playing.spawn(table.play(pace, until));
    }
    let noted = playing.join_all().await.into_iter().collect::<Result<Vec<Latencies>, _>>()?;
    let moves = noted.iter().map(Latencies::len).sum::<usize>() as u64;
    let rates = summarise("", options.talks, noted, began.elapsed());
    let (per_second, p50_us, p99_us) = (rates.per_second, rates.p50_us, rates.p99_us);
    Ok((Played { moves, per_second, p50_us, p99_us, cpu_s: 0.0, spans: Fates::default() }, cpu))
}

fn cpu_s() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
