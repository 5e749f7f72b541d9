//! Scoring of public impact over gRPC, for clients in any language. Served alone, by each delegation
//! for its own plug-ins, and by the mediator for watchers only.
//!
//! Scoring runs on its own few threads and takes only so many batches at a time, so that a crowd of
//! analysts slows no talk: who comes when the queue is full is told to try again.

mod stream;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use scenario::{Scenario, ScenarioError};
use scoring::{Model, ScoringError};
use tariff::{Agenda, Offer, TariffError};
use tokio::sync::Semaphore;
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

pub use stream::Answers;

/// The scoring service.
#[derive(Clone)]
pub struct Scoring {
    benches: BTreeMap<String, Arc<Bench>>,
    working: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    shutdown: CancellationToken,
}

/// The scoring service over these scenarios, ready to be added to a server. A scenario that cannot
/// be made ready is left out and reported. Streams end with `shutdown`, so that they hold no server
/// that wants to.
#[must_use]
pub fn service(scenarios: Vec<Arc<Scenario>>, shutdown: CancellationToken) -> ScoringServiceServer<Scoring> {
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
    let scoring = Scoring {
        benches: ready.collect(),
        working: Arc::new(Semaphore::new(AT_A_TIME)),
        admitted: Arc::new(Semaphore::new(AT_A_TIME + WAITING)),
        shutdown,
    };
    ScoringServiceServer::new(scoring)
        .max_decoding_message_size(SCORING_MESSAGE_LIMIT)
        .max_encoding_message_size(SCORING_MESSAGE_LIMIT)
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
        let impacts = self.work(move || score(&bench, &offers)).await??;
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
    /// Does a batch's work when its turn comes; refuses where too many wait.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
        let full = || Refused::unavailable("SCORING_BUSY", "too many batches are waiting: try again");
        let _admitted = self.admitted.try_acquire().map_err(|_| full())?;
        let _working = self.working.acquire().await.map_err(|_| full())?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|_| Refused::new(Code::Internal, "SCORING_FAILED", "scoring failed"))
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
    let impact = |offer| model.impact(offer).map(|impact| impact_to_pb(&impact));
    offers.iter().map(|offer| impact(offer).map_err(|error| not_scored(&error))).collect()
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
