use std::sync::Arc;

use strategy::{Brief, Seed};
use talks::{Procedure, Terms, TermsError};
use tariff::{Agenda, PartyId};
use utility::landing::{LandingZone, Options};
use utility::{Motives, Preferences, Utility, UtilityError};

use crate::contents::Contents;
use crate::models::Sample;

/// A limit for each turn, in microseconds of the talk's own time, which nothing runs down: a
/// strategy that has no move misses its turn at once, and an agent has the limit it was given.
const TURN_LIMIT_US: i64 = 60_000_000;

/// What a strategy is told of what the other side wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Information {
    /// Nothing, impacts included.
    None,
    /// What the mandate presumes, and the public impacts.
    Model,
    /// The truth, which nobody outside a lab has.
    Truth,
}

impl Information {
    /// `none`, `model` or `truth`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Model => "model",
            Self::Truth => "truth",
        }
    }
}

/// A scenario between two parties with what both want, compiled once for all talks.
#[derive(Debug)]
pub struct Arena {
    name: String,
    agenda: Agenda,
    parties: [PartyId; 2],
    preferences: [Preferences; 2],
    priors: [Option<Utility>; 2],
    motives: [Option<Arc<dyn Motives>>; 2],
    rounds: u32,
    zone: LandingZone,
    sample: Sample,
}

/// Why a scenario is no arena.
#[derive(Debug, thiserror::Error)]
pub enum ArenaError {
    /// Its utilities do not fit its agenda.
    #[error(transparent)]
    Utility(#[from] UtilityError),
    /// Its terms are not valid.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// It is not between two parties.
    #[error("scenario {name} has {parties} parties: tournaments are between two")]
    Parties {
        /// The scenario.
        name: String,
        /// How many parties it has.
        parties: usize,
    },
}

/// One party of an arena, before it is put together.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The party.
    pub party: PartyId,
    /// What it wants.
    pub preferences: Preferences,
    /// What it presumes the other side wants.
    pub prior: Option<Utility>,
    /// What the other side may be after, as public impacts tell.
    pub motives: Option<Arc<dyn Motives>>,
}

impl Arena {
    /// An arena of the parties in the scenario's seat order, with so many rounds if nothing else is
    /// asked for. Works out the landing zone.
    ///
    /// # Errors
    /// They are not two, or what they want is about different agendas.
    pub fn new(name: &str, rounds: u32, profiles: Vec<Profile>) -> Result<Self, ArenaError> {
        let parties = profiles.len();
        let [first, second] = <[Profile; 2]>::try_from(profiles)
            .map_err(|_| ArenaError::Parties { name: name.to_owned(), parties })?;
        let preferences = [first.preferences, second.preferences];
        let zone = LandingZone::solve(&preferences, &Options::default())?;
        let sample = Sample::of(&preferences);
        Ok(Self {
            name: name.to_owned(),
            agenda: preferences[0].agenda().clone(),
            parties: [first.party, second.party],
            preferences,
            priors: [first.prior, second.prior],
            motives: [first.motives, second.motives],
            rounds,
            zone,
            sample,
        })
    }

    /// The scenario's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The scenario's own number of rounds.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// The parties, in the scenario's seat order.
    #[must_use]
    pub fn parties(&self) -> &[PartyId; 2] {
        &self.parties
    }

    /// What a party wants, 0 or 1.
    #[must_use]
    pub fn preferences(&self, party: usize) -> &Preferences {
        &self.preferences[party]
    }

    /// The deals there are to be had.
    #[must_use]
    pub fn zone(&self) -> &LandingZone {
        &self.zone
    }

    /// Offers at which models are compared with the truth.
    pub(crate) fn sample(&self) -> &Sample {
        &self.sample
    }

    /// All that talks here are played on, as text: for a digest, since it is private.
    pub(crate) fn contents(&self) -> String {
        let mut contents = Contents::of(&self.agenda);
        contents.add(format_args!("{:?} {} {:?} {TURN_LIMIT_US}", self.name, self.rounds, self.parties));
        for party in 0..2 {
            contents.add(format_args!("party {party}"));
            contents.preferences(&self.preferences[party]);
            if let Some(prior) = &self.priors[party] {
                contents.add(format_args!("presumes"));
                contents.utility(prior);
            }
            if let Some(motives) = &self.motives[party] {
                contents.add(format_args!("is told of"));
                contents.motives(motives.as_ref());
            }
        }
        contents.into_text()
    }

    /// The terms of a talk in which `first` moves first.
    pub(crate) fn terms(&self, first: usize, rounds: u32) -> Result<Terms, ArenaError> {
        let parties = vec![self.parties[first].clone(), self.parties[1 - first].clone()];
        let terms = Terms::new(Procedure::AlternatingOffers, parties, self.agenda.clone(), rounds)?;
        Ok(terms.with_turn_limit_us(TURN_LIMIT_US)?)
    }

    /// The brief of a party under an information policy: costly once, cheap for each talk.
    pub(crate) fn brief(&self, party: usize, information: Information) -> Result<Brief, ArenaError> {
        let other = &self.preferences[1 - party];
        let truth = Some(other.utility()).filter(|utility| utility.is_additive());
        let prior = match information {
            Information::None => None,
            Information::Model => self.priors[party].as_ref(),
            Information::Truth => truth,
        };
        let me = self.parties[party].clone();
        let brief = Brief::new(me, &self.preferences[party], prior, Seed { seed: 0, talk: 0 })?;
        let motives = self.motives[party].as_ref().filter(|_| information != Information::None);
        let brief = match motives {
            Some(motives) => brief.with_motives(Arc::clone(motives)),
            None => brief,
        };
        Ok(if information == Information::Truth { brief.with_truth(other.clone()) } else { brief })
    }
}
