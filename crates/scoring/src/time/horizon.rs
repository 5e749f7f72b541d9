use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::ScoringError;

/// How long after a change of tariffs a figure is read.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Horizon {
    /// After everything has adjusted, some ten years on.
    #[default]
    LongRun,
    /// This many years after the change.
    At(f64),
}

impl Horizon {
    /// Years; none for the long run.
    #[must_use]
    pub fn years(self) -> Option<f64> {
        match self {
            Self::LongRun => None,
            Self::At(years) => Some(years),
        }
    }

    pub(crate) fn check(self) -> Result<(), ScoringError> {
        match self {
            Self::At(years) if !(years.is_finite() && years >= 0.0) => Err(ScoringError::BadFact {
                place: "horizon".to_owned(),
                given: years.to_string(),
                expected: "a finite number of years from 0",
            }),
            _ => Ok(()),
        }
    }
}

impl Serialize for Horizon {
    /// `{"name": "long_run", "years": null}` or `{"name": "at", "years": 1.0}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Horizon", 2)?;
        let name = if self.years().is_some() { "at" } else { "long_run" };
        document.serialize_field("name", name)?;
        document.serialize_field("years", &self.years())?;
        document.end()
    }
}

/// How the trade elasticity grows after a change: ε(h) = ε_SR + (ε_LR − ε_SR)(1 − e^(−h/λ)).
///
/// By default the estimates of Boehm, Levchenko & Pandalai-Nayar (AER 2023): 0.76 within a year,
/// 1.75 to 2.25 after seven to ten; λ = 3 years passes between them.
///
/// ```
/// use detente_scoring::time::Adjustment;
/// let adjustment = Adjustment::default();
/// assert_eq!(adjustment.elasticity(0.0), 0.76);
/// assert!((adjustment.elasticity(8.0) - 1.91).abs() < 0.01);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adjustment {
    /// ε right after the change.
    pub short_run: f64,
    /// ε in the long run: what the elasticities of the facts stand for.
    pub long_run: f64,
    /// λ: years until all but 1/e of the way is gone.
    pub years: f64,
}

impl Default for Adjustment {
    fn default() -> Self {
        Self { short_run: 0.76, long_run: 2.0, years: 3.0 }
    }
}

impl Adjustment {
    /// ε(h), `years` after the change.
    #[must_use]
    pub fn elasticity(&self, years: f64) -> f64 {
        let gone = -(-years / self.years).exp_m1();
        self.short_run + (self.long_run - self.short_run) * gone
    }

    /// ε(h)/ε(∞): the factor on every sector's long-run elasticity of substitution.
    #[must_use]
    pub fn scale(&self, years: f64) -> f64 {
        self.elasticity(years) / self.long_run
    }

    /// By how many percent ε(h) moves where ε(∞) moves by one: 0 at once, 1 in the long run.
    pub(crate) fn weight_of_long_run(&self, years: f64) -> f64 {
        let gone = -(-years / self.years).exp_m1();
        self.long_run * gone / self.elasticity(years)
    }

    pub(crate) fn check(&self) -> Result<(), ScoringError> {
        let Self { short_run, long_run, years } = *self;
        let sound = short_run > 0.0 && short_run <= long_run && long_run <= 100.0;
        if sound && years > 0.0 && years.is_finite() {
            return Ok(());
        }
        Err(ScoringError::BadFact {
            place: "adjustment".to_owned(),
            given: format!("{short_run} to {long_run} within {years} years"),
            expected: "elasticities above 0, the short run's at most the long run's, and a positive time",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Adjustment;

    #[test]
    fn the_elasticity_runs_from_the_short_to_the_long_run_and_passes_one() {
        let path = Adjustment::default();
        assert_eq!(path.elasticity(0.0), 0.76);
        assert!((path.elasticity(100.0) - 2.0).abs() < 1e-12);
        assert!(path.elasticity(0.64) < 1.0 && path.elasticity(0.66) > 1.0, "it passes 1 near h = 0.65");
        let after_eight = path.elasticity(8.0);
        assert!((1.75..2.25).contains(&after_eight), "{after_eight}");
        assert_eq!(path.scale(0.0), 0.38);
    }
}
