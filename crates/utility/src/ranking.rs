use std::sync::OnceLock;

use tariff::Offer;

use crate::Preferences;
use crate::joint::Joint;
use crate::planner::levels;
use crate::table::{Grains, from_grains};

/// Agendas of up to so many permitted offers can be ranked one by one.
pub const MAX_RANKED: usize = 1 << 19;

/// Every permitted offer, the best for the holder first; of equals the one of lower levels first.
/// Offers are put together when they are first asked for.
#[derive(Debug)]
pub struct Ranking {
    base: Grains,
    /// Own utility above the base, then the complement of the place in the listing, descending.
    keys: Vec<u64>,
    guide: Guide,
    offers: Vec<OnceLock<Offer>>,
    acceptable: usize,
}

/// Where in descending keys a bound lies, to within a few: for each of as many equal steps of the keys'
/// range as there are keys, how many lie in it or above. A search by halves waits for ten reads one
/// after the other, this for two.
#[derive(Debug, Default)]
struct Guide {
    shift: u32,
    above: Vec<u32>,
}

impl Guide {
    /// Steps of the longest guide.
    const MOST: usize = 1 << 16;

    fn new(keys: &[u64]) -> Self {
        // Two at the least: a shift by every bit of a key is none.
        let steps = keys.len().next_power_of_two().clamp(2, Self::MOST);
        let greatest = keys.first().copied().unwrap_or(0);
        let shift = (u64::BITS - greatest.leading_zeros()).saturating_sub(steps.ilog2());
        let mut above = vec![0; (greatest >> shift) as usize + 2];
        keys.iter().for_each(|key| above[(key >> shift) as usize] += 1);
        for step in (1..above.len()).rev() {
            above[step - 1] += above[step];
        }
        Self { shift, above }
    }

    /// How many of the keys, which are those it was made of, are `bound` or more.
    #[inline]
    fn at_least(&self, keys: &[u64], bound: u64) -> usize {
        let step = (bound >> self.shift) as usize;
        let Some([to, from]) = self.above.get(step..step.saturating_add(2)) else { return 0 };
        let (from, to) = (*from as usize, *to as usize);
        from + keys[from..to].partition_point(|key| *key >= bound)
    }
}

/// Places in the listing take so many bits of a key; utilities within a unit take 41.
const BITS: u32 = MAX_RANKED.ilog2();
const PLACES: u64 = (1 << BITS) - 1;

impl Ranking {
    /// Ranks the offers of an agenda whose groups have these choices; none if they are too many.
    pub(crate) fn new(preferences: &Preferences, joints: &[Joint]) -> Option<Self> {
        let count = joints.iter().try_fold(1_usize, |n, j| n.checked_mul(j.choices.len()))?;
        if count > MAX_RANKED || !preferences.factored() {
            return None;
        }
        let least = |joint: &Joint| joint.choices.iter().map(|c| c.own).min().unwrap_or(0);
        let base: Grains = joints.iter().map(least).sum();
        let mut sums: Vec<Grains> = vec![0];
        for joint in joints {
            let least = least(joint);
            sums =
                sums.iter().flat_map(|sum| joint.choices.iter().map(move |c| sum + c.own - least)).collect();
        }
        let key = |(place, sum): (usize, &Grains)| ((*sum as u64) << BITS) | (PLACES - place as u64);
        let mut keys: Vec<u64> = sums.iter().enumerate().map(key).collect();
        keys.sort_unstable_by(|a, b| b.cmp(a));
        let guide = Guide::new(&keys);
        let mut ranking = Self { base, keys, guide, offers: Vec::new(), acceptable: 0 };
        ranking.acceptable = ranking.at_least(crate::planner::ceil_grains(preferences.walk_away()));
        ranking.offers.resize_with(count, OnceLock::new);
        Some(ranking)
    }

    /// How many offers are permitted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Never true: some offer is always permitted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many of them are acceptable: permitted and worth the walk-away value. They come first.
    #[inline]
    #[must_use]
    pub fn acceptable(&self) -> usize {
        self.acceptable
    }

