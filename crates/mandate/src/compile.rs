use std::collections::BTreeMap;
use std::sync::Arc;

use scoring::Model;
use tariff::{Agenda, Offer, PartyId};
use utility::{Motives, Preferences, Table, Utility};

use crate::bind::{Bound, To, bind};
use crate::black_box::{BlackBox, Term};
use crate::figure::Gauge;
use crate::mandate::Objective;
use crate::motives::ImpactMotives;
use crate::part::{Contributes, Part, Source, scaled};
use crate::red_line::{Drawn, Undrawn};
use crate::survey::{Group, Survey};
use crate::{Mandate, MandateError, Problem};

/// A mandate on one agenda: preferences, the opponent prior, and what it takes to explain them.
pub struct Compiled {
    pub(crate) agenda: Agenda,
    pub(crate) party: PartyId,
    pub(crate) model: Option<Arc<dyn Model>>,
    pub(crate) status_quo: Offer,
    pub(crate) parts: Vec<Part>,
    pub(crate) red_lines: Vec<Drawn>,
    preferences: Preferences,
    prior: Option<Utility>,
}

impl std::fmt::Debug for Compiled {
    // What a party wants stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").field("party", &self.party).finish_non_exhaustive()
    }
}

impl Compiled {
    /// What bargaining needs to know: utility, red lines, walk-away value.
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// What the party presumes an offer to be worth to the other side.
    #[must_use]
    pub fn prior(&self) -> Option<&Utility> {
        self.prior.as_ref()
    }

    /// What the other trading party may be after, by the same public model; none without one.
    #[must_use]
    pub fn motives(&self) -> Option<Arc<dyn Motives>> {
        let motives = ImpactMotives::new(self)?;
        Some(Arc::new(motives))
    }

    /// The party whose mandate it is.
    #[must_use]
    pub fn party(&self) -> &PartyId {
        &self.party
    }
}

impl Mandate {
    /// Finds everything the mandate names on `agenda` and in the trade data of `model`, scales the
    /// objectives, and builds the utility. The model is evaluated once for each combination of
    /// every group of interacting issues, with the other issues at `status_quo`.
    ///
    /// Without an `opponent_prior` in the file, the prior is the other trading party's exports and
    /// its retained leverage, half each, by the same public model; none without a model.
    ///
    /// # Errors
    /// [`MandateError::Broken`] with every name that was not found and every figure that no offer
    /// changes; errors of the model, and of an agenda too large to survey.
    pub fn compile(
        &self,
        agenda: &Agenda,
        model: Option<Arc<dyn Model>>,
        status_quo: &Offer,
    ) -> Result<Compiled, MandateError> {
        agenda.check(status_quo)?;
        let mut work = Work { mandate: self, agenda, model, status_quo, problems: Vec::new() };
        let presumed = self.presumed(work.model.as_deref());
        let own = work.bind(&self.objectives, &self.party, "objective");
        let prior = presumed.as_ref().map(|p| work.bind(&p.objectives, &p.party, "opponent_prior.objective"));
        let red_lines = work.red_lines()?;
        work.stop_at_problems()?;
        let survey = work.survey(own.iter().chain(prior.iter().flatten()))?;
        let mut gauges = 0;
        let parts = work.parts(own, &survey.groups, &mut gauges, "objective")?;
        let prior = match prior {
            Some(bound) if self.prior.is_none() => work.default_prior(bound, &survey.groups, &mut gauges)?,
            Some(bound) => work.prior(bound, &survey.groups, &mut gauges)?,
            None => None,
        };
        work.stop_at_problems()?;
        work.finish(parts, red_lines, prior)
    }
}

/// A mandate being compiled.
struct Work<'a> {
    mandate: &'a Mandate,
    agenda: &'a Agenda,
    model: Option<Arc<dyn Model>>,
    status_quo: &'a Offer,
    problems: Vec<Problem>,
}

