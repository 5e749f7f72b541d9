//! Scoring of public impact over gRPC, for clients in any language. Served alone, by each delegation
//! for its own plug-ins, and by the mediator for watchers only.
//!
//! Scoring runs on its own few threads and takes only so many batches at a time, so that a crowd of
//! analysts slows no talk: who comes when the queue is full is told to try again.

mod sheet;
mod stream;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use prost::Message as _;
use scenario::{Scenario, ScenarioError};
use scoring::{Model, ScoringError};
use tariff::{Agenda, Offer, TariffError};
use telemetry::ScoringInstruments;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Response, Status, Streaming};
use wire::pb::scoring::v1 as pb;
use wire::pb::scoring::v1::scoring_service_server::{ScoringService, ScoringServiceServer};
use wire::{Refused, SCORING_MESSAGE_LIMIT, decode_offer, encode_agenda, encode_offer, impact_to_pb};

/// The most offers of one batch.
pub const MOST_OFFERS: usize = 1024;
/// Batches scored at a time: one leaves the other core to the talks.
const AT_A_TIME: usize = 1;
/// Batches that may wait for their turn.
const WAITING: usize = 32;

/// A scenario with its agenda bound to the bytes it is stored in, and its model compiled.
pub struct Bench {
    scenario: Arc<Scenario>,
    agenda_bytes: Bytes,
    agenda: Agenda,
    status_quo: Offer,
    model: Option<Arc<dyn Model>>,
}

