use tariff::Agenda;

use super::Estimate;

/// Weights that are thought possible for an issue, before they are made to sum to 1.
const WEIGHTS: usize = 10;
/// The most peaks tried of an issue's evaluation, beside rising and falling.
const PEAKS: usize = 8;
/// How much less each new offer is presumed to be worth to its maker.
const FALL: f64 = 0.003;
/// The standard deviation of the presumption, relative to what is presumed.
const SIGMA: f64 = 0.25;

/// The scalable Bayesian model (Hindriks & Tykhonov 2008). For each issue there are hypotheses on its
/// weight (0.1 to 1) and on its evaluation (rising, falling, or with a peak between), independent of
/// those of other issues. An offer is presumed to be worth 1 at first and 0.003 less with each *new*
/// one; a hypothesis is as likely as N((ū − u_h)/ū; 0.25), the other issues at their expectation.
#[derive(Debug, Clone)]
pub(super) struct Bayesian {
    issues: Vec<Issue>,
    seen: std::collections::HashSet<Vec<u32>>,
}

#[derive(Debug, Clone)]
struct Issue {
    weights: [f64; WEIGHTS],
    shapes: Vec<(f64, Vec<f64>)>,
}

/// Makes probabilities sum to 1. Hypotheses that are all as unlikely as a number can say keep what
/// they had: an offer that fits none of them tells nothing.
fn normalise<'a>(hypotheses: impl Iterator<Item = (&'a mut f64, f64)>) {
    let mut all: Vec<(&mut f64, f64)> = hypotheses.collect();
    let most = all.iter().map(|(p, log)| p.ln() + log).fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return;
    }
    all.iter_mut().for_each(|(p, log)| **p = (p.ln() + *log - most).exp());
    let sum: f64 = all.iter().map(|(p, _)| **p).sum();
    all.into_iter().for_each(|(p, _)| *p /= sum);
}

impl Issue {
    fn new(levels: usize) -> Self {
        let top = (levels.max(2) - 1) as f64;
        let rising: Vec<f64> = (0..levels).map(|level| level as f64 / top).collect();
        let falling = rising.iter().map(|value| 1.0 - value).collect();
        let mut shapes = vec![rising, falling];
        let inner = levels.saturating_sub(2);
        let peaks = (1..=inner.min(PEAKS)).map(|n| n * (inner + 1) / (inner.min(PEAKS) + 1));
        for peak in peaks {
            let at = |level: usize| {
                let (level, peak) = (level as f64, peak as f64);
                if level <= peak { level / peak } else { (top - level) / (top - peak) }
            };
            shapes.push((0..levels).map(at).collect());
        }
        let even = 1.0 / shapes.len() as f64;
        let shapes = shapes.into_iter().map(|shape| (even, shape)).collect();
        Self { weights: [1.0 / WEIGHTS as f64; WEIGHTS], shapes }
    }

    fn weight(&self) -> f64 {
        self.weights.iter().enumerate().map(|(at, p)| p * hypothesis(at)).sum()
    }

    fn value(&self, level: usize) -> f64 {
        self.shapes.iter().map(|(p, shape)| p * shape[level]).sum()
    }
}

fn hypothesis(at: usize) -> f64 {
    (at + 1) as f64 / WEIGHTS as f64
}

impl Bayesian {
    pub(super) fn new(agenda: &Agenda) -> Self {
        let issues = agenda.issues().iter().map(|issue| Issue::new(issue.levels() as usize)).collect();
        Self { issues, seen: std::collections::HashSet::new() }
    }

    /// Takes an offer in; whether it was new. A repeat says nothing.
    pub(super) fn take(&mut self, levels: &[u32]) -> bool {
        if !self.seen.insert(levels.to_vec()) {
            return false;
        }
        let presumed = (1.0 - FALL * (self.seen.len() - 1) as f64).max(0.05);
        let likelihood = |worth: f64| -((presumed - worth) / presumed).powi(2) / (2.0 * SIGMA * SIGMA);
        let weights: Vec<f64> = self.issues.iter().map(Issue::weight).collect();
        let total: f64 = weights.iter().sum();
        let values: Vec<f64> =
            self.issues.iter().zip(levels).map(|(issue, level)| issue.value(*level as usize)).collect();
        let sum: f64 = weights.iter().zip(&values).map(|(w, v)| w * v).sum();
        for (place, issue) in self.issues.iter_mut().enumerate() {
            let (weight, value, level) = (weights[place], values[place], levels[place] as usize);
            let (rest, others) = (sum - weight * value, total - weight);
            normalise(issue.shapes.iter_mut().map(|(p, shape)| {
                let log = likelihood((rest + weight * shape[level]) / total);
                (p, log)
            }));
            normalise(issue.weights.iter_mut().enumerate().map(|(at, p)| {
                let log = likelihood((rest + hypothesis(at) * value) / (others + hypothesis(at)));
                (p, log)
            }));
        }
        true
    }

    pub(super) fn estimate(&self) -> Estimate {
        let weights: Vec<f64> = self.issues.iter().map(Issue::weight).collect();
        let sum: f64 = weights.iter().sum();
        let values = |issue: &Issue| (0..issue.shapes[0].1.len()).map(|level| issue.value(level)).collect();
        Estimate {
            weights: weights.iter().map(|w| w / sum).collect(),
            values: self.issues.iter().map(values).collect(),
        }
    }
}
