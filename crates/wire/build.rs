//! Generates the contract from `proto/` without `protoc`.

use std::path::PathBuf;

use prost::Message as _;

const FILES: [&str; 6] = [
    "detente/tariff/v1/tariff.proto",
    "detente/mediation/v1/record.proto",
    "detente/mediation/v1/mediation.proto",
    "detente/delegation/v1/delegation.proto",
    "detente/scoring/v1/scoring.proto",
    "detente/strategy/v1/strategy.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let descriptors = protox::compile(FILES, [&root])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("detente_descriptor.bin");
    std::fs::write(out, descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .extern_path(".google.rpc.Status", "::tonic_types::pb::Status")
        .bytes(".detente.mediation.v1")
        .compile_fds(descriptors)?;
    Ok(())
}