/// Why a scenario could not be made ready for scoring.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// Its agenda is not one.
    #[error(transparent)]
    Wire(#[from] wire::WireError),
    /// Its status quo does not fit its agenda.
    #[error(transparent)]
    Tariff(#[from] TariffError),
    /// Its model cannot be compiled.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
}

impl Bench {
    /// Makes a scenario ready.
    ///
    /// # Errors
    /// The scenario is inconsistent, which loading it would have said.
    pub fn new(scenario: Arc<Scenario>) -> Result<Self, BenchError> {
        let agenda_bytes = encode_agenda(scenario.issues());
        let agenda = wire::decode_agenda(&agenda_bytes)?;
        let status_quo = scenario.status_quo_offer(&agenda)?;
        let model = scenario.model(&agenda)?.map(|model| Arc::new(model) as Arc<dyn Model>);
        Ok(Self { scenario, agenda_bytes, agenda, status_quo, model })
    }

    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// The exact bytes its agenda is stored in.
    #[must_use]
    pub fn agenda_bytes(&self) -> &Bytes {
        &self.agenda_bytes
    }

    /// Its agenda, bound to those bytes.
    #[must_use]
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// The status quo on this agenda.
    #[must_use]
    pub fn status_quo(&self) -> &Offer {
        &self.status_quo
    }

    /// The compiled model; none where the issues touch no trade.
    #[must_use]
    pub fn model(&self) -> Option<&Arc<dyn Model>> {
        self.model.as_ref()
    }
}

pub use sheet::{Sheet, SheetError};
pub use stream::Answers;

/// The scoring service.
#[derive(Clone)]
pub struct Scoring {
    benches: Benches,
    instruments: ScoringInstruments,
    working: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    shutdown: CancellationToken,
}

/// The scoring service over these scenarios, ready to be added to a server. A scenario that cannot
/// be made ready is left out and reported. Streams end with `shutdown`, so that they hold no server
/// that wants to.
#[must_use]
pub fn service(scenarios: Vec<Arc<Scenario>>, shutdown: CancellationToken) -> ScoringServiceServer<Scoring> {
    service_over(benches(scenarios), shutdown)
}

/// The same over scenarios that are ready, for who has a use of his own for them.
#[must_use]
pub fn service_over(benches: Benches, shutdown: CancellationToken) -> ScoringServiceServer<Scoring> {
    ScoringServiceServer::new(scoring(benches, shutdown))
        .max_decoding_message_size(SCORING_MESSAGE_LIMIT)
        .max_encoding_message_size(SCORING_MESSAGE_LIMIT)
}

/// Scenarios that are ready, by name.
pub type Benches = BTreeMap<String, Arc<Bench>>;

/// Makes scenarios ready. One that cannot be is left out and reported.
#[must_use]
pub fn benches(scenarios: Vec<Arc<Scenario>>) -> Benches {
    let ready = scenarios.into_iter().filter_map(|scenario| {
        let name = scenario.name().to_owned();
        match Bench::new(scenario) {
            Ok(bench) => Some((name, Arc::new(bench))),
            Err(error) => {
                tracing::error!(scenario = name, %error, "cannot be scored");
                None
            }
        }
    });
    ready.collect()
}

fn scoring(benches: Benches, shutdown: CancellationToken) -> Scoring {
    Scoring {
        benches,
        instruments: ScoringInstruments::new(),
        working: Arc::new(Semaphore::new(AT_A_TIME)),
        admitted: Arc::new(Semaphore::new(AT_A_TIME + WAITING)),
        shutdown,
    }
}

#[tonic::async_trait]
impl ScoringService for Scoring {
    async fn list_scenarios(
        &self,
        _request: Request<pb::ListScenariosRequest>,
    ) -> Result<Response<pb::ListScenariosResponse>, Status> {
        let scenarios = self.benches.values().map(|bench| listed(bench)).collect();
        Ok(Response::new(pb::ListScenariosResponse { scenarios }))
    }

    async fn score_offers(
        &self,
        request: Request<pb::ScoreOffersRequest>,
    ) -> Result<Response<pb::ScoreOffersResponse>, Status> {
        let request = request.into_inner();
        let bench = self.bench(&request.scenario)?;
        let offers = offers_of(&bench, &request.offers)?;
        let instruments = self.instruments.clone();
        let impacts =
            self.work(move || counted(&instruments, offers.len(), || score(&bench, &offers))).await??;
        Ok(Response::new(pb::ScoreOffersResponse { impacts }))
    }

    type ScoreStreamStream = Answers;

    async fn score_stream(
        &self,
        request: Request<Streaming<pb::ScoreStreamRequest>>,
    ) -> Result<Response<Answers>, Status> {
        Ok(Response::new(self.answers(request.into_inner())))
    }
}

impl Scoring {
    /// Does a call's work when its turn comes; refuses where too many wait.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
        let admitted = self.admitted.clone().try_acquire_owned().map_err(|_| busy())?;
        self.admitted(admitted, work).await
    }

    /// The same for a batch of a stream, which waits to be admitted: its answers are in order anyway.
    async fn work_in_order<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let admitted = self.admitted.clone().acquire_owned().await.map_err(|_| busy())?;
        self.admitted(admitted, work).await
    }

    async fn admitted<T: Send + 'static>(
        &self,
        admitted: OwnedSemaphorePermit,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let working = self.working.clone().acquire_owned().await.map_err(|_| busy())?;
        // Work that has begun goes on when its caller leaves, so the permits go with it.
        let done = tokio::task::spawn_blocking(move || {
            let _held = (admitted, working);
            work()
        });
        done.await.map_err(|_| Refused::new(Code::Internal, "SCORING_FAILED", "scoring failed"))
    }

    fn bench(&self, name: &str) -> Result<Arc<Bench>, Refused> {
        self.benches.get(name).cloned().ok_or_else(|| {
            let known = self.benches.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let given: String = name.chars().take(80).collect();
            let message = format!("there is no scenario {given:?} here: known are {known}");
            Refused::new(Code::NotFound, "NO_SUCH_SCENARIO", message).at("scenario")
        })
    }
}

fn busy() -> Refused {
    Refused::unavailable("SCORING_BUSY", "too many batches are waiting: try again")
}

/// Refuses an answer that no message can carry, with how many offers would fit.
fn check_size(bytes: usize, offers: usize) -> Result<(), Refused> {
    // A message is more than its answer: the batch's number, tags, lengths.
    let most = SCORING_MESSAGE_LIMIT - 1024;
    if bytes <= most {
        return Ok(());
    }
    let fits = (offers as u128 * most as u128 / bytes as u128).max(1);
    let message = format!(
        "the answer would have {bytes} bytes, {SCORING_MESSAGE_LIMIT} are allowed: ask for {fits} offers at a time"
    );
    Err(Refused::new(Code::OutOfRange, "BATCH_TOO_LARGE", message).at("offers"))
}

