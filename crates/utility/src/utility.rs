use std::fmt;
use std::sync::Arc;

use tariff::{Agenda, Offer};

use crate::table::{Grains, from_grains, grains};
use crate::{Table, UtilityError};

/// The part of a utility that no table holds: a figure that is not additive over groups of issues,
/// such as an average after substitution.
pub trait Remainder: Send + Sync {
    /// What `offer` adds to the utility; the same for the same offer, within [`Remainder::bounds`].
    fn value(&self, offer: &Offer) -> f64;

    /// The least and the greatest value; the greatest is the weight of this part.
    fn bounds(&self) -> (f64, f64);
}

/// What each offer of one agenda is worth to somebody, from 0 to 1. Cheap to clone.
#[derive(Clone)]
pub struct Utility {
    agenda: Agenda,
    tables: Arc<[Table]>,
    remainder: Option<Arc<dyn Remainder>>,
}

impl fmt::Debug for Utility {
    // Entries are private to their holder and may be thousands: a log gets the outline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remainder = self.remainder.is_some();
        f.debug_struct("Utility").field("tables", &self.tables.len()).field("remainder", &remainder).finish()
    }
}

impl Utility {
    /// A utility that is the sum of `tables`. Issues in no table are worth nothing; tables may
    /// overlap. The sum must stay within [0, 1] (to a millionth).
    pub fn additive(agenda: &Agenda, tables: Vec<Table>) -> Result<Self, UtilityError> {
        Self::checked(agenda, tables, None)
    }

    /// The same with a black-box remainder.
    pub fn with_remainder(
        agenda: &Agenda,
        tables: Vec<Table>,
        remainder: Arc<dyn Remainder>,
    ) -> Result<Self, UtilityError> {
        Self::checked(agenda, tables, Some(remainder))
    }

    fn checked(
        agenda: &Agenda,
        tables: Vec<Table>,
        remainder: Option<Arc<dyn Remainder>>,
    ) -> Result<Self, UtilityError> {
        let sums = tables.iter().map(Table::range).fold((0, 0), |sum, r| (sum.0 + r.0, sum.1 + r.1));
        let rest = remainder.as_ref().map_or((0.0, 0.0), |r| r.bounds());
        let (low, high) = (from_grains(sums.0) + rest.0, from_grains(sums.1) + rest.1);
        let fits = low >= -1e-6 && high <= 1.0 + 1e-6;
        if !fits {
            return Err(UtilityError::OutOfUnit { low, high });
        }
        Ok(Self { agenda: agenda.clone(), tables: tables.into(), remainder })
    }

    /// The agenda whose offers it values.
    #[inline]
    #[must_use]
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// Its tables.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// Whether tables are all there is to it.
    #[must_use]
    pub fn is_additive(&self) -> bool {
        self.remainder.is_none()
    }

    /// What `offer` is worth, in [0, 1]. An offer made for another agenda is worth 0.
    #[inline]
    #[must_use]
    pub fn value(&self, offer: &Offer) -> f64 {
        self.agenda.levels_of(offer).map_or(0.0, |levels| self.value_at(levels, offer))
    }

    /// [`Utility::value`] of an offer of this agenda whose levels are known to be `levels`.
    ///
    /// # Panics
    /// If `levels` is shorter than the agenda or a level is past its issue's last.
    #[inline]
    #[must_use]
    pub fn value_at(&self, levels: &[u32], offer: &Offer) -> f64 {
        from_grains(self.grains_of(levels, offer)).clamp(0.0, 1.0)
    }

    /// The sum of tables and remainder for an offer of this agenda, whose levels are `levels`.
    pub(crate) fn grains_of(&self, levels: &[u32], offer: &Offer) -> Grains {
        self.table_grains(levels) + self.remainder.as_ref().map_or(0, |r| bounded(r.as_ref(), offer))
    }

    /// The least and the greatest value of the remainder; zero twice where there is none.
    pub(crate) fn remainder_bounds(&self) -> (f64, f64) {
        self.remainder.as_ref().map_or((0.0, 0.0), |r| r.bounds())
    }

    /// The sum of the tables alone.
    pub(crate) fn table_grains(&self, levels: &[u32]) -> Grains {
        self.tables.iter().map(|table| table.grains_at(levels)).sum()
    }
}

/// A remainder that breaks its own bounds, or is no number, counts as its worst.
fn bounded(remainder: &dyn Remainder, offer: &Offer) -> Grains {
    let (low, high) = remainder.bounds();
    let value = remainder.value(offer);
    grains(if value >= low { value.min(high) } else { low })
}
