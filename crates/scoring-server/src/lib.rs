//! Scoring of public impact over gRPC, on a bounded pool.
