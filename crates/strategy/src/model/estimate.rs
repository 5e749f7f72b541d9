use tariff::Agenda;
use utility::{Table, Utility, UtilityError};

/// What offers are presumed to be worth to the other side: Σ weight·value, both from 0 to 1, the
/// weights summing to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Estimate {
    /// One per issue.
    pub(crate) weights: Vec<f64>,
    /// One per level of each issue.
    pub(crate) values: Vec<Vec<f64>>,
}

impl Estimate {
    /// Every issue weighs the same, every value is worth 1.
    pub(crate) fn even(agenda: &Agenda) -> Self {
        let n = agenda.len();
        let values = agenda.issues().iter().map(|issue| vec![1.0; issue.levels() as usize]).collect();
        Self { weights: vec![1.0 / n as f64; n], values }
    }

    /// An additive utility, taken apart issue by issue: a group's table counts for each of its issues
    /// by its mean over the others.
    pub(crate) fn of(utility: &Utility) -> Self {
        let mut estimate = Self::even(utility.agenda());
        estimate.values.iter_mut().for_each(|values| values.fill(0.0));
        for table in utility.tables() {
            estimate.add(utility.agenda(), table);
        }
        estimate.normalise();
        estimate
    }

    /// From what each level adds.
    pub(crate) fn from_contributions(values: Vec<Vec<f64>>) -> Self {
        let mut estimate = Self { weights: vec![0.0; values.len()], values };
        estimate.normalise();
        estimate
    }

    /// The opposite of a utility's tables.
    pub(crate) fn opposite(utility: &Utility) -> Self {
        let mut estimate = Self::of(utility);
        estimate.values.iter_mut().flatten().for_each(|value| *value = 1.0 - *value);
        estimate
    }

    fn add(&mut self, agenda: &Agenda, table: &Table) {
        let places = table.places();
        let radices: Vec<usize> = places.iter().map(|at| agenda.issues()[*at].levels() as usize).collect();
        let size: usize = radices.iter().product();
        for (index, value) in table.values().enumerate() {
            let mut rest = index;
            for (place, radix) in places.iter().zip(&radices).rev() {
                self.values[*place][rest % radix] +=
                    value * *radix as f64 / size as f64 / places.len() as f64;
                rest /= radix;
            }
        }
    }

    /// Turns what each value adds into weights that sum to 1 and values from 0 to 1.
    fn normalise(&mut self) {
        for (weight, values) in self.weights.iter_mut().zip(&mut self.values) {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let span = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - low;
            *weight = span;
            values.iter_mut().for_each(|v| *v = if span > 0.0 { (*v - low) / span } else { 0.0 });
        }
        let sum: f64 = self.weights.iter().sum();
        let even = 1.0 / self.weights.len().max(1) as f64;
        self.weights.iter_mut().for_each(|w| *w = if sum > 0.0 { *w / sum } else { even });
    }

    /// The weights of the issues, in agenda order.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// What the levels of an issue are worth, weight aside.
    ///
    /// # Panics
    /// If there is no issue at the place.
    #[must_use]
    pub fn values(&self, place: usize) -> &[f64] {
        &self.values[place]
    }

    /// What the offer at these levels is worth.
    ///
    /// # Panics
    /// If a level is past its issue's last.
    #[must_use]
    pub fn score(&self, levels: &[u32]) -> f64 {
        let parts = self.weights.iter().zip(&self.values).zip(levels);
        parts.map(|((weight, values), level)| weight * values[*level as usize]).sum()
    }

    /// The estimate as a utility.
    ///
    /// # Errors
    /// The agenda is another one, or rounding takes the sum past 1.
    pub fn utility(&self, agenda: &Agenda) -> Result<Utility, UtilityError> {
        let table = |place: usize| {
            let values = self.values[place].iter().map(|v| self.weights[place] * v.clamp(0.0, 1.0));
            Table::new(agenda, vec![place], values.collect())
        };
        Utility::additive(agenda, (0..agenda.len()).map(table).collect::<Result<_, _>>()?)
    }
}
