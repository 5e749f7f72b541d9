//! The offers all red lines leave open, as every party values them.

use std::cmp::{Ordering, Reverse};

use tariff::Agenda;

use crate::group::Group;
use crate::joint::partition;
use crate::planner::ceil_grains;
use crate::table::{Grains, Table};
use crate::{Mask, Preferences, UtilityError};

/// An offer by its levels, with what it is worth to each party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Valued {
    pub(super) levels: Vec<u32>,
    pub(super) worth: Vec<Grains>,
}

impl Valued {
    pub(super) fn sum(&self) -> i128 {
        self.worth.iter().copied().map(i128::from).sum()
    }

    /// The tie rule: the greater sum of utilities, then the lower levels in agenda order.
    pub(super) fn before(&self, other: &Self) -> Ordering {
        (Reverse(self.sum()), &self.levels).cmp(&(Reverse(other.sum()), &other.levels))
    }
}

/// One agenda and all who have a say on it.
pub(super) struct Field<'a> {
    pub(super) parties: &'a [Preferences],
    pub(super) agenda: &'a Agenda,
    /// The least worth acceptable to each party.
    pub(super) walk: Vec<Grains>,
}

impl<'a> Field<'a> {
    pub(super) fn new(parties: &'a [Preferences]) -> Result<Self, UtilityError> {
        let [first, _, ..] = parties else { return Err(UtilityError::TooFewParties(parties.len())) };
        let agenda = first.agenda();
        if parties.iter().any(|p| p.agenda().digest() != agenda.digest()) {
            return Err(UtilityError::OtherAgenda);
        }
        let walk = parties.iter().map(|p| ceil_grains(p.walk_away())).collect();
        Ok(Self { parties, agenda, walk })
    }

    /// Whether every party has tables and masks only.
    pub(super) fn factored(&self) -> bool {
        self.parties.iter().all(Preferences::factored)
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = (usize, &'a Table)> {
        let of = |(party, p): (usize, &'a Preferences)| p.utility().tables().iter().map(move |t| (party, t));
        self.parties.iter().enumerate().flat_map(of)
    }

    pub(super) fn masks(&self) -> impl Iterator<Item = &'a Mask> {
        self.parties.iter().flat_map(Preferences::red_lines)
    }

    /// What an offer is worth to each party, remainders included; none where a red line forbids it.
    pub(super) fn value(&self, levels: &[u32]) -> Option<Vec<Grains>> {
        if self.factored() {
            let permitted = self.masks().all(|mask| mask.allows(levels));
            return permitted
                .then(|| self.parties.iter().map(|p| p.utility().table_grains(levels)).collect());
        }
        let offer = self.agenda.offer_at(levels).ok()?;
        let permitted = self.parties.iter().all(|p| p.permits_at(levels, &offer));
        permitted.then(|| self.parties.iter().map(|p| p.utility().grains_of(levels, &offer)).collect())
    }

    /// Whether no party would rather walk away than agree to something worth this.
    pub(super) fn in_zone(&self, worth: &[Grains]) -> bool {
        worth.iter().zip(&self.walk).all(|(worth, walk)| worth >= walk)
    }
}

/// One combination of a part, and what it adds to each party's utility.
#[derive(Debug, Clone)]
pub(super) struct Pick {
    /// Its number in the group.
    pub(super) index: u32,
    pub(super) worth: Vec<Grains>,
}

/// Issues that no table and no red line of any party connects to any other issue.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) group: Group,
    /// The permitted combinations in ascending order of index; never empty.
    pub(super) picks: Vec<Pick>,
}

/// The parts of a field, in the order of their first issues; together they hold every issue.
///
/// # Errors
/// A part has too many combinations to list, or its red lines leave none.
pub(super) fn parts(field: &Field<'_>) -> Result<Vec<Part>, UtilityError> {
    let linked = field.tables().map(|(_, table)| table.places());
    let linked = linked.chain(field.masks().map(Mask::places));
    partition(field.agenda.len(), linked).into_iter().map(|places| part(field, places)).collect()
}

fn part(field: &Field<'_>, places: Vec<usize>) -> Result<Part, UtilityError> {
    let group = Group::new(field.agenda, places)?;
    let inside = |inner: &[usize]| inner.first().is_some_and(|first| group.places().contains(first));
    let tables: Vec<_> = field.tables().filter(|(_, table)| inside(table.places())).collect();
    let masks: Vec<_> = field.masks().filter(|mask| inside(mask.places())).collect();
    let mut levels = vec![0; field.agenda.len()];
    let mut picks = Vec::new();
    for index in 0..group.size() {
        group.write(index, &mut levels);
        if masks.iter().all(|mask| mask.allows(&levels)) {
            let mut worth = vec![0; field.parties.len()];
            tables.iter().for_each(|(party, table)| worth[*party] += table.grains_at(&levels));
            picks.push(Pick { index: index as u32, worth });
        }
    }
    if picks.is_empty() {
        return Err(UtilityError::NothingAcceptable(group.places().to_vec()));
    }
    Ok(Part { group, picks })
}

/// The levels of the whole agenda at one pick of each part.
pub(super) fn levels(agenda: &Agenda, parts: &[Part], at: &[usize]) -> Vec<u32> {
    let mut levels = vec![0; agenda.len()];
    for (part, at) in parts.iter().zip(at) {
        part.group.write(part.picks[*at].index as usize, &mut levels);
    }
    levels
}

/// The offer of one pick of each part, by tables alone.
pub(super) fn valued(agenda: &Agenda, parts: &[Part], at: &[usize]) -> Valued {
    let parties = parts.first().map_or(0, |part| part.picks[0].worth.len());
    let mut worth = vec![0; parties];
    for (part, at) in parts.iter().zip(at) {
        worth.iter_mut().zip(&part.picks[*at].worth).for_each(|(sum, more)| *sum += more);
    }
    Valued { levels: levels(agenda, parts, at), worth }
}
