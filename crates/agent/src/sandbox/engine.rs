//! The engine that all sandboxed strategies of this process share.

use std::sync::OnceLock;
use std::time::Duration;

use wasmtime::{Config, Engine};

use super::LoadError;
use super::component::brief_reason;

/// How often the time of running calls is looked at.
const TICK: Duration = Duration::from_millis(10);

/// The stack of a call.
const STACK: usize = 512 * 1024;

/// The engine, and with it the thread that counts time.
pub(super) fn engine() -> Result<&'static Engine, LoadError> {
    static ENGINE: OnceLock<Result<Engine, String>> = OnceLock::new();
    let engine = ENGINE.get_or_init(start).as_ref();
    engine.map_err(|why| LoadError::Engine { why: why.clone() })
}

fn start() -> Result<Engine, String> {
    let engine = Engine::new(&config()).map_err(|error| brief_reason(&error))?;
    let ticking = engine.clone();
    let tick = move || {
        loop {
            std::thread::sleep(TICK);
            ticking.increment_epoch();
        }
    };
    std::thread::Builder::new()
        .name("sandbox clock".to_owned())
        .spawn(tick)
        .map_err(|error| error.to_string())?;
    Ok(engine)
}

/// Everything that could differ between machines or runs is off, or has one answer. Threads are not
/// even built in.
fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .relaxed_simd_deterministic(true)
        .wasm_memory64(false)
        .concurrency_support(false)
        .max_wasm_stack(STACK);
    config
}

/// A time as ticks of the engine, at least as long.
pub(super) fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX / 2) + 1
}
