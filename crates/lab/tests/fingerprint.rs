//! Results are taken up again only where nothing that decides them has changed.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{Habit, Puppet, agenda, arena, arena_of, preferences, profile, tournament, utility};
use detente_lab::{Arena, Information, Profile, Tournament};
use strategy::{Factory, Place, Strategy, StrategyError};
use tariff::{Offer, Value};
use utility::{Constraint, Mask, Motive, Preferences, Remainder, Utility};

const VALUES: [f64; 3] = [0.0, 0.6, 1.0];

struct Rest(f64);

impl Remainder for Rest {
    fn value(&self, _: &Offer) -> f64 {
        self.0
    }

    fn bounds(&self) -> (f64, f64) {
        (0.0, 0.5)
    }
}

/// Allows all but this level.
struct AllBut(u32);

impl Constraint for AllBut {
    fn allows(&self, offer: &Offer) -> bool {
        offer.values()[0] != Value::Choice(self.0)
    }
}

fn of(arena: Arena) -> String {
    tournament(vec![Arc::new(Puppet::new("one", Habit::Insists))], vec![arena]).fingerprint()
}

fn wanting(preferences: Preferences) -> String {
    of(arena_of("a", profile("ONE", preferences)))
}

fn remainder(value: f64) -> Preferences {
    let tables = utility([0.0, 0.2, 0.5]).tables().to_vec();
    let utility = Utility::with_remainder(&agenda(), tables, Arc::new(Rest(value))).unwrap();
    Preferences::new(utility, 0.2).unwrap()
}

fn mask(allowed: u32) -> Preferences {
    let mask = Mask::new(&agenda(), vec![0], |levels| levels[0] != allowed).unwrap();
    preferences(VALUES).with_red_lines(vec![mask])
}

fn told(prior: Option<Utility>, motive: Option<[f64; 3]>) -> String {
    let motive = motive.map(|worth| vec![Motive { name: "exports".to_owned(), worth: utility(worth) }]);
    let motives = motive.map(|motive| Arc::new(motive) as Arc<dyn utility::Motives>);
    of(arena_of("a", Profile { prior, motives, ..profile("ONE", preferences(VALUES)) }))
}

#[test]
fn all_that_a_party_wants_and_presumes_counts() {
    let variants = [
        wanting(preferences(VALUES)),
        wanting(preferences([0.0, 0.61, 1.0])),
        wanting(Preferences::new(utility(VALUES), 0.21).unwrap()),
        wanting(preferences(VALUES).with_discount(0.9).unwrap()),
        wanting(preferences(VALUES).with_discount(0.8).unwrap()),
        wanting(mask(0)),
        wanting(mask(1)),
        wanting(remainder(0.1)),
        wanting(remainder(0.2)),
        wanting(preferences(VALUES).with_constraint(Arc::new(AllBut(0)))),
        wanting(preferences(VALUES).with_constraint(Arc::new(AllBut(1)))),
        told(Some(utility([0.0, 0.5, 1.0])), None),
        told(Some(utility([0.0, 0.4, 1.0])), None),
        told(None, Some([0.0, 0.5, 1.0])),
        told(None, Some([0.0, 0.4, 1.0])),
        of(arena("another name")),
    ];
    let distinct: BTreeSet<&String> = variants.iter().collect();
    assert_eq!(distinct.len(), variants.len(), "{variants:#?}");
    assert_eq!(variants[0], wanting(preferences(VALUES)), "the same is the same");
}

/// A strategy of this name that decides as this text says.
struct File(&'static str);

impl Factory for File {
    fn spec(&self) -> String {
        "parts.toml".to_owned()
    }

    fn contents(&self) -> String {
        self.0.to_owned()
    }

    fn place(&self) -> Place {
        Place::InProcess
    }

    fn deterministic(&self) -> bool {
        true
    }

    fn open(&self) -> Result<Box<dyn Strategy>, StrategyError> {
        Puppet::new("parts", Habit::Insists).open()
    }
}

#[test]
fn what_a_file_says_and_how_talks_are_played_counts() {
    let plain = |contents| tournament(vec![Arc::new(File(contents))], vec![arena("a")]);
    let changed = |change: fn(&mut Tournament)| {
        let mut tournament = plain("boulware");
        change(&mut tournament);
        tournament.fingerprint()
    };
    let variants = [
        plain("boulware").fingerprint(),
        plain("conceder").fingerprint(),
        changed(|t| t.rounds = vec![10]),
        changed(|t| t.information = vec![Information::Truth]),
        changed(|t| t.repetitions = 2),
        changed(|t| t.seed = 8),
        changed(|t| t.self_play = false),
        changed(|t| t.model_rounds = true),
    ];
    let distinct: BTreeSet<&String> = variants.iter().collect();
    assert_eq!(distinct.len(), variants.len(), "{variants:#?}");
}
