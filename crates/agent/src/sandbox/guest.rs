//! What the engine keeps beside a running strategy, and the bindings of its world.

use std::sync::Arc;

use wasmtime::ResourceLimiter;

use super::component::shortened;

/// Notes of one call that are kept.
const NOTES: u32 = 16;

/// The bindings of `wit/strategy.wit`.
mod bindings {
    wasmtime::component::bindgen!({ path: "wit", world: "strategy" });
}

pub(super) use bindings::*;

/// What is kept for one instance: its limits, and whose notes these are.
pub(super) struct Guest {
    name: Arc<str>,
    notes_left: u32,
    memory: usize,
    memory_limit: usize,
}

/// It asked for more memory than it may have.
#[derive(Debug, thiserror::Error)]
#[error("{asked} bytes of memory were asked for")]
pub(super) struct OverMemory {
    pub(super) asked: usize,
}

impl Guest {
    pub(super) fn new(name: Arc<str>, memory_limit: usize) -> Self {
        Self { name, notes_left: NOTES, memory: 0, memory_limit }
    }

    /// A new call may write its own notes.
    pub(super) fn renew_notes(&mut self) {
        self.notes_left = NOTES;
    }

    /// Logs a line of the strategy, below what is sent with traces: it may speak of what is private.
    pub(super) fn note(&mut self, text: &str) {
        let Some(left) = self.notes_left.checked_sub(1) else { return };
        self.notes_left = left;
        tracing::debug!(strategy = &*self.name, note = shortened(text), "the strategy notes");
        if left == 0 {
            tracing::debug!(strategy = &*self.name, "further notes of this call are dropped");
        }
    }
}

impl Guest {
    /// Takes so many bytes more of what the instance may have, memories and tables together.
    fn charge(&mut self, bytes: usize) -> wasmtime::Result<bool> {
        let asked = self.memory.saturating_add(bytes);
        if asked > self.memory_limit {
            return Err(OverMemory { asked }.into());
        }
        self.memory = asked;
        Ok(true)
    }
}

impl ResourceLimiter for Guest {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.charge(desired.saturating_sub(current))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.charge(desired.saturating_sub(current).saturating_mul(size_of::<usize>()))
    }

    fn instances(&self) -> usize {
        64
    }

    fn tables(&self) -> usize {
        64
    }

    fn memories(&self) -> usize {
        16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_bounded_in_number_and_length_and_a_new_call_has_its_own() {
        let mut guest = Guest::new("test".into(), 0);
        (0..NOTES + 5).for_each(|_| guest.note("a line"));
        assert_eq!(guest.notes_left, 0);
        guest.renew_notes();
        assert_eq!(guest.notes_left, NOTES);
        assert_eq!(shortened(&"é\n".repeat(1_000)).chars().count(), 401);
        assert!(!shortened("a\u{1b}[2Jb\n").contains(char::is_control));
    }

    #[test]
    fn all_memories_together_keep_to_the_limit() {
        let mut guest = Guest::new("test".into(), 100);
        assert!(guest.memory_growing(0, 60, None).unwrap());
        let error = guest.memory_growing(0, 41, None).unwrap_err();
        assert_eq!(error.downcast_ref::<OverMemory>().unwrap().asked, 101);
        assert!(guest.memory_growing(60, 92, None).unwrap());
        assert!(guest.table_growing(0, 1, None).unwrap(), "a pointer is eight bytes");
        assert!(guest.table_growing(1, 2, None).is_err(), "tables count too");
    }
}
