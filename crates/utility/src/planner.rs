use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tariff::Offer;

use crate::curve::{Curve, Point};
use crate::joint::{Joint, joints};
use crate::knapsack::Knapsack;
use crate::table::{GRAINS, Grains, from_grains};
use crate::{Ladder, Preferences, RankedLevels, Ranking, Utility, UtilityError, sample, search};

/// Finds offers for the holder of some preferences. Compiled once per talk, or once for many talks
/// of the same party; answers are functions of the preferences, the prior and the question alone.
///
/// Ties are broken by the prior, then by own utility, then by the lower level of the earlier issue
/// group; an issue nobody cares for stands at its lowest permitted level.
#[derive(Debug)]
pub struct Planner {
    preferences: Preferences,
    prior: Option<Utility>,
    joints: Vec<Joint>,
    curve: Curve,
    knapsack: OnceLock<Knapsack>,
    ranking: OnceLock<Option<Ranking>>,
    ranked_levels: OnceLock<Option<RankedLevels>>,
    ladders: Mutex<BTreeMap<usize, Arc<Ladder>>>,
    best: Offer,
}

impl Planner {
    /// A planner for `preferences`. `prior` is what the offers are presumed to be worth to the
    /// other side; it decides among offers of equal own utility.
    pub fn new(preferences: &Preferences, prior: Option<&Utility>) -> Result<Self, UtilityError> {
        if prior.is_some_and(|p| p.agenda().digest() != preferences.agenda().digest()) {
            return Err(UtilityError::OtherAgenda);
        }
        if prior.is_some_and(|p| !p.is_additive()) {
            return Err(UtilityError::PriorNotAdditive);
        }
        let joints = joints(preferences, prior)?;
        let curve = Curve::new(&joints);
        let best = preferences.agenda().offer_at(&levels(preferences, &joints, &curve.choices(0)))?;
        let (preferences, prior) = (preferences.clone(), prior.cloned());
        let (knapsack, ranking, ladders) = (OnceLock::new(), OnceLock::new(), Mutex::default());
        let ranked_levels = OnceLock::new();
        let mut planner =
            Self { preferences, prior, joints, curve, knapsack, ranking, ranked_levels, ladders, best };
        if !planner.preferences.factored() {
            planner.best = search::best(&planner);
        }
        Ok(planner)
    }

    /// The preferences it plans for.
    #[inline]
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// The opponent prior it was given.
    #[inline]
    #[must_use]
    pub fn prior(&self) -> Option<&Utility> {
        self.prior.as_ref()
    }

    /// The permitted offer worth most to the holder; of several the one best for the prior. It may
    /// be worth less than the walk-away value: then nothing is acceptable. With a black-box
    /// remainder or constraint, the best that a bounded search found; where it found none that keeps
    /// to the constraint, [`Preferences::permits`] says so.
    #[inline]
    #[must_use]
    pub fn best(&self) -> &Offer {
        &self.best
    }

    /// A permitted offer worth `target` or more to the holder: of those within
    /// [`Planner::tolerance`] above `target` the one best for the prior, by dynamic programming
    /// over the issue groups on a utility grid of 4,096 to 8,191 steps. Where the agenda has no
    /// offer in that band, the nearest above it; where nothing is worth `target`, the best offer.
    ///
    /// Let `h` be half the tolerance. The answer is at least as good for the prior as every
    /// permitted offer worth `target + h`, and where some permitted offer is worth `x ≥ target + h`,
    /// the answer is worth at most `max(target + 2h, x + h)`.
    ///
    /// Without a prior nothing is gained within the band. Where an agenda has at most
    /// [`crate::MAX_RANKED`] permitted offers the answer is then exactly the least worth `target` or
    /// more, of equals the first of the [`Planner::ranking`], and the tolerance is zero.
    ///
    /// With a black-box remainder or constraint it is the outcome of a search instead: the tables
    /// are solved for the target less the remainder until that settles, then one group at a time is
    /// changed while that helps, within 4,096 evaluations.
    #[must_use]
    pub fn at(&self, target: f64) -> Offer {
        if !self.preferences.factored() {
            return search::at(self, target);
        }
        if let Some(rank) = self.rank_at(target) {
            return self.ranked(rank).unwrap_or(&self.best).clone();
        }
        let choices = self.choices_at(ceil_grains(target));
        choices.and_then(|c| self.offer(&c)).unwrap_or_else(|| self.best.clone())
    }

    /// [`Planner::at`], and what the offer is worth to the holder.
    #[must_use]
    pub fn worth_at(&self, target: f64) -> (Offer, f64) {
        if self.preferences.factored()
            && let Some(rank) = self.rank_at(target)
            && let (Some(ranking), Some(offer)) = (self.ranking(), self.ranked(rank))
        {
            return (offer.clone(), ranking.own(rank));
        }
        let offer = self.at(target);
        let own = self.preferences.utility().value(&offer);
        (offer, own)
    }

    /// The rank of the offer at `target`, where a ranking finds it; where nothing is worth so much,
    /// the best.
    fn rank_at(&self, target: f64) -> Option<usize> {
        let ranking = self.exact()?;
        let last = ranking.at_least(ceil_grains(target)).saturating_sub(1);
        Some(ranking.first_equal(last))
    }

