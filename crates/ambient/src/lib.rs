//! The one door through which wall-clock time and fresh randomness enter the project.
//!
//! Everything else takes a [`Clock`] or an id as an argument, so that tests, simulation and replay
//! can supply their own; `clippy.toml` refuses the usual ways around it.

use std::sync::atomic::{AtomicI64, Ordering};

/// Where time comes from: microseconds since the Unix epoch.
pub trait Clock: Send + Sync + 'static {
    /// The time now, in microseconds since the Unix epoch. It may jump either way.
    fn now_us(&self) -> i64;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
    fn now_us(&self) -> i64 {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since_epoch.map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX))
    }
}

/// How far who tells of talks stands back behind who holds them: a tenth of a core each, where every
/// core is wanted.
const BACK: i32 = 10;

/// Lets others go first: this thread, and those it begins from now on, get a core when others leave one,
/// and a small share of it otherwise. For what watches talks and must not slow them.
pub fn step_back() {
    // Elsewhere this is said of a whole process, and would put its talks back too.
    #[cfg(target_os = "linux")]
    {
        let now = rustix::process::getpriority_process(None).unwrap_or(0);
        // Where the system refuses, nothing but time is lost.
        let _ = rustix::process::setpriority_process(None, now.max(BACK));
    }
}

/// A clock that stands still until it is told to move: for tests, simulation and replay.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now_us`.
    #[must_use]
    pub fn at(now_us: i64) -> Self {
        Self(AtomicI64::new(now_us))
    }

    /// Moves the clock forward, or back if negative, by microseconds.
    pub fn advance_us(&self, by: i64) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_us(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A fresh identifier that sorts by the time it was made (UUID version 7, RFC 9562).
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place that makes fresh ids")]
pub fn fresh_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// A fresh secret that nobody guesses: 122 random bits, which say nothing of when they were made (UUID
/// version 4). What proves who may take a seat is made of it.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place that makes fresh ids")]
pub fn fresh_secret() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// A token that is cancelled at the first SIGINT or SIGTERM: the one way every service ends.
///
/// # Errors
/// The signals cannot be listened for.
pub fn shutdown_on_signal() -> std::io::Result<tokio_util::sync::CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let token = tokio_util::sync::CancellationToken::new();
    let shutdown = token.clone();
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        };
        tracing::info!(signal = name, "shutting down");
        shutdown.cancel();
    });
    Ok(token)
}

/// Cancels `token` when standard input ends: a service started by another process goes with it,
/// however that process ends.
pub fn shutdown_with_parent(token: tokio_util::sync::CancellationToken) {
    std::thread::spawn(move || {
        let mut nothing = [0; 64];
        while matches!(std::io::Read::read(&mut std::io::stdin(), &mut nothing), Ok(1..)) {}
        token.cancel();
    });
}
