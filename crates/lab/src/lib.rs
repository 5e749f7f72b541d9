//! Many talks at once, in process: tournaments, metrics, statistics.
