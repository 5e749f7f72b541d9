//! A mediator in this process, on a port of its own, that can be drained or killed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, ManualClock};
use mediator::{Config, Limits, ServeError};
use record::Log;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};
use wire::pb::mediation::v1::mediation_service_client::MediationServiceClient;

/// A client of the mediation service.
pub type Client = MediationServiceClient<Channel>;

/// 10 May 2025, the first day of the Geneva talks: where manual clocks begin.
pub const GENEVA_US: i64 = 1_746_835_200_000_000;

/// A mediator on a runtime of its own, so that killing it stops every one of its tasks at once.
pub struct Mediator {
    address: SocketAddr,
    shutdown: CancellationToken,
    ended: oneshot::Receiver<Result<(), ServeError>>,
    runtime: Option<Runtime>,
}

impl Mediator {
    /// Over `log`, on a free port, at a standing clock, with the default limits.
    pub async fn over(log: Arc<dyn Log>) -> Self {
        Self::start(free_port(), log, standing_clock(), Limits::default()).await
    }

    /// On `address`, otherwise as [`Mediator::over`].
    pub async fn at(address: SocketAddr, log: Arc<dyn Log>) -> Self {
        Self::start(address, log, standing_clock(), Limits::default()).await
    }

    /// With everything said.
    pub async fn start(
        address: SocketAddr,
        log: Arc<dyn Log>,
        clock: Arc<dyn Clock>,
        limits: Limits,
    ) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let shutdown = CancellationToken::new();
        let (told, ended) = oneshot::channel();
        let (bound, listening) = oneshot::channel();
        let token = shutdown.clone();
        runtime.spawn(async move {
            let listener = bind(address);
            bound.send(listener.local_addr().unwrap()).unwrap();
            let config = Config { log, clock, scenarios: Vec::new(), limits };
            // Nobody listens any more if the test is over.
            told.send(mediator::run(listener, token, config).await).ok();
        });
        let address = listening.await.unwrap();
        Self { address, shutdown, ended, runtime: Some(runtime) }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as delegations are told.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client with a connection of its own.
    pub async fn client(&self) -> Client {
        client(&self.url()).await
    }

    /// Asks it to end, as SIGTERM does.
    pub fn ask_to_end(&self) {
        self.shutdown.cancel();
    }

    /// Waits until it has ended, and says how.
    pub async fn ended(mut self) -> Result<(), ServeError> {
        let ended = crate::patiently("the mediator's end", &mut self.ended).await.unwrap();
        self.kill().await;
        ended
    }

    /// Stops every one of its tasks where it stands, and closes its sockets.
    pub async fn kill(mut self) {
        let runtime = self.runtime.take().unwrap();
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(crate::PATIENCE)).await.unwrap();
    }
}

impl Drop for Mediator {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A client of the mediator at `url`, which must be there.
pub async fn client(url: &str) -> Client {
    let endpoint = Endpoint::from_shared(url.to_owned()).unwrap().connect_timeout(Duration::from_secs(10));
    MediationServiceClient::new(endpoint.connect().await.unwrap())
}

/// Any free port of the loopback interface.
#[must_use]
pub fn free_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// A clock that stands at [`GENEVA_US`].
#[must_use]
pub fn standing_clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(GENEVA_US))
}

/// Binds as the services do; a port may be taken again at once after a kill.
fn bind(address: SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket.listen(1024).unwrap()
}
