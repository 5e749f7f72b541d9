//! Small worlds that can be listed in full, to compare the planner with brute force.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used)]

use detente_utility::{Constraint, Mask, Preferences, Remainder, Table, Utility};
use proptest::prelude::*;
use tariff::{Agenda, AgendaDigest, Choices, Issue, IssueKind, Label, Offer};

pub fn agenda(levels: &[u32]) -> Agenda {
    let issue = |(place, levels): (usize, &u32)| {
        let labels = (0..*levels).map(|l| Label::new(&format!("level {l}")).unwrap()).collect();
        Issue::new(&format!("issue {place}"), IssueKind::Choice(Choices::new(labels).unwrap()), None).unwrap()
    };
    Agenda::new(levels.iter().enumerate().map(issue).collect(), AgendaDigest::of(b"test")).unwrap()
}

/// A utility of one table per group, scaled to stay within [0, 1].
pub fn utility(agenda: &Agenda, groups: &[Vec<usize>], raw: &[u32]) -> Utility {
    let size = |g: &Vec<usize>| g.iter().map(|p| agenda.issues()[*p].levels() as usize).product::<usize>();
    let mut raw = raw.iter().cycle();
    let tables: Vec<Vec<u32>> =
        groups.iter().map(|g| (0..size(g)).map(|_| *raw.next().unwrap()).collect()).collect();
    let top: u32 = tables.iter().map(|t| t.iter().max().unwrap()).sum();
    let entries = |t: &Vec<u32>| t.iter().map(|x| f64::from(*x) / f64::from(top.max(1))).collect();
    let table = |(g, t): (&Vec<usize>, &Vec<u32>)| Table::new(agenda, g.clone(), entries(t)).unwrap();
    Utility::additive(agenda, groups.iter().zip(&tables).map(table).collect()).unwrap()
}

#[derive(Debug, Clone)]
pub struct World {
    pub preferences: Preferences,
    pub prior: Utility,
    pub offers: Vec<Offer>,
}

impl World {
    pub fn own(&self, offer: &Offer) -> f64 {
        self.preferences.utility().value(offer)
    }

    pub fn prior(&self, offer: &Offer) -> f64 {
        self.prior.value(offer)
    }

    /// Every permitted offer.
    pub fn permitted(&self) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(|o| self.preferences.permits(o))
    }

    pub fn top(&self) -> f64 {
        self.permitted().map(|o| self.own(o)).fold(0.0, f64::max)
    }
}

/// Five issues in two singles, a pair and a lone one; the prior groups them differently.
pub fn world() -> impl Strategy<Value = World> {
    let levels = proptest::collection::vec(1_u32..6, 5);
    let raw = || proptest::collection::vec(0_u32..1000, 40);
    (levels, raw(), raw(), proptest::collection::vec(proptest::bool::weighted(0.8), 25), 0.0..0.9).prop_map(
        |(levels, own, prior, red, walk_away)| {
            let agenda = agenda(&levels);
            let utility_own = utility(&agenda, &[vec![0], vec![1, 3], vec![2]], &own);
            let prior = utility(&agenda, &[vec![0], vec![1], vec![2, 4]], &prior);
            // The first combination always stays permitted.
            let allow =
                |l: &[u32]| l.iter().all(|x| *x == 0) || red[(l[0] * 5 + l.get(1).unwrap_or(&0)) as usize];
            let masks = vec![
                Mask::new(&agenda, vec![0], allow).unwrap(),
                Mask::new(&agenda, vec![2, 3], allow).unwrap(),
            ];
            let preferences = Preferences::new(utility_own, walk_away).unwrap().with_red_lines(masks);
            World { preferences, prior, offers: all(&agenda) }
        },
    )
}

/// Every offer of an agenda.
pub fn all(agenda: &Agenda) -> Vec<Offer> {
    let mut partial: Vec<Vec<u32>> = vec![vec![]];
    for issue in agenda.issues() {
        let grow = |head: &Vec<u32>| {
            let head = head.clone();
            (0..issue.levels()).map(move |l| [head.clone(), vec![l]].concat()).collect::<Vec<_>>()
        };
        partial = partial.iter().flat_map(grow).collect();
    }
    partial.iter().map(|levels| agenda.offer_at(levels).unwrap()).collect()
}

/// SplitMix64 (Steele, Lea and Flood 2014): enough randomness for a test.
pub fn draw(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The size of the Geneva agenda: 36 lone rates, 12 rates with exclusions, one of them with
/// purchases too, three more issues nobody links; concave and convex tables of opposed interests.
pub fn geneva_sized(walk_away: f64) -> (Preferences, Utility) {
    let mut levels = vec![26; 48];
    levels.extend([5; 12]);
    levels.extend([11, 6, 2, 7]);
    let agenda = agenda(&levels);
    let mut groups: Vec<Vec<usize>> = (12..48).map(|p| vec![p]).collect();
    groups.push(vec![0, 48, 60]);
    groups.extend((1..12).map(|p| vec![p, 48 + p]));
    groups.extend([vec![61], vec![62], vec![63]]);
    let share = 1.0 / groups.len() as f64;
    let top = |p: usize| f64::from(agenda.issues()[p].levels() - 1);
    let tables = |shape: &dyn Fn(usize, f64) -> f64| {
        let table = |g: &Vec<usize>| {
            let entry = |l: &[u32]| {
                let terms = g.iter().zip(l).map(|(p, l)| shape(*p, f64::from(*l) / top(*p)));
                share * terms.sum::<f64>() / g.len() as f64
            };
            Table::tabulate(&agenda, g.clone(), entry).unwrap()
        };
        groups.iter().map(table).collect::<Vec<_>>()
    };
    let bend = |p: usize| 0.4 + (p * 37 % 23) as f64 / 12.0;
    let own = tables(&|p, x| x.powf(bend(p)));
    let prior = tables(&|p, x| (1.0 - x).powf(bend(p + 11)));
    let own = Utility::additive(&agenda, own).unwrap();
    let prior = Utility::additive(&agenda, prior).unwrap();
    (Preferences::new(own, walk_away).unwrap(), prior)
}

/// A tenth for offers whose first two levels are alike: nothing a sum of tables over single issues
/// can say.
pub struct Alike(pub Agenda);

impl Remainder for Alike {
    fn value(&self, offer: &Offer) -> f64 {
        let levels = self.0.levels_of(offer).unwrap();
        if levels[0] == levels[1] { 0.1 } else { 0.0 }
    }

    fn bounds(&self) -> (f64, f64) {
        (0.0, 0.1)
    }
}

/// Lets offers pass whose levels sum to an even number.
pub struct Odd(pub Agenda);

impl Constraint for Odd {
    fn allows(&self, offer: &Offer) -> bool {
        self.0.levels_of(offer).unwrap().iter().sum::<u32>() % 2 == 0
    }
}
