//! Guests by hand, and a talk for them.

#![allow(dead_code, reason = "the bench and the tests each use a part")]

use detente_agent::sandbox::{Limits, Sandbox, componentize};
use strategy::{Brief, Seed};
use talks::{Act, Command, Fingerprint, Procedure, Seq, Stamp, Submission, Talk, Terms, Time};
use tariff::{Agenda, AgendaDigest, Choices, Issue, IssueKind, Label, NumberRange, PartyId};
use utility::{Mask, Preferences, Table, Utility};

/// Proposes the last level of each of the three issues.
pub(crate) const PROPOSE: &str = "(call $propose (i32.const 3))";

/// A module with these bodies of `open` and `decide`, bound to the world.
pub(crate) fn module(open: &str, decide: &str) -> Vec<u8> {
    bound(&include_str!("guest.wat").replace("@open@", open).replace("@decide@", decide))
}

/// A module in text, with what bindings of the world put into it.
pub(crate) fn bound(text: &str) -> Vec<u8> {
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = wit_parser::Resolve::default();
    let text = include_str!("../../wit/strategy.wit");
    let package = resolve.push_str("strategy.wit", text).unwrap();
    let world = resolve.select_world(&[package], Some("strategy")).unwrap();
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, &resolve, world, encoding).unwrap();
    module
}

/// The strategy with these bodies.
pub(crate) fn guest(open: &str, decide: &str, limits: Limits) -> Sandbox {
    Sandbox::compile("guest.wasm", &componentize(&module(open, decide)).unwrap(), limits).unwrap()
}

/// A number, a choice and a switch.
pub(crate) fn agenda() -> Agenda {
    let rate = IssueKind::Number(NumberRange::percent(0, 1_000, 100).unwrap());
    let labels = ["a", "b", "c"].map(|label| Label::new(label).unwrap());
    let choice = IssueKind::Choice(Choices::new(labels.to_vec()).unwrap());
    let kinds = [("rate", rate), ("terms", choice), ("pause", IssueKind::Switch)];
    let issues = kinds.map(|(name, kind)| Issue::new(name, kind, None).unwrap());
    Agenda::new(issues.to_vec(), AgendaDigest::of(b"three issues")).unwrap()
}

/// What a seat wants: the ends of each issue, weighed differently.
pub(crate) fn utility(agenda: &Agenda, seat: usize) -> Utility {
    let weights = [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]][seat];
    let table = |place: usize| {
        let last = f64::from(agenda.issues()[place].levels() - 1);
        let share = move |level: u32| f64::from(level) / last;
        let worth = move |level| if seat == 0 { share(level) } else { 1.0 - share(level) };
        Table::tabulate(agenda, vec![place], |levels| weights[place] * worth(levels[0])).unwrap()
    };
    Utility::additive(agenda, (0..3).map(table).collect()).unwrap()
}

pub(crate) fn parties() -> Vec<PartyId> {
    ["USA", "CHN"].map(|party| PartyId::new(party).unwrap()).to_vec()
}

/// The papers of a seat, which presumes the truth of the other and never agrees to a pause at the
/// first of the terms.
pub(crate) fn brief(seat: usize) -> Brief {
    let agenda = agenda();
    let line = Mask::new(&agenda, vec![1, 2], |levels| levels != [0, 1]).unwrap();
    let preferences = Preferences::new(utility(&agenda, seat), 0.3).unwrap().with_red_lines(vec![line]);
    let prior = utility(&agenda, 1 - seat);
    Brief::new(parties()[seat].clone(), &preferences, Some(&prior), Seed { seed: 7, talk: 0 }).unwrap()
}

pub(crate) fn terms(rounds: u32) -> Terms {
    let terms = Terms::new(Procedure::AlternatingOffers, parties(), agenda(), rounds).unwrap();
    terms.with_turn_limit_us(20_000_000).unwrap()
}

/// A talk at its first turn.
pub(crate) fn opened(rounds: u32) -> Talk {
    let mut talk = Talk::convene(terms(rounds), Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
    talk.advance(Time(0), Command::Open).unwrap();
    talk
}

/// The papers of a seat on an agenda of sixty issues with 26 levels each.
pub(crate) fn large(seat: usize) -> Brief {
    let issue = |place: usize| {
        let rate = IssueKind::Number(NumberRange::percent(0, 12_500, 500).unwrap());
        Issue::new(&format!("rate.{place}"), rate, None).unwrap()
    };
    let agenda = Agenda::new((0..60).map(issue).collect(), AgendaDigest::of(b"60 issues")).unwrap();
    let utility = |seat: usize| {
        let weight = |place: usize| ((place * 7 + seat * 5) % 11 + 1) as f64 / 420.0;
        let share = |level: u32| f64::from(if seat == 0 { level } else { 25 - level }) / 25.0;
        let worth = |place: usize| move |levels: &[u32]| weight(place) * share(levels[0]).powf(0.8);
        let table = |place| Table::tabulate(&agenda, vec![place], worth(place)).unwrap();
        Utility::additive(&agenda, (0..60).map(table).collect()).unwrap()
    };
    let preferences = Preferences::new(utility(seat), 0.4).unwrap();
    let seed = Seed { seed: 7, talk: 0 };
    Brief::new(parties()[seat].clone(), &preferences, Some(&utility(1 - seat)), seed).unwrap()
}

/// A talk in its second round in which both parties have proposed what is best for `other`.
pub(crate) fn opened_over(other: &Brief) -> Talk {
    let agenda = other.preferences().agenda().clone();
    let terms = Terms::new(Procedure::AlternatingOffers, parties(), agenda, 20).unwrap();
    let mut talk = Talk::convene(terms, Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
    talk.advance(Time(0), Command::Open).unwrap();
    for party in parties() {
        let (act, fingerprint) = (Act::Propose(other.planner().best().clone()), Fingerprint([0; 32]));
        let given = Submission { party, client_seq: 1, round: None, reply_to: None, act, fingerprint };
        talk.advance(Time(0), Command::Submit(given)).unwrap();
    }
    talk
}
