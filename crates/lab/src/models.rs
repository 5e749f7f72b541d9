use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use strategy::{Estimate, Yardstick};
use tariff::{Agenda, Issue};
use utility::Preferences;

/// Offers at which models are compared with the truth: all of a smaller agenda.
const SAMPLE: usize = 256;

/// How near a strategy's model of the other side came to what that side truly wants, over a sample of
/// offers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Modelled {
    /// Spearman's rank correlation (1904), ties at their mean rank: 1 ranks all offers as the other side
    /// does, 0 knows nothing.
    pub spearman: f64,
    /// Kendall's τ-b (1945).
    pub kendall: f64,
    /// Root of the mean squared difference of utilities, as both sides scale theirs.
    pub rmse: f64,
}

/// Offers of an arena with what they are truly worth: the same for every talk and every strategy, so
/// that models are compared on equal terms.
#[derive(Debug)]
pub(crate) struct Sample {
    levels: Vec<u32>,
    offers: Vec<Vec<u32>>,
    yardsticks: [Yardstick; 2],
}

impl Sample {
    /// All offers of a small agenda, or [`SAMPLE`] of a large one, each as likely as any other.
    pub(crate) fn of(preferences: &[Preferences; 2]) -> Self {
        let agenda = preferences[0].agenda();
        let levels: Vec<u32> = agenda.issues().iter().map(Issue::levels).collect();
        let offers = if agenda.outcomes() <= SAMPLE as f64 { all(&levels) } else { drawn(&levels) };
        let yardsticks = [0, 1].map(|party: usize| truth(&offers, agenda, &preferences[party]));
        Self { levels, offers, yardsticks }
    }

    /// How near an estimate comes to what a party truly wants. None for one of another agenda, or with
    /// figures that are no numbers.
    pub(crate) fn measure(&self, estimate: &Estimate, party: usize) -> Option<Modelled> {
        let fits = |(place, levels): (usize, &u32)| estimate.values(place).len() == *levels as usize;
        if estimate.weights().len() != self.levels.len() || !self.levels.iter().enumerate().all(fits) {
            return None;
        }
        let estimated: Vec<f64> = self.offers.iter().map(|offer| estimate.score(offer)).collect();
        let found = self.yardsticks[party].measure(&estimated);
        let numbers = [found.spearman, found.kendall, found.rmse];
        let modelled = Modelled { spearman: found.spearman, kendall: found.kendall, rmse: found.rmse };
        numbers.iter().all(|number| number.is_finite()).then_some(modelled)
    }
}

fn truth(offers: &[Vec<u32>], agenda: &Agenda, wanted: &Preferences) -> Yardstick {
    // Levels are an agenda's own, so each is an offer.
    let worth = |levels: &Vec<u32>| agenda.offer_at(levels).map_or(0.0, |o| wanted.utility().value(&o));
    Yardstick::new(offers.iter().map(worth).collect())
}

fn all(levels: &[u32]) -> Vec<Vec<u32>> {
    let longer = |offers: Vec<Vec<u32>>, levels: &u32| {
        let with = |offer: &Vec<u32>| {
            let offer = offer.clone();
            (0..*levels).map(move |level| offer.iter().copied().chain([level]).collect())
        };
        offers.iter().flat_map(with).collect()
    };
    levels.iter().fold(vec![Vec::new()], longer)
}

fn drawn(levels: &[u32]) -> Vec<Vec<u32>> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut offer = || levels.iter().map(|levels| rng.next_u32() % (*levels).max(1)).collect();
    (0..SAMPLE).map(|_| offer()).collect()
}
