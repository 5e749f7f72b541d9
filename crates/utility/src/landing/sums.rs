//! The exact edge of a large agenda: the efficient sums of the parts' efficient picks.

use std::cmp::Ordering;

use super::field::{Field, Part, Pick, Valued};
use super::front::efficient;

/// The most sums that are looked at for one part: a second's work.
const MOST_STEPS: usize = 4_000_000;

/// A label and a pick that may follow it.
struct Step {
    worth: Vec<i64>,
    label: usize,
    pick: usize,
}

/// The efficient offers of all parts together, or none where more than `cap` of them have to be kept
/// on the way. Adding keeps the order of worths, so an offer built on an inefficient beginning is
/// inefficient itself; of equal beginnings the one with the lower levels stands for both.
pub(super) fn efficient_offers(field: &Field<'_>, parts: &[Part], cap: usize) -> Option<Vec<Valued>> {
    let start = Valued { levels: vec![0; field.agenda.len()], worth: vec![0; field.parties.len()] };
    parts.iter().try_fold(vec![start], |labels, part| {
        if labels.len().saturating_mul(part.picks.len()) > MOST_STEPS {
            return None;
        }
        let labels = extended(&labels, part);
        (labels.len() <= cap).then_some(labels)
    })
}

fn extended(labels: &[Valued], part: &Part) -> Vec<Valued> {
    let step = |label: usize, pick: usize| {
        let pairs = labels[label].worth.iter().zip(&part.picks[pick].worth);
        Step { worth: pairs.map(|(sum, more)| sum + more).collect(), label, pick }
    };
    let picks = 0..part.picks.len();
    let steps = (0..labels.len()).flat_map(|label| picks.clone().map(move |pick| step(label, pick)));
    let levels = |step: &Step| {
        let mut levels = labels[step.label].levels.clone();
        part.group.write(part.picks[step.pick].index as usize, &mut levels);
        levels
    };
    let lower = |a: &Step, b: &Step| levels(a).cmp(&levels(b));
    let kept = efficient(steps.collect(), |step| &step.worth, lower);
    kept.into_iter().map(|step| Valued { levels: levels(&step), worth: step.worth }).collect()
}

/// The same parts with their efficient picks alone: where utilities are sums over parts, an efficient
/// offer has no other.
pub(super) fn thinned(parts: Vec<Part>) -> Vec<Part> {
    let by_index = |a: &Pick, b: &Pick| -> Ordering { a.index.cmp(&b.index) };
    let thin = |part: Part| Part { picks: efficient(part.picks, |pick| &pick.worth, by_index), ..part };
    parts.into_iter().map(thin).collect()
}
