//! From bytes to machine code, which a hostile file may make long: its size is bounded first, then the
//! time. Neither fuel nor memory limits a compiler.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use wasmparser::{Parser, Payload};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::LoadError;
use super::component::brief_reason;

/// Bytes of one function: what a compiler does with one grows faster than it.
pub(super) const FUNCTION_LIMIT: usize = 256 * 1024;
/// Functions of all modules of a component together.
pub(super) const FUNCTIONS: usize = 20_000;
/// The stack of the compiler: as much as a program begins with.
const STACK: usize = 8 * 1024 * 1024;

/// Compiles a component on a thread of its own, which is given up after `limit`: nothing stops a
/// compiler, so it goes on by itself until it is done or the process ends.
pub(super) fn within(
    engine: &'static Engine,
    component: &[u8],
    limit: Duration,
) -> Result<Component, LoadError> {
    measure(component)?;
    let owned = component.to_vec();
    let (done, compiled) = mpsc::sync_channel(1);
    let compile = move || {
        // Nobody listens any more once it was given up.
        let _ = done.send(Component::from_binary(engine, &owned));
    };
    let thread = std::thread::Builder::new().name("sandbox compiler".to_owned()).stack_size(STACK);
    thread.spawn(compile).map_err(|why| LoadError::Engine { why: why.to_string() })?;
    match compiled.recv_timeout(limit) {
        Ok(compiled) => compiled.map_err(|error| LoadError::Invalid { why: brief_reason(&error) }),
        Err(RecvTimeoutError::Timeout) => Err(LoadError::Slow { limit }),
        Err(RecvTimeoutError::Disconnected) => {
            Err(LoadError::Invalid { why: "the compiler crashed over it".to_owned() })
        }
    }
}

/// Refuses what no strategy needs and what a compiler would take long for. What is broken is left to
/// the engine, which says better what is wrong.
fn measure(component: &[u8]) -> Result<(), LoadError> {
    let mut functions = 0;
    for payload in Parser::new(0).parse_all(component) {
        let Ok(payload) = payload else { return Ok(()) };
        let Payload::CodeSectionEntry(body) = payload else { continue };
        functions += 1;
        if functions > FUNCTIONS {
            return Err(LoadError::Functions);
        }
        let bytes = body.range().len();
        if bytes > FUNCTION_LIMIT {
            return Err(LoadError::Function { bytes });
        }
    }
    Ok(())
}
