use std::fmt;
use std::sync::Arc;

use tariff::{Agenda, Offer};

use crate::group::Group;
use crate::{Utility, UtilityError};

/// A red line over a group of issues: which combinations of their levels may be agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    group: Group,
    allowed: Vec<bool>,
}

impl Mask {
    /// The combinations of the issues at `places` (ascending) for which `allow` holds; it is given
    /// the levels in the order of `places`.
    pub fn new(
        agenda: &Agenda,
        places: Vec<usize>,
        mut allow: impl FnMut(&[u32]) -> bool,
    ) -> Result<Self, UtilityError> {
        let group = Group::new(agenda, places)?;
        let allowed = (0..group.size()).map(|index| allow(&group.digits(index))).collect();
        Ok(Self { group, allowed })
    }

    /// The places of its issues on the agenda, ascending.
    #[must_use]
    pub fn places(&self) -> &[usize] {
        self.group.places()
    }

    /// Whether an offer at `levels`, in agenda order, keeps to it.
    ///
    /// # Panics
    /// If `levels` is shorter than the agenda or a level is past its issue's last.
    #[must_use]
    pub fn allows(&self, levels: &[u32]) -> bool {
        self.allowed[self.group.index(levels)]
    }
}

/// A red line that no mask can hold, such as a bound on a figure of the whole offer.
pub trait Constraint: Send + Sync {
    /// Whether `offer` keeps to it; always the same for the same offer.
    fn allows(&self, offer: &Offer) -> bool;
}

/// What a party wants, as far as bargaining needs to know: a utility, the red lines, and the
/// utility below which it would rather have no deal. Cheap to clone.
#[derive(Clone)]
pub struct Preferences {
    utility: Utility,
    walk_away: f64,
    discount: f64,
    masks: Arc<[Mask]>,
    constraint: Option<Arc<dyn Constraint>>,
}

impl fmt::Debug for Preferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preferences").field("utility", &self.utility).finish_non_exhaustive()
    }
}

impl Preferences {
    /// Preferences without red lines; `walk_away` is a utility from 0 to 1.
    pub fn new(utility: Utility, walk_away: f64) -> Result<Self, UtilityError> {
        if !(0.0..=1.0).contains(&walk_away) {
            return Err(UtilityError::BadWalkAway(walk_away));
        }
        Ok(Self { utility, walk_away, discount: 1.0, masks: Arc::new([]), constraint: None })
    }

    /// The same with red lines, which replace any given before.
    #[must_use]
    pub fn with_red_lines(mut self, masks: Vec<Mask>) -> Self {
        self.masks = masks.into();
        self
    }

    /// The same with a discount factor δ: what is agreed at time t of a talk, 0 at its beginning and 1 at
    /// its end, is worth u·δ^t when a talk is judged (Rubinstein 1982). Neither [`Preferences::utility`]
    /// nor what may be agreed knows it.
    ///
    /// # Errors
    /// It is not above 0 and at most 1.
    pub fn with_discount(mut self, discount: f64) -> Result<Self, UtilityError> {
        if !(discount > 0.0 && discount <= 1.0) {
            return Err(UtilityError::BadDiscount(discount));
        }
        self.discount = discount;
        Ok(self)
    }

    /// The same with a black-box red line, which replaces any given before.
    #[must_use]
    pub fn with_constraint(mut self, constraint: Arc<dyn Constraint>) -> Self {
        self.constraint = Some(constraint);
        self
    }

    /// The utility.
    #[inline]
    #[must_use]
    pub fn utility(&self) -> &Utility {
        &self.utility
    }

    /// The agenda whose offers these preferences are about.
    #[inline]
    #[must_use]
    pub fn agenda(&self) -> &Agenda {
        self.utility.agenda()
    }

    /// The walk-away value: no deal is better than one worth less.
    #[inline]
    #[must_use]
    pub fn walk_away(&self) -> f64 {
        self.walk_away
    }

    /// The discount factor from the beginning of a talk to its end; 1 for none.
    #[inline]
    #[must_use]
    pub fn discount(&self) -> f64 {
        self.discount
    }

    /// What `offer` is worth, agreed at `time` of the talk (0 to 1; held to that).
    #[must_use]
    pub fn agreed_at(&self, offer: &Offer, time: f64) -> f64 {
        self.utility.value(offer) * self.discount.powf(time.clamp(0.0, 1.0))
    }

    /// The red lines over groups of issues.
    #[must_use]
    pub fn red_lines(&self) -> &[Mask] {
        &self.masks
    }

    /// Whether `offer` keeps to every red line; false for an offer of another agenda.
    #[must_use]
    pub fn permits(&self, offer: &Offer) -> bool {
        self.agenda().levels_of(offer).is_ok_and(|levels| self.permits_at(levels, offer))
    }

    /// Whether `offer` may be agreed: it keeps to every red line and is worth the walk-away value
    /// or more.
    #[must_use]
    pub fn acceptable(&self, offer: &Offer) -> bool {
        self.agenda().levels_of(offer).is_ok_and(|levels| self.judge_at(levels, offer).1)
    }

    /// What an offer of this agenda at `levels` is worth, and whether it may be agreed.
    ///
    /// # Panics
    /// If `levels` is shorter than the agenda or a level is past its issue's last.
    #[must_use]
    pub fn judge_at(&self, levels: &[u32], offer: &Offer) -> (f64, bool) {
        let worth = self.utility.value_at(levels, offer);
        (worth, worth >= self.walk_away && self.permits_at(levels, offer))
    }

    pub(crate) fn permits_at(&self, levels: &[u32], offer: &Offer) -> bool {
        self.masks.iter().all(|mask| mask.allows(levels))
            && self.constraint.as_ref().is_none_or(|c| c.allows(offer))
    }

    /// Whether tables and masks are all there is, so that nothing needs a search.
    pub(crate) fn factored(&self) -> bool {
        self.utility.is_additive() && self.constraint.is_none()
    }
}
