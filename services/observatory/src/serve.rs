use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::receiver::Receiver;
use crate::store::Store;

/// How long open connections are waited for on shutdown; then they are cut.
const DRAIN: Duration = Duration::from_secs(2);

/// What an observatory needs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where telemetry is kept.
    pub store: Store,
}

/// Why an observatory could not serve to the end.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The transport failed.
    #[error("cannot serve: {0}")]
    Transport(#[from] std::io::Error),
}

/// Serves OTLP over gRPC and HTTP on every listener until `shutdown`, then writes what is left.
///
/// # Errors
/// The transport failed.
pub async fn run(
    listeners: Vec<TcpListener>,
    shutdown: CancellationToken,
    config: Config,
) -> Result<(), ServeError> {
    let router = Receiver::new(config.store.clone()).router();
    let mut serving = JoinSet::new();
    for listener in listeners {
        // An answer is a few bytes: it must not wait for more of them.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let ended = shutdown.clone();
        let served = axum::serve(listener, router.clone()).with_graceful_shutdown(ended.cancelled_owned());
        serving.spawn(served.into_future());
    }
    let cut = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = all(&mut serving) => ended?,
        () = cut => serving.shutdown().await,
    }
    let store = config.store;
    // The writer may have a good deal before it.
    tokio::task::spawn_blocking(move || store.flush()).await.map_err(std::io::Error::other)?;
    Ok(())
}

async fn all(serving: &mut JoinSet<std::io::Result<()>>) -> Result<(), ServeError> {
    while let Some(ended) = serving.join_next().await {
        ended.map_err(std::io::Error::other)??;
    }
    Ok(())
}
