//! What a delegation waits for: somebody who must say something first, or a decision under way.

use tracing::Span;
use wire::WireAct;

use crate::{Negotiator, NegotiatorError, Prompt};

/// Where a party's next move would stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// The number that the move would have.
    pub(crate) client_seq: u64,
    pub(crate) round: u32,
    /// Whether it is the party's turn. Out of it, it may still walk away.
    pub(crate) own: bool,
}

/// A turn whose negotiator waits for somebody.
pub(crate) struct Prompted {
    pub(crate) turn: Turn,
    pub(crate) prompt: Prompt,
    /// Begun with the party's own turn; what is said out of turn begins when it is said.
    pub(crate) span: Option<Span>,
}

/// A decision: the negotiator, what it says in which turn, and the span it said it in.
pub(crate) struct Decided {
    pub(crate) turn: Turn,
    pub(crate) negotiator: Box<dyn Negotiator>,
    pub(crate) act: Result<WireAct, NegotiatorError>,
    pub(crate) span: Span,
}

/// A decision that is being made off the connection's thread.
pub(crate) type Deciding = tokio::task::JoinHandle<Decided>;

/// The span of the turn whose negotiator can decide now.
pub(crate) async fn prompted(waiting: &mut Option<Prompted>) -> Option<Span> {
    let Some(Prompted { prompt, .. }) = waiting else { return std::future::pending().await };
    prompt.as_mut().await;
    waiting.take().and_then(|waiting| waiting.span)
}

pub(crate) async fn decided(deciding: &mut Option<Deciding>) -> Decided {
    let Some(task) = deciding else { return std::future::pending().await };
    let decided = task.await;
    *deciding = None;
    match decided {
        Ok(decided) => decided,
        // Strategies' panics are caught where they decide, so this one is a fault of ours.
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
