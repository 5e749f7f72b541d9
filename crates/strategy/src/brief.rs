use std::sync::{Arc, OnceLock};

use tariff::{Offer, PartyId};
use utility::{Motives, Planner, Preferences, Utility, UtilityError};

use crate::model::Mixtures;
use crate::{Seed, StrategyError};

/// What a party brings to one talk and nobody else sees. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Brief(Arc<Contents>);

#[derive(Debug, Clone)]
struct Contents {
    me: PartyId,
    planner: Arc<Planner>,
    /// What the best offer is worth, and whether the party could agree to it.
    best: (f64, bool),
    seed: Seed,
    opponent: Option<Preferences>,
    motives: Option<Arc<dyn Motives>>,
    mixtures: Arc<OnceLock<Option<Arc<Mixtures>>>>,
}

impl Brief {
    /// The brief of `me`. `prior` is what offers are presumed to be worth to the other side; it
    /// decides among offers of equal own utility. Compiling the preferences is the costly part of
    /// a talk: once per talk, not per turn.
    ///
    /// # Errors
    /// As [`Planner::new`]: a prior about another agenda, or one that is not additive.
    pub fn new(
        me: PartyId,
        preferences: &Preferences,
        prior: Option<&Utility>,
        seed: Seed,
    ) -> Result<Self, UtilityError> {
        Ok(Self::with_planner(me, Arc::new(Planner::new(preferences, prior)?), seed))
    }

    /// The brief of `me` from what was compiled before: a lab compiles once for many talks.
    #[must_use]
    pub fn with_planner(me: PartyId, planner: Arc<Planner>, seed: Seed) -> Self {
        let preferences = planner.preferences();
        let worth = preferences.utility().value(planner.best());
        let best = (worth, preferences.acceptable(planner.best()));
        let (opponent, motives, mixtures) = (None, None, Arc::default());
        Self(Arc::new(Contents { me, planner, best, seed, opponent, motives, mixtures }))
    }

    /// The same brief for another talk; what was compiled is shared.
    #[must_use]
    pub fn for_talk(&self, seed: Seed) -> Self {
        Self(Arc::new(Contents { seed, ..(*self.0).clone() }))
    }

    /// The same brief with what the other side truly wants. Only a lab that holds every mandate can
    /// know it; a delegation never does.
    #[must_use]
    pub fn with_truth(self, opponent: Preferences) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(contents) => Self(Arc::new(Contents { opponent: Some(opponent), ..contents })),
            // A brief in use stays what it is.
            Err(shared) => Self(shared),
        }
    }

    /// The same brief with what the other side may be after, as far as public impacts tell.
    #[must_use]
    pub fn with_motives(self, motives: Arc<dyn Motives>) -> Self {
        let contents = Arc::unwrap_or_clone(self.0);
        Self(Arc::new(Contents { motives: Some(motives), mixtures: Arc::default(), ..contents }))
    }

    /// What the other side may be after, where something is known of it.
    #[must_use]
    pub fn motives(&self) -> Option<&dyn Motives> {
        self.0.motives.as_deref()
    }

    /// Mixtures of those motives, drawn at the first question.
    pub(crate) fn mixtures(&self) -> Option<Arc<Mixtures>> {
        let agenda = self.preferences().agenda();
        let draw = || Mixtures::new(agenda, self.motives()?, self.prior()).map(Arc::new);
        self.0.mixtures.get_or_init(draw).clone()
    }

    /// What the other side truly wants, where a lab says so.
    #[must_use]
    pub fn opponent(&self) -> Option<&Preferences> {
        self.0.opponent.as_ref()
    }

    /// The party.
    #[must_use]
    pub fn me(&self) -> &PartyId {
        &self.0.me
    }

    /// What it wants.
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        self.0.planner.preferences()
    }

    /// What it presumes the other side wants.
    #[must_use]
    pub fn prior(&self) -> Option<&Utility> {
        self.0.planner.prior()
    }

    /// Finds offers by what they are worth.
    #[must_use]
    pub fn planner(&self) -> &Planner {
        &self.0.planner
    }

    /// The best offer the party could agree to and what it is worth to it: what a strategy proposes
    /// while it has conceded nothing.
    ///
    /// # Errors
    /// [`StrategyError::NothingAcceptable`], when even that is not good enough.
    pub fn best(&self) -> Result<(&Offer, f64), StrategyError> {
        let (best, agreeable) = self.0.best;
        if agreeable {
            return Ok((self.planner().best(), best));
        }
        let (me, walk_away) = (self.me().clone(), self.preferences().walk_away());
        Err(StrategyError::NothingAcceptable { me, best, walk_away })
    }

    /// Its seed.
    #[must_use]
    pub fn seed(&self) -> Seed {
        self.0.seed
    }

    /// Whether this is a clone of `other`.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
