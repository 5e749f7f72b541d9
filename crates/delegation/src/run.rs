use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use record::TalkId;
use telemetry::{SeatInstruments, names};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::mediation_service_client::MediationServiceClient;

use crate::attend::Attendance;
use crate::{Config, DelegationError};

/// Attends every talk of the mediator's that holds a seat for the party, and those it is invited
/// to, until `shutdown`.
///
/// A mediator that cannot be reached is tried again for ever, with growing waits.
///
/// # Errors
/// The mediator's address is no address, or it refuses the party for good.
pub async fn run(
    config: Config,
    mut invited: mpsc::Receiver<TalkId>,
    shutdown: CancellationToken,
) -> Result<(), DelegationError> {
    let attending = Arc::new(Attending {
        config: config.clone(),
        shutdown: shutdown.clone(),
        instruments: SeatInstruments::new(),
        talks: Mutex::default(),
    });
    let mut wait = Backoff::new(config.longest_wait);
    let mut tasks = JoinSet::new();
    loop {
        let looked = tokio::select! {
            looked = look_for_talks(&attending, &mut tasks, &mut invited, &mut wait) => looked,
            () = shutdown.cancelled() => break,
        };
        match looked {
            Err(error) if error.passing() => tracing::info!(%error, "looking for talks again soon"),
            Err(error) => return Err(error),
            Ok(()) => {}
        }
        tokio::select! {
            () = wait.pause() => {}
            () = shutdown.cancelled() => break,
        }
    }
    while tasks.join_next().await.is_some() {}
    Ok(())
}

/// Attends one talk to its end, through every broken connection.
///
/// # Errors
/// What trying again cannot mend: a refusal for good, a record that is not to be trusted, no
/// mandate for the talk.
pub async fn attend_talk(
    config: Config,
    talk: TalkId,
    shutdown: CancellationToken,
) -> Result<(), DelegationError> {
    let mut wait = Backoff::new(config.longest_wait);
    let instruments = SeatInstruments::new();
    let address = config.mediator.clone();
    let mut attendance = Attendance::new(config, talk.clone());
    while !attendance.is_over() && !shutdown.is_cancelled() {
        let before = attendance.entries();
        let connected = tokio::select! {
            connected = connect(&address) => connected,
            () = shutdown.cancelled() => break,
        };
        let followed = match connected {
            Ok(channel) => attendance.follow(channel, &shutdown).await,
            Err(error) => Err(error),
        };
        // Only a stream that brought something ends the growing of the waits: a mediator can accept
        // a connection and refuse the seat, again and again.
        if attendance.entries() > before {
            wait.reset();
        }
        match followed {
            Ok(()) => {}
            Err(error) if error.passing() => tracing::info!(%talk, %error, "coming back soon"),
            Err(error) => return Err(error),
        }
        if !attendance.is_over() && !shutdown.is_cancelled() {
            instruments.reconnecting();
            tokio::select! {
                () = wait.pause() => {}
                () = shutdown.cancelled() => {}
            }
        }
    }
    Ok(())
}

/// The talks being attended, so that each has one task.
struct Attending {
    config: Config,
    shutdown: CancellationToken,
    instruments: SeatInstruments,
    talks: Mutex<BTreeMap<TalkId, ()>>,
}

impl Attending {
    fn begin(self: &Arc<Self>, talk: TalkId, tasks: &mut JoinSet<()>) {
        let mut talks = self.talks.lock().unwrap_or_else(PoisonError::into_inner);
        if talks.insert(talk.clone(), ()).is_some() {
            return;
        }
        let all = self.clone();
        tasks.spawn(async move {
            tracing::info!(%talk, party = %all.config.party, "attending");
            all.instruments.attending();
            let attended = attend_talk(all.config.clone(), talk.clone(), all.shutdown.clone()).await;
            if let Err(error) = attended {
                tracing::error!(%talk, { names::private::WHY } = %error, "left the talk");
            }
            all.instruments.left();
            all.talks.lock().unwrap_or_else(PoisonError::into_inner).remove(&talk);
        });
    }
}

async fn look_for_talks(
    attending: &Arc<Attending>,
    tasks: &mut JoinSet<()>,
    invited: &mut mpsc::Receiver<TalkId>,
    wait: &mut Backoff,
) -> Result<(), DelegationError> {
    let channel = connect(&attending.config.mediator).await?;
    let request = pb::WatchTalksRequest { party: attending.config.party.to_string() };
    let mut talks = MediationServiceClient::new(channel).watch_talks(request).await?.into_inner();
    wait.reset();
    loop {
        let talk = tokio::select! {
            found = talks.message() => match found? {
                Some(found) => found.talk.and_then(|talk| TalkId::new(&talk.talk).ok()),
                None => return Err(DelegationError::GoingAway),
            },
            Some(talk) = invited.recv() => Some(talk),
        };
        while tasks.try_join_next().is_some() {}
        if let Some(talk) = talk {
            attending.begin(talk, tasks);
        }
    }
}

async fn connect(address: &str) -> Result<Channel, DelegationError> {
    let endpoint = Endpoint::from_shared(address.to_owned())
        .map_err(|_| DelegationError::Address { address: address.to_owned() })?
        .connect_timeout(Duration::from_secs(5))
        .http2_keep_alive_interval(Duration::from_secs(15))
        .keep_alive_timeout(Duration::from_secs(10))
        .keep_alive_while_idle(true)
        .tcp_nodelay(true);
    endpoint.connect().await.map_err(|error| {
        let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        DelegationError::Unreachable { address: address.to_owned(), why }
    })
}

/// Waits that double from 50 ms to a limit.
struct Backoff {
    next: Duration,
    limit: Duration,
}

impl Backoff {
    fn new(limit: Duration) -> Self {
        Self { next: Self::FIRST, limit }
    }

    const FIRST: Duration = Duration::from_millis(50);

    fn reset(&mut self) {
        self.next = Self::FIRST;
    }

    async fn pause(&mut self) {
        let wait = self.next.min(self.limit);
        self.next = wait.saturating_mul(2).min(self.limit);
        tokio::time::sleep(wait).await;
    }
}
