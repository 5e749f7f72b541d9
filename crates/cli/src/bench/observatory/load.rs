//! The receiver as a process, over gRPC, beside talks on the same cores.

use std::path::Path;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tonic::transport::{Channel, Endpoint};

use super::{BATCH, request};
use crate::bench::children::Server;
use crate::bench::measure::{Latencies, summarise};
use crate::bench::traces::seats::Played;
use crate::bench::traces::{Plan, arrived, mediator, play};
use crate::output::Failure;

/// Talks beside it, and their moves per second together.
pub(super) const TALKS: u32 = 64;
pub(super) const MOVES: u32 = 3_000;
/// What the receiver is to take in a second.
pub(super) const SPANS: u64 = 20_000;
/// Processes that send, each by a connection of its own.
const SENDERS: u64 = 8;

/// What was sent in one measurement and what became of it, per second, beside which talks.
#[derive(Debug, Serialize)]
pub(super) struct Load {
    /// Spans per second that were to be sent; as many as could be without.
    pub(super) offered: Option<u64>,
    pub(super) received: f64,
    pub(super) stored: f64,
    pub(super) shed: f64,
    /// Of these, named in the answers to those who sent them.
    pub(super) told: f64,
    /// Until a request was answered.
    pub(super) answer_p99_ms: f64,
    pub(super) moves: f64,
    pub(super) move_p99_ms: f64,
}

/// The talks alone, with the spans that are to be taken, and with as many as senders can send.
pub(super) fn loads(folder: &Path, length: Duration) -> Result<[Load; 3], Failure> {
    Ok([
        load(&folder.join("alone"), length, Some(0))?,
        load(&folder.join("paced"), length, Some(SPANS))?,
        load(&folder.join("flood"), length, None)?,
    ])
}

fn load(folder: &Path, length: Duration, offered: Option<u64>) -> Result<Load, Failure> {
    std::fs::create_dir_all(folder).map_err(Failure::internal)?;
    let store = folder.join("traces.db").display().to_string();
    let any = "127.0.0.1:0";
    let observatory =
        Server::start(&["serve", "observatory", "--listen", any, "--store", &store, "--no-page"])?;
    let mediator = mediator(folder, &[])?;
    let plan = Plan { seconds: length.as_secs(), turns: 1, talks: TALKS, pace: MOVES };
    let (played, sent) = std::thread::scope(|scope| {
        let playing = scope.spawn(|| play(&mediator, plan, Some(MOVES), None));
        // Whoever sends spans stands back as exporters do.
        let sending = scope.spawn(|| send(&observatory.address, length, offered));
        Ok::<_, Failure>((joined(playing)?, joined(sending)?))
    })?;
    let tally = arrived(&observatory)?;
    let seconds = length.as_secs_f64();
    let Played { per_second, p99_us, .. } = played;
    Ok(Load {
        offered,
        received: tally.received_spans as f64 / seconds,
        stored: tally.stored_spans as f64 / seconds,
        shed: tally.shed as f64 / seconds,
        told: sent.told as f64 / seconds,
        answer_p99_ms: sent.answer_p99_ms,
        moves: per_second,
        move_p99_ms: p99_us / 1_000.0,
    })
}

fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, Result<T, Failure>>) -> Result<T, Failure> {
    thread.join().unwrap_or_else(|panicked| std::panic::resume_unwind(panicked))
}

struct Sent {
    told: u64,
    answer_p99_ms: f64,
}

fn send(address: &str, length: Duration, offered: Option<u64>) -> Result<Sent, Failure> {
    if offered == Some(0) {
        return Ok(Sent { told: 0, answer_p99_ms: 0.0 });
    }
    ambient::step_back();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    let endpoint = Endpoint::from_shared(address.to_owned()).map_err(Failure::internal)?.tcp_nodelay(true);
    runtime.block_on(async {
        let mut senders = JoinSet::new();
        let until = Instant::now() + length;
        for sender in 0..SENDERS {
            let channel = endpoint.connect().await.map_err(Failure::internal)?;
            let every = offered.map(|spans| Duration::from_secs(1) * (BATCH * SENDERS) as u32 / spans as u32);
            senders.spawn(sender_of(channel, sender, every, until));
        }
        let (mut told, mut all) = (0, Vec::new());
        while let Some(done) = senders.join_next().await {
            let (more, latencies) = done.map_err(Failure::internal)??;
            told += more;
            all.push(latencies);
        }
        let rates = summarise("", SENDERS as u32, all, length);
        Ok(Sent { told, answer_p99_ms: rates.p99_us / 1_000.0 })
    })
}

/// Sends one request after the other, or one in every so long.
async fn sender_of(
    channel: Channel,
    sender: u64,
    every: Option<Duration>,
    until: Instant,
) -> Result<(u64, Latencies), Failure> {
    let mut client = TraceServiceClient::new(channel);
    let mut due = every.map(tokio::time::interval);
    if let Some(due) = &mut due {
        due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    }
    let (mut told, mut latencies) = (0, Latencies::default());
    let mut number = sender;
    loop {
        if let Some(due) = &mut due {
            due.tick().await;
        }
        if Instant::now() >= until {
            return Ok((told, latencies));
        }
        let request = request(number);
        let since = Instant::now();
        let answer = client.export(request).await?.into_inner();
        latencies.note(since);
        told += answer.partial_success.map_or(0, |partial| partial.rejected_spans.unsigned_abs());
        number += SENDERS;
    }
}
