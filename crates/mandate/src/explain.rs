use scoring::Impact;
use serde::Serialize;
use tariff::Offer;

use crate::part::{Part, Source};
use crate::{Compiled, MandateError};

/// Why an offer is worth what it is worth. The contributions sum to the utility exactly.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The party whose mandate speaks.
    pub party: String,
    /// What the offer is worth, 0 to 1.
    pub utility: f64,
    /// What the status quo is worth.
    pub status_quo_utility: f64,
    /// The utility below which the party rather has no deal.
    pub walk_away: f64,
    /// Whether the offer may be agreed: every red line kept, worth the walk-away value or more.
    pub acceptable: bool,
    /// Objective by objective, in the order of the mandate.
    pub objectives: Vec<Contribution>,
    /// Red line by red line, in the order of the mandate.
    pub red_lines: Vec<RedLineVerdict>,
}

/// What one objective contributes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    /// The objective.
    pub name: String,
    /// Its weight.
    pub weight: f64,
    /// The unit of the raw figure: `usd`, `bps`, `share of full leverage`, or `worth` of an issue's
    /// value.
    pub unit: &'static str,
    /// At the offer.
    pub offer: Reading,
    /// At the status quo.
    pub status_quo: Reading,
}

/// An objective at one offer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// The figure in its unit, or the worth of the issue's value.
    pub raw: f64,
    /// The issue's value as a person reads it, where the objective is about an issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The figure scaled from 0, the worst on the agenda, to 1, the best.
    pub scaled: f64,
    /// Weight times scaled, as a multiple of 2⁻⁴⁰.
    pub contribution: f64,
}

/// Whether an offer keeps to a red line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RedLineVerdict {
    /// The red line in words.
    pub red_line: String,
    /// Whether it is kept.
    pub kept: bool,
    /// The issues that break it.
    pub broken_by: Vec<String>,
    /// The issues it is about, for who calls them by other names. A rule at home names none.
    #[serde(skip)]
    pub issues: Vec<String>,
    /// What it asks of each, such as `at least 10`.
    #[serde(skip)]
    pub asks: String,
}

/// An offer with everything that readings need.
struct Case<'a> {
    offer: &'a Offer,
    levels: &'a [u32],
    impact: Option<Impact>,
}

impl Compiled {
    /// What each objective contributes to the utility of `offer`, beside the status quo.
    ///
    /// # Errors
    /// [`MandateError::Offer`] for an offer of another agenda, [`MandateError::Scoring`] where the
    /// model fails.
    pub fn explain(&self, offer: &Offer) -> Result<Explanation, MandateError> {
        let (here, there) = (self.case(offer)?, self.case(&self.status_quo)?);
        let objective = |part: &Part| Contribution {
            name: part.name.clone(),
            weight: part.weight,
            unit: unit(part),
            offer: self.reading(part, &here),
            status_quo: self.reading(part, &there),
        };
        let objectives: Vec<Contribution> = self.parts.iter().map(objective).collect();
        Ok(Explanation {
            party: self.party.to_string(),
            utility: objectives.iter().map(|o| o.offer.contribution).sum(),
            status_quo_utility: objectives.iter().map(|o| o.status_quo.contribution).sum(),
            walk_away: self.preferences().walk_away(),
            acceptable: self.preferences().acceptable(offer),
            objectives,
            red_lines: self.verdicts(here.levels),
        })
    }

    fn case<'a>(&self, offer: &'a Offer) -> Result<Case<'a>, MandateError> {
        let levels = self.agenda.levels_of(offer)?;
        let impact = self.model.as_ref().map(|model| model.impact(offer)).transpose()?;
        Ok(Case { offer, levels, impact })
    }

    fn reading(&self, part: &Part, case: &Case<'_>) -> Reading {
        let (raw, value) = match &part.source {
            Source::Figure(gauge) => (case.impact.as_ref().map_or(0.0, |i| gauge.read(case.offer, i)), None),
            Source::Issue(place, worth) => {
                let text = self.agenda.issues()[*place].display(case.offer.value(*place));
                (worth[case.levels[*place] as usize], Some(text))
            }
        };
        let contribution = part.contribution(case.levels, case.offer, case.impact.as_ref());
        Reading { raw, value, scaled: contribution / part.weight, contribution }
    }

    fn verdicts(&self, levels: &[u32]) -> Vec<RedLineVerdict> {
        let verdict = |line: &crate::red_line::Drawn| {
            let broken = line.broken(&self.agenda, levels);
            RedLineVerdict {
                red_line: format!("{} {}", line.pattern, line.asks),
                kept: broken.is_empty(),
                broken_by: broken.iter().map(ToString::to_string).collect(),
                issues: line.issues(&self.agenda).map(ToString::to_string).collect(),
                asks: line.asks.clone(),
            }
        };
        self.red_lines.iter().map(verdict).collect()
    }
}

fn unit(part: &Part) -> &'static str {
    match &part.source {
        Source::Figure(gauge) => gauge.figure.unit(),
        Source::Issue(..) => "worth",
    }
}
