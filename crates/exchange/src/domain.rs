use crate::ExchangeError;

/// How evaluations become utilities; tools disagree about the same files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// GENIUS: each discrete evaluation over the greatest of its issue; weights over their sum.
    Genius,
    /// As they stand, weights too.
    Raw,
    /// As they stand, then stretched so that the worst offer is worth 0 and the best 1.
    MinMax,
}

impl Convention {
    /// In words, for the files that are written.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Genius => {
                "u = Σ weight · evaluation / greatest evaluation of the issue, weights divided by their sum (GENIUS)"
            }
            Self::Raw => "u = Σ weight · evaluation as they stand",
            Self::MinMax => {
                "u = Σ weight · evaluation, stretched so that the worst offer is worth 0 and the best 1"
            }
        }
    }
}

/// What values an issue takes.
#[derive(Debug, Clone, PartialEq)]
pub enum ForeignKind {
    /// Labels.
    Discrete(Vec<String>),
    /// Whole numbers from the first to the second.
    Integer(i64, i64),
    /// Numbers from the first to the second, in so many steps.
    Real(f64, f64, u32),
}

impl ForeignKind {
    /// How many values there are.
    #[must_use]
    pub fn levels(&self) -> usize {
        match self {
            Self::Discrete(labels) => labels.len(),
            Self::Integer(low, high) => {
                usize::try_from(high.saturating_sub(*low)).unwrap_or(0).saturating_add(1)
            }
            Self::Real(_, _, steps) => *steps as usize + 1,
        }
    }

    /// The number at a level of a numeric issue.
    #[must_use]
    pub fn number(&self, level: usize) -> Option<f64> {
        match self {
            Self::Discrete(_) => None,
            Self::Integer(low, _) => Some(low.saturating_add(level as i64) as f64),
            Self::Real(low, high, steps) => Some(low + (high - low) * level as f64 / f64::from(*steps)),
        }
    }
}

/// An issue as another tool has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignIssue {
    /// Its name.
    pub name: String,
    /// Its values.
    pub kind: ForeignKind,
}

/// An additive profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What it is called: its file's name, or the name within.
    pub name: String,
    /// One per issue.
    pub weights: Vec<f64>,
    /// One per value of each issue, before any convention.
    pub evaluations: Vec<Vec<f64>>,
    /// What no deal is worth, in the tool's own utility.
    pub reservation: f64,
    /// The factor by which utility shrinks from the beginning of a talk to its end; 1 for none.
    pub discount: f64,
}

/// A domain with its profiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// The issues.
    pub issues: Vec<ForeignIssue>,
    /// The profiles, in the order of their files' names.
    pub profiles: Vec<Profile>,
}

/// A profile as this project has it: per issue a weight, the weights summing to 1 at most, and a worth
/// from 0 to 1 for each value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settled {
    pub(crate) weights: Vec<f64>,
    pub(crate) worths: Vec<Vec<f64>>,
    pub(crate) walk_away: f64,
}

impl Profile {
    /// The profile under a convention, over the issues it evaluates. GENIUS divides by the greatest
    /// evaluation where values are labels, and takes what a number is worth as it stands.
    pub(crate) fn settle(
        &self,
        convention: Convention,
        issues: &[ForeignIssue],
    ) -> Result<Settled, ExchangeError> {
        let sum: f64 = self.weights.iter().sum();
        let even = 1.0 / self.weights.len().max(1) as f64;
        let whole = if convention == Convention::Genius { sum } else { 1.0 };
        let weight = |w: f64| if sum > 0.0 { w / whole } else { even };
        let labelled = |place: usize| matches!(issues[place].kind, ForeignKind::Discrete(_));
        let scaled = |(place, (w, evaluations)): (usize, (&f64, &Vec<f64>))| {
            let most = evaluations.iter().copied().fold(0.0, f64::max);
            let divided = convention == Convention::Genius && labelled(place) && most > 0.0;
            let over = if divided { most } else { 1.0 };
            evaluations.iter().map(|e| weight(*w) * e / over).collect::<Vec<f64>>()
        };
        let parts: Vec<Vec<f64>> =
            self.weights.iter().zip(&self.evaluations).enumerate().map(scaled).collect();
        let least = |part: &Vec<f64>| part.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |part: &Vec<f64>| part.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high): (f64, f64) = (parts.iter().map(least).sum(), parts.iter().map(most).sum());
        let outside = low < -1e-9 || high > 1.0 + 1e-6 || parts.iter().any(|part| least(part) < 0.0);
        if !(low.is_finite() && high.is_finite()) {
            return Err(ExchangeError::malformed(&self.name, "an evaluation is no number"));
        }
        if convention != Convention::MinMax && outside {
            return Err(ExchangeError::OutOfUnit { profile: self.name.clone(), low, high });
        }
        let (base, span) = if convention == Convention::MinMax { (low, high - low) } else { (0.0, 1.0) };
        let span = if span > 0.0 { span } else { 1.0 };
        let mut settled = Settled { weights: Vec::new(), worths: Vec::new(), walk_away: 0.0 };
        for part in &parts {
            let from = if convention == Convention::MinMax { least(part) } else { 0.0 };
            let weight = ((most(part) - from) / span).max(0.0);
            let worth =
                |c: &f64| if weight > 0.0 { ((c - from) / span / weight).clamp(0.0, 1.0) } else { 0.0 };
            settled.worths.push(part.iter().map(worth).collect());
            settled.weights.push(weight);
        }
        // Rounding may carry the sum past 1 by what the check above lets through.
        let sum: f64 = settled.weights.iter().sum();
        if sum > 1.0 {
            settled.weights.iter_mut().for_each(|weight| *weight /= sum);
        }
        let reservation = if self.reservation.is_finite() { self.reservation } else { 0.0 };
        settled.walk_away = ((reservation - base) / span).clamp(0.0, 1.0);
        Ok(settled)
    }
}
