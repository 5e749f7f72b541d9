use std::sync::OnceLock;

use tariff::{Agenda, Offer};

use crate::joint::Joint;
use crate::planner::ceil_grains;
use crate::table::{Grains, from_grains};

/// Agendas of at most so many offers are listed whole.
pub const MAX_LISTED: usize = 1 << 17;

/// Every permitted offer of an agenda that is small enough, the best for the holder first; of
/// offers worth the same the best for the prior, then the one with the lower levels.
#[derive(Debug)]
pub struct Space {
    own: Vec<Grains>,
    prior: Vec<Grains>,
    levels: Vec<u32>,
    offers: Vec<OnceLock<Offer>>,
    agenda: Agenda,
}

impl Space {
    /// The offers of some joint groups; none where there are more than [`MAX_LISTED`].
    pub(crate) fn new(agenda: &Agenda, joints: &[Joint]) -> Option<Self> {
        let size = joints.iter().try_fold(1_usize, |n, j| n.checked_mul(j.choices.len()))?;
        if size > MAX_LISTED {
            return None;
        }
        let width = agenda.len();
        let mut listed: Vec<(Grains, Grains, Vec<u32>)> = vec![(0, 0, vec![0; width])];
        for joint in joints {
            let with = |(own, prior, levels): &(Grains, Grains, Vec<u32>)| {
                let (own, prior, levels) = (*own, *prior, levels.clone());
                joint
                    .choices
                    .iter()
                    .map(move |choice| {
                        let mut levels = levels.clone();
                        joint.group.write(choice.index as usize, &mut levels);
                        (own + choice.own, prior + choice.prior, levels)
                    })
                    .collect::<Vec<_>>()
            };
            listed = listed.iter().flat_map(with).collect();
        }
        listed.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then_with(|| a.2.cmp(&b.2)));
        let mut space = Self {
            own: Vec::with_capacity(size),
            prior: Vec::with_capacity(size),
            levels: Vec::with_capacity(size * width),
            offers: (0..size).map(|_| OnceLock::new()).collect(),
            agenda: agenda.clone(),
        };
        for (own, prior, levels) in listed {
            space.own.push(own);
            space.prior.push(prior);
            space.levels.extend(levels);
        }
        Some(space)
    }

    /// How many offers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.own.len()
    }

    /// Never true: something is always permitted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// What the offer at a place is worth to the holder.
    ///
    /// # Panics
    /// The place is past the last.
    #[must_use]
    pub fn own(&self, place: usize) -> f64 {
        from_grains(self.own[place]).clamp(0.0, 1.0)
    }

    /// The levels of the offer at a place, in agenda order.
    ///
    /// # Panics
    /// The place is past the last.
    #[must_use]
    pub fn levels(&self, place: usize) -> &[u32] {
        let width = self.agenda.len();
        &self.levels[place * width..(place + 1) * width]
    }

    /// The offer at a place; none past the last.
    #[must_use]
    pub fn offer(&self, place: usize) -> Option<&Offer> {
        let slot = self.offers.get(place)?;
        if slot.get().is_none() {
            // Another thread may have been faster, with the same offer.
            let _ = slot.set(self.agenda.offer_at(self.levels(place)).ok()?);
        }
        slot.get()
    }

    /// How many offers are worth `target` or more: they are the first.
    #[must_use]
    pub fn at_least(&self, target: f64) -> usize {
        let target = ceil_grains(target);
        self.own.partition_point(|own| *own >= target)
    }

    /// The place of the offer at a target: of those within `band` above it the best for the prior,
    /// then for the holder; else the least one above; none where nothing is worth the target.
    pub(crate) fn at(&self, target: Grains, band: Grains) -> Option<usize> {
        let end = self.own.partition_point(|own| *own >= target);
        let last = end.checked_sub(1)?;
        let mut best = last;
        for place in (0..end).rev() {
            if self.own[place] - target > band {
                break;
            }
            if (self.prior[place], self.own[place]) >= (self.prior[best], self.own[best]) {
                best = place;
            }
        }
        // Of several that are alike the first.
        let value = (self.prior[best], self.own[best]);
        while best > 0 && (self.prior[best - 1], self.own[best - 1]) == value {
            best -= 1;
        }
        Some(best)
    }
}
