//! A table to talk at: terms, a talk whose entries are kept, and moves spelled shortly.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::sync::LazyLock;

use detente_talks::{
    Act, Command, Decision, Event, Fingerprint, Procedure, Refusal, Seq, Stamp, Submission, Talk, Terms, Time,
};
use tariff::{Agenda, AgendaDigest, Issue, IssueKind, NumberRange, Offer, PartyId, Value};

pub(crate) const LIMIT: i64 = 1_000;
pub(crate) const DEADLINE: i64 = 100_000;

pub(crate) fn party(seat: usize) -> PartyId {
    PartyId::new(&format!("P{seat}")).unwrap()
}

pub(crate) fn agenda(issues: usize) -> Agenda {
    let rate = || IssueKind::Number(NumberRange::percent(0, 12_500, 500).unwrap());
    let issue = |i| Issue::new(&format!("rate.{i}"), rate(), None).unwrap();
    Agenda::new((0..issues).map(issue).collect(), AgendaDigest::of(b"a table to talk at")).unwrap()
}

pub(crate) fn offer(percent: i64) -> Offer {
    static ONE_ISSUE: LazyLock<Agenda> = LazyLock::new(|| agenda(1));
    ONE_ISSUE.offer(vec![Value::Number(percent * 100)]).unwrap()
}

pub(crate) fn terms(parties: usize, rounds: u32) -> Terms {
    let seats = (0..parties).map(party).collect();
    Terms::new(Procedure::AlternatingOffers, seats, agenda(1), rounds).unwrap()
}

pub(crate) fn convened(terms: &Terms) -> Talk {
    Talk::convene(terms.clone(), Stamp { seq: Seq(1), time: Time(0), epoch: 1 })
}

/// Different acts, numbers or parties have different fingerprints, as a hash would give.
pub(crate) fn submission(seat: usize, client_seq: u64, act: Act) -> Submission {
    let mut fingerprint = [seat as u8; 32];
    fingerprint[..8].copy_from_slice(&client_seq.to_le_bytes());
    fingerprint[8] = match act {
        Act::Propose(_) => 1,
        Act::Accept { .. } => 2,
        Act::WalkAway => 3,
    };
    let (party, fingerprint) = (party(seat), Fingerprint(fingerprint));
    Submission { party, client_seq, round: None, reply_to: None, act, fingerprint }
}

/// A talk and the entries that led to it.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) talk: Talk,
    pub(crate) entries: Vec<(Stamp, Event)>,
    pub(crate) now: i64,
}

impl Room {
    pub(crate) fn new(terms: &Terms) -> Self {
        Self { talk: convened(terms), entries: Vec::new(), now: 0 }
    }

    pub(crate) fn opened(terms: &Terms) -> Self {
        let mut room = Self::new(terms);
        room.run(&Command::Open).unwrap();
        room
    }

    /// Decides, and applies what was decided.
    pub(crate) fn run(&mut self, command: &Command) -> Result<Decision, Refusal> {
        let decision = self.talk.decide(Time(self.now), command)?;
        if let Decision::Append(events) = &decision {
            for event in events {
                let stamp = self.talk.next_stamp(Time(self.now), event);
                self.talk.apply(stamp, event).unwrap();
                self.entries.push((stamp, event.clone()));
            }
        }
        Ok(decision)
    }

    /// Submits under the party's next number.
    pub(crate) fn submit(&mut self, seat: usize, act: Act) -> Result<Decision, Refusal> {
        let client_seq = self.talk.last_client_seq(&party(seat)).unwrap() + 1;
        self.run(&Command::Submit(submission(seat, client_seq, act)))
    }

    pub(crate) fn propose(&mut self, seat: usize, percent: i64) -> Seq {
        self.submit(seat, Act::Propose(offer(percent))).unwrap();
        self.talk.standing().unwrap().seq
    }

    pub(crate) fn accept(&mut self, seat: usize, offer: Seq) -> Result<Decision, Refusal> {
        self.submit(seat, Act::Accept { offer })
    }

    /// Lets time pass to the next wakeup, and ticks.
    pub(crate) fn sleep_through(&mut self) -> Vec<Event> {
        self.now = self.talk.next_wakeup().unwrap().0;
        let Ok(Decision::Append(events)) = self.run(&Command::Tick) else {
            panic!("a tick is never refused")
        };
        events
    }
}
