//! Search where tables are not all there is, or issues hang together too closely to list.

use super::ceiling::Ceiling;
use super::field::{Field, Part, Valued, levels};
use super::front::{Repeats, Sieve, efficient};
use super::goal::{Goal, Score};
use super::sums::thinned;
use super::support::{Support, supports};
use crate::UtilityError;
use crate::group::Group;
use crate::table::{Grains, grains};

/// Picks of one part tried in a sweep; larger parts are sampled evenly.
const TRIED: usize = 48;
/// Directions in which the edge is searched.
const DIRECTIONS: usize = 8;

/// The efficient among all offers valued, and what nothing exceeds, if that is known.
pub(super) struct Found {
    pub(super) pool: Vec<Valued>,
    pub(super) ceiling: Option<Ceiling>,
}

/// A bounded search: from offers that the tables alone recommend, one part is changed at a time
/// while that helps and `evaluations` last.
pub(super) fn solve(field: &Field<'_>, evaluations: usize) -> Result<Found, UtilityError> {
    match super::field::parts(field) {
        Ok(parts) => Ok(decomposed(field, &parts, evaluations)),
        Err(UtilityError::GroupTooLarge { .. }) => {
            let parts = singles(field)?;
            let start = vec![0; parts.len()];
            let middle = parts.iter().map(|part| part.picks.len() / 2).collect();
            let end = parts.iter().map(|part| part.picks.len() - 1).collect();
            let mut probe = Probe::new(field, &parts, evaluations);
            probe.search(&[start, middle, end]);
            Ok(Found { pool: probe.found(), ceiling: None })
        }
        Err(other) => Err(other),
    }
}

fn decomposed(field: &Field<'_>, parts: &[Part], evaluations: usize) -> Found {
    let copy = |part: &Part| Part { group: part.group.clone(), picks: part.picks.clone() };
    let thin = thinned(parts.iter().map(copy).collect());
    let supports = supports(field, &thin);
    let beyond: Vec<f64> = field.parties.iter().map(|p| p.utility().remainder_bounds().1).collect();
    let ceiling = Ceiling::new(&supports, &field.walk, &beyond);
    let starts: Vec<Vec<usize>> = starts(field, &supports).iter().map(|s| within(parts, &thin, s)).collect();
    let mut probe = Probe::new(field, parts, evaluations);
    probe.search(&starts);
    Found { pool: probe.found(), ceiling: Some(ceiling) }
}

/// The supports best for the solutions and some spread along the edge.
fn starts<'s>(field: &Field<'_>, supports: &'s [Support]) -> Vec<&'s Support> {
    let equal = Goal::Least(vec![1.0; field.parties.len()]);
    let best = |goal: &Goal| {
        let score = |s: &Support| goal.score(&s.offer.worth, &field.walk);
        supports.iter().max_by(|a, b| score(a).partial_cmp(&score(b)).unwrap_or(std::cmp::Ordering::Equal))
    };
    let spread = (0..DIRECTIONS).filter_map(|step| supports.get(step * supports.len() / DIRECTIONS));
    best(&Goal::Product).into_iter().chain(best(&equal)).chain(spread).collect()
}

/// A support's picks among all picks of its parts.
fn within(parts: &[Part], thin: &[Part], support: &Support) -> Vec<usize> {
    let place = |((part, thin), at): ((&Part, &Part), &usize)| {
        let index = thin.picks[*at].index;
        part.picks.partition_point(|pick| pick.index < index)
    };
    parts.iter().zip(thin).zip(&support.picks).map(place).collect()
}

/// Every issue as a part of its own, whatever hangs together.
fn singles(field: &Field<'_>) -> Result<Vec<Part>, UtilityError> {
    let single = |place: usize| {
        let group = Group::new(field.agenda, vec![place])?;
        let pick = |index: u32| super::field::Pick { index, worth: vec![0; field.parties.len()] };
        Ok(Part { picks: (0..group.size() as u32).map(pick).collect(), group })
    };
    (0..field.agenda.len()).map(single).collect()
}

struct Probe<'a> {
    field: &'a Field<'a>,
    parts: &'a [Part],
    left: usize,
    sieve: Sieve,
    seen: Vec<Valued>,
}

impl<'a> Probe<'a> {
    fn new(field: &'a Field<'a>, parts: &'a [Part], evaluations: usize) -> Self {
        let sieve = Sieve::new(field.parties.len(), 0, grains(1.0), Repeats::TurnedAway);
        Self { field, parts, left: evaluations, sieve, seen: Vec::new() }
    }

    fn search(&mut self, starts: &[Vec<usize>]) {
        let parties = self.field.parties.len();
        let mut goals = vec![Goal::Product, Goal::Least(vec![1.0; parties]), Goal::Sum(vec![1.0; parties])];
        goals.extend((0..parties).map(Goal::Best));
        let lean =
            |party: usize| Goal::Sum((0..parties).map(|p| if p == party { 3.0 } else { 1.0 }).collect());
        goals.extend((0..parties).map(lean));
        // Every goal has the same share of the evaluations, and begins where it does best.
        let share = (self.left / goals.len()).max(1);
        for goal in &goals {
            let mut scored: Option<(Score, &Vec<usize>)> = None;
            for start in starts {
                let score = self.try_offer(goal, start);
                if scored.as_ref().is_none_or(|(best, _)| score > *best) {
                    scored = Some((score, start));
                }
            }
            if let Some((_, start)) = scored {
                self.climb(goal, start.clone(), share.saturating_sub(starts.len()));
            }
        }
    }

    fn climb(&mut self, goal: &Goal, mut at: Vec<usize>, mut share: usize) {
        let mut best = self.try_offer(goal, &at);
        loop {
            let before = best;
            for number in 0..self.parts.len() {
                let picks = self.parts[number].picks.len();
                let mut kept = at[number];
                for pick in (0..picks).step_by(picks.div_ceil(TRIED)) {
                    if share == 0 || self.left == 0 {
                        return;
                    }
                    share -= 1;
                    at[number] = pick;
                    let tried = self.try_offer(goal, &at);
                    if tried > best {
                        (best, kept) = (tried, pick);
                    }
                }
                at[number] = kept;
            }
            if best == before {
                return;
            }
        }
    }

    fn try_offer(&mut self, goal: &Goal, at: &[usize]) -> Score {
        self.left = self.left.saturating_sub(1);
        let levels = levels(self.field.agenda, self.parts, at);
        let Some(worth) = self.field.value(&levels) else { return Score::WORST };
        let score = goal.score(&worth, &self.field.walk);
        self.see(Valued { levels, worth });
        score
    }

    fn see(&mut self, valued: Valued) {
        if self.sieve.admits(&valued.worth) {
            self.seen.push(valued);
        }
    }

    fn found(self) -> Vec<Valued> {
        efficient(self.seen, |v: &Valued| -> &[Grains] { &v.worth }, |a, b| a.levels.cmp(&b.levels))
    }
}
