//! Strategies from anywhere: served or called over gRPC, checked, sandboxed.
