use std::collections::BTreeSet;

use tariff::{Agenda, Issue, IssueId};
use utility::{Mask, UtilityError};

use crate::mandate::RedLine;
use crate::pattern::matches;
use crate::worth::{number, spelling};

/// A red line on one agenda.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) pattern: String,
    /// What it asks of each issue, in words.
    pub(crate) asks: String,
    pub(crate) masks: Vec<Mask>,
}

/// Why a red line cannot be drawn.
pub(crate) enum Undrawn {
    /// It does not fit the agenda.
    Misfit(String),
    /// A mask was refused.
    Mask(UtilityError),
}

impl RedLine {
    pub(crate) fn draw(&self, agenda: &Agenda) -> Result<Drawn, Undrawn> {
        let places: Vec<usize> = (0..agenda.len())
            .filter(|place| matches(&self.issues, agenda.issues()[*place].id().as_str()))
            .collect();
        if places.is_empty() {
            let what = format!("{:?} matches no issue of the agenda", self.issues);
            return Err(Undrawn::Misfit(what));
        }
        if let Some(stray) = self.stray(agenda, &places) {
            return Err(Undrawn::Misfit(format!("{stray:?} is no value of {}", self.issues)));
        }
        let masks = places.into_iter().map(|place| self.mask(agenda, place)).collect::<Result<_, _>>()?;
        Ok(Drawn { pattern: self.issues.clone(), asks: self.asks(), masks })
    }

    /// An allowed value that none of the issues has: a slip of the pen, most likely.
    fn stray(&self, agenda: &Agenda, places: &[usize]) -> Option<&String> {
        let known = |text: &String| {
            places
                .iter()
                .map(|place| &agenda.issues()[*place])
                .any(|issue| (0..issue.levels()).any(|level| spelling(issue, level).as_ref() == Some(text)))
        };
        self.allowed.iter().flatten().find(|text| !known(text))
    }

    fn mask(&self, agenda: &Agenda, place: usize) -> Result<Mask, Undrawn> {
        let issue = &agenda.issues()[place];
        if self.allowed.is_none() && number(issue, 0).is_none() {
            let what = format!("{} takes no numbers: expected `allowed`", issue.id());
            return Err(Undrawn::Misfit(what));
        }
        let allowed: Vec<bool> = (0..issue.levels()).map(|level| self.allows(issue, level)).collect();
        if !allowed.contains(&true) {
            return Err(Undrawn::Misfit(format!("leaves no value of {}", issue.id())));
        }
        Mask::new(agenda, vec![place], |levels| allowed[levels[0] as usize]).map_err(Undrawn::Mask)
    }

    fn allows(&self, issue: &Issue, level: u32) -> bool {
        if let Some(allowed) = &self.allowed {
            return spelling(issue, level).is_some_and(|text| allowed.contains(&text));
        }
        // A billionth, since 0.1 + 0.2 is not 0.3.
        let inside =
            |n: f64| self.min.is_none_or(|min| n >= min - 1e-9) && self.max.is_none_or(|max| n <= max + 1e-9);
        number(issue, level).is_some_and(inside)
    }

    fn asks(&self) -> String {
        let least = self.min.map(|min| format!("at least {min}"));
        let most = self.max.map(|max| format!("at most {max}"));
        let labels = |allowed: &BTreeSet<String>| allowed.iter().cloned().collect::<Vec<String>>().join(", ");
        let only = self.allowed.as_ref().map(|allowed| format!("only {}", labels(allowed)));
        [least, most, only].into_iter().flatten().collect::<Vec<String>>().join(" ")
    }
}

impl Drawn {
    /// The issues it is about.
    pub(crate) fn issues<'a>(&'a self, agenda: &'a Agenda) -> impl Iterator<Item = &'a IssueId> {
        self.masks.iter().map(|mask| agenda.issues()[mask.places()[0]].id())
    }

    /// The issues on which an offer at `levels` breaks it.
    pub(crate) fn broken(&self, agenda: &Agenda, levels: &[u32]) -> Vec<IssueId> {
        let broken = self.masks.iter().filter(|mask| !mask.allows(levels));
        broken.map(|mask| agenda.issues()[mask.places()[0]].id().clone()).collect()
    }
}
