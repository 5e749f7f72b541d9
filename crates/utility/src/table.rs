use tariff::Agenda;

use crate::UtilityError;
use crate::group::Group;

/// One utility is this many grains.
pub(crate) const GRAINS: f64 = (1_u64 << 40) as f64;

/// A utility as a whole number of grains of 2⁻⁴⁰: sums and comparisons are exact.
pub(crate) type Grains = i64;

/// The nearest whole number of grains.
pub(crate) fn grains(value: f64) -> Grains {
    (value * GRAINS).round() as Grains
}

/// Grains as a utility; exact below 2¹³.
pub(crate) fn from_grains(grains: Grains) -> f64 {
    grains as f64 / GRAINS
}

/// `value` as the nearest multiple of 2⁻⁴⁰, the resolution of every table entry: sums of such
/// numbers below 1 are exact, whatever their order.
#[must_use]
pub fn quantise(value: f64) -> f64 {
    from_grains(grains(value))
}

/// What each combination of levels of a group of issues adds to a utility.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    group: Group,
    entries: Vec<Grains>,
}

impl Table {
    /// A table over the issues at `places` (ascending). `values` has one entry in [−1, 1] per
    /// combination of their levels, the last place running fastest; each is [`quantise`]d.
    pub fn new(agenda: &Agenda, places: Vec<usize>, values: Vec<f64>) -> Result<Self, UtilityError> {
        let group = Group::new(agenda, places)?;
        if values.len() != group.size() {
            let places = group.places().to_vec();
            return Err(UtilityError::TableSize { places, given: values.len(), expected: group.size() });
        }
        // A NaN is in no range.
        if let Some(value) = values.iter().find(|v| !(-1.0..=1.0).contains(*v)) {
            return Err(UtilityError::BadEntry { places: group.places().to_vec(), value: *value });
        }
        Ok(Self { group, entries: values.into_iter().map(grains).collect() })
    }

    /// A table filled by `entry`, which is given the levels in the order of `places`.
    pub fn tabulate(
        agenda: &Agenda,
        places: Vec<usize>,
        mut entry: impl FnMut(&[u32]) -> f64,
    ) -> Result<Self, UtilityError> {
        let group = Group::new(agenda, places)?;
        let values = (0..group.size()).map(|index| entry(&group.digits(index))).collect();
        Self::new(agenda, group.places().to_vec(), values)
    }

    /// The entry-wise sum of tables over the same issues.
    ///
    /// # Errors
    /// [`UtilityError::TableSize`] where their issues differ; [`UtilityError::BadGroup`] for none.
    pub fn sum(agenda: &Agenda, tables: &[&Self]) -> Result<Self, UtilityError> {
        let places = tables.first().map_or_else(Vec::new, |first| first.places().to_vec());
        let group = Group::new(agenda, places)?;
        let mut entries = vec![0; group.size()];
        for table in tables {
            if table.group != group {
                let places = group.places().to_vec();
                return Err(UtilityError::TableSize {
                    places,
                    given: table.entries.len(),
                    expected: group.size(),
                });
            }
            entries.iter_mut().zip(&table.entries).for_each(|(sum, entry)| *sum += entry);
        }
        Ok(Self { group, entries })
    }

    /// The places of its issues on the agenda, ascending.
    #[must_use]
    pub fn places(&self) -> &[usize] {
        self.group.places()
    }

    /// Its entries, the last place running fastest.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.entries.iter().map(|entry| from_grains(*entry))
    }

    /// The entry for an offer at `levels`, in agenda order.
    ///
    /// # Panics
    /// If `levels` is shorter than the agenda or a level is past its issue's last.
    #[must_use]
    pub fn at(&self, levels: &[u32]) -> f64 {
        from_grains(self.grains_at(levels))
    }

    #[inline]
    pub(crate) fn grains_at(&self, levels: &[u32]) -> Grains {
        self.entries[self.group.index(levels)]
    }

    /// Least and greatest entry.
    pub(crate) fn range(&self) -> (Grains, Grains) {
        let low = self.entries.iter().copied().min().unwrap_or(0);
        let high = self.entries.iter().copied().max().unwrap_or(0);
        (low, high)
    }
}
