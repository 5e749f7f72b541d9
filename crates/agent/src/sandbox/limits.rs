use std::time::Duration;

/// What a sandboxed strategy may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Fuel for each decision, and as much for the opening: about one per instruction. The rule, for it
    /// is the same on every machine.
    pub fuel: u64,
    /// Bytes of all its memories together.
    pub memory: usize,
    /// How long a call may take; never more than half a turn. A safety net for what fuel does not see,
    /// such as one instruction that fills all memory.
    pub time: Duration,
    /// How long the compiler may take over its file, once.
    pub compile: Duration,
}

impl Limits {
    /// The most fuel that can be given.
    pub const MOST_FUEL: u64 = i64::MAX as u64;
    /// The least memory a strategy can be given: a page.
    pub const LEAST_MEMORY: usize = 64 * 1024;
    /// The most: what an address of 32 bits reaches.
    pub const MOST_MEMORY: usize = 4 * 1024 * 1024 * 1024;
}

impl Default for Limits {
    /// 50 million of fuel, 64 MiB and 5 seconds a call; 60 seconds for the compiler.
    fn default() -> Self {
        Self {
            fuel: 50_000_000,
            memory: 64 * 1024 * 1024,
            time: crate::DECISION_LIMIT,
            compile: Duration::from_secs(60),
        }
    }
}
