//! Worlds made up for tests and benches: no data of any country.

use detente_scoring::ossa::Facts;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Names such as `r0`, `r1`.
pub(crate) fn names(letter: char, count: usize) -> Vec<String> {
    (0..count).map(|i| format!("{letter}{i}")).collect()
}

/// A seeded world: regions of unlike size, a good half of each sector bought at home, tariffs up to
/// 20%, elasticities from 1.8 to 9.8. Its trade is not balanced.
pub(crate) fn world(regions: usize, sectors: usize, seed: u64) -> Facts {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut uniform = move || (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let size: Vec<f64> = (0..regions).map(|_| 1.0 + 9.0 * uniform()).collect();
    let (mut trade, mut tariffs) = (Vec::new(), Vec::new());
    for _ in 0..sectors {
        trade.push(square(regions, |i, j| match i == j {
            true => 10.0 * regions as f64 * size[i] * (0.2 + uniform()),
            false => size[i] * size[j] * (0.02 + uniform()),
        }));
        tariffs.push(square(regions, |i, j| if i == j { 0.0 } else { 0.2 * uniform() }));
    }
    let sigma = (0..sectors).map(|_| 1.8 + 8.0 * uniform()).collect();
    Facts { regions: names('r', regions), sectors: names('s', sectors), sigma, trade, tariffs }
}

/// `[exporter][importer]` from a rule.
pub(crate) fn square(regions: usize, mut rule: impl FnMut(usize, usize) -> f64) -> Vec<Vec<f64>> {
    (0..regions).map(|i| (0..regions).map(|j| rule(i, j)).collect()).collect()
}
