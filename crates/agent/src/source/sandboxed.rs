//! Sandboxed strategies by the name of a file: a component, or a declaration of one.

use std::sync::Arc;

use strategy::Factory;

use crate::SourceError;

#[cfg(not(feature = "wasm"))]
pub(super) fn component(path: &str) -> Result<Arc<dyn Factory>, SourceError> {
    Err(SourceError::NoSandbox { path: path.to_owned() })
}

#[cfg(not(feature = "wasm"))]
pub(super) fn declared(path: &str, _: &str) -> Result<Arc<dyn Factory>, SourceError> {
    component(path)
}

#[cfg(feature = "wasm")]
pub(super) use with_sandbox::{component, declared};

#[cfg(feature = "wasm")]
mod with_sandbox {
    use std::path::Path;

    use serde::Deserialize;

    use super::{Arc, Factory, SourceError};
    use crate::sandbox::{Limits, Sandbox};

    /// A sandboxed strategy, as a file declares it.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Declared {
        /// The component, seen from the file's own folder.
        sandbox: String,
        fuel: Option<u64>,
        /// In bytes.
        memory: Option<usize>,
        limit: Option<String>,
        /// The compiler's.
        compile: Option<String>,
    }

    pub(in crate::source) fn component(path: &str) -> Result<Arc<dyn Factory>, SourceError> {
        load(path, Limits::default())
    }

    pub(in crate::source) fn declared(path: &str, text: &str) -> Result<Arc<dyn Factory>, SourceError> {
        let declared: Declared = toml::from_str(text).map_err(|error| document(path, error.to_string()))?;
        let limits = declared.limits(path)?;
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        load(&folder.join(&declared.sandbox).display().to_string(), limits)
    }

    impl Declared {
        fn limits(&self, path: &str) -> Result<Limits, SourceError> {
            let mut limits = Limits::default();
            if let Some(fuel) = self.fuel {
                within(path, "fuel", fuel, 1, Limits::MOST_FUEL)?;
                limits.fuel = fuel;
            }
            if let Some(memory) = self.memory {
                within(path, "memory", memory, Limits::LEAST_MEMORY, Limits::MOST_MEMORY)?;
                limits.memory = memory;
            }
            if let Some(text) = &self.limit {
                limits.time = super::super::declared_limit(path, "limit", text)?;
            }
            if let Some(text) = &self.compile {
                limits.compile = super::super::declared_limit(path, "compile", text)?;
            }
            Ok(limits)
        }
    }

    fn within<N: PartialOrd + std::fmt::Display>(
        path: &str,
        key: &str,
        given: N,
        least: N,
        most: N,
    ) -> Result<(), SourceError> {
        if given >= least && given <= most {
            return Ok(());
        }
        Err(document(path, format!("{key}: {given} is out of range: expected {least} to {most}")))
    }

    fn load(path: &str, limits: Limits) -> Result<Arc<dyn Factory>, SourceError> {
        match Sandbox::load(path, limits) {
            Ok(sandbox) => Ok(Arc::new(sandbox)),
            Err(why) => Err(SourceError::Sandbox { path: path.to_owned(), why }),
        }
    }

    fn document(path: &str, why: String) -> SourceError {
        SourceError::Document { path: path.to_owned(), why }
    }
}
