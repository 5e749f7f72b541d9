//! What a person sends, read once: typed, judged against the own mandate, and only then an answer.
//!
//! A mandate binds its delegation, whoever sits there: an offer behind a red line cannot be made or
//! accepted. One that is worth less than the walk-away value can, after a second look.

use ::web::Problem;
use axum::http::StatusCode;
use mandate::Explanation;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tariff::{Issue, Offer, Value};
use wire::WireAct;

use super::lines::title;
use super::table::{NotNow, Standing, Table, Turn};
use crate::DomesticRule;

/// A move, as the page sends it.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum GivenMove {
    /// Puts an offer on the table.
    Propose {
        /// The round it is meant for.
        round: u32,
        offer: GivenOffer,
        /// Whether the person knows that it is worth less than the walk-away value.
        #[serde(default)]
        confirmed: bool,
    },
    /// Accepts the offer in the entry with this hash, and no other.
    Accept {
        round: u32,
        entry: String,
        #[serde(default)]
        confirmed: bool,
    },
    /// Ends the talk, at any time, for who knows of all that was said: so many moves and missed turns.
    WalkAway { told: usize },
}

/// An offer as it travels: bound to its agenda, every issue by name, in agenda order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenOffer {
    agenda: String,
    values: Vec<GivenValue>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenValue {
    issue: String,
    value: Given,
}

/// The scaled integer of a number, a switch, or a label.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Given {
    Number(i64),
    Switch(bool),
    Label(String),
}

/// A body as what it should be.
pub(super) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| bad("BAD_REQUEST", error.to_string()))
}

fn bad(code: &'static str, message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, message)
}

fn conflict(code: &'static str, message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, message)
}

/// An offer of this table's agenda.
pub(super) fn offer(table: &Table, given: &GivenOffer) -> Result<Offer, Problem> {
    let agenda = table.agenda();
    if given.agenda != hex(agenda.digest().as_bytes()) {
        return Err(bad("OTHER_AGENDA", "the offer is about another agenda than this talk"));
    }
    let named = given.values.iter().map(|value| (value.issue.as_str(), &value.value));
    let read = |issue: &Issue, given: &Given| match given {
        Given::Number(number) => Ok(Value::Number(*number)),
        Given::Switch(on) => Ok(Value::Switch(*on)),
        Given::Label(label) => issue.choice(label),
    };
    agenda.offer_named(named, read).map_err(|error: tariff::TariffError| bad("BAD_OFFER", error.to_string()))
}

/// What an offer is worth to the party, and why; the rules at home count among its red lines.
pub(super) fn explanation(table: &Table, offer: &Offer) -> Result<Explanation, Problem> {
    let (prepared, rules) = (&table.setup().prepared, table.setup().briefing.rules);
    let mut explained = prepared.compiled.explain(offer).map_err(Problem::internal)?;
    explained.red_lines.extend(DomesticRule::verdicts(rules, table.agenda(), offer));
    explained.acceptable = prepared.preferences.acceptable(offer);
    Ok(explained)
}

/// Makes the person's move: the answer to the turn at hand, if it is one that may be given.
pub(super) fn make(table: &Table, given: GivenMove) -> Result<(), Problem> {
    let (turn, standing) = {
        let state = table.state();
        (state.turn, state.standing.clone())
    };
    match given {
        GivenMove::Propose { round, offer: given, confirmed } => {
            let turn = at_hand(turn, round)?;
            let offer = offer(table, &given)?;
            permit(table, &offer, confirmed)?;
            table.answer(turn, WireAct::Propose(offer))
        }
        GivenMove::Accept { round, entry, confirmed } => {
            let turn = at_hand(turn, round)?;
            let standing = named(table, standing, &entry)?;
            permit(table, &standing.offer, confirmed)?;
            table.answer(turn, WireAct::Accept(standing.hash))
        }
        GivenMove::WalkAway { told } => table.depart(told),
    }
    .map_err(not_now)
}

fn not_now(why: NotNow) -> Problem {
    let code = match why {
        NotNow::Over => "TALK_OVER",
        NotNow::MovedOn => "MOVED_ON",
        NotNow::Sent => "NOT_YOUR_TURN",
    };
    conflict(code, why.to_string())
}

fn at_hand(turn: Option<Turn>, round: u32) -> Result<Turn, Problem> {
    match turn {
        None => Err(not_the_turn("it is not your turn")),
        Some((_, now)) if now != round => {
            Err(not_the_turn(&format!("the move is meant for round {round}, and this is round {now}")))
        }
        Some(turn) => Ok(turn),
    }
}

fn not_the_turn(why: &str) -> Problem {
    conflict("NOT_YOUR_TURN", why)
}

/// The standing offer, if it is the one that was named and the other side's.
fn named(table: &Table, standing: Option<Standing>, entry: &str) -> Result<Standing, Problem> {
    let standing = standing.ok_or_else(|| conflict("NO_OFFER", "no offer is on the table"))?;
    if hex(&standing.hash) != entry {
        return Err(conflict("STALE_OFFER", "another offer is on the table by now: look at it first"));
    }
    if standing.party == *table.party() {
        return Err(conflict("OWN_OFFER", "the offer on the table is your own"));
    }
    Ok(standing)
}

fn permit(table: &Table, offer: &Offer, confirmed: bool) -> Result<(), Problem> {
    let preferences = &table.setup().prepared.preferences;
    if !preferences.permits(offer) {
        return Err(behind_a_red_line(table, offer)?);
    }
    let (worth, bar) = (preferences.utility().value(offer), preferences.walk_away());
    if worth < bar && !confirmed {
        let message =
            format!("it is worth {worth:.3} to you, below your walk-away value of {bar:.3}: confirm it");
        return Err(conflict("BELOW_WALK_AWAY", message).with(json!({ "utility": worth, "walk_away": bar })));
    }
    Ok(())
}

fn behind_a_red_line(table: &Table, offer: &Offer) -> Result<Problem, Problem> {
    let broken: Vec<Json> = explanation(table, offer)?
        .red_lines
        .into_iter()
        .filter(|verdict| !verdict.kept)
        .map(|line| json!({ "red_line": line.red_line, "title": title(table, &line), "broken_by": line.broken_by }))
        .collect();
    let names: Vec<&str> = broken.iter().filter_map(|line| line["title"].as_str()).collect();
    let message = format!("your mandate does not allow it: {}", names.join("; "));
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "RED_LINE", message);
    Ok(problem.with(json!({ "broken": broken })))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
