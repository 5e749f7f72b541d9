use std::sync::Arc;
use std::time::Duration;

use tariff::PartyId;

use crate::Briefing;

/// What a delegation needs to take part.
#[derive(Clone)]
pub struct Config {
    /// The party it speaks for.
    pub party: PartyId,
    /// The mediator's address, such as `http://127.0.0.1:7400`.
    pub mediator: String,
    /// Prepares the delegation for each talk.
    pub briefing: Arc<dyn Briefing>,
    /// Holds each move back this long, so that a person can follow.
    pub pace: Duration,
    /// The longest wait between two attempts to reach the mediator; and the one before a strategy that had
    /// no answer is asked again, in a turn without a limit.
    pub longest_wait: Duration,
}

impl Config {
    /// A delegation without pace which tries again after 5 seconds at the latest.
    #[must_use]
    pub fn new(party: PartyId, mediator: String, briefing: Arc<dyn Briefing>) -> Self {
        Self { party, mediator, briefing, pace: Duration::ZERO, longest_wait: Duration::from_secs(5) }
    }
}
