use std::collections::HashSet;
use std::sync::Arc;

use tariff::{Agenda, PartyId};
use utility::{Motives, Utility};

use super::Estimate;
use crate::{Seed, TurnRng};

/// How many mixtures of motives are held possible.
const MIXTURES: usize = 192;
/// How much less each new offer is presumed to be worth to its maker (Hindriks & Tykhonov 2008).
const FALL: f64 = 0.003;
/// The least that an offer is presumed to be worth to its maker.
const LEAST: f64 = 0.5;
/// The standard deviation of the presumption, relative to what is presumed.
const SIGMA: f64 = 0.12;

/// By issue and level, what each adds to a worth.
type Contributions = Vec<Vec<f64>>;

/// Mixtures of what the other side may be after: the figures of its impact, what the brief presumes,
/// and, for issues that no figure hangs on, as much or as little as can be had. Drawn once for many
/// talks, and always the same.
#[derive(Debug)]
pub(crate) struct Mixtures {
    motives: Vec<Contributions>,
    /// By mixture, what each motive weighs: the best offer is worth 1.
    weights: Vec<Vec<f64>>,
}

impl Mixtures {
    /// Mixtures of these motives; none where there are none.
    pub(crate) fn new(agenda: &Agenda, motives: &dyn Motives, prior: Option<&Utility>) -> Option<Self> {
        let figures = motives.motives();
        let matching = |u: &Utility| u.agenda().digest() == agenda.digest() && u.is_additive();
        let mut all: Vec<Contributions> =
            figures.iter().map(|m| &m.worth).filter(|u| matching(u)).map(contributions).collect();
        if all.is_empty() {
            return None;
        }
        all.extend(unmoved(agenda, &all));
        let presumed = prior.filter(|u| matching(u)).map(contributions);
        let weights = draw(all.len(), presumed.is_some());
        all.extend(presumed);
        let scaled = weights.into_iter().map(|weights| scale(&all, weights)).collect();
        Some(Self { motives: all, weights: scaled })
    }
}

/// What each level adds, 0 being the least of its issue: a group's table counts for each of its
/// issues by its mean over the others.
fn contributions(utility: &Utility) -> Contributions {
    let Estimate { weights, mut values } = Estimate::of(utility);
    for (weight, values) in weights.iter().zip(&mut values) {
        values.iter_mut().for_each(|value| *value *= weight);
    }
    values
}

/// More and less of every issue that none of the motives is about.
fn unmoved(agenda: &Agenda, motives: &[Contributions]) -> Vec<Contributions> {
    let none = || -> Contributions {
        agenda.issues().iter().map(|issue| vec![0.0; issue.levels() as usize]).collect()
    };
    let about = |place: usize| motives.iter().any(|m| m[place].iter().any(|value| *value > 0.0));
    let mut found = Vec::new();
    for place in (0..agenda.len()).filter(|place| !about(*place)) {
        let top = agenda.issues()[place].levels().saturating_sub(1).max(1);
        for rising in [true, false] {
            let mut motive = none();
            for (level, value) in (0..).zip(motive[place].iter_mut()) {
                let share = f64::from(level) / f64::from(top);
                *value = if rising { share } else { 1.0 - share };
            }
            found.push(motive);
        }
    }
    found
}

/// Weights over `motives`, few of them large, summing to 1; where something is presumed it comes last
/// and weighs from a fifth to all of it in every other mixture.
fn draw(motives: usize, presumed: bool) -> Vec<Vec<f64>> {
    let Ok(nobody) = PartyId::new("ANYBODY") else { return Vec::new() };
    let mut rng = TurnRng::new(Seed { seed: 0, talk: 0 }, &nobody, 0);
    let mut unit = move || (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let mixture = |number: usize| {
        let mut weights: Vec<f64> = (0..motives).map(|_| (1.0 - unit()).ln().powi(2)).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        if presumed {
            let share = if number.is_multiple_of(2) { 0.2 + 0.8 * unit() } else { 0.0 };
            weights.iter_mut().for_each(|weight| *weight *= 1.0 - share);
            weights.push(share);
        }
        weights
    };
    (0..MIXTURES).map(mixture).collect()
}

/// The weights over the worth of the best offer by them.
fn scale(motives: &[Contributions], weights: Vec<f64>) -> Vec<f64> {
    let best: f64 =
        mix(motives, &weights).iter().map(|issue| issue.iter().copied().fold(0.0, f64::max)).sum();
    weights.into_iter().map(|weight| if best > 0.0 { weight / best } else { 0.0 }).collect()
}

fn mix(motives: &[Contributions], weights: &[f64]) -> Contributions {
    let mut mixed: Contributions = motives[0].iter().map(|issue| vec![0.0; issue.len()]).collect();
    for (motive, weight) in motives.iter().zip(weights).filter(|(_, weight)| **weight > 0.0) {
        for (to, from) in mixed.iter_mut().zip(motive) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
        }
    }
    mixed
}

/// The model of impacts: how likely each mixture is after the offers that were made, as in the scalable
/// Bayesian model (Hindriks & Tykhonov 2008), but over what offers do and not over values of issues,
/// which are many and say little of each other. A repeated offer says nothing.
#[derive(Debug, Clone)]
pub(super) struct Impact {
    mixtures: Arc<Mixtures>,
    /// By mixture, the logarithm of how likely it is.
    likely: Vec<f64>,
    seen: HashSet<Vec<u32>>,
}

impl Impact {
    pub(super) fn new(mixtures: Arc<Mixtures>) -> Self {
        let likely = vec![0.0; mixtures.weights.len()];
        Self { mixtures, likely, seen: HashSet::new() }
    }

    /// Takes an offer in; whether it was new.
    pub(super) fn take(&mut self, levels: &[u32]) -> bool {
        if !self.seen.insert(levels.to_vec()) {
            return false;
        }
        let presumed = (1.0 - FALL * (self.seen.len() - 1) as f64).max(LEAST);
        let at = |motive: &Contributions| -> f64 {
            motive.iter().zip(levels).map(|(issue, level)| issue[*level as usize]).sum()
        };
        let worths: Vec<f64> = self.mixtures.motives.iter().map(at).collect();
        for (likely, weights) in self.likely.iter_mut().zip(&self.mixtures.weights) {
            let worth: f64 = weights.iter().zip(&worths).map(|(weight, worth)| weight * worth).sum();
            *likely -= ((presumed - worth) / presumed).powi(2) / (2.0 * SIGMA * SIGMA);
        }
        true
    }

    /// What is to be expected of the other side's utility.
    pub(super) fn estimate(&self) -> Estimate {
        let most = self.likely.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shares: Vec<f64> = self.likely.iter().map(|likely| (likely - most).exp()).collect();
        let sum: f64 = shares.iter().sum();
        let mut expected = vec![0.0; self.mixtures.motives.len()];
        for (share, weights) in shares.iter().zip(&self.mixtures.weights) {
            expected.iter_mut().zip(weights).for_each(|(to, weight)| *to += share / sum * weight);
        }
        Estimate::from_contributions(mix(&self.mixtures.motives, &expected))
    }
}
