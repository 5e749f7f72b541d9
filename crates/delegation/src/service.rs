//! A delegation as a service: what its operator can set, and its life from start to drain.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use agent::SourceError;
use mandate::{Mandate, MandateError};
use record::TalkId;
use scenario::{Scenario, ScenarioError};
use tariff::PartyId;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    Briefing, Config, DelegationError, Desk, DomesticRule, MandateBriefing, Player, SeatBriefing, run,
    serve_seat, server,
};

/// What makes one party's delegation its own.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// The party.
    pub party: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Its own mandates: scenario, or series, and text.
    pub mandates: &'static [(&'static str, &'static str)],
    /// How it bargains unless told otherwise.
    pub strategy: &'static str,
    /// What its law and standing positions rule out.
    pub rules: &'static [DomesticRule],
}

impl Profile {
    /// Its own mandate for a scenario: that of this name, else the one for every member of its series.
    #[must_use]
    pub fn mandate(&self, scenario: &str) -> Option<&'static str> {
        let named = |wanted: &str| self.mandates.iter().find(|(name, _)| *name == wanted);
        let found = named(scenario).or_else(|| named(series(scenario)?));
        found.map(|(_, text)| *text)
    }
}

/// The series that a scenario is a member of, as in `seventeen-partners:JPN`.
fn series(scenario: &str) -> Option<&str> {
    scenario.split_once(':').map(|(series, _)| series)
}

/// What an operator can set.
#[derive(Debug, Clone, clap::Args)]
// Named, for it stands beside the process's own options in one command.
#[group(id = "delegation")]
pub struct Options {
    /// Where the mediator listens
    #[arg(long, env = "DETENTE_MEDIATOR", default_value = "http://127.0.0.1:7400", value_name = "ADDR")]
    pub mediator: String,
    /// The scenario: a shipped one's name, or a folder
    #[arg(long, default_value = "geneva-2025", value_name = "NAME|DIR")]
    pub scenario: String,
    /// The party's mandate; by default its own for the scenario, or mandates/PARTY.toml in its folder
    #[arg(long, value_name = "FILE")]
    pub mandate: Option<PathBuf>,
    /// How to bargain: `boulware`, `micro:rungs=40`, a file, an agent at `grpc://HOST:PORT`, or `person`
    #[arg(long, value_name = "SPEC")]
    pub strategy: Option<Player>,
    /// Where a person's seat is served: an address of loopback; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub seat: SocketAddr,
    /// Seed of every random choice
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
    /// Hold each move back this long, such as 300ms
    #[arg(long, default_value = "0ms", value_parser = duration, value_name = "DURATION")]
    pub pace: Duration,
    /// Serve card, invitations, scoring and health here; by default nothing is served
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
}

/// Why a delegation could not run as a service.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The party's name is none.
    #[error(transparent)]
    Party(#[from] tariff::TariffError),
    /// The scenario is broken or unknown.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The mandate is broken.
    #[error(transparent)]
    Mandate(#[from] MandateError),
    /// The mandate's file cannot be read.
    #[error("cannot read mandate {}: {why}", path.display())]
    MandateFile {
        /// The file.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// The party has no mandate of its own for the scenario, and was given none.
    #[error("{party} has no mandate of its own for scenario {scenario}: give one with --mandate FILE")]
    NoMandate {
        /// The party.
        party: String,
        /// The scenario.
        scenario: String,
    },
    /// A scenario in a folder has no mandate for the party beside it, and none was given.
    #[error("{party} has no mandate for scenario {scenario}: expected {}, or one given with --mandate", path.display())]
    NoMandateBeside {
        /// The party.
        party: String,
        /// The scenario.
        scenario: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The profile's strategy is none.
    #[error(transparent)]
    Strategy(#[from] SourceError),
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {why}; choose another one with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        why: std::io::Error,
    },
    /// A seat would be open to more than this machine.
    #[error(
        "cannot serve a seat on {0}: a mandate is shown there, so only loopback will do, such as 127.0.0.1:7406"
    )]
    SeatInTheOpen(SocketAddr),
    /// The seat's address is taken.
    #[error("cannot serve the seat on {address}: {why}; choose another one with --seat")]
    Seat {
        /// The address.
        address: SocketAddr,
        /// Why.
        why: std::io::Error,
    },
    /// Serving failed.
    #[error("cannot serve: {0}")]
    Serve(#[from] tonic::transport::Error),
    /// The delegation left for good.
    #[error(transparent)]
    Delegation(#[from] DelegationError),
}

impl ServiceError {
    /// Whether what the operator set is right, and cannot be had now: somebody else has it.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        let (Self::Listen { why, .. } | Self::Seat { why, .. }) = self else { return false };
        why.kind() == std::io::ErrorKind::AddrInUse
    }
}

/// A delegation that has what it needs, bound to its address.
pub struct Service {
    config: Config,
    name: String,
    scenario: Arc<Scenario>,
    listener: Option<TcpListener>,
    seat: Option<Seat>,
}

/// A person's seat, bound to its address.
struct Seat {
    desk: Desk,
    listener: TcpListener,
}

impl Service {
    /// Reads scenario and mandate and binds the address, so that what is wrong shows before work
    /// begins. Without a profile's mandate, the options must name one.
    ///
    /// # Errors
    /// What the operator set does not work.
    pub async fn prepare(profile: &Profile, options: &Options) -> Result<Self, ServiceError> {
        let party = PartyId::new(profile.party)?;
        let scenario = Arc::new(Scenario::load(&options.scenario)?);
        let settings = Settings {
            scenario: &scenario,
            mandate: options.mandate.as_deref(),
            strategy: options.strategy.as_ref(),
            seed: options.seed,
        };
        let briefing = settings.briefing(profile)?;
        let seat =
            if briefing.strategy.is_person() { Some(Seat::bind(&party, options.seat).await?) } else { None };
        let briefing: Arc<dyn Briefing> = match &seat {
            Some(seat) => Arc::new(SeatBriefing { briefing, desk: seat.desk.clone() }),
            None => Arc::new(briefing),
        };
        let mut config = Config::new(party, options.mediator.clone(), briefing);
        config.pace = options.pace;
        let listener = match options.listen {
            None => None,
            Some(address) => {
                let bound = TcpListener::bind(address).await;
                Some(bound.map_err(|why| ServiceError::Listen { address, why })?)
            }
        };
        Ok(Self { config, name: profile.name.to_owned(), scenario, listener, seat })
    }

    /// Where it serves, if it does.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.as_ref().and_then(|l| l.local_addr().ok())
    }

    /// The address of the person's seat, if a person decides. It opens the seat once, so it is for
    /// whoever started the service and for nobody else: it goes into no log.
    #[must_use]
    pub fn seat(&self) -> Option<String> {
        let Seat { desk, listener } = self.seat.as_ref()?;
        Some(format!("http://{}/#take={}", listener.local_addr().ok()?, desk.token()))
    }

    /// Attends every talk with a seat for the party until `shutdown`.
    ///
    /// # Errors
    /// It left for good, or what it serves failed.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), ServiceError> {
        let Some(Seat { desk, listener }) = self.seat.take() else { return self.attend(shutdown).await };
        // The seat outlives the talks, so that its page hears how they ended.
        let leaving = CancellationToken::new();
        let sitting = tokio::spawn(serve_seat(listener, desk, leaving.clone()));
        let attended = self.attend(shutdown).await;
        leaving.cancel();
        match sitting.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the seat's page failed"),
            Err(error) => tracing::error!(%error, "the seat's page failed"),
        }
        attended
    }

    async fn attend(self, shutdown: CancellationToken) -> Result<(), ServiceError> {
        let (invitations, invited) = mpsc::channel::<TalkId>(16);
        let attending = run::run(self.config.clone(), invited, shutdown.clone());
        let Some(listener) = self.listener else { return Ok(attending.await?) };
        let scenarios = vec![self.scenario];
        let serving = server::serve(listener, self.config, self.name, scenarios, invitations, shutdown);
        let (attended, served) = tokio::join!(attending, serving);
        attended?;
        Ok(served?)
    }
}

