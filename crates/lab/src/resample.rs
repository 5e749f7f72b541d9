//! Chance in statistics: resampling and permutation, seeded.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::Cell;
use crate::scores::average;

/// Draws of a test that cannot try everything: enough for a hundred pairs to be told apart.
const DRAWS: u32 = 100_000;
/// Draws of an interval.
const RESAMPLES: usize = 2_000;
/// Differences of up to so many scenarios have all their signs tried; of more, random ones.
const EXACT: usize = 20;

/// The 95% interval of the mean over scenarios, by Student's t with standard errors clustered by series
/// (Liang & Zeger 1986; Cameron, Gelbach & Miller 2008, who show why a plain bootstrap of few clusters
/// is too narrow): talks named alike before a colon share a party and its mandate. None where there
/// is only one cluster.
pub(crate) fn interval(means: &[f64], names: &[String]) -> Option<[f64; 2]> {
    let mean = average(means);
    let mut clusters: BTreeMap<&str, f64> = BTreeMap::new();
    for (value, name) in means.iter().zip(names) {
        let series = name.split(':').next().unwrap_or(name);
        *clusters.entry(series).or_default() += value - mean;
    }
    let n = clusters.len() as f64;
    let student = StudentsT::new(0.0, 1.0, n - 1.0).ok()?;
    let squares: f64 = clusters.values().map(|sum| sum * sum).sum();
    let error = (n / (n - 1.0) * squares).sqrt() / means.len() as f64;
    let reach = student.inverse_cdf(0.975) * error;
    Some([mean - reach, mean + reach])
}

