//! Talks to measure speed with: random additive domains, the same for this project and for others.

use std::sync::Arc;

use serde::Serialize;
use strategy::{Brief, Factory, PlayError, Seat, Seed, StrategyError, TurnRng, play};
use talks::{Procedure, Talk, Terms, TermsError};
use tariff::{Agenda, AgendaDigest, Choices, Issue, IssueKind, Label, Offer, PartyId, TariffError, Value};
use utility::{Planner, Preferences, Table, Utility, UtilityError, quantise};

/// Two additive profiles over issues of labels. For each seat and issue, what each value adds to
/// the utility: a random weight (uniform, normalised to a sum of 1) times random marks (uniform,
/// stretched so that the worst value of an issue has 0 and the best 1). So utilities run from 0 to
/// 1, and equal ones do not occur.
#[derive(Debug, Clone, Serialize)]
pub struct Domain {
    /// For each seat, for each issue, for each value.
    pub tables: [Vec<Vec<f64>>; 2],
}

/// A domain ready to be played, compiled once.
#[derive(Debug)]
pub struct Pitch {
    agenda: Agenda,
    preferences: [Preferences; 2],
    terms: Terms,
    briefs: [Brief; 2],
}

/// Why a talk could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum SpeedError {
    /// The agenda is not one.
    #[error(transparent)]
    Tariff(#[from] TariffError),
    /// The profile is none.
    #[error(transparent)]
    Utility(#[from] UtilityError),
    /// The terms are none.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// The strategy cannot be had.
    #[error(transparent)]
    Strategy(#[from] StrategyError),
    /// The talk went wrong.
    #[error(transparent)]
    Talk(#[from] PlayError),
}

impl Domain {
    /// The domain of this number, of `issues` with `values` each.
    ///
    /// # Errors
    /// Never: the names of its parties are names.
    pub fn random(number: u64, issues: usize, values: usize) -> Result<Self, SpeedError> {
        let [first, second] = parties()?;
        let profile =
            |party| profile(&mut TurnRng::new(Seed { seed: 1, talk: number }, party, 1), issues, values);
        Ok(Self { tables: [profile(&first), profile(&second)] })
    }

    /// The domain under terms of so many rounds, without a deadline. Both walk-away values are 0,
    /// and neither side presumes anything about the other.
    ///
    /// # Errors
    /// Tables that are no profile, or too many rounds.
    pub fn pitch(&self, rounds: u32) -> Result<Pitch, SpeedError> {
        let issue = |(number, values): (usize, &Vec<f64>)| {
            let labels = (0..values.len()).map(|value| Label::new(&format!("v{value}")));
            let choices = Choices::new(labels.collect::<Result<_, _>>()?)?;
            Issue::new(&format!("i{number}"), IssueKind::Choice(choices), None)
        };
        let issues = self.tables[0].iter().enumerate().map(issue).collect::<Result<_, _>>()?;
        let agenda = Agenda::new(issues, AgendaDigest::of(b"a domain to measure speed with"))?;
        let parties = parties()?;
        let terms = Terms::new(Procedure::AlternatingOffers, parties.to_vec(), agenda.clone(), rounds)?;
        let terms = terms.with_turn_limit_us(1)?; // a strategy that fails misses its turn
        let preferences = [self.preferences(&agenda, 0)?, self.preferences(&agenda, 1)?];
        let brief = |seat: usize| Brief::new(parties[seat].clone(), &preferences[seat], None, seed(0));
        let briefs = [brief(0)?, brief(1)?];
        Ok(Pitch { agenda, preferences, terms, briefs })
    }

    fn preferences(&self, agenda: &Agenda, seat: usize) -> Result<Preferences, SpeedError> {
        let tables = self.tables[seat].iter().enumerate();
        let tables = tables.map(|(place, values)| Table::new(agenda, vec![place], values.clone()));
        let utility = Utility::additive(agenda, tables.collect::<Result<_, _>>()?)?;
        Ok(Preferences::new(utility, 0.0)?)
    }
}

impl Pitch {
    /// A talk between two of `factory`, on what was compiled before: rankings and ladders are
    /// shared with every other such talk.
    ///
    /// # Errors
    /// The strategy cannot be had, or the talk contradicts its own rules.
    pub fn play_shared(&self, factory: &dyn Factory, number: u64) -> Result<Talk, SpeedError> {
        let [first, second] = &self.briefs;
        self.play(factory, [first.for_talk(seed(number)), second.for_talk(seed(number))])
    }

    /// The same talk with everything compiled for it alone.
    ///
    /// # Errors
    /// As [`Pitch::play_shared`], and those of compiling.
    pub fn play_alone(&self, factory: &dyn Factory, number: u64) -> Result<Talk, SpeedError> {
        let brief = |seat: usize| -> Result<Brief, SpeedError> {
            let planner = Arc::new(Planner::new(&self.preferences[seat], None)?);
            Ok(Brief::with_planner(self.briefs[seat].me().clone(), planner, seed(number)))
        };
        self.play(factory, [brief(0)?, brief(1)?])
    }

    fn play(&self, factory: &dyn Factory, briefs: [Brief; 2]) -> Result<Talk, SpeedError> {
        let (mut first, mut second) = (factory.open()?, factory.open()?);
        let mut seats = [
            Seat { brief: &briefs[0], strategy: first.as_mut() },
            Seat { brief: &briefs[1], strategy: second.as_mut() },
        ];
        Ok(play(self.terms.clone(), &mut seats)?)
    }

    /// The numbers of an offer's values, issue by issue, from 0.
    #[must_use]
    pub fn levels(&self, offer: &Offer) -> Vec<u32> {
        let level = |value: &Value| if let Value::Choice(level) = value { *level } else { 0 };
        debug_assert!(self.agenda.check(offer).is_ok());
        offer.values().iter().map(level).collect()
    }
}

/// How many offers were made in a talk.
#[must_use]
pub fn offers(talk: &Talk) -> usize {
    talk.history().iter().filter(|past| matches!(past.what, talks::What::Proposed(_))).count()
}

fn seed(talk: u64) -> Seed {
    Seed { seed: 1, talk }
}

fn parties() -> Result<[PartyId; 2], TariffError> {
    Ok([PartyId::new("ONE")?, PartyId::new("TWO")?])
}

fn profile(rng: &mut TurnRng, issues: usize, values: usize) -> Vec<Vec<f64>> {
    let mut uniform = || (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let weights: Vec<f64> = (0..issues).map(|_| 0.1 + uniform()).collect();
    let sum: f64 = weights.iter().sum();
    let stretched = |weight: &f64| {
        let marks: Vec<f64> = (0..values).map(|_| uniform()).collect();
        let low = marks.iter().copied().fold(f64::INFINITY, f64::min);
        let high = marks.iter().copied().fold(0.0, f64::max);
        let worth = |mark: f64| quantise(weight / sum * (mark - low) / (high - low).max(f64::MIN_POSITIVE));
        marks.into_iter().map(worth).collect()
    };
    weights.iter().map(stretched).collect()
}