/// What a delegation's briefing is made from, beside its profile.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// The scenario.
    pub scenario: &'a Arc<Scenario>,
    /// A mandate in place of the profile's own.
    pub mandate: Option<&'a Path>,
    /// A strategy in place of the profile's own.
    pub strategy: Option<&'a Player>,
    /// The seed of the run.
    pub seed: u64,
}

impl Settings<'_> {
    /// The briefing of the profile's party.
    ///
    /// # Errors
    /// There is no mandate, or it is broken.
    pub fn briefing(&self, profile: &Profile) -> Result<MandateBriefing, ServiceError> {
        Ok(MandateBriefing {
            mandate: Arc::new(self.mandate_of(profile)?),
            scenario: self.scenario.clone(),
            rules: profile.rules,
            strategy: self.strategy.cloned().map_or_else(|| profile.strategy.parse(), Ok)?,
            seed: self.seed,
        })
    }

    fn mandate_of(&self, profile: &Profile) -> Result<Mandate, ServiceError> {
        if let Some(path) = self.mandate {
            return mandate_at(path);
        }
        let scenario = self.scenario.name();
        if let Some(folder) = self.scenario.folder() {
            // What ships is for what ships: a folder of the same name is another scenario.
            let beside = folder.join("mandates").join(format!("{}.toml", profile.party));
            let (party, scenario) = (profile.party.to_owned(), scenario.to_owned());
            let missing = || ServiceError::NoMandateBeside { party, scenario, path: beside.clone() };
            return if beside.is_file() { mandate_at(&beside) } else { Err(missing()) };
        }
        let text = profile.mandate(scenario).ok_or_else(|| ServiceError::NoMandate {
            party: profile.party.to_owned(),
            scenario: scenario.to_owned(),
        })?;
        let folder = series(scenario).unwrap_or(scenario);
        Ok(Mandate::parse(&format!("{folder}/mandates/{}.toml", profile.party), text)?)
    }
}

impl Seat {
    async fn bind(party: &PartyId, address: SocketAddr) -> Result<Self, ServiceError> {
        if !address.ip().is_loopback() {
            return Err(ServiceError::SeatInTheOpen(address));
        }
        let bound = TcpListener::bind(address).await;
        let listener = bound.map_err(|why| ServiceError::Seat { address, why })?;
        Ok(Self { desk: Desk::new(party.clone(), ambient::fresh_secret()), listener })
    }
}

fn mandate_at(path: &Path) -> Result<Mandate, ServiceError> {
    let unreadable = |why| ServiceError::MandateFile { path: path.to_owned(), why };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    Ok(Mandate::parse(&path.display().to_string(), &text)?)
}

/// A length of time as people write it: `300ms`, `2s`, `1m 30s`.
///
/// # Errors
/// The text is no length of time, or a negative one.
pub fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration =
        text.parse().map_err(|_| format!("{text:?}: expected something like 300ms or 2s"))?;
    Duration::try_from(parsed).map_err(|_| format!("{text:?}: expected no negative time"))
}