    /// What the offer of this rank, from 0, is worth to the holder; nothing past the last.
    #[inline]
    #[must_use]
    pub fn own(&self, rank: usize) -> f64 {
        self.keys.get(rank).map_or(0.0, |key| from_grains(self.grains(*key)).clamp(0.0, 1.0))
    }

    /// How many permitted offers are worth `target` or more: they come first.
    #[inline]
    #[must_use]
    pub fn worth_at_least(&self, target: f64) -> usize {
        self.at_least(crate::planner::ceil_grains(target))
    }

    /// The levels of every offer, in rank order.
    pub(crate) fn levels(&self, preferences: &Preferences, joints: &[Joint]) -> RankedLevels {
        let width = preferences.agenda().len();
        let mut all = Vec::with_capacity(self.keys.len() * width);
        let mut choices = vec![0; joints.len()];
        for key in &self.keys {
            unpack((PLACES - (key & PLACES)) as usize, joints, &mut choices);
            all.extend(levels(preferences, joints, &choices));
        }
        RankedLevels { width, levels: all }
    }

    /// How many offers are worth `target` or more.
    #[inline]
    pub(crate) fn at_least(&self, target: Grains) -> usize {
        let bound = ((target - self.base).max(0) as u64) << BITS;
        self.guide.at_least(&self.keys, bound)
    }

    /// The rank of the first among those worth as much as the one of `rank`.
    ///
    /// # Panics
    /// The rank is past the last.
    #[must_use]
    pub fn first_equal(&self, rank: usize) -> usize {
        let worth = self.keys[rank] | PLACES;
        match rank.checked_sub(1).and_then(|before| self.keys.get(before)) {
            Some(before) if *before <= worth => self.keys.partition_point(|key| *key > worth),
            _ => rank,
        }
    }

    fn grains(&self, key: u64) -> Grains {
        (key >> BITS) as Grains + self.base
    }

    /// The offer of this rank, put together from the groups it was ranked with.
    pub(crate) fn offer(&self, rank: usize, preferences: &Preferences, joints: &[Joint]) -> Option<&Offer> {
        let (key, slot) = (self.keys.get(rank)?, self.offers.get(rank)?);
        if let Some(offer) = slot.get() {
            return Some(offer);
        }
        let mut choices = vec![0; joints.len()];
        unpack((PLACES - (key & PLACES)) as usize, joints, &mut choices);
        let offer = preferences.agenda().offer_at(&levels(preferences, joints, &choices)).ok()?;
        Some(slot.get_or_init(|| offer))
    }
}

/// The choices of the offer at a place of the listing.
fn unpack(mut place: usize, joints: &[Joint], choices: &mut [usize]) {
    for (choice, joint) in choices.iter_mut().zip(joints).rev() {
        *choice = place % joint.choices.len();
        place /= joint.choices.len();
    }
}

/// The levels of every ranked offer, side by side: for those who look at many of them.
#[derive(Debug)]
pub struct RankedLevels {
    width: usize,
    levels: Vec<u32>,
}

impl RankedLevels {
    /// The levels of the offer of this rank, in agenda order.
    ///
    /// # Panics
    /// The rank is past the last.
    #[must_use]
    pub fn at(&self, rank: usize) -> &[u32] {
        &self.levels[rank * self.width..(rank + 1) * self.width]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Guide;

    #[test]
    fn one_key_of_all_bits_has_a_guide() {
        let guide = Guide::new(&[u64::MAX]);
        assert_eq!([0, 1, u64::MAX].map(|bound| guide.at_least(&[u64::MAX], bound)), [1; 3]);
    }

    proptest! {
        /// The guide finds what a search by halves finds, whatever the keys are.
        #[test]
        fn a_guide_counts_as_a_search_does(
            mut keys in prop::collection::vec(prop_oneof![0..50_u64, any::<u64>(), 1_u64 << 59..1 << 60], 1..200),
            bound in prop_oneof![0..60_u64, any::<u64>(), 1_u64 << 59..1 << 60],
        ) {
            keys.sort_unstable_by(|a, b| b.cmp(a));
            let guide = Guide::new(&keys);
            for bound in keys.iter().copied().chain([bound]) {
                prop_assert_eq!(guide.at_least(&keys, bound), keys.partition_point(|key| *key >= bound));
            }
        }
    }
}
