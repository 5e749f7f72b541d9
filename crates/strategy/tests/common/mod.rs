//! Two or more parties with opposed wishes, and talks between strategies of theirs.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::sync::Arc;

use detente_strategy::{Brief, Decision, Seed, Situation, Strategy, StrategySpec};
use talks::{
    Act, Command, Fingerprint, Outcome, Past, Procedure, Seq, Stamp, Submission, Talk, Terms, Time, What,
};
use tariff::{Agenda, AgendaDigest, Issue, IssueKind, NumberRange, Offer, PartyId};
use utility::{Mask, Preferences, Remainder, Table, Utility};

pub(crate) fn party(seat: usize) -> PartyId {
    PartyId::new(&format!("P{seat}")).unwrap()
}

/// Rates from 0 to 125% in steps of `step` basis points.
pub(crate) fn agenda(issues: usize, step: i64) -> Agenda {
    let rate = || IssueKind::Number(NumberRange::percent(0, 12_500, step).unwrap());
    let issue = |i| Issue::new(&format!("rate.{i}"), rate(), None).unwrap();
    Agenda::new((0..issues).map(issue).collect(), AgendaDigest::of(&[issues as u8])).unwrap()
}

/// Every other issue a party would have high, the others low; each weighs its issues differently.
pub(crate) fn utility(agenda: &Agenda, seat: usize) -> Utility {
    let raw = |place: usize| f64::from((place as u32 * 7 + seat as u32 * 5) % 11 + 1);
    let total: f64 = (0..agenda.len()).map(raw).sum();
    let table = |place: usize| {
        let top = f64::from(agenda.issues()[place].levels() - 1);
        let up = (place + seat).is_multiple_of(2);
        let share = move |level: u32| if up { f64::from(level) / top } else { 1.0 - f64::from(level) / top };
        Table::tabulate(agenda, vec![place], |l| raw(place) / total * share(l[0]).powf(0.8)).unwrap()
    };
    Utility::additive(agenda, (0..agenda.len()).map(table).collect()).unwrap()
}

pub(crate) fn brief_of(seat: usize, agenda: &Agenda, walk_away: f64, seed: u64) -> Brief {
    let preferences = Preferences::new(utility(agenda, seat), walk_away).unwrap();
    let prior = utility(agenda, seat + 1);
    Brief::new(party(seat), &preferences, Some(&prior), Seed { seed, talk: 0 }).unwrap()
}

/// A remainder that no table holds, and a red line: the first issue stays at 10% or more.
pub(crate) fn awkward_brief(seat: usize, agenda: &Agenda, walk_away: f64, seed: u64) -> Brief {
    struct Even;
    impl Remainder for Even {
        fn value(&self, offer: &Offer) -> f64 {
            let sum: i64 =
                offer.values().iter().map(|v| if let tariff::Value::Number(n) = v { *n } else { 0 }).sum();
            if (sum / 500) % 2 == 0 { 0.1 } else { 0.0 }
        }
        fn bounds(&self) -> (f64, f64) {
            (0.0, 0.1)
        }
    }
    let whole = utility(agenda, seat);
    let shrunk = |place: usize| {
        let table = &whole.tables()[place];
        Table::tabulate(agenda, vec![place], |l| {
            let mut levels = vec![0; agenda.len()];
            levels[place] = l[0];
            0.9 * table.at(&levels)
        })
    };
    let tables = (0..agenda.len()).map(|place| shrunk(place).unwrap()).collect();
    let utility = Utility::with_remainder(agenda, tables, Arc::new(Even)).unwrap();
    let line = Mask::new(agenda, vec![0], |level| level[0] >= 2).unwrap();
    let preferences = Preferences::new(utility, walk_away).unwrap().with_red_lines(vec![line]);
    Brief::new(party(seat), &preferences, None, Seed { seed, talk: 0 }).unwrap()
}

pub(crate) fn opened(parties: usize, agenda: &Agenda, rounds: u32) -> Talk {
    let seats = (0..parties).map(party).collect();
    open_talk(Terms::new(Procedure::AlternatingOffers, seats, agenda.clone(), rounds).unwrap())
}

pub(crate) fn open_talk(terms: Terms) -> Talk {
    let mut talk = Talk::convene(terms, Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
    run(&mut talk, &Command::Open);
    talk
}

pub(crate) fn run(talk: &mut Talk, command: &Command) {
    let talks::Decision::Append(events) = talk.decide(Time(0), command).unwrap() else { return };
    for event in &events {
        talk.apply(talk.next_stamp(Time(0), event), event).unwrap();
    }
}

pub(crate) fn play(talk: &mut Talk, decision: Decision) {
    let party = talk.turn().unwrap().clone();
    let client_seq = talk.last_client_seq(&party).unwrap() + 1;
    let act = match decision {
        Decision::Propose(offer) => Act::Propose(offer),
        Decision::Accept => Act::Accept { offer: talk.standing().unwrap().seq },
        Decision::WalkAway => Act::WalkAway,
    };
    let fingerprint = Fingerprint([0; 32]);
    let given = Submission { party, client_seq, round: None, reply_to: None, act, fingerprint };
    run(talk, &Command::Submit(given));
}

pub(crate) fn open(spec: &str) -> Box<dyn Strategy> {
    spec.parse::<StrategySpec>().unwrap().open()
}

/// A talk between strategies to its end; `watch` sees each situation and what was decided in it.
pub(crate) fn bargain(
    specs: &[&str],
    briefs: &[Brief],
    rounds: u32,
    mut watch: impl FnMut(&Situation<'_>, &Decision),
) -> Talk {
    let mut seats: Vec<Box<dyn Strategy>> = specs.iter().map(|s| open(s)).collect();
    let mut talk = opened(specs.len(), briefs[0].preferences().agenda(), rounds);
    while let Some(turn) = talk.turn() {
        let seat = talk.terms().seat(turn).unwrap();
        let situation = Situation::new(&talk, &briefs[seat]).unwrap();
        let decision = seats[seat].decide(&situation).unwrap();
        watch(&situation, &decision);
        play(&mut talk, decision);
    }
    talk
}

pub(crate) fn is_agreed(talk: &Talk) -> bool {
    matches!(talk.outcome(), Some(Outcome::Agreed { .. }))
}

pub(crate) fn proposals(talk: &Talk, seat: usize) -> Vec<Offer> {
    let of = |past: &Past| match &past.what {
        What::Proposed(offer) if past.party == party(seat) => Some(offer.clone()),
        _ => None,
    };
    talk.history().iter().filter_map(of).collect()
}