/// The 95% interval of the same mean by the bootstrap (Efron 1979, percentiles), in two stages (Davison &
/// Hinkley 1997, section 3.8): series are drawn, then the repetitions of each of their scenarios. Narrower than
/// [`interval`] where there are few series, and too narrow then. None where there is only one.
pub(crate) fn bootstrap(cells: &[Cell], names: &[String], seed: u64) -> Option<[f64; 2]> {
    let mut series: BTreeMap<&str, Vec<&Cell>> = BTreeMap::new();
    for (cell, name) in cells.iter().zip(names).filter(|(cell, _)| !cell.utility.is_empty()) {
        series.entry(name.split(':').next().unwrap_or(name)).or_default().push(cell);
    }
    let series: Vec<Vec<&Cell>> = series.into_values().collect();
    if series.len() < 2 {
        return None;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut means: Vec<f64> = (0..RESAMPLES).map(|_| redrawn(&series, &mut rng)).collect();
    means.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| means[(share * (RESAMPLES - 1) as f64).round() as usize];
    Some([at(0.025), at(0.975)])
}

/// The mean over scenarios of as many series, each drawn anew with its repetitions.
fn redrawn(series: &[Vec<&Cell>], rng: &mut ChaCha8Rng) -> f64 {
    let mut one_of = |n: usize| ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize;
    let mut means = Vec::new();
    for _ in series {
        for Cell { utility } in &series[one_of(series.len())] {
            let drawn: f64 = utility.iter().map(|_| utility[one_of(utility.len())]).sum();
            means.push(drawn / utility.len() as f64);
        }
    }
    average(&means)
}

/// How often chance alone gives a mean at least as far from 0, if each scenario's difference could
/// as well have had the other sign (Fisher's randomisation test, paired by scenario). With n scenarios
/// it is never below 2^(1−n), nor below 10⁻⁵ where there are more than twenty.
pub(crate) fn sign_flips(differences: &[f64], seed: u64) -> f64 {
    let n = differences.len();
    let seen = average(differences).abs() - 1e-12;
    let extreme = |sum: f64| (sum / n.max(1) as f64).abs() >= seen;
    if n <= EXACT {
        // A million sums, each of two that are worked out a thousand times and not a million.
        let (left, right) = differences.split_at(n / 2);
        let (left, right) = (signed_sums(left), signed_sums(right));
        let hits: usize = left.iter().map(|l| right.iter().filter(|r| extreme(l + *r)).count()).sum();
        return hits as f64 / (left.len() * right.len()) as f64;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = || sum_of_signs(differences, || rng.next_u64());
    let hits = (0..DRAWS).filter(|_| extreme(drawn())).count();
    (hits + 1) as f64 / f64::from(DRAWS + 1)
}

/// The sums under all signs there are.
fn signed_sums(values: &[f64]) -> Vec<f64> {
    values
        .iter()
        .fold(vec![0.0], |sums, value| sums.iter().flat_map(|sum| [sum + value, sum - value]).collect())
}

/// The sum under signs drawn at random, a word for every 64.
fn sum_of_signs(values: &[f64], mut word: impl FnMut() -> u64) -> f64 {
    let signed = |(values, signs): (&[f64], u64)| -> f64 {
        values.iter().enumerate().map(|(at, v)| if signs >> at & 1 == 1 { -v } else { *v }).sum()
    };
    values.chunks(64).map(|values| signed((values, word()))).sum()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_interval_by_hand() {
        // Mean .6, deviations ±.1: s = .1414, over √2 it is .1, and t(.975; 1) = 12.7062.
        let [low, high] = interval(&[0.5, 0.7], &names(&["a", "b"])).unwrap();
        assert!((low - (0.6 - 1.270_62)).abs() < 1e-4 && (high - (0.6 + 1.270_62)).abs() < 1e-4);
        assert_eq!(interval(&[0.6], &names(&["a"])), None);
    }

    #[test]
    fn the_bootstrap_draws_scenarios_and_then_seeds() {
        let cells = |utilities: &[&[f64]]| -> Vec<Cell> {
            utilities.iter().map(|utility| Cell { utility: utility.to_vec() }).collect()
        };
        // Of two scenarios both come out the one in a quarter of the draws, and both the other in as many.
        let two = cells(&[&[0.5], &[0.7]]);
        assert_eq!(bootstrap(&two, &names(&["a", "b"]), 7), Some([0.5, 0.7]));
        assert_eq!(bootstrap(&two, &names(&["s:A", "s:B"]), 7), None, "a series is drawn as a whole");
        // Scenarios alike, seeds not: all there is to draw are seeds.
        let seeds = cells(&[&[0.4, 0.8], &[0.4, 0.8], &[0.4, 0.8]]);
        let [low, high] = bootstrap(&seeds, &names(&["a", "b", "c"]), 7).unwrap();
        assert!(low < 0.55 && high > 0.65, "{low} {high}");
        assert_eq!(bootstrap(&seeds, &names(&["a", "b", "c"]), 7), Some([low, high]), "seeded");
    }

    #[test]
    fn talks_of_a_series_count_as_one() {
        assert_eq!(interval(&[0.5, 0.7], &names(&["s:A", "s:B"])), None);
        let apart = interval(&[0.4, 0.4, 0.8], &names(&["a", "b", "c"])).unwrap();
        let alike = interval(&[0.4, 0.4, 0.8], &names(&["s:A", "s:B", "c"])).unwrap();
        assert!(alike[1] - alike[0] > 2.0 * (apart[1] - apart[0]), "{alike:?} {apart:?}");
    }

    #[test]
    fn many_scenarios_have_signs_of_their_own() {
        // 70 differences of which those past the 64th cancel those before only if signs repeat.
        let differences: Vec<f64> = (0..70).map(|i| if i % 64 < 6 { 0.1 } else { 0.0 }).collect();
        // Twelve signs that agree are as rare as 2/4096; six pairs that agree, as 2/64.
        assert!(sign_flips(&differences, 1) < 0.002);
    }

    #[test]
    fn all_signs_the_same_way_are_as_rare_as_the_number_of_scenarios_allows() {
        assert_eq!(sign_flips(&[0.1, 0.2, 0.3, 0.1, 0.2, 0.3], 1), 2.0 / 64.0);
        assert_eq!(sign_flips(&[0.1, -0.1], 1), 1.0);
        assert_eq!(sign_flips(&[], 1), 1.0);
        assert_eq!(sign_flips(&[0.1; 19], 1), 2.0 / f64::from(1 << 19));
        assert_eq!(sign_flips(&[0.1; 20], 1), 2.0 / f64::from(1 << 20), "twenty are tried, not drawn");
        assert_eq!(sign_flips(&[0.1; 30], 1), 1.0 / 100_001.0, "the least that draws can show");
        assert!(sign_flips(&[0.1; 30], 1) < 0.0001);
    }

    #[test]
    fn holm_by_hand() {
        assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
    }
}
