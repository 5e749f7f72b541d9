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
    #[inline]
    #[must_use]
    pub fn agenda(&self) -> AgendaDigest {
        self.agenda
    }

    /// Whether this is a clone of `other`: then it is equal, and no value was compared.
    #[inline]
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.values, &other.values) && self.agenda == other.agenda
    }

    /// The values in agenda order.
    #[inline]
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
