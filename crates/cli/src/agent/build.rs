//! `detente agent build`: from a crate to a component for the sandbox.

use std::path::PathBuf;

use crate::output::{Failure, Format};

#[cfg(feature = "wasm")]
mod cargo;

/// What can be set for a build.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BuildOptions {
    /// The crate's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The component's file
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Further arguments of cargo, after --
    #[arg(last = true, value_name = "CARGO_ARGUMENTS")]
    cargo: Vec<String>,
}

#[cfg(not(feature = "wasm"))]
pub(crate) fn build(_: &BuildOptions, _: Format) -> Result<(), Failure> {
    let message = "this program was built without the sandbox";
    Err(Failure::new(crate::output::exit::USAGE, "NO_SANDBOX", message)
        .hint("build it with `cargo build --release -p detente-cli --features wasm`"))
}

#[cfg(feature = "wasm")]
pub(crate) fn build(options: &BuildOptions, format: Format) -> Result<(), Failure> {
    use agent::sandbox::{Limits, Sandbox, componentize};

    use crate::output::{exit, unwritable};

    let module = cargo::module(&options.dir, &options.cargo)?;
    let refused = |code: &str, why: agent::sandbox::LoadError| {
        Failure::new(exit::BAD_DATA, code, why.to_string()).at(module.display().to_string())
    };
    let core = std::fs::read(&module).map_err(Failure::internal)?;
    let component = componentize(&core).map_err(|why| refused("NO_COMPONENT", why))?;
    // What is written is what a run takes.
    Sandbox::compile(&options.output.display().to_string(), &component, Limits::default())
        .map_err(|why| refused("BAD_STRATEGY", why))?;
    std::fs::write(&options.output, component)
        .map_err(|error| unwritable(&options.output, &error, "the component"))?;
    let next = format!("detente agent check {}", options.output.display());
    super::written(std::slice::from_ref(&options.output), format, &next);
    Ok(())
}
