use std::fmt;

use crate::Utility;

/// Something another party may be after, beside others: more exports, say, or lower prices.
#[derive(Debug, Clone)]
pub struct Motive {
    /// What it is called.
    pub name: String,
    /// What offers are worth by it alone: a sum of tables, 0 at the worst that an offer can do and 1
    /// at the best.
    pub worth: Utility,
}

/// What another party may be after, told by what offers do: the door through which a strategy
/// learns of impacts without knowing of trade. Worked out at the first question, since few ask.
pub trait Motives: fmt::Debug + Send + Sync {
    /// The candidates, always the same and in the same order. How much each weighs is for the
    /// strategy to find out.
    fn motives(&self) -> &[Motive];
}

impl Motives for Vec<Motive> {
    fn motives(&self) -> &[Motive] {
        self
    }
}
