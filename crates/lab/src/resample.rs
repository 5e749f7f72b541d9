//! Chance in statistics: resampling and permutation, seeded.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::scores::{Cell, average};

/// Samples of a bootstrap.
pub(crate) const SAMPLES: usize = 2_000;
/// Differences of up to so many scenarios have all their signs tried; of more, random ones.
const EXACT: usize = 16;

/// The middle 95% of what the mean over scenarios would be had other scenarios and seeds been
/// drawn: the cluster bootstrap (Cameron, Gelbach & Miller 2008), scenarios first, then repetitions
/// within each.
pub(crate) fn interval(cells: &[Cell], seed: u64) -> [f64; 2] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut means: Vec<f64> = (0..SAMPLES).map(|_| sample(cells, &mut rng)).collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((SAMPLES - 1) as f64 * share).round() as usize];
    [at(0.025), at(0.975)]
}

fn sample(cells: &[Cell], rng: &mut ChaCha8Rng) -> f64 {
    let drawn = (0..cells.len()).map(|_| {
        let utility = &cells[below(rng, cells.len())].utility;
        let again = (0..utility.len()).map(|_| utility[below(rng, utility.len())]).sum::<f64>();
        again / utility.len().max(1) as f64
    });
    let sum: f64 = drawn.sum();
    sum / cells.len().max(1) as f64
}

/// How often chance alone gives a mean at least as far from 0, if each scenario's difference could
/// as well have had the other sign (Fisher's randomisation test, paired by scenario). With n scenarios
/// it is never below 2^(1−n).
pub(crate) fn sign_flips(differences: &[f64], seed: u64) -> f64 {
    let n = differences.len();
    let seen = average(differences).abs() - 1e-12;
    let extreme = |signs: u64| {
        let flipped =
            differences.iter().enumerate().map(|(i, d)| if signs >> (i % 64) & 1 == 1 { -d } else { *d });
        (flipped.sum::<f64>() / n.max(1) as f64).abs() >= seen
    };
    if n <= EXACT {
        let all = 1_u64 << n;
        return (0..all).filter(|signs| extreme(*signs)).count() as f64 / all as f64;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let hits = (0..SAMPLES).filter(|_| extreme(rng.next_u64())).count();
    (hits + 1) as f64 / (SAMPLES + 1) as f64
}

/// The p-values corrected for being several (Holm 1979), in the order given.
pub(crate) fn holm(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let (mut corrected, mut least) = (vec![0.0; values.len()], 0.0_f64);
    for (rank, at) in order.into_iter().enumerate() {
        least = least.max(values[at] * (values.len() - rank) as f64).min(1.0);
        corrected[at] = least;
    }
    corrected
}

fn below(rng: &mut ChaCha8Rng, bound: usize) -> usize {
    ((u128::from(rng.next_u64()) * bound as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(utility: &[f64]) -> Cell {
        Cell { utility: utility.to_vec() }
    }

    #[test]
    fn one_scenario_played_once_leaves_no_doubt_to_measure() {
        assert_eq!(interval(&[cell(&[0.6])], 1), [0.6, 0.6]);
    }

    #[test]
    fn the_interval_holds_the_mean_and_widens_with_what_differs() {
        let near: Vec<Cell> = (0..10).map(|i| cell(&[0.5 + f64::from(i) / 1000.0])).collect();
        let far: Vec<Cell> = (0..10).map(|i| cell(&[0.5 + f64::from(i) / 10.0])).collect();
        let width = |cells: &[Cell]| interval(cells, 7)[1] - interval(cells, 7)[0];
        assert!(width(&far) > 50.0 * width(&near));
        let [low, high] = interval(&far, 7);
        assert!(low < 0.95 && 0.95 < high, "{low} {high}");
    }

    #[test]
    fn all_signs_the_same_way_are_as_rare_as_the_number_of_scenarios_allows() {
        assert_eq!(sign_flips(&[0.1, 0.2, 0.3, 0.1, 0.2, 0.3], 1), 2.0 / 64.0);
        assert_eq!(sign_flips(&[0.1, -0.1], 1), 1.0);
        assert!(sign_flips(&[0.1; 30], 1) < 0.001);
    }

    #[test]
    fn holm_by_hand() {
        assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
    }
}
