//! From the bytes of a file to a compiled strategy.

use std::io::Read as _;
use std::time::Duration;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, StoreContextMut};

use super::LoadError;
use super::engine::engine;
use super::guest::{Guest, StrategyPre};

/// The file of a strategy has at most so many bytes.
pub(super) const FILE_LIMIT: u64 = 8 * 1024 * 1024;

/// The one thing a strategy may import.
const NOTE: &str = "note";

/// How a file of WebAssembly begins, and how it goes on if it is a component.
const MAGIC: &[u8] = b"\0asm";
const COMPONENT: &[u8] = &[0x0d, 0, 1, 0];

pub(super) fn read(path: &str) -> Result<Vec<u8>, LoadError> {
    let file = std::fs::File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut read = Vec::new();
    // What says that it is small may still never end, such as a device.
    file.take(FILE_LIMIT + 1).read_to_end(&mut read)?;
    let bytes = bytes.max(read.len() as u64);
    if bytes > FILE_LIMIT { Err(LoadError::TooLarge { bytes }) } else { Ok(read) }
}

pub(super) fn compile(bytes: &[u8], limit: Duration) -> Result<StrategyPre<Guest>, LoadError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(LoadError::NotWebAssembly)?;
    if rest.starts_with(&[1, 0, 0, 0]) {
        return Err(LoadError::CoreModule);
    }
    if !rest.starts_with(COMPONENT) {
        return Err(LoadError::Invalid { why: "its version is of another standard, or cut off".to_owned() });
    }
    let bytes_over = bytes.len() as u64 > FILE_LIMIT;
    if bytes_over {
        return Err(LoadError::TooLarge { bytes: bytes.len() as u64 });
    }
    let engine = engine()?;
    let component = super::compile::within(engine, bytes, limit)?;
    refuse_imports(engine, &component)?;
    let world = |error: wasmtime::Error| LoadError::World { why: brief_reason(&error) };
    let linked = linker(engine).and_then(|linker| linker.instantiate_pre(&component)).map_err(world)?;
    StrategyPre::new(linked).map_err(world)
}

fn refuse_imports(engine: &Engine, component: &Component) -> Result<(), LoadError> {
    let kind = component.component_type();
    let unknown = kind.imports(engine).find(|(name, import)| match import.ty {
        // Names of types bring nothing in.
        ComponentItem::Type(_) => false,
        _ => *name != NOTE,
    });
    unknown.map_or(Ok(()), |(name, _)| Err(LoadError::Import { name: name.to_owned() }))
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    linker.root().func_wrap(NOTE, |mut store: StoreContextMut<'_, Guest>, (text,): (String,)| {
        store.data_mut().note(&text);
        Ok(())
    })?;
    Ok(linker)
}

/// Makes a component of the core module that a compiler made of a crate with the world's bindings.
///
/// # Errors
/// It lacks what the bindings put into it, or imports what no strategy has.
pub fn componentize(module: &[u8]) -> Result<Vec<u8>, LoadError> {
    let encoder = wit_component::ComponentEncoder::default().validate(true).module(module);
    let encoded = encoder.and_then(|mut encoder| encoder.encode());
    encoded.map_err(|error| LoadError::Unwrappable { why: shortened(&format!("{error:#}")) })
}

/// What the engine says of an error, in a line.
pub(super) fn brief_reason(error: &wasmtime::Error) -> String {
    shortened(&format!("{error:#}"))
}

/// The beginning of a text, without line breaks and what else would upset a terminal.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 400;
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let cut: String = text.chars().take(LONGEST).map(clean).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}
