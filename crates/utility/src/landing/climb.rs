//! Improving an offer by exchanges between two parts at a time, the way tariff lines are traded.

use super::field::{Part, Valued, valued};
use super::goal::{Goal, Score};
use crate::table::Grains;

/// Picks of one part that are tried.
const TRIED: usize = 24;
/// Sweeps over all pairs of parts before the climb ends.
const SWEEPS: usize = 12;

/// A climb over sums of parts.
pub(super) struct Climb<'a> {
    parts: &'a [Part],
    walk: &'a [Grains],
    goal: &'a Goal,
    /// The picks of each part worth trying.
    tried: Vec<Vec<usize>>,
    at: Vec<usize>,
    worth: Vec<Grains>,
    score: Score,
}

impl<'a> Climb<'a> {
    /// A climb from the offer at `start`, one that maximises the sum of worths under `weights`: in
    /// large parts the picks nearest to that sum's maximum are tried.
    pub(super) fn new(
        parts: &'a [Part],
        walk: &'a [Grains],
        goal: &'a Goal,
        start: &[usize],
        weights: &[i64],
    ) -> Self {
        let mut tried: Vec<Vec<usize>> = parts.iter().map(|part| nearest(part, weights)).collect();
        for (tried, at) in tried.iter_mut().zip(start) {
            if !tried.contains(at) {
                tried.push(*at);
            }
        }
        let mut worth = vec![0; walk.len()];
        for (part, at) in parts.iter().zip(start) {
            worth.iter_mut().zip(&part.picks[*at].worth).for_each(|(sum, more)| *sum += more);
        }
        let score = goal.score(&worth, walk);
        Self { parts, walk, goal, tried, at: start.to_vec(), worth, score }
    }

    /// The offer that no exchange between two parts improves, or the last one found.
    pub(super) fn top(mut self, agenda: &tariff::Agenda) -> Valued {
        for _ in 0..SWEEPS {
            let before = self.score;
            for first in 0..self.parts.len() {
                self.exchange(first, first);
                for second in first + 1..self.parts.len() {
                    self.exchange(first, second);
                }
            }
            if self.score == before {
                break;
            }
        }
        valued(agenda, self.parts, &self.at)
    }

    /// Puts two parts (or one) at their best picks while the others stand still.
    fn exchange(&mut self, first: usize, second: usize) {
        let mut rest = self.worth.clone();
        take(&mut rest, &self.parts[first].picks[self.at[first]].worth);
        if first != second {
            take(&mut rest, &self.parts[second].picks[self.at[second]].worth);
        }
        let mut found = None;
        let (mut base, mut sum) = (rest.clone(), rest.clone());
        for a in &self.tried[first] {
            add(&mut base, &rest, &self.parts[first].picks[*a].worth);
            let others = if first == second { &[0][..] } else { &self.tried[second][..] };
            for b in others {
                if first == second {
                    sum.copy_from_slice(&base);
                } else {
                    add(&mut sum, &base, &self.parts[second].picks[*b].worth);
                }
                let score = self.goal.score(&sum, self.walk);
                if score > self.score {
                    self.score = score;
                    self.worth.copy_from_slice(&sum);
                    found = Some((*a, *b));
                }
            }
        }
        if let Some((a, b)) = found {
            self.at[first] = a;
            if first != second {
                self.at[second] = b;
            }
        }
    }
}

fn nearest(part: &Part, weights: &[i64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..part.picks.len()).collect();
    if order.len() > TRIED {
        let key = |at: &usize| (-weighted(weights, &part.picks[*at].worth), *at);
        order.select_nth_unstable_by_key(TRIED, key);
        order.truncate(TRIED);
        order.sort_by_key(key);
    }
    order
}

/// The sum of worths under integer weights, exactly.
pub(super) fn weighted(weights: &[i64], worth: &[Grains]) -> i128 {
    weights.iter().zip(worth).map(|(weight, worth)| i128::from(*weight) * i128::from(*worth)).sum()
}

fn take(sum: &mut [Grains], less: &[Grains]) {
    sum.iter_mut().zip(less).for_each(|(sum, less)| *sum -= less);
}

fn add(sum: &mut [Grains], base: &[Grains], more: &[Grains]) {
    sum.iter_mut().zip(base).zip(more).for_each(|((sum, base), more)| *sum = base + more);
}
