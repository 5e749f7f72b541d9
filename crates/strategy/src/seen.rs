use std::collections::HashSet;

use tariff::{Agenda, Offer};

/// Agendas of up to so many offers have a bit for each.
const DENSE: f64 = 65_536.0;

/// Numbers the offers of a small agenda.
#[derive(Debug, Clone)]
pub(crate) struct Dense(Vec<u32>);

impl Dense {
    pub(crate) fn of(agenda: &Agenda) -> Option<Self> {
        let levels = || agenda.issues().iter().map(tariff::Issue::levels);
        (agenda.outcomes() <= DENSE).then(|| Self(levels().collect()))
    }

    /// The number of the offer at `levels`.
    pub(crate) fn place(&self, levels: &[u32]) -> usize {
        self.0.iter().zip(levels).fold(0, |place, (radix, level)| place * *radix as usize + *level as usize)
    }
}

/// Which offers were made. Those of large agendas are kept by a hash that a stranger, whose offers
/// they may be, cannot steer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    bits: Vec<u64>,
    count: usize,
    others: HashSet<Offer>,
}

impl Seen {
    /// Notes an offer, whose number is `place` where it has one.
    pub(crate) fn insert(&mut self, offer: &Offer, place: Option<usize>) {
        let Some(place) = place else {
            self.others.insert(offer.clone());
            return;
        };
        let word = place / 64;
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let bit = 1 << (place % 64);
        self.count += usize::from(self.bits[word] & bit == 0);
        self.bits[word] |= bit;
    }

    /// Whether an offer was noted.
    pub(crate) fn contains(&self, offer: &Offer, place: Option<usize>) -> bool {
        match place {
            Some(place) => self.bits.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0),
            None => self.others.contains(offer),
        }
    }

    /// How many different ones there are.
    pub(crate) fn len(&self) -> usize {
        self.count + self.others.len()
    }
}
