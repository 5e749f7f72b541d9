//! The exact edge of a large agenda: the efficient sums of the parts' efficient picks.

use std::cmp::Ordering;

use super::field::{Field, Part, Pick, Valued};
use super::front::{Repeats, Sieve, few_efficient};
use crate::table::Grains;

/// The most sums of two parties that are looked at for one part: a second's work.
const MOST_STEPS: usize = 4_000_000;
/// The same for more parties, where each is compared with all that are kept.
const MOST_STEPS_OF_MANY: usize = 400_000;

/// A label and a pick that may follow it.
struct Step {
    worth: Vec<Grains>,
    label: usize,
    pick: usize,
}

/// The efficient offers of all parts together, or none where more than `cap` of them have to be kept
/// on the way. Adding keeps the order of worths, so an offer built on an inefficient beginning is
/// inefficient itself; of equal beginnings the one with the lower levels stands for both.
pub(super) fn efficient_offers(field: &Field<'_>, parts: &[Part], cap: usize) -> Option<Vec<Valued>> {
    let start = Valued { levels: vec![0; field.agenda.len()], worth: vec![0; field.parties.len()] };
    let most = if field.parties.len() == 2 { MOST_STEPS } else { MOST_STEPS_OF_MANY };
    parts.iter().try_fold(vec![start], |labels, part| {
        let fits = labels.len().saturating_mul(part.picks.len()) <= most;
        fits.then(|| extended(&labels, part, cap)).flatten()
    })
}

fn extended(labels: &[Valued], part: &Part, cap: usize) -> Option<Vec<Valued>> {
    let steps = steps(labels, part);
    let levels = |step: &Step| {
        let mut levels = labels[step.label].levels.clone();
        part.group.write(part.picks[step.pick].index as usize, &mut levels);
        levels
    };
    let lower = |a: &Step, b: &Step| levels(a).cmp(&levels(b));
    let kept = few_efficient(steps, |step| &step.worth, lower, cap)?;
    Some(kept.into_iter().map(|step| Valued { levels: levels(&step), worth: step.worth }).collect())
}

/// The sums of labels and picks that may be efficient.
fn steps(labels: &[Valued], part: &Part) -> Vec<Step> {
    let (label, pick) = (first(labels, |v| &v.worth), first(&part.picks, |p| &p.worth));
    let parties = part.picks.first().map_or(0, |pick| pick.worth.len());
    let mut sieve = Sieve::new(parties, label.0 + pick.0, label.1 + pick.1, Repeats::Admitted);
    let mut steps = Vec::new();
    let mut worth = vec![0; parties];
    for (label, valued) in labels.iter().enumerate() {
        for (pick, more) in part.picks.iter().enumerate() {
            let pairs = valued.worth.iter().zip(&more.worth);
            worth.iter_mut().zip(pairs).for_each(|(sum, (label, pick))| *sum = label + pick);
            if sieve.admits(&worth) {
                steps.push(Step { worth: worth.clone(), label, pick });
            }
        }
    }
    steps
}

/// Least and greatest worth to the first party.
fn first<T>(items: &[T], worth: impl Fn(&T) -> &[Grains]) -> (Grains, Grains) {
    let first = || items.iter().map(|item| worth(item)[0]);
    (first().min().unwrap_or(0), first().max().unwrap_or(0))
}

/// The most comparisons of one part's picks with those kept, where more than two parties meet.
const MOST_COMPARED: usize = 1 << 27;

/// The same parts with their efficient picks alone: where utilities are sums over parts, an efficient
/// offer has no other. Parts too large to compare all picks of stay as they are.
pub(super) fn thinned(parts: Vec<Part>) -> Vec<Part> {
    let by_index = |a: &Pick, b: &Pick| -> Ordering { a.index.cmp(&b.index) };
    let thin = |mut part: Part| {
        let parties = part.picks.first().map_or(0, |pick| pick.worth.len());
        // Two parties compare each pick with one other.
        let most = if parties == 2 { usize::MAX } else { MOST_COMPARED / part.picks.len().max(1) };
        if let Some(picks) = few_efficient(part.picks.clone(), |pick| &pick.worth, by_index, most) {
            part.picks = picks;
        }
        part
    };
    parts.into_iter().map(thin).collect()
}
