//! Tables of the conformance kit: agendas of all kinds, and opposed wishes about them.

use std::sync::Arc;

use strategy::{Brief, Seed};
use talks::{Procedure, Terms};
use tariff::{Agenda, Choices, Issue, IssueKind, Label, NumberRange, Offer, PartyId, TariffError, Value};
use utility::{Preferences, Remainder, Table as Entries, Utility, UtilityError};

/// A talk to try an agent in.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) agenda: Agenda,
    pub(super) parties: usize,
    pub(super) rounds: u32,
    pub(super) black_box: bool,
}

impl Table {
    /// One of every kind.
    pub(super) fn all() -> Result<Vec<Self>, TariffError> {
        let table = |name, issues, parties, black_box| {
            Ok(Self { name, agenda: agenda(issues)?, parties, rounds: 12, black_box })
        };
        Ok(vec![
            Self::numbers()?,
            table("legal moves: choices", (0..3).map(choice).collect(), 2, false)?,
            table("legal moves: switches", (0..4).map(switch).collect(), 2, false)?,
            table("legal moves: one issue", vec![number(0)], 2, false)?,
            table("legal moves: sixty issues", (0..60).map(number).collect(), 2, false)?,
            table("legal moves: three parties", (0..4).map(choice).collect(), 3, false)?,
            table("legal moves: utility by question", (0..3).map(number).collect(), 2, true)?,
        ])
    }

    /// Numbers, between two.
    pub(super) fn numbers() -> Result<Self, TariffError> {
        let agenda = agenda((0..3).map(number).collect())?;
        Ok(Self { name: "legal moves: numbers", agenda, parties: 2, rounds: 12, black_box: false })
    }

    pub(super) fn terms(&self, rounds: u32) -> Result<Terms, String> {
        let parties =
            (0..self.parties).map(party).collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
        let terms = Terms::new(Procedure::AlternatingOffers, parties, self.agenda.clone(), rounds);
        terms.map_err(|error| error.to_string())
    }

    /// What the parties want, in seat order, each presuming the truth of the next.
    pub(super) fn briefs(&self, seed: u64) -> Result<Vec<Brief>, String> {
        let brief = |seat: usize| {
            let preferences = Preferences::new(self.utility(seat)?, 0.3)?;
            let prior = additive(&self.agenda, (seat + 1) % self.parties, 1.0)?;
            let party = party(seat).map_err(|_| UtilityError::OtherAgenda)?;
            Brief::new(party, &preferences, Some(&prior), Seed { seed, talk: 0 })
        };
        (0..self.parties)
            .map(brief)
            .collect::<Result<_, _>>()
            .map_err(|error: UtilityError| error.to_string())
    }

    fn utility(&self, seat: usize) -> Result<Utility, UtilityError> {
        if !self.black_box {
            return additive(&self.agenda, seat, 1.0);
        }
        let tables = additive(&self.agenda, seat, 0.9)?.tables().to_vec();
        Utility::with_remainder(&self.agenda, tables, Arc::new(Parity))
    }
}

/// Something no table holds: whether the sum of all numbers is even.
struct Parity;

impl Remainder for Parity {
    fn value(&self, offer: &Offer) -> f64 {
        let number = |value: &Value| if let Value::Number(n) = value { *n / 500 } else { 0 };
        if offer.values().iter().map(number).sum::<i64>() % 2 == 0 { 0.1 } else { 0.0 }
    }

    fn bounds(&self) -> (f64, f64) {
        (0.0, 0.1)
    }
}

fn party(seat: usize) -> Result<PartyId, TariffError> {
    PartyId::new(["ANNA", "BORIS", "CHEN"][seat.min(2)])
}

/// Every other issue a seat would have high, the others low, each with a weight of its own.
fn additive(agenda: &Agenda, seat: usize, weight: f64) -> Result<Utility, UtilityError> {
    let raw = |place: usize| ((place * 7 + seat * 5) % 11 + 1) as f64;
    let total: f64 = (0..agenda.len()).map(raw).sum();
    let table = |place: usize| {
        let top = f64::from(agenda.issues()[place].levels() - 1).max(1.0);
        let up = (place + seat).is_multiple_of(2);
        let share = move |level: u32| if up { f64::from(level) / top } else { 1.0 - f64::from(level) / top };
        Entries::tabulate(agenda, vec![place], |levels| weight * raw(place) / total * share(levels[0]))
    };
    Utility::additive(agenda, (0..agenda.len()).map(table).collect::<Result<_, _>>()?)
}

fn agenda(issues: Vec<Result<Issue, TariffError>>) -> Result<Agenda, TariffError> {
    let issues = issues.into_iter().collect::<Result<Vec<_>, _>>()?;
    let digest = tariff::AgendaDigest::of(&wire::encode_agenda(&issues));
    Agenda::new(issues, digest)
}

fn number(place: usize) -> Result<Issue, TariffError> {
    Issue::new(&format!("rate.{place}"), IssueKind::Number(NumberRange::percent(0, 12_500, 500)?), None)
}

fn choice(place: usize) -> Result<Issue, TariffError> {
    let labels = ["none", "some", "most", "all"].iter().map(|l| Label::new(l)).collect::<Result<_, _>>()?;
    Issue::new(&format!("choice.{place}"), IssueKind::Choice(Choices::new(labels)?), None)
}

fn switch(place: usize) -> Result<Issue, TariffError> {
    Issue::new(&format!("switch.{place}"), IssueKind::Switch, None)
}