impl Work<'_> {
    fn bind<'o>(&mut self, objectives: &'o [Objective], viewer: &PartyId, key: &str) -> Vec<Bound<'o>> {
        let mut bound = Vec::new();
        for objective in objectives {
            match bind(objective, viewer, self.agenda, self.model.as_deref()) {
                Ok(done) => bound.push(done),
                Err((part, what)) => self.note(objective, &format!("{key}.{part}"), what),
            }
        }
        bound
    }

    fn red_lines(&mut self) -> Result<Vec<Drawn>, MandateError> {
        let mut drawn = Vec::new();
        for red_line in &self.mandate.red_lines {
            match red_line.draw(self.agenda) {
                Ok(done) => drawn.push(done),
                Err(Undrawn::Misfit(what)) => {
                    self.problems.push(self.mandate.problem(red_line.line, "red_line.issues", what));
                }
                Err(Undrawn::Mask(error)) => return Err(error.into()),
            }
        }
        Ok(drawn)
    }

    fn survey<'b>(&self, bound: impl Iterator<Item = &'b Bound<'b>>) -> Result<Survey, MandateError> {
        let additive = |bound: &'b Bound<'b>| match &bound.to {
            To::Figure(gauge, _) if gauge.figure.additive() => Some(gauge),
            _ => None,
        };
        let gauges: Vec<&Gauge> = bound.filter_map(additive).collect();
        match &self.model {
            Some(model) => Survey::new(model.as_ref(), self.agenda, self.status_quo, &gauges),
            None => Ok(Survey { groups: Vec::new() }),
        }
    }

    /// The parts of bound objectives; `gauges` counts the surveyed ones on the way.
    fn parts(
        &mut self,
        bound: Vec<Bound<'_>>,
        groups: &[Group],
        gauges: &mut usize,
        key: &str,
    ) -> Result<Vec<Part>, MandateError> {
        let mut parts = Vec::new();
        for Bound { objective, to } in bound {
            match self.part(objective, to, groups, gauges)? {
                Some(part) => parts.push(part),
                None => {
                    let what = format!("no offer on the agenda changes the figure of {:?}", objective.name);
                    self.note(objective, &format!("{key}.figure"), what);
                }
            }
        }
        Ok(parts)
    }

    fn part(
        &self,
        objective: &Objective,
        to: To,
        groups: &[Group],
        gauges: &mut usize,
    ) -> Result<Option<Part>, MandateError> {
        let weight = objective.weight;
        let (source, values) = match to {
            To::Issue(place, worth) => {
                let entries = worth.iter().map(|worth| crate::part::grain_below(weight * worth)).collect();
                let table = Table::new(self.agenda, vec![place], entries)?;
                (Source::Issue(place, worth), Contributes::Tables(vec![table]))
            }
            To::Figure(gauge, better) if gauge.figure.additive() => {
                *gauges += 1;
                let Some(tables) = scaled(self.agenda, groups, *gauges - 1, better, weight) else {
                    return Ok(None);
                };
                (Source::Figure(gauge), Contributes::Tables(tables?))
            }
            To::Figure(gauge, better) => {
                let Some(model) = &self.model else { return Ok(None) };
                let levels = self.agenda.levels_of(self.status_quo)?;
                let term = Term::new(gauge.clone(), better, weight, model.as_ref(), levels, self.agenda)?;
                let Some(term) = term else { return Ok(None) };
                (Source::Figure(gauge), Contributes::BlackBox(term))
            }
        };
        Ok(Some(Part { name: objective.name.clone(), weight, source, values }))
    }

    /// The default prior leaves out what the agenda does not move.
    fn default_prior(
        &mut self,
        bound: Vec<Bound<'_>>,
        groups: &[Group],
        gauges: &mut usize,
    ) -> Result<Option<Utility>, MandateError> {
        let mut tables = Vec::new();
        for Bound { objective, to } in bound {
            let part = self.part(objective, to, groups, gauges)?;
            if let Some(Part { values: Contributes::Tables(found), .. }) = part {
                tables.extend(found);
            }
        }
        Ok(if tables.is_empty() { None } else { Some(Utility::additive(self.agenda, tables)?) })
    }

    fn prior(
        &mut self,
        bound: Vec<Bound<'_>>,
        groups: &[Group],
        gauges: &mut usize,
    ) -> Result<Option<Utility>, MandateError> {
        let key = "opponent_prior.objective";
        for Bound { objective, to } in &bound {
            if matches!(to, To::Figure(gauge, _) if !gauge.figure.additive()) {
                let what = format!("{:?} is no sum over issues: expected another figure", objective.name);
                self.note(objective, &format!("{key}.figure"), what);
            }
        }
        self.stop_at_problems()?;
        let parts = self.parts(bound, groups, gauges, key)?;
        self.stop_at_problems()?;
        Ok(Some(Utility::additive(self.agenda, self.merged(&parts)?)?))
    }

    fn finish(
        self,
        parts: Vec<Part>,
        red_lines: Vec<Drawn>,
        prior: Option<Utility>,
    ) -> Result<Compiled, MandateError> {
        let tables = self.merged(&parts)?;
        let terms: Vec<Term> = parts.iter().filter_map(black).cloned().collect();
        let utility = match &self.model {
            Some(model) if !terms.is_empty() => {
                let remainder = Arc::new(BlackBox { model: Arc::clone(model), terms });
                Utility::with_remainder(self.agenda, tables, remainder)?
            }
            _ => Utility::additive(self.agenda, tables)?,
        };
        let fallback = self.mandate.walk_away.on(self.agenda, self.status_quo, &utility);
        let walk_away = fallback.map_err(|what| {
            let problem = self.mandate.problem(self.mandate.walk_away_line, "walk_away", what);
            MandateError::Broken(vec![problem])
        })?;
        let masks = red_lines.iter().flat_map(|line| line.masks.iter().cloned()).collect();
        Ok(Compiled {
            agenda: self.agenda.clone(),
            party: self.mandate.party.clone(),
            status_quo: self.status_quo.clone(),
            preferences: Preferences::new(utility, walk_away)?
                .with_discount(self.mandate.discount)?
                .with_red_lines(masks),
            model: self.model,
            parts,
            red_lines,
            prior,
        })
    }

    /// One table per group of places: the sum of all parts' tables over it.
    fn merged(&self, parts: &[Part]) -> Result<Vec<Table>, MandateError> {
        let mut by_places: BTreeMap<&[usize], Vec<&Table>> = BTreeMap::new();
        for part in parts {
            if let Contributes::Tables(tables) = &part.values {
                tables.iter().for_each(|table| by_places.entry(table.places()).or_default().push(table));
            }
        }
        let sum = |tables: Vec<&Table>| Table::sum(self.agenda, &tables);
        Ok(by_places.into_values().map(sum).collect::<Result<_, _>>()?)
    }

    fn note(&mut self, objective: &Objective, key: &str, what: String) {
        self.problems.push(self.mandate.problem(objective.line, key, what));
    }

    fn stop_at_problems(&mut self) -> Result<(), MandateError> {
        let mut problems = std::mem::take(&mut self.problems);
        problems.sort_by_key(|p| p.line);
        if problems.is_empty() { Ok(()) } else { Err(MandateError::Broken(problems)) }
    }
}

fn black(part: &Part) -> Option<&Term> {
    match &part.values {
        Contributes::BlackBox(term) => Some(term),
        Contributes::Tables(_) => None,
    }
}
