use tariff::PartyId;

/// Why a strategy could not decide.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StrategyError {
    /// Asked when it is not the party's turn.
    #[error("{me} was asked for a decision at the turn of {}", turn.as_ref().map_or("nobody", PartyId::as_str))]
    NotMyTurn {
        /// The party asked.
        me: PartyId,
        /// Whose turn it is.
        turn: Option<PartyId>,
    },
    /// The preferences are about another agenda than the talk.
    #[error("the preferences of {me} are about another agenda than the talk's")]
    OtherAgenda {
        /// The party asked.
        me: PartyId,
    },
    /// There is nothing the party could ever agree to.
    #[error(
        "{me} has no offer to make: the best it may agree to is worth {best:.4}, its walk-away value is {walk_away:.4}"
    )]
    NothingAcceptable {
        /// The party asked.
        me: PartyId,
        /// What the best offer found is worth to it.
        best: f64,
        /// Its walk-away value.
        walk_away: f64,
    },
    /// A strategy from outside failed.
    #[error("the strategy {strategy} failed: {message}")]
    Failed {
        /// Its name.
        strategy: String,
        /// What it said.
        message: String,
    },
}
