//! Every offer of a small agenda, one after the other in the order of its levels.

use std::ops::Range;

use rayon::prelude::*;

use super::field::{Field, Valued};
use super::front::{Repeats, Sieve, efficient};
use crate::table::{Grains, Table, grains};
use crate::{Mask, UtilityError};

/// Shares of the agenda that are listed in parallel.
const SHARES: usize = 64;
/// Candidates kept before they are compared with each other.
const PENDING: usize = 1 << 16;

/// What becomes known once the issue at one place is settled.
#[derive(Default)]
struct Layer<'a> {
    levels: u32,
    tables: Vec<(usize, &'a Table)>,
    masks: Vec<&'a Mask>,
}

/// An offer that may be efficient: its worth and its number in the order of levels.
struct Candidate {
    worth: Vec<Grains>,
    number: u64,
}

/// The efficient permitted offers among all of `field`; of equals the one with the lowest levels.
pub(super) fn efficient_offers(field: &Field<'_>) -> Result<Vec<Valued>, UtilityError> {
    let layers = layers(field);
    // Enough leading issues for every share to have some of their combinations.
    let mut lead = 0;
    let mut heads = 1_usize;
    while heads < SHARES && lead < layers.len() {
        heads = heads.saturating_mul(layers[lead].levels as usize);
        lead += 1;
    }
    let shares = SHARES.min(heads);
    let bounds = |share: usize| heads * share / shares..heads * (share + 1) / shares;
    let listed: Vec<Vec<Candidate>> = (0..shares)
        .into_par_iter()
        .map(|share| Walk::new(field, &layers).list(lead, bounds(share)))
        .collect();
    let front = frontier(listed.into_iter().flatten().collect());
    if front.is_empty() {
        return Err(UtilityError::NothingAcceptable((0..field.agenda.len()).collect()));
    }
    let valued = |c: Candidate| Valued { levels: levels_of(&layers, c.number), worth: c.worth };
    Ok(front.into_iter().map(valued).collect())
}

/// Each table and mask belongs to the layer of its last issue.
fn layers<'a>(field: &Field<'a>) -> Vec<Layer<'a>> {
    let empty = |issue: &tariff::Issue| Layer { levels: issue.levels(), ..Layer::default() };
    let mut layers: Vec<Layer<'a>> = field.agenda.issues().iter().map(empty).collect();
    for (party, table) in field.tables() {
        if let Some(last) = table.places().last() {
            layers[*last].tables.push((party, table));
        }
    }
    for mask in field.masks() {
        if let Some(last) = mask.places().last() {
            layers[*last].masks.push(mask);
        }
    }
    layers
}

fn frontier(candidates: Vec<Candidate>) -> Vec<Candidate> {
    efficient(candidates, |c| &c.worth, |a, b| a.number.cmp(&b.number))
}

fn levels_of(layers: &[Layer<'_>], mut number: u64) -> Vec<u32> {
    let mut levels = vec![0; layers.len()];
    for (level, layer) in levels.iter_mut().zip(layers).rev() {
        *level = (number % u64::from(layer.levels)) as u32;
        number /= u64::from(layer.levels);
    }
    levels
}

/// A walk over the tree of levels that carries the sums of what is settled so far.
struct Walk<'f, 'a> {
    field: &'f Field<'a>,
    layers: &'f [Layer<'a>],
    factored: bool,
    levels: Vec<u32>,
    /// A row of worths for each number of settled issues.
    sums: Vec<Grains>,
    sieve: Sieve,
    kept: Vec<Candidate>,
    pending: usize,
}

impl<'f, 'a> Walk<'f, 'a> {
    fn new(field: &'f Field<'a>, layers: &'f [Layer<'a>]) -> Self {
        let parties = field.parties.len();
        let (low, high) = range(field);
        Self {
            field,
            layers,
            factored: field.factored(),
            levels: vec![0; layers.len()],
            sums: vec![0; (layers.len() + 1) * parties],
            sieve: Sieve::new(parties, low, high, Repeats::TurnedAway),
            kept: Vec::new(),
            pending: PENDING,
        }
    }

    /// The efficient among the offers whose first `lead` issues stand at a combination of `heads`.
    fn list(mut self, lead: usize, heads: Range<usize>) -> Vec<Candidate> {
        for head in heads {
            let first = levels_of(&self.layers[..lead], head as u64);
            if (0..lead).all(|place| self.settle(place, first[place])) {
                self.descend(lead, head as u64);
            }
        }
        frontier(self.kept)
    }

    fn descend(&mut self, place: usize, number: u64) {
        if place == self.layers.len() {
            return self.visit(number);
        }
        let levels = self.layers[place].levels;
        for level in 0..levels {
            if self.settle(place, level) {
                self.descend(place + 1, number * u64::from(levels) + u64::from(level));
            }
        }
    }

    /// Settles the issue at `place`; false where a red line forbids it.
    fn settle(&mut self, place: usize, level: u32) -> bool {
        self.levels[place] = level;
        let layer = &self.layers[place];
        if !layer.masks.iter().all(|mask| mask.allows(&self.levels)) {
            return false;
        }
        let parties = self.field.parties.len();
        let (settled, next) = self.sums.split_at_mut((place + 1) * parties);
        let next = &mut next[..parties];
        next.copy_from_slice(&settled[place * parties..]);
        for (party, table) in &layer.tables {
            next[*party] += table.grains_at(&self.levels);
        }
        true
    }

    fn visit(&mut self, number: u64) {
        let parties = self.field.parties.len();
        if self.factored {
            let worth = &self.sums[self.layers.len() * parties..];
            if self.sieve.admits(worth) {
                self.kept.push(Candidate { worth: worth.to_vec(), number });
            }
        } else if let Some(worth) = self.field.value(&self.levels)
            && self.sieve.admits(&worth)
        {
            self.kept.push(Candidate { worth, number });
        }
        if self.kept.len() >= self.pending {
            self.kept = frontier(std::mem::take(&mut self.kept));
            self.pending = PENDING.max(2 * self.kept.len());
        }
    }
}

/// Least and greatest worth that the first party's utility can reach.
fn range(field: &Field<'_>) -> (Grains, Grains) {
    let own = field.tables().filter(|(party, _)| *party == 0).map(|(_, table)| table.range());
    let (low, high) = own.fold((0, 0), |sum, r| (sum.0 + r.0, sum.1 + r.1));
    let (least, most) = field.parties[0].utility().remainder_bounds();
    (low + grains(least), high + grains(most))
}
