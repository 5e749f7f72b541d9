//! What crosses crates and services.
