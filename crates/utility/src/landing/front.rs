//! Which of many worths are efficient: nothing else is worth at least as much to every party and
//! more to one.

use std::cmp::{Ordering, Reverse};

use super::field::Valued;
use crate::table::Grains;

/// The efficient of `candidates`, the best for the first party first. Of several with the same
/// worth, the first by `tie` stands for all.
pub(super) fn efficient<T>(
    candidates: Vec<T>,
    worth: impl Fn(&T) -> &[Grains],
    tie: impl Fn(&T, &T) -> Ordering,
) -> Vec<T> {
    few_efficient(candidates, worth, tie, usize::MAX).unwrap_or_default()
}

/// The same, or none where there are more than `most`: with three parties or more each candidate is
/// compared with all that are kept.
pub(super) fn few_efficient<T>(
    mut candidates: Vec<T>,
    worth: impl Fn(&T) -> &[Grains],
    tie: impl Fn(&T, &T) -> Ordering,
    most: usize,
) -> Option<Vec<T>> {
    candidates.sort_by(|a, b| worth(b).cmp(worth(a)).then_with(|| tie(a, b)));
    let mut kept: Vec<T> = Vec::new();
    for candidate in candidates {
        // What covers it, or equals it, comes before it in this order.
        let covered = match worth(&candidate) {
            [_, second] => kept.last().is_some_and(|last| worth(last)[1] >= *second),
            all => kept.iter().any(|k| covers(worth(k), all)),
        };
        if !covered {
            if kept.len() == most {
                return None;
            }
            kept.push(candidate);
        }
    }
    Some(kept)
}

/// Whether `a` is worth at least as much as `b` to everybody.
pub(super) fn covers(a: &[Grains], b: &[Grains]) -> bool {
    a.iter().zip(b).all(|(a, b)| a >= b)
}

/// Utilities are told apart to 2⁻²⁴.
const RESOLUTION: u32 = 16;

/// `value` in cells of the resolution, rounded to the nearest.
fn cell(value: Grains) -> Grains {
    (value + (1 << (RESOLUTION - 1))) >> RESOLUTION
}

/// An efficient set without what only rounding tells apart. Every table entry is rounded to 2⁻⁴⁰, so
/// sums that are equal on paper differ by a few grains; such offers count as one, and the one with
/// the greater exact sum stands for it, so that what is left is efficient to the last bit.
pub(super) fn resolved(front: Vec<Valued>) -> Vec<Valued> {
    let cells = |v: Valued| (v.worth.iter().copied().map(cell).collect::<Vec<_>>(), v);
    let resolved = efficient(front.into_iter().map(cells).collect(), |c| &c.0, |a, b| a.1.before(&b.1));
    let mut front: Vec<Valued> = resolved.into_iter().map(|(_, v)| v).collect();
    front.sort_by(|a, b| (Reverse(&a.worth), &a.levels).cmp(&(Reverse(&b.worth), &b.levels)));
    front
}

/// Buckets of a two-party sieve.
const BUCKETS: usize = 1024;
/// Worths a sieve for more parties remembers.
const REMEMBERED: usize = 32;

/// Turns most inefficient worths away at once, and never an efficient one.
#[derive(Debug, Clone)]
pub(super) struct Sieve {
    known: Known,
    repeats: Repeats,
}

/// What happens to a worth that was admitted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    /// It is admitted again.
    Admitted,
    /// It may be turned away.
    TurnedAway,
}

#[derive(Debug, Clone)]
enum Known {
    /// Two parties: the second's best worth, bucket by bucket of the first's.
    Buckets { low: Grains, shift: u32, buckets: Vec<Bucket> },
    /// More parties: the worths with the greatest sums.
    Sums(Vec<(Grains, Vec<Grains>)>),
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// The second party's best worth in higher buckets.
    above: Grains,
    /// The worth in this bucket that is best for the second party.
    inside: [Grains; 2],
}

impl Sieve {
    /// A sieve for worths whose first party's lies between `low` and `high`.
    pub(super) fn new(parties: usize, low: Grains, high: Grains, repeats: Repeats) -> Self {
        if parties != 2 {
            return Self { known: Known::Sums(Vec::new()), repeats };
        }
        let wide = (high - low).max(1) / BUCKETS as Grains;
        let empty = Bucket { above: Grains::MIN, inside: [Grains::MIN; 2] };
        let shift = wide.checked_ilog2().map_or(0, |log| log + 1);
        Self { known: Known::Buckets { low, shift, buckets: vec![empty; BUCKETS] }, repeats }
    }

    /// Whether `worth` may be efficient among what was seen; it is remembered if so.
    #[inline]
    pub(super) fn admits(&mut self, worth: &[Grains]) -> bool {
        match (&mut self.known, worth) {
            (Known::Buckets { low, shift, buckets }, [first, second]) => {
                let at = (((first - *low).max(0) >> *shift) as usize).min(BUCKETS - 1);
                admit_to_bucket(buckets, at, [*first, *second], self.repeats)
            }
            (Known::Sums(best), worth) => admit(best, worth, self.repeats),
            (Known::Buckets { .. }, _) => true,
        }
    }
}

#[inline]
fn admit_to_bucket(buckets: &mut [Bucket], at: usize, worth: [Grains; 2], repeats: Repeats) -> bool {
    let bucket = &mut buckets[at];
    let inside = covers(&bucket.inside, &worth);
    // What is in a higher bucket is worth more to the first party: it repeats nothing.
    if bucket.above >= worth[1] || (inside && (repeats == Repeats::TurnedAway || bucket.inside != worth)) {
        return false;
    }
    if worth[1] >= bucket.inside[1] {
        bucket.inside = worth;
    }
    for lower in buckets[..at].iter_mut().rev() {
        if lower.above >= worth[1] {
            break;
        }
        lower.above = worth[1];
    }
    true
}

fn admit(best: &mut Vec<(Grains, Vec<Grains>)>, worth: &[Grains], repeats: Repeats) -> bool {
    let turns = |known: &[Grains]| covers(known, worth) && (repeats == Repeats::TurnedAway || known != worth);
    if best.iter().any(|(_, known)| turns(known)) {
        return false;
    }
    let sum: Grains = worth.iter().sum();
    let at = best.partition_point(|(known, _)| *known >= sum);
    if at < REMEMBERED {
        best.insert(at, (sum, worth.to_vec()));
        best.truncate(REMEMBERED);
    }
    true
}
