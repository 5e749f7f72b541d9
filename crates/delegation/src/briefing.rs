use std::sync::Arc;

use mandate::{Compiled, Mandate, MandateError};
use scenario::{Scenario, ScenarioError};
use scoring::Model;
use strategy::{Brief, Seed, StrategyError};
use tariff::{Agenda, PartyId, TariffError};
use utility::{Mask, Preferences, UtilityError};
use wire::PublicTerms;

use crate::domestic::{DomesticRule, allowed};
use crate::negotiator::MandateNegotiator;
use crate::{Negotiator, Player};

/// Prepares a delegation for a talk.
pub trait Briefing: Send + Sync + 'static {
    /// Who decides for `party` in a talk on these terms.
    ///
    /// # Errors
    /// The delegation has no mandate for the talk, or it does not fit the terms.
    fn brief(&self, party: &PartyId, terms: &PublicTerms) -> Result<Box<dyn Negotiator>, BriefingError>;
}

/// Why a delegation cannot prepare for a talk.
#[derive(Debug, thiserror::Error)]
pub enum BriefingError {
    /// The talk is about another scenario than the mandate.
    #[error("the talk is about scenario {talk:?}, this delegation has a mandate for {known:?}")]
    OtherScenario {
        /// The talk's scenario.
        talk: String,
        /// The delegation's.
        known: String,
    },
    /// The public part of the scenario differs between the mediator's side and the delegation's.
    #[error("scenario {0:?} differs from the one the talk was convened on: use the same version of it")]
    OtherEdition(String),
    /// The mandate is another party's.
    #[error("the mandate is that of {mandate}, this delegation speaks for {party}")]
    OtherParty {
        /// The mandate's party.
        mandate: PartyId,
        /// The delegation's.
        party: PartyId,
    },
    /// The scenario is broken.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The mandate is broken, or does not fit the agenda.
    #[error(transparent)]
    Mandate(#[from] MandateError),
    /// The red lines and the agenda do not fit each other.
    #[error(transparent)]
    Utility(#[from] UtilityError),
    /// The status quo does not fit the agenda.
    #[error(transparent)]
    Tariff(#[from] TariffError),
    /// A person bargains, and nobody gave them a seat ([`crate::SeatBriefing`]).
    #[error("a person speaks for {0}, and there is no seat to speak from")]
    NoSeat(PartyId),
    /// The strategy cannot be opened.
    #[error(transparent)]
    Strategy(#[from] StrategyError),
}

/// Prepares from a scenario's public part, the party's own mandate, its domestic rules, and a
/// strategy.
#[derive(Clone)]
pub struct MandateBriefing {
    /// The scenario, as this delegation has it.
    pub scenario: Arc<Scenario>,
    /// What the party wants.
    pub mandate: Arc<Mandate>,
    /// What the party's law and standing positions rule out, whatever its mandate says.
    pub rules: &'static [DomesticRule],
    /// How it bargains.
    pub strategy: Player,
    /// The seed of the run.
    pub seed: u64,
}

/// A mandate compiled for one agenda, with the rules at home added to its red lines.
pub struct Prepared {
    /// The compiled mandate, which explains utilities.
    pub compiled: Compiled,
    /// What the strategy bargains for.
    pub preferences: Preferences,
    /// What offers do; none where the issues touch no trade.
    pub model: Option<Arc<dyn Model>>,
}

impl MandateBriefing {
    /// Compiles the mandate on `agenda`.
    ///
    /// # Errors
    /// The scenario's issues are not the agenda's, or the mandate does not fit them.
    pub fn prepare(&self, party: &PartyId, agenda: &Agenda) -> Result<Prepared, BriefingError> {
        if self.mandate.party() != party {
            let (mandate, party) = (self.mandate.party().clone(), party.clone());
            return Err(BriefingError::OtherParty { mandate, party });
        }
        if agenda.issues() != self.scenario.issues() {
            return Err(BriefingError::OtherEdition(self.scenario.name().to_owned()));
        }
        let status_quo = self.scenario.status_quo_offer(agenda)?;
        let model = self.scenario.model(agenda)?.map(|model| Arc::new(model) as Arc<dyn Model>);
        let compiled = self.mandate.compile(agenda, model.clone(), &status_quo)?;
        let preferences = compiled.preferences().clone();
        let mut red_lines: Vec<Mask> = preferences.red_lines().to_vec();
        red_lines.extend(self.domestic_red_lines(agenda)?);
        Ok(Prepared { preferences: preferences.with_red_lines(red_lines), compiled, model })
    }

    fn domestic_red_lines(&self, agenda: &Agenda) -> Result<Vec<Mask>, UtilityError> {
        let concerned =
            |place: &usize| self.rules.iter().any(|rule| (rule.concerns)(&agenda.issues()[*place]));
        let mask = |place: usize| {
            let issue = &agenda.issues()[place];
            Mask::new(agenda, vec![place], |levels| allowed(self.rules, issue, levels[0]))
        };
        (0..agenda.len()).filter(concerned).map(mask).collect()
    }
}

impl MandateBriefing {
    /// What a talk on these terms is to the party, if its mandate is about them.
    pub(crate) fn understand(
        &self,
        party: &PartyId,
        terms: &PublicTerms,
    ) -> Result<(Brief, Prepared), BriefingError> {
        let known = self.scenario.name();
        if terms.scenario != known {
            return Err(BriefingError::OtherScenario {
                talk: terms.scenario.clone(),
                known: known.to_owned(),
            });
        }
        if terms.scenario_digest.is_some_and(|digest| digest != *self.scenario.digest().as_bytes()) {
            return Err(BriefingError::OtherEdition(known.to_owned()));
        }
        let prepared = self.prepare(party, terms.terms.agenda())?;
        let seed = Seed { seed: self.seed, talk: terms.ordinal };
        let brief = Brief::new(party.clone(), &prepared.preferences, prepared.compiled.prior(), seed)?;
        let brief = match prepared.compiled.motives() {
            Some(motives) => brief.with_motives(motives),
            None => brief,
        };
        Ok((brief, prepared))
    }
}

impl Briefing for MandateBriefing {
    fn brief(&self, party: &PartyId, terms: &PublicTerms) -> Result<Box<dyn Negotiator>, BriefingError> {
        let Player::Strategy(source) = &self.strategy else {
            return Err(BriefingError::NoSeat(party.clone()));
        };
        let (brief, prepared) = self.understand(party, terms)?;
        Ok(Box::new(MandateNegotiator::new(brief, prepared, source)?))
    }
}