    /// How far above its target an offer of [`Planner::at`] may lie where the agenda is dense: two
    /// grid steps for each issue group, four for one of more than 512 combinations. A step is at
    /// most 1/4096 of what the permitted offers span.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        from_grains(self.band())
    }

    /// The efficient curve of own utility (tables only) against the prior: every offer that
    /// maximises own + λ·prior for some λ ≥ 0, from the best for the holder to the best for the
    /// prior.
    pub fn curve(&self) -> impl Iterator<Item = Point> + '_ {
        self.curve.points()
    }

    /// The offer that stands on the last point of the efficient curve worth `target` or more, if
    /// there is one and it keeps to every red line.
    #[must_use]
    pub fn on_curve(&self, target: f64) -> Option<Offer> {
        let point = self.curve.last_at_least(ceil_grains(target))?;
        let offer = self.offer(&self.curve.choices(point))?;
        self.preferences.permits(&offer).then_some(offer)
    }

    /// A ladder of at most `rungs` distinct acceptable offers, in equal steps of own utility from
    /// the best offer to the walk-away value, each [`Planner::at`] its step.
    #[must_use]
    pub fn ladder(&self, rungs: usize) -> Ladder {
        Ladder::new(self, rungs)
    }

    /// [`Planner::ladder`], put together once for all who ask for it.
    #[must_use]
    pub fn shared_ladder(&self, rungs: usize) -> Arc<Ladder> {
        let mut ladders = self.ladders.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(ladders.entry(rungs).or_insert_with(|| Arc::new(self.ladder(rungs))))
    }

    /// Every permitted offer in the order of its worth; nothing where there are more than
    /// [`crate::MAX_RANKED`], or with a black-box remainder or constraint.
    #[inline]
    #[must_use]
    pub fn ranking(&self) -> Option<&Ranking> {
        self.ranking.get_or_init(|| Ranking::new(&self.preferences, &self.joints)).as_ref()
    }

    /// The offer of this rank in the [`Planner::ranking`], from 0.
    #[inline]
    #[must_use]
    pub fn ranked(&self, rank: usize) -> Option<&Offer> {
        self.ranking()?.offer(rank, &self.preferences, &self.joints)
    }

    /// The levels of the ranked offers, for those who look at many; nothing where there is no ranking.
    /// Put together at the first question.
    #[must_use]
    pub fn ranked_levels(&self) -> Option<&RankedLevels> {
        let make = || Some(self.ranking()?.levels(&self.preferences, &self.joints));
        self.ranked_levels.get_or_init(make).as_ref()
    }

    /// The ranking, where it is what finds an offer at a target.
    fn exact(&self) -> Option<&Ranking> {
        if self.prior.is_none() { self.ranking() } else { None }
    }

    /// A random permitted offer worth `target` or more; none if no offer is, or none was found.
    /// `draw` yields uniform random 64-bit numbers; the same numbers give the same offer.
    ///
    /// A uniformly random offer has its groups, in random order, redrawn among choices worth at
    /// least as much, until the target is met. So offers lie near the target, and low targets
    /// leave them nearly uniform.
    #[must_use]
    pub fn random(&self, target: f64, draw: &mut dyn FnMut() -> u64) -> Option<Offer> {
        sample::random(self, target, draw)
    }

    pub(crate) fn joints(&self) -> &[Joint] {
        &self.joints
    }

    /// The choices of the offer at `target` by the tables alone.
    pub(crate) fn choices_at(&self, target: Grains) -> Option<Vec<usize>> {
        let band = self.band();
        let point = self.curve.last_at_least(target)?;
        let (own, prior) = self.curve.totals(point);
        let Some((step, label_own, label_prior)) = self.knapsack().at(target, band) else {
            return Some(self.curve.choices(point));
        };
        let on_curve = match (own - target <= band, label_own - target <= band) {
            (true, true) => (prior, own) >= (label_prior, label_own),
            (inside, label_inside) => inside || (!label_inside && own <= label_own),
        };
        Some(if on_curve { self.curve.choices(point) } else { self.knapsack().choices(step) })
    }

    /// The levels of the whole agenda at a choice for each joint group.
    pub(crate) fn levels(&self, choices: &[usize]) -> Vec<u32> {
        levels(&self.preferences, &self.joints, choices)
    }

    pub(crate) fn offer(&self, choices: &[usize]) -> Option<Offer> {
        self.preferences.agenda().offer_at(&self.levels(choices)).ok()
    }

    pub(crate) fn band(&self) -> Grains {
        if self.exact().is_some() { 0 } else { 2 * self.knapsack().blur() }
    }

    fn knapsack(&self) -> &Knapsack {
        self.knapsack.get_or_init(|| Knapsack::new(&self.joints))
    }
}

pub(crate) fn levels(preferences: &Preferences, joints: &[Joint], choices: &[usize]) -> Vec<u32> {
    let mut levels = vec![0; preferences.agenda().len()];
    for (joint, at) in joints.iter().zip(choices) {
        joint.group.write(joint.choices[*at].index as usize, &mut levels);
    }
    levels
}

/// The least number of grains that is worth `target` or more. No utility reaches 2, and none that
/// is no number.
pub(crate) fn ceil_grains(target: f64) -> Grains {
    let target = if target.is_nan() { 2.0 } else { target.clamp(-2.0, 2.0) };
    let exact = target * GRAINS; // a product with a power of two is
    let near = exact as Grains; // rounds towards 0
    near + i64::from((near as f64) < exact)
}
