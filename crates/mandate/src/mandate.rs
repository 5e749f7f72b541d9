use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use tariff::{IssueId, PartyId, SectorId};

use crate::Problem;
use crate::figure::Figure;
use crate::walk_away::WalkAway;

/// The most objectives, and the most red lines, of one mandate.
pub const MAX_ENTRIES: usize = 1024;

/// What a party wants, as its file says; private to the party. [`Mandate::compile`] turns it into
/// preferences on one agenda.
#[derive(Clone, PartialEq)]
pub struct Mandate {
    pub(crate) file: String,
    pub(crate) party: PartyId,
    pub(crate) walk_away: WalkAway,
    /// Where that stands in the file.
    pub(crate) walk_away_line: usize,
    /// What utility shrinks by from the beginning of a talk to its end; 1 for nothing.
    pub(crate) discount: f64,
    pub(crate) objectives: Vec<Objective>,
    pub(crate) red_lines: Vec<RedLine>,
    pub(crate) prior: Option<Prior>,
}

/// One thing a party cares about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Objective {
    pub(crate) name: String,
    pub(crate) weight: f64,
    pub(crate) over: Over,
    /// Where it stands in the file.
    pub(crate) line: usize,
}

/// What an objective is about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Over {
    /// A figure of the impact, min–max scaled over the agenda.
    Figure { figure: Figure, of: Option<PartyId>, sectors: Vec<SectorId>, better: Better },
    /// The value of one issue, through a table from 0 to 1 that is taken as it stands.
    Issue { issue: IssueId, worth: Worth },
}

/// Which end of a figure is worth 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    Higher,
    Lower,
}

/// What the values of an issue are worth, from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Worth {
    /// By label, by `on` and `off`, or by number in the issue's unit.
    Values(BTreeMap<String, f64>),
    /// Straight lines between points (number in the issue's unit, worth), level outside them.
    Points(Vec<[f64; 2]>),
}

/// Values that may not be agreed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RedLine {
    pub(crate) issues: String,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) allowed: Option<BTreeSet<String>>,
    pub(crate) line: usize,
}

/// What a party presumes another to want.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prior {
    pub(crate) party: PartyId,
    pub(crate) objectives: Vec<Objective>,
}

impl fmt::Debug for Mandate {
    // What a party wants stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mandate")
            .field("file", &self.file)
            .field("party", &self.party)
            .finish_non_exhaustive()
    }
}

impl Mandate {
    /// The party whose mandate this is.
    #[must_use]
    pub fn party(&self) -> &PartyId {
        &self.party
    }

    /// The discount factor from the beginning of a talk to its end, above 0 and at most 1; 1 for none.
    #[must_use]
    pub fn discount(&self) -> f64 {
        self.discount
    }

    pub(crate) fn problem(&self, line: usize, key: &str, what: String) -> Problem {
        Problem { file: self.file.clone(), line, key: key.to_owned(), what }
    }
}
