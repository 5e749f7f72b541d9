//! The command: run talks, watch them, score offers, read records.
