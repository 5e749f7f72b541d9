//! Buying ahead of an announced rise, and not buying after it.
//!
//! Imports are consumption plus the change of stocks, M = C + ΔS. A buyer who knows that a power of
//! tariff rises by ρ = (1+t')/(1+t) in month D gains ln ρ − c·k on goods bought k months before they
//! are wanted, where c is what carrying a stock costs a month: it pays to buy ahead as long as ρ
//! exceeds the carrying cost. How much is bought is taken from Khan & Khederlarian (2021), who find
//! that trade flows in the year around an anticipated change respond 56% more than consumption does.

use crate::ScoringError;

use super::MONTHS;

/// The longest a stock is held, in months. Twice this lies [`super::BEYOND`] what is shown, so that
/// every stock that is built in sight is drawn down in full.
const LONGEST: usize = 12;

/// Which goods can be stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Storable {
    /// The same share of every sector.
    Share(f64),
    /// A share of each sector, in the order of the facts.
    BySector(Vec<f64>),
}

impl Storable {
    pub(crate) fn of(&self, sector: usize) -> f64 {
        match self {
            Self::Share(share) => *share,
            Self::BySector(shares) => shares.get(sector).copied().unwrap_or(0.0),
        }
    }
}

/// How buyers store ahead of a rise.
#[derive(Debug, Clone, PartialEq)]
pub struct Stockpiling {
    /// What is bought ahead, as a share of what consumption falls by in the year after: 0.56 (Khan &
    /// Khederlarian 2021), an average over goods that can be stored and goods that cannot.
    pub response: f64,
    /// What carrying a stock costs a month, as a fraction: interest, room, spoilage. An assumption.
    pub carrying_cost: f64,
    /// Which goods can be stored.
    pub storable: Storable,
}

impl Default for Stockpiling {
    fn default() -> Self {
        Self { response: 0.56, carrying_cost: 0.02, storable: Storable::Share(1.0) }
    }
}

impl Stockpiling {
    pub(crate) fn check(&self) -> Result<(), ScoringError> {
        let shares = match &self.storable {
            Storable::Share(share) => std::slice::from_ref(share),
            Storable::BySector(shares) => shares.as_slice(),
        };
        let fractions = shares.iter().all(|share| (0.0..=1.0).contains(share));
        if fractions && (0.0..=10.0).contains(&self.response) && (1e-6..=1.0).contains(&self.carrying_cost) {
            return Ok(());
        }
        Err(ScoringError::BadFact {
            place: "stockpiling".to_owned(),
            given: format!("{self:?}"),
            expected: "a response from 0 to 10, a carrying cost from 0.000001 to 1, shares from 0 to 1",
        })
    }

    /// Buys ahead of one rise of one flow: adds to the months before and takes from those after, by
    /// the same sum in all. No month leaves its bounds.
    pub(crate) fn buy_ahead(
        &self,
        imports: &mut [f64],
        storable: f64,
        rise: &Announced,
        bounds: &impl Fn(usize) -> Bounds,
    ) {
        let gain = |months: usize| rise.ln_power - (1.0 + self.carrying_cost).ln() * months as f64;
        let at = rise.month.min(imports.len());
        // A stock is bought for the months after the rise that it still pays to have it for.
        let after = (0..LONGEST.min(imports.len() - at)).take_while(|k| gain(k + 1) > 0.0).count();
        let first = rise.announced.max(at.saturating_sub(LONGEST));
        let before: Vec<(usize, f64)> =
            (first..at).map(|m| (m, gain(at - m))).filter(|(_, gain)| *gain > 0.0).collect();
        let wanted = self.response * storable * rise.fall_in_a_year;
        let spare = |month: usize, imports: &[f64]| (imports[month] - bounds(month).least).max(0.0);
        let there: f64 = (at..at + after).map(|month| spare(month, imports)).sum();
        let room: f64 = before.iter().map(|(m, _)| (bounds(*m).most - imports[*m]).max(0.0)).sum();
        let stock = wanted.min(there).min(room);
        if before.is_empty() || stock <= 0.0 {
            return;
        }
        fill(imports, before, stock, bounds);
        for month in at..at + after {
            imports[month] -= stock * spare(month, imports) / there;
        }
    }
}

/// Adds `stock` to the months `before`, of which each comes with its gain. The later it is bought the
/// less it costs to carry: the gain is the weight. What a full month has no room for goes to the others.
fn fill(imports: &mut [f64], mut before: Vec<(usize, f64)>, stock: f64, bounds: &impl Fn(usize) -> Bounds) {
    let mut left = stock;
    while left > 0.0 && !before.is_empty() {
        let weight: f64 = before.iter().map(|(_, gain)| gain).sum();
        let share = left / weight;
        let full =
            |month: usize, gain: f64, imports: &[f64]| imports[month] + share * gain >= bounds(month).most;
        let (filled, open): (Vec<_>, Vec<_>) =
            before.iter().partition(|(month, gain)| full(*month, *gain, imports));
        if filled.is_empty() {
            open.iter().for_each(|(month, gain)| imports[*month] += left * gain / weight);
            return;
        }
        for (month, _) in filled {
            let room = (bounds(month).most - imports[month]).max(0.0);
            imports[month] += room;
            left -= room;
        }
        before = open;
    }
}

/// Between what imports of a month must stay: US dollars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Bounds {
    /// No month falls below zero; nothing else holds.
    pub(crate) const NONE: Self = Self { least: 0.0, most: f64::INFINITY };

    /// At least `floor`, as far as `most` lets it.
    pub(crate) fn new(floor: f64, most: f64) -> Self {
        Self { least: floor.min(most), most }
    }

    pub(crate) fn clip(self, imports: f64) -> f64 {
        imports.min(self.most).max(self.least)
    }
}

/// A rise that is known ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Announced {
    /// The month from which it is known.
    pub(crate) announced: usize,
    /// The first month at the higher rate.
    pub(crate) month: usize,
    /// ln ρ.
    pub(crate) ln_power: f64,
    /// What consumption falls by in the year after, in money of a year.
    pub(crate) fall_in_a_year: f64,
}

impl Announced {
    /// A rise that lets consumption of `monthly` a month fall to `remains` of it within a year.
    pub(crate) fn new(announced: usize, month: usize, ln_power: f64, monthly: f64, remains: f64) -> Self {
        let fall_in_a_year = MONTHS * monthly * (1.0 - remains).max(0.0);
        Self { announced, month, ln_power, fall_in_a_year }
    }
}
