//! Utility over offers, whoever holds it.
