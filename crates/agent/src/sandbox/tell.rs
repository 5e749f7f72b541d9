//! Briefs and situations in the words of the world.

use strategy::{Brief, Situation, TurnRng};
use talks::{Past, Procedure, Seq, Talk, Terms, What};
use tariff::{Agenda, Issue, IssueKind, Offer};
use utility::{Preferences, Utility};

use super::{SandboxError, guest};
use crate::brief::{allowed, places};

/// What a strategy negotiates for.
pub(super) fn brief(brief: &Brief, terms: &Terms) -> Result<guest::Brief, SandboxError> {
    let preferences = brief.preferences();
    let agenda = preferences.agenda();
    Ok(guest::Brief {
        party: brief.me().to_string(),
        parties: terms.parties().iter().map(ToString::to_string).collect(),
        procedure: match terms.procedure() {
            Procedure::AlternatingOffers => guest::Procedure::AlternatingOffers,
        },
        rounds: terms.rounds(),
        agenda: agenda.issues().iter().map(issue).collect(),
        utility: tables(preferences.utility()).ok_or_else(|| closed_form(brief))?,
        walk_away: preferences.walk_away(),
        red_lines: red_lines(preferences),
        best: levels(agenda, brief.planner().best())?,
        opponent: opponent(brief),
    })
}

/// Where a party's randomness in a talk begins: the first number of round 0, in which no native
/// strategy draws any.
pub(super) fn seed(brief: &Brief) -> u64 {
    TurnRng::new(brief.seed(), brief.me(), 0).next_u64()
}

/// The turn at hand for an instance that was told the first `told` turns of the history.
pub(super) fn situation(situation: &Situation<'_>, told: usize) -> Result<guest::Situation, SandboxError> {
    let talk = situation.talk();
    let agenda = talk.terms().agenda();
    let news = talk.history().iter().skip(told);
    Ok(guest::Situation {
        turn: talk.history().len() as u64 + 1,
        round: talk.round(),
        rounds_left: talk.rounds_left(),
        progress: situation.progress(),
        history: news.map(|past| happened(talk, past)).collect::<Result<_, _>>()?,
        offered: situation.offered().map(|standing| levels(agenda, standing.offer)).transpose()?,
    })
}

fn closed_form(brief: &Brief) -> SandboxError {
    SandboxError::Unfit {
        why: format!(
            "a sandboxed strategy is told its utility as a sum of tables, and the mandate of {} has an objective that is no sum over groups of issues: choose a native strategy or an agent over gRPC, or take that objective out",
            brief.me()
        ),
    }
}

fn issue(issue: &Issue) -> guest::Issue {
    let kind = match issue.kind() {
        IssueKind::Number(range) => guest::IssueKind::Number(guest::NumberRange {
            min: range.min(),
            max: range.max(),
            step: range.step(),
            scale: range.scale(),
            unit: range.unit().to_string(),
        }),
        IssueKind::Choice(choices) => {
            guest::IssueKind::Choice(choices.labels().iter().map(ToString::to_string).collect())
        }
        IssueKind::Switch => guest::IssueKind::Switch,
    };
    guest::Issue { name: issue.id().to_string(), kind, levels: issue.levels() }
}

fn tables(utility: &Utility) -> Option<Vec<guest::Table>> {
    let table = |table: &utility::Table| guest::Table {
        places: places(table.places()),
        values: table.values().collect(),
    };
    utility.is_additive().then(|| utility.tables().iter().map(table).collect())
}

fn red_lines(preferences: &Preferences) -> Vec<guest::RedLine> {
    let line = |line: &utility::Mask| guest::RedLine {
        places: places(line.places()),
        allowed: allowed(preferences.agenda(), line),
    };
    preferences.red_lines().iter().map(line).collect()
}

/// What it is told of the other side. A utility that is no sum of tables is not told.
fn opponent(brief: &Brief) -> guest::Knowledge {
    let truth = brief.opponent().and_then(|truth| Some((tables(truth.utility())?, truth.walk_away())));
    match (truth, brief.prior().and_then(tables)) {
        (Some((utility, walk_away)), _) => guest::Knowledge::Truth(guest::Truth { utility, walk_away }),
        (None, Some(presumed)) => guest::Knowledge::Presumed(presumed),
        (None, None) => guest::Knowledge::Nothing,
    }
}

fn happened(talk: &Talk, past: &Past) -> Result<guest::Happened, SandboxError> {
    let act = match &past.what {
        What::Proposed(offer) => guest::Act::Proposed(levels(talk.terms().agenda(), offer)?),
        What::Accepted { offer } => guest::Act::Accepted(place(talk, *offer)),
        What::WalkedAway => guest::Act::WalkedAway,
        What::Missed => guest::Act::Missed,
    };
    Ok(guest::Happened { round: past.round, party: past.party.to_string(), act })
}

/// The place in the history of the entry of a proposal.
fn place(talk: &Talk, proposal: Seq) -> u32 {
    let found = talk.history().binary_search_by_key(&proposal, |past| past.seq).ok();
    found.and_then(|place| u32::try_from(place).ok()).unwrap_or_default()
}

fn levels(agenda: &Agenda, offer: &Offer) -> Result<Vec<u32>, SandboxError> {
    agenda
        .levels_of(offer)
        .map(<[u32]>::to_vec)
        .map_err(|error| SandboxError::Unfit { why: error.to_string() })
}
