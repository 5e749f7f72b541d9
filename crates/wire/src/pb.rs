//! The generated contract. Untrusted: only this crate turns it into nouns.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::unwrap_used, clippy::large_futures)]

/// `detente.tariff.v1`
pub mod tariff {
    pub mod v1 {
        tonic::include_proto!("detente.tariff.v1");
    }
}
/// `detente.mediation.v1`
pub mod mediation {
    pub mod v1 {
        tonic::include_proto!("detente.mediation.v1");
    }
}
/// `detente.delegation.v1`
pub mod delegation {
    pub mod v1 {
        tonic::include_proto!("detente.delegation.v1");
    }
}
/// `detente.scoring.v1`
pub mod scoring {
    pub mod v1 {
        tonic::include_proto!("detente.scoring.v1");
    }
}

/// `detente.strategy.v1`
pub mod strategy {
    pub mod v1 {
        tonic::include_proto!("detente.strategy.v1");
    }
}

/// The whole contract as an encoded descriptor set, for server reflection.
pub const DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("detente_descriptor");
