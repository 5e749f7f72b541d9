//! The durable, hash-chained log of talks.
