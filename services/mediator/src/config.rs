use std::sync::Arc;
use std::time::Duration;

use ambient::Clock;
use record::Log;
use scenario::Scenario;

/// What a mediator needs; nothing in it belongs to a party.
pub struct Config {
    /// Where talks are kept.
    pub log: Arc<dyn Log>,
    /// Mediator time.
    pub clock: Arc<dyn Clock>,
    /// The scenarios whose public impact watchers may ask for.
    pub scenarios: Vec<Arc<Scenario>>,
    /// How patient the mediator is.
    pub limits: Limits,
}

/// How patient a mediator is, and with how many.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A seat's first message comes within this time.
    pub hello: Duration,
    /// A seat that gives no credit for waiting entries is let go after this time.
    pub slow_consumer: Duration,
    /// A quiet stream carries a heartbeat this often.
    pub heartbeat: Duration,
    /// On shutdown, what is still running after this time is cut off.
    pub drain: Duration,
    /// Talks in session at once; more are refused.
    pub live_talks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(5),
            slow_consumer: Duration::from_secs(30),
            heartbeat: Duration::from_secs(5),
            drain: Duration::from_secs(10),
            live_talks: 10_000,
        }
    }
}