fn offers_of(bench: &Bench, offers: &[wire::pb::tariff::v1::Offer]) -> Result<Vec<Offer>, Refused> {
    check_count(offers.len())?;
    offers.iter().map(|offer| decode_offer(&bench.agenda, offer).map_err(Refused::from)).collect()
}

fn check_count(offers: usize) -> Result<(), Refused> {
    if (1..=MOST_OFFERS).contains(&offers) {
        return Ok(());
    }
    let message = format!("a batch has 1 to {MOST_OFFERS} offers, not {offers}");
    Err(Refused::new(Code::InvalidArgument, "MALFORMED", message).at("offers"))
}

fn score(bench: &Bench, offers: &[Offer]) -> Result<Vec<pb::Impact>, Refused> {
    let model = model_of(bench)?;
    let mut impacts = Vec::with_capacity(offers.len());
    let mut bytes = 0;
    for offer in offers {
        let impact = impact_to_pb(&model.impact(offer).map_err(|error| not_scored(&error))?);
        bytes += impact.encoded_len() + 8;
        impacts.push(impact);
        // Impacts are alike in size: the first one tells whether the last one fits.
        check_size(bytes.max(offers.len() * (bytes / impacts.len())), offers.len())?;
    }
    Ok(impacts)
}

/// Counts a batch that was scored, and how long that took.
fn counted<T, E>(
    instruments: &ScoringInstruments,
    offers: usize,
    score: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let began = Instant::now();
    let scored = score()?;
    instruments.scored(offers, began.elapsed());
    Ok(scored)
}

fn model_of(bench: &Bench) -> Result<&Arc<dyn Model>, Refused> {
    let name = bench.scenario.name();
    let none = || {
        let message = format!("scenario {name} has no trade data: nothing in it can be scored");
        Refused::new(Code::FailedPrecondition, "NO_TRADE_DATA", message)
    };
    bench.model.as_ref().ok_or_else(none)
}

fn not_scored(error: &ScoringError) -> Refused {
    Refused::new(Code::FailedPrecondition, "NOT_SCORED", error.to_string())
}

fn listed(bench: &Bench) -> pb::Scenario {
    let scenario = &bench.scenario;
    pb::Scenario {
        name: scenario.name().to_owned(),
        title: scenario.title().to_owned(),
        digest: scenario.digest().as_bytes().to_vec(),
        agenda: bench.agenda_bytes.to_vec(),
        parties: scenario.parties().iter().map(|p| p.id.to_string()).collect(),
        status_quo: Some(encode_offer(&bench.agenda, &bench.status_quo)),
        rounds: scenario.rounds(),
        turn_limit_us: scenario.turn_limit_us().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, mpsc};

    use futures::FutureExt as _;

    use super::{AT_A_TIME, WAITING, check_size};

    #[tokio::test]
    async fn work_whose_caller_has_left_still_holds_its_place() {
        let scoring = super::scoring(super::Benches::new(), tokio_util::sync::CancellationToken::new());
        let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
        let work = || {
            let (at_once, most, held, begun) = (at_once.clone(), most.clone(), held.clone(), begun.clone());
            scoring.work(move || {
                most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                begun.send(()).ok();
                // Until the test lets go.
                held.lock().map(|held| held.recv().ok()).ok();
                at_once.fetch_sub(1, Ordering::SeqCst);
            })
        };
        for _ in 0..40 {
            // Polled once, then dropped: what has begun goes on.
            assert!(work().now_or_never().is_none());
        }
        begins.recv().await;
        drop(release);
        // All places are free again only after the abandoned work has ended.
        let all = u32::try_from(AT_A_TIME + WAITING).unwrap_or(u32::MAX);
        assert!(scoring.admitted.acquire_many(all).await.is_ok());
        assert_eq!(most.load(Ordering::SeqCst), AT_A_TIME);
    }

    #[test]
    fn an_answer_too_large_says_how_many_would_fit() {
        assert!(check_size(1 << 20, 1024).is_ok());
        let refused = check_size(16 << 20, 1000).unwrap_err();
        assert_eq!(refused.reason, "BATCH_TOO_LARGE");
        assert!(refused.message.ends_with("ask for 499 offers at a time"), "{}", refused.message);
    }
}
