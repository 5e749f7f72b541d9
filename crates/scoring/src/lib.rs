//! What an offer does to deficits and trade volumes.
