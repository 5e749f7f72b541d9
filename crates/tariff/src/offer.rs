use std::sync::Arc;

use crate::{AgendaDigest, Value};

/// A complete proposal: a value for every issue of one agenda, in agenda order. Only an
/// [`crate::Agenda`] makes one, so its values are always valid there. Cheap to clone; equal offers
/// hash alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Offer {
    agenda: AgendaDigest,
    values: Arc<[Value]>,
}

impl Offer {
    pub(crate) fn unchecked(agenda: AgendaDigest, values: Arc<[Value]>) -> Self {
        Self { agenda, values }
    }

    /// The digest of the agenda it was made for.
    #[must_use]
    pub fn agenda(&self) -> AgendaDigest {
        self.agenda
    }

    /// The values in agenda order.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value at a place of the agenda.
    ///
    /// # Panics
    /// If `place` is not below the agenda's length.
    #[must_use]
    pub fn value(&self, place: usize) -> Value {
        self.values[place]
    }
}
