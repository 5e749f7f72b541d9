//! What stands at the top of the main file: name, story, parties, rules of procedure, sources.

use sha2::{Digest, Sha256};
use talks::{Procedure, Terms};
use tariff::{Agenda, AgendaDigest, PartyId};

use crate::files::MAIN;
use crate::scenario::{Party, ScenarioDigest, Source, Whereabouts};
use crate::{Scenario, ScenarioError};

use super::agenda::{self, Issues};
use super::{Node, trade};

const KEYS: [&str; 10] =
    ["format", "name", "title", "story", "series", "party", "talk", "source", "trade", "issue"];
const MICROSECONDS: i64 = 1_000_000;
/// A year, in seconds.
const MAX_SECONDS: i64 = 31_536_000;

struct Rules {
    procedure: Procedure,
    rounds: u32,
    turn_limit_us: Option<i64>,
    time_limit_us: Option<i64>,
}

/// Reads everything; none if anything is wrong. A member of a series has both names, as it is asked for.
pub(super) fn scenario(root: &Node<'_>, text: &str, member: Option<&str>) -> Option<Scenario> {
    root.only(&KEYS);
    root.integer("format", (1, 1));
    let name =
        root.parsed("name", "a name of lowercase letters, digits and '-'", |name| plain_name(name, member));
    let title = root.text("title", "a line about the scenario");
    let story = root.text("story", "what the talk is about");
    let parties = parties(root);
    let rules = root.table("talk", "the rules of procedure").and_then(|talk| rules(&talk));
    let sources = sources(root);
    let trade = root.optional("trade").map(|node| trade::trade(&node, &parties));
    let issues = agenda::issues(root, &parties, trade.as_ref());
    if root.reading.any_problem() {
        return None;
    }
    let (rules, agenda) = (rules?, checked_agenda(root, &issues)?);
    let scenario = Scenario {
        name: name?,
        title: title?.to_owned(),
        story: story?.trim().to_owned(),
        parties,
        procedure: rules.procedure,
        rounds: rules.rounds,
        turn_limit_us: rules.turn_limit_us,
        time_limit_us: rules.time_limit_us,
        agenda,
        issue_titles: issues.titles,
        status_quo: issues.status_quo,
        trade: trade.and_then(|t| t.base),
        sources,
        digest: digest(root, text),
        folder: Whereabouts::default(),
    };
    usable(root, scenario)
}

fn plain_name(text: &str, member: Option<&str>) -> Result<String, &'static str> {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let whole = member.map_or_else(|| text.to_owned(), |member| format!("{text}:{member}"));
    let fits = plain && whole.len() <= 64;
    fits.then_some(whole).ok_or("1 to 64 lowercase letters, digits or '-', with the member's name")
}

fn parties(root: &Node<'_>) -> Vec<Party> {
    let mut parties: Vec<Party> = Vec::new();
    for node in root.tables("party") {
        node.only(&["id", "name"]);
        let id = node.parsed("id", "a party such as \"USA\"", PartyId::new);
        let name = node.text("name", "the party's name for people");
        let (Some(id), Some(name)) = (id, name) else { continue };
        if parties.iter().any(|p| p.id == id) {
            node.wrong("id", Some(&format!("{:?} again", id.as_str())), "each party once");
            continue;
        }
        parties.push(Party { id, name: name.to_owned() });
    }
    let listed = root.tables("party").len();
    if !(2..=talks::MAX_PARTIES).contains(&listed) {
        let found = format!("{listed} parties");
        root.wrong("party", Some(&found), "2 to 64 tables [[party]] in seat order");
    }
    parties
}

fn rules(talk: &Node<'_>) -> Option<Rules> {
    talk.only(&["procedure", "rounds", "turn_limit_seconds", "time_limit_seconds"]);
    let procedure = talk.parsed("procedure", "\"alternating-offers\"", |text| match text {
        "alternating-offers" => Ok(Procedure::AlternatingOffers),
        _ => Err("\"alternating-offers\""),
    });
    let rounds = talk.integer("rounds", (1, i64::from(talks::MAX_ROUNDS)));
    let seconds = |key: &str| {
        let limit = talk.has(key).then(|| talk.integer(key, (1, MAX_SECONDS)));
        limit.flatten().map(|seconds| seconds * MICROSECONDS)
    };
    let (turn_limit_us, time_limit_us) = (seconds("turn_limit_seconds"), seconds("time_limit_seconds"));
    Some(Rules { procedure: procedure?, rounds: u32::try_from(rounds?).ok()?, turn_limit_us, time_limit_us })
}

fn sources(root: &Node<'_>) -> Vec<Source> {
    let read = |node: Node<'_>| {
        node.only(&["what", "citation", "licence"]);
        let what = node.text("what", "what the source gave");
        let citation = node.text("citation", "who published it, where and when");
        let licence = node.text("licence", "under which terms it may be passed on");
        Some(Source { what: what?.to_owned(), citation: citation?.to_owned(), licence: licence?.to_owned() })
    };
    root.tables("source").into_iter().filter_map(read).collect()
}

fn checked_agenda(root: &Node<'_>, issues: &Issues) -> Option<Agenda> {
    let agenda = Agenda::new(issues.issues.clone(), AgendaDigest::of(b""));
    agenda.map_err(|error| root.wrong("issue", Some(&error.to_string()), "issues that fit one agenda")).ok()
}

/// What only shows once everything is put together: that a talk and its model can be made.
fn usable(root: &Node<'_>, scenario: Scenario) -> Option<Scenario> {
    let agenda = scenario.agenda.clone();
    let parties = scenario.parties.iter().map(|p| p.id.clone()).collect();
    let terms = Terms::new(scenario.procedure, parties, agenda.clone(), scenario.rounds);
    if let Err(error) = terms.map_err(ScenarioError::from) {
        root.wrong("talk", Some(&error.to_string()), "terms that a talk can have");
        return None;
    }
    if let Err(error) = scenario.model(&agenda) {
        root.wrong("trade", Some(&error.to_string()), "facts on everything the issues touch");
        return None;
    }
    Some(scenario)
}

fn digest(root: &Node<'_>, text: &str) -> ScenarioDigest {
    let mut hash = Sha256::new();
    let mut add = |name: &str, text: &str| {
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name);
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    add(MAIN, text);
    for (name, cells) in root.reading.data() {
        add(&name, &cells.text);
    }
    ScenarioDigest(hash.finalize().into())
}
