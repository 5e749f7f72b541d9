//! A table as its page reads it. Values travel as levels, the issue's own numbering of them.

use mandate::Explanation;
use serde_json::{Value as Json, json};
use talks::{Outcome, Phase, What};
use tariff::{Agenda, Issue, IssueKind, Offer, PartyId};
use transcript::{label, reason};

use super::desk::Desk;
use super::lines::title;
use super::moves::hex;
use super::table::{Standing, State, Table, Told};

/// Moves in one answer; a page asks for more.
const MOST_TOLD: usize = 500;

/// The talks at a desk, each in a line.
pub(super) fn list(desk: &Desk) -> Vec<Json> {
    desk.tables().iter().map(|table| line(table)).collect()
}

fn line(table: &Table) -> Json {
    let state = table.state();
    json!({
        "id": table.id().as_str(),
        "title": table.setup().briefing.scenario.title(),
        "state": phase(&state),
        "mine": state.turn.is_some(),
        "round": state.round,
    })
}

fn phase(state: &State) -> &'static str {
    match &state.phase {
        Phase::Closed(Outcome::Agreed { .. }) => "agreed",
        Phase::Closed(Outcome::Failed(_)) => "failed",
        _ if state.left => "left",
        Phase::Convened => "convened",
        Phase::Open => "open",
        Phase::Adjourned => "adjourned",
    }
}

/// What does not change about a talk.
pub(super) fn head(table: &Table) -> Json {
    let setup = table.setup();
    let (scenario, terms, agenda) = (&setup.briefing.scenario, &setup.public.terms, table.agenda());
    let party = |id: &PartyId| {
        let known = scenario.parties().iter().find(|party| party.id == *id);
        json!({ "id": id.as_str(), "name": known.map_or(id.as_str(), |party| party.name.as_str()) })
    };
    json!({
        "id": table.id().as_str(),
        "scenario": scenario.name(),
        "title": scenario.title(),
        "party": party(table.party()),
        "parties": terms.parties().iter().map(party).collect::<Vec<_>>(),
        "rounds": terms.rounds(),
        "deadline_us": terms.deadline().map(|time| time.0),
        "turn_limit_us": terms.turn_limit_us(),
        "agenda": hex(agenda.digest().as_bytes()),
        "issues": issues(table),
        "status_quo": levels(agenda, &setup.status_quo),
        "best": levels(agenda, &setup.best),
        "status_quo_utility": setup.prepared.preferences.utility().value(&setup.status_quo),
        "best_utility": setup.prepared.preferences.utility().value(&setup.best),
        "walk_away": setup.prepared.preferences.walk_away(),
        "scored": setup.prepared.model.is_some(),
    })
}

fn issues(table: &Table) -> Vec<Json> {
    let scenario = &table.setup().briefing.scenario;
    let document = |(place, issue): (usize, &Issue)| {
        let instrument = issue.instrument();
        let mut document = kind(issue);
        document["id"] = json!(issue.id().as_str());
        document["title"] = json!(scenario.issue_title(place));
        document["label"] = json!(label(issue));
        document["levels"] = json!(issue.levels());
        document["by"] = json!(instrument.and_then(tariff::Instrument::by).map(PartyId::as_str));
        document["rate"] = json!(matches!(instrument, Some(tariff::Instrument::AddedRate { .. })));
        document["sector"] = json!(instrument.and_then(tariff::Instrument::sector).map(|s| s.as_str()));
        document
    };
    table.agenda().issues().iter().enumerate().map(document).collect()
}

fn kind(issue: &Issue) -> Json {
    match issue.kind() {
        IssueKind::Number(range) => json!({
            "kind": "number", "unit": range.unit().as_str(), "scale": range.scale(),
            "min": range.min(), "max": range.max(), "step": range.step(),
        }),
        IssueKind::Choice(choices) => {
            let labels: Vec<&str> = choices.labels().iter().map(|label| label.as_str()).collect();
            json!({ "kind": "choice", "unit": "", "labels": labels })
        }
        IssueKind::Switch => json!({ "kind": "switch", "unit": "" }),
    }
}

fn levels<'a>(agenda: &Agenda, offer: &'a Offer) -> &'a [u32] {
    // What an agenda took as an offer has levels on it.
    agenda.levels_of(offer).unwrap_or_default()
}

/// Where a talk is, with what was said in it after the first `told` moves.
pub(super) fn state(table: &Table, told: usize) -> Json {
    let preferences = &table.setup().prepared.preferences;
    let (agenda, walk_away) = (table.agenda(), preferences.walk_away());
    let state = table.state();
    let standing = |standing: &Standing| {
        let (worth, permitted) =
            (preferences.utility().value(&standing.offer), preferences.permits(&standing.offer));
        json!({
            "seq": standing.seq, "entry": hex(&standing.hash), "party": standing.party.as_str(),
            "levels": levels(agenda, &standing.offer),
            "utility": worth, "permitted": permitted, "acceptable": permitted && worth >= walk_away,
        })
    };
    let fresh = state.told.get(told..).unwrap_or_default();
    let fresh = &fresh[..fresh.len().min(MOST_TOLD)];
    json!({
        "id": table.id().as_str(),
        "state": phase(&state),
        "reason": if let Phase::Closed(outcome) = &state.phase { Some(reason(outcome)) } else { None },
        "turn": state.whose.as_ref().map(PartyId::as_str),
        "mine": state.turn.is_some(),
        "sent": state.is_sent(),
        "round": state.round,
        "wakeup_us": state.wakeup_us,
        "standing": state.standing.as_ref().map(standing),
        "told": fresh.iter().map(|told| move_of(agenda, walk_away, told)).collect::<Vec<_>>(),
        "known": state.told.len(),
        "refused": state.refusal(),
        "late": state.late.map(|late| json!({ "said": late.at.0, "round": late.at.1, "leaving": late.leaving })),
        "left": state.left,
    })
}

fn move_of(agenda: &Agenda, walk_away: f64, told: &Told) -> Json {
    let (act, offer, accepted) = match &told.past.what {
        What::Proposed(offer) => ("propose", Some(offer), None),
        What::Accepted { offer } => ("accept", None, Some(offer.0)),
        What::WalkedAway => ("walk-away", None, None),
        What::Missed => ("missed", None, None),
    };
    json!({
        "seq": told.past.seq.0,
        "round": told.past.round,
        "party": told.past.party.as_str(),
        "act": act,
        "levels": offer.map(|offer| levels(agenda, offer)),
        "accepted": accepted,
        "utility": told.worth.map(|(worth, _)| worth),
        "acceptable": told.worth.map(|(worth, permitted)| permitted && worth >= walk_away),
        "words": told.words,
    })
}

/// What an offer is worth, term by term.
pub(super) fn explained(table: &Table, explanation: &Explanation) -> Json {
    let broken = explanation.red_lines.iter().filter(|line| !line.kept).count();
    let mut document = json!(explanation);
    for (place, line) in explanation.red_lines.iter().enumerate() {
        document["red_lines"][place]["title"] = json!(title(table, line));
    }
    document["permitted"] = json!(broken == 0);
    document
}
