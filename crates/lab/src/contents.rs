//! What an arena holds, as text for a digest. What parties want is private, so their own `Debug` is but
//! an outline, in which an edited table looks like the old one: this spells it out, and nobody prints it.

use std::fmt::Write as _;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tariff::{Agenda, Offer};
use utility::{Motives, Preferences, Utility};

/// Offers at which black boxes are asked: what cannot be read is told apart by what it answers.
const PROBES: usize = 256;

/// Text under way, and the offers black boxes are asked at.
pub(crate) struct Contents {
    text: String,
    probes: Vec<Offer>,
}

impl Contents {
    pub(crate) fn of(agenda: &Agenda) -> Self {
        let text = format!("{} {:?}", agenda.digest(), agenda.issues());
        Self { text, probes: probes(agenda) }
    }

    pub(crate) fn preferences(&mut self, wanted: &Preferences) {
        self.utility(wanted.utility());
        let plain = (wanted.walk_away(), wanted.discount(), wanted.red_lines());
        let permits: Vec<bool> = self.probes.iter().map(|offer| wanted.permits(offer)).collect();
        self.add(format_args!("{plain:?}{permits:?}"));
    }

    pub(crate) fn utility(&mut self, utility: &Utility) {
        self.add(format_args!("{:?}", utility.tables()));
        if !utility.is_additive() {
            let worth: Vec<f64> = self.probes.iter().map(|offer| utility.value(offer)).collect();
            self.add(format_args!("{worth:?}"));
        }
    }

    pub(crate) fn motives(&mut self, motives: &dyn Motives) {
        self.add(format_args!("{motives:?}"));
        for motive in motives.motives() {
            self.add(format_args!("{:?}", motive.name));
            self.utility(&motive.worth);
        }
    }

    pub(crate) fn add(&mut self, more: std::fmt::Arguments<'_>) {
        // Writing to a text never fails. The line ends what went before: no two arenas read the same.
        let _ = writeln!(self.text, "{more}");
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// Offers of an agenda, always the same.
fn probes(agenda: &Agenda) -> Vec<Offer> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut level = |levels: u32| rng.next_u32() % levels.max(1);
    let mut levels = || agenda.issues().iter().map(|issue| level(issue.levels())).collect::<Vec<u32>>();
    (0..PROBES).filter_map(|_| agenda.offer_at(&levels()).ok()).collect()
}
