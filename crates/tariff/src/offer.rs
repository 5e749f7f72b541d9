use std::sync::Arc;

use crate::{AgendaDigest, Value};

/// A complete proposal: a value for every issue of one agenda, in agenda order. Only an
/// [`crate::Agenda`] makes one, so its values are always valid there. Cheap to clone and to move;
/// equal offers hash alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Offer(Arc<Contents>);

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Contents {
    agenda: AgendaDigest,
    values: Box<[Value]>,
    /// Of the values: whoever weighs an offer asks for them, many times.
    levels: Box<[u32]>,
}

impl Offer {
    pub(crate) fn unchecked(agenda: AgendaDigest, values: Vec<Value>, levels: Vec<u32>) -> Self {
        Self(Arc::new(Contents { agenda, values: values.into(), levels: levels.into() }))
    }

    /// The digest of the agenda it was made for.
    #[inline]
    #[must_use]
    pub fn agenda(&self) -> AgendaDigest {
        self.0.agenda
    }

    /// Whether this is a clone of `other`: then it is equal, and no value was compared.
    #[inline]
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The values in agenda order.
    #[inline]
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.0.values
    }

    /// The value at a place of the agenda.
    ///
    /// # Panics
    /// If `place` is not below the agenda's length.
    #[must_use]
    pub fn value(&self, place: usize) -> Value {
        self.0.values[place]
    }

    #[inline]
    pub(crate) fn levels(&self) -> &[u32] {
        &self.0.levels
    }
}
